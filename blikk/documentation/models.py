"""Notes, how a clinic wants them, and the phrases they are written with."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.documentation.ehr_tables import Delivery as Delivery
from blikk.documentation.ehr_tables import EhrConnection as EhrConnection
from blikk.documentation.ehr_tables import EhrKind as EhrKind
from blikk.documentation.ehr_tables import PatientThere as PatientThere
from blikk.documentation.forms import Form
from blikk.documentation.incoming_tables import Feed as Feed
from blikk.documentation.incoming_tables import RecordAppointment as RecordAppointment
from blikk.documentation.launch_tables import Launch as Launch
from blikk.documentation.launch_tables import LaunchIssuer as LaunchIssuer
from blikk.documentation.launch_tables import RecordPatient as RecordPatient
from blikk.documentation.launch_tables import RecordUser as RecordUser
from blikk.documentation.states import NOTE_LANGUAGES, NoteStatus, TakenHow
from blikk.kernel.models import Moving, Opaque
from blikk.kernel.secrets import EncryptedTextField


class Note(Moving):
    """What is written about a consultation: the clinician's own words, and once signed its versions.

    The database itself refuses to change what was signed (`documentation/guards.py`); a correction is a new version.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="notes")
    consultation = models.OneToOneField(Consultation, models.PROTECT, related_name="note")
    status = models.CharField(max_length=20, choices=NoteStatus, default=NoteStatus.DRAFT)
    free_text = EncryptedTextField(blank=True)
    # By what it was really held, and what the clinician weighed for a sick note: empty until it is signed.
    form = models.CharField(max_length=12, choices=Form, blank=True)
    sick_note = models.JSONField(null=True, blank=True)
    written_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="note_signed_by_somebody_at_a_time",
                condition=Q(status="signed", signed_at__isnull=False, signed_by__isnull=False)
                | Q(status="draft", signed_at__isnull=True, signed_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Note {self.public_id}"

    @property
    def signed_text(self) -> str:
        """The whole text as it now stands; empty before the signing."""
        newest = self.versions.order_by("-number").first()
        return newest.text if newest else ""


class NoteVersion(Opaque):
    """The whole text as somebody signed it once: the first, or a correction with its reason. Never changed."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = EncryptedTextField()
    language = models.CharField(max_length=5)
    reason = EncryptedTextField(blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="one_note_version_of_a_number"),
            models.CheckConstraint(name="note_versions_begin_with_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"NoteVersion {self.public_id}"


class NoteCopied(models.Model):
    """That somebody took a version with them for the journal, or said that it stands there; how, the first time."""

    version = models.ForeignKey(NoteVersion, models.CASCADE, related_name="copied")
    how = models.CharField(max_length=10, choices=TakenHow, default=TakenHow.TEXT)
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "by"], name="note_version_copied_once_by_each"),
        ]

    def __str__(self) -> str:
        return f"NoteCopied {self.pk}"


class NoteRules(models.Model):
    """How a clinic wants its notes; a clinic without a row has the defaults."""

    clinic = models.OneToOneField(Clinic, models.CASCADE, related_name="note_rules")
    language = models.CharField(max_length=5, choices=NOTE_LANGUAGES)
    # Whether the first six digits of the national number stand on paper; never the others.
    shows_number = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "note rules"

    def __str__(self) -> str:
        return f"NoteRules of {self.clinic_id}"


class Phrase(Opaque):
    """Words that are often written, with fields that are filled in; one clinician's own, or the clinic's."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="phrases")
    # Empty for what everybody at the clinic has.
    membership = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="phrases")
    name = models.CharField(max_length=60)
    text = models.TextField(max_length=2000)
    order = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["clinic", "membership", "order"], name="phrases_in_order")]
        constraints = [
            models.CheckConstraint(name="phrase_has_name_and_words", condition=~Q(name="") & ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"Phrase {self.public_id}"
