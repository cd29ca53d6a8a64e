"""Patients and their contact points."""

from django.db import models

from blikk.clinics.models import Clinic
from blikk.kernel.models import Opaque


class Patient(Opaque):
    """A person whom a clinic helps; the same person at two clinics is two patients."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="patients")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_on = models.DateField()
    language = models.CharField(max_length=5, default="nb")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "family_name", "given_name"]),
            models.Index(fields=["clinic", "birth_on"]),
        ]

    def __str__(self) -> str:
        return f"Patient {self.public_id}"

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class ContactKind(models.TextChoices):
    """A way to reach somebody."""

    PHONE = "phone"
    EMAIL = "email"


class ContactState(models.TextChoices):
    """How sure we are that the contact point is right."""

    UNVERIFIED = "unverified"
    READ_BACK = "read_back"
    SELF_SUBMITTED = "self_submitted"


class ContactPoint(Opaque):
    """A phone number (E.164) or an e-mail address of a patient, until it is retired."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=ContactKind)
    value = models.CharField(max_length=254)
    state = models.CharField(max_length=20, choices=ContactState, default=ContactState.UNVERIFIED)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=models.Q(retired_at__isnull=True),
                name="one_contact_point_of_a_kind_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
