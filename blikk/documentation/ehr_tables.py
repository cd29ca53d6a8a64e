"""How a clinic's notes get to its journal system, and what is on the way there."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.kernel.models import Opaque
from blikk.kernel.sealing import SealedField


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
    changed_at = models.DateTimeField()
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
