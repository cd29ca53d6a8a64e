"""Notes."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.documentation.ehr_tables import Delivery as Delivery
from blikk.documentation.ehr_tables import EhrConnection as EhrConnection
from blikk.documentation.ehr_tables import EhrKind as EhrKind
from blikk.documentation.ehr_tables import PatientThere as PatientThere
from blikk.documentation.states import NoteStatus
from blikk.kernel.models import Moving
from blikk.kernel.secrets import EncryptedTextField


class Note(Moving):
    """What is written about a consultation: the clinician's own words, and at the signing the whole text."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="notes")
    consultation = models.OneToOneField(Consultation, models.PROTECT, related_name="note")
    status = models.CharField(max_length=20, choices=NoteStatus, default=NoteStatus.DRAFT)
    free_text = EncryptedTextField(blank=True)
    signed_text = EncryptedTextField(blank=True)
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
