"""Cases in writing, what was written, the photos, and who may read: all words and pictures are sealed."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.models import Moving, Opaque
from blikk.kernel.sealing import SealedField
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from blikk.writing.states import CaseKind, CaseStatus, PhotoStatus

TRIES = 5


class Rules(models.Model):
    """How a clinic writes with its patients."""

    clinic = models.OneToOneField(Clinic, models.CASCADE, related_name="writing_rules")
    # Questions of the clinic's own, beside the general ones; one each.
    questions = models.JSONField(default=list, blank=True)
    # In how many working days a patient can expect an answer.
    answer_within_days = models.PositiveSmallIntegerField(default=2)

    class Meta:
        verbose_name_plural = "rules"

    def __str__(self) -> str:
        return f"Rules of {self.clinic_id}"


class Case(Moving):
    """Something that a patient and a clinician write about, behind links that lead nowhere else (law 7)."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="cases")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="cases")
    clinician = models.ForeignKey(Membership, models.PROTECT, related_name="cases")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=4, choices=CaseKind)
    status = models.CharField(max_length=12, choices=CaseStatus, default=CaseStatus.WITH_PATIENT)
    # What the patient is asked, sealed: questions of the clinic's own and free text may tell of an illness.
    asked = SealedField(default=bytes, bound_to="writing.case.asked")
    wants_photo = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="nb")
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=254, blank=True)
    sent_by = models.CharField(max_length=20)
    tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    # Until when the patient can answer what they were asked; until when the clinic has said that it answers.
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "status"]), models.Index(fields=["appointment"])]
        constraints = [
            models.CheckConstraint(
                name="case_closed_at_a_time",
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(name="case_tries_are_limited", condition=Q(tries__lte=TRIES)),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(kind="ask", status="with_patient"),
                name="one_open_question_about_an_appointment",
            ),
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(kind="text"), name="one_text_case_of_an_appointment"
            ),
        ]

    def __str__(self) -> str:
        return f"Case {self.public_id}"

    @property
    def is_locked(self) -> bool:
        return self.tries >= TRIES


class Writer(models.TextChoices):
    """From which side a message comes."""

    PATIENT = "patient"
    CLINIC = "clinic"


class Message(Opaque):
    """What somebody wrote, sealed. An answer to questions may be changed until it is read."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="messages")
    writer = models.CharField(max_length=8, choices=Writer)
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    words = SealedField(bound_to="writing.message")
    sent_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="message_of_the_clinic_has_a_member",
                condition=Q(writer="clinic", membership__isnull=False)
                | Q(writer="patient", membership__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.public_id}"


class Photo(Opaque):
    """A picture that a patient sent on purpose: cleaned, sealed, and kept only until somebody decides about it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="photos")
    status = models.CharField(max_length=10, choices=PhotoStatus, default=PhotoStatus.WAITING)
    version = models.PositiveIntegerField(default=1)
    sealed = SealedField(null=True, blank=True, bound_to="writing.photo")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["status", "made_at"])]
        constraints = [
            # What is deleted is gone from the database, and what is not is there.
            models.CheckConstraint(
                name="photo_deleted_has_no_picture",
                condition=Q(status="deleted", sealed__isnull=True)
                | (~Q(status="deleted") & Q(sealed__isnull=False)),
            ),
            models.CheckConstraint(
                name="photo_sent_with_a_message",
                condition=Q(status="waiting", message__isnull=True)
                | Q(status="deleted")
                | (Q(status__in=["sent", "to_record"]) & Q(message__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Photo {self.public_id}"


class Draft(models.Model):
    """What a patient has written and not sent, sealed, so that no lost network and no reload takes it."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="draft")
    words = SealedField(bound_to="writing.draft", named_by="case__public_id")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft of {self.case_id}"


class Link(Opaque):
    """A link into a case. Its secret is kept as a digest; the first one has a code to type as well."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True)
    code_key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Link {self.public_id}"


class Reader(Opaque):
    """A browser that presented a link: pending until it has proven itself, then trusted (DESIGN §9)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="readers")
    secret_digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    birth_date_at = models.DateTimeField(null=True, blank=True)
    trusted_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "secret_digest"], name="one_reader_per_browser_and_case"),
        ]

    def __str__(self) -> str:
        return f"Reader {self.public_id}"


class ReaderCode(Opaque):
    """Six digits sent to the registered phone (or e-mail), to prove the browser that asked for them."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="codes")
    digits_key = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"ReaderCode {self.public_id}"
