"""How a clinic's notes get to its journal system, and what is on the way there."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.documentation.states import DeliveryStatus
from blikk.kernel.models import Moving, Opaque
from blikk.kernel.sealing import SealedField
from blikk.kernel.secrets import EncryptedTextField
from blikk.patients.models import Patient


class EhrKind(models.TextChoices):
    """The way from a signed note to the journal."""

    NONE = "none"
    COPY = "copy"
    FHIR = "fhir"


class EhrConnection(Opaque):
    """The way that a clinic has chosen, and who Blikk is at the clinic's FHIR server."""

    clinic = models.OneToOneField(Clinic, models.PROTECT, related_name="ehr_connection")
    kind = models.CharField(max_length=10, choices=EhrKind, default=EhrKind.COPY)
    # https, of a host that the operator has named, without a slash at the end.
    base_url = models.CharField(max_length=300, blank=True)
    # Empty where the server itself says where tokens are had (.well-known/smart-configuration).
    token_url = models.CharField(max_length=300, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    scopes = models.CharField(max_length=500, blank=True)
    # Private keys (JWK). The next one is published beside the one in use until the other side knows it.
    sealed_key = SealedField(default=bytes, blank=True, bound_to="documentation_ehrconnection.sealed_key")
    sealed_next_key = SealedField(
        default=bytes, blank=True, bound_to="documentation_ehrconnection.sealed_next_key"
    )
    # Whether a patient whose national number Blikk does not know may be made there as a new one.
    makes_patients = models.BooleanField(default=False)
    # What kind of document a note is there (code system 9602).
    document_kind = models.CharField(max_length=10, default="B02-2")
    changed_at = models.DateTimeField()
    # When something was delivered last.
    delivered_at = models.DateTimeField(null=True, blank=True)
    # One worker at a time sends for a clinic: what two notes create of one patient is then created once.
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    # Why the server as a whole cannot be used, and since when.
    fault = models.CharField(max_length=40, blank=True)
    fault_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="ehr_due", condition=Q(kind="fhir"))]
        constraints = [
            models.CheckConstraint(
                name="ehr_by_fhir_has_an_address_and_a_key",
                condition=~Q(kind="fhir") | (~Q(base_url="") & ~Q(client_id="")),
            ),
            models.CheckConstraint(
                name="ehr_fault_has_a_time",
                condition=Q(fault="", fault_at__isnull=True) | (~Q(fault="") & Q(fault_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"EhrConnection {self.public_id}"


class DeliveryKind(models.TextChoices):
    """What is delivered: a version of a note with everything around it, or what the conversation came to."""

    NOTE = "note"
    VISIT = "visit"


class Delivery(Moving):
    """Something that the journal system is to have, from the signing until it says that it has it.

    `of_version` is the number of the note's version; 0 for what the conversation came to.
    """

    status = models.CharField(max_length=12, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    connection = models.ForeignKey(EhrConnection, models.PROTECT, related_name="deliveries")
    # Goes with the conversation when that is deleted, which is not before it was delivered.
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=8, choices=DeliveryKind)
    of_version = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    fault_at = models.DateTimeField(null=True, blank=True)
    # The other side's own words, and what was refused: they name a patient, and are gone once it is delivered.
    words = EncryptedTextField(blank=True)
    refused = EncryptedTextField(blank=True)
    # Of a patient who is there twice: who they are (JSON), for somebody to choose between.
    candidates = EncryptedTextField(blank=True)
    # By our own names for things, what they are called there.
    names = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["connection", "next_at", "id"], name="delivery_due", condition=Q(status="waiting")
            ),
            models.Index(
                fields=["connection", "id"],
                name="delivery_open",
                condition=Q(status__in=["waiting", "stopped"]),
            ),
            models.Index(fields=["connection", "settled_at"], name="delivery_settled"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "kind", "of_version"], name="one_delivery_of_a_version"
            ),
            models.CheckConstraint(
                name="delivery_settled_at_a_time",
                condition=Q(status__in=["delivered", "by_hand"], settled_at__isnull=False)
                | (~Q(status__in=["delivered", "by_hand"]) & Q(settled_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_stopped_for_a_reason", condition=~Q(status="stopped") | ~Q(fault="")
            ),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.public_id} ({self.status})"


class PatientThere(models.Model):
    """Which patient of a journal system one of ours is, where no national number says it."""

    connection = models.ForeignKey(EhrConnection, models.CASCADE, related_name="patients")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    reference = models.CharField(max_length=80)
    # A member of staff said so; otherwise it is the one that Blikk had made there.
    is_chosen = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "patients there"
        constraints = [
            models.UniqueConstraint(fields=["connection", "patient"], name="one_patient_there_for_ours"),
        ]

    def __str__(self) -> str:
        return f"PatientThere of {self.patient_id}"
