"""Patients and their contact points."""

from datetime import date

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


class CompanionRole(models.TextChoices):
    """As what somebody comes along."""

    RELATIVE = "relative"
    CARER = "carer"
    ASSISTANT = "assistant"
    GUARDIAN = "guardian"
    INTERPRETER = "interpreter"
    COLLEAGUE = "colleague"


class Qualification(models.TextChoices):
    """What an interpreter is qualified as: the categories of Nasjonalt tolkeregister, from the highest."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    NOT_LISTED = "none"
    UNKNOWN = "unknown"


class Ground(models.TextChoices):
    """By what somebody may take part: the patient's own yes, or what gives a guardian the right."""

    CONSENT = "consent"
    PARENTAL = "parental"
    APPOINTED = "appointed"
    FUTURE_POWER = "future_power"
    CHILD_WELFARE = "child_welfare"


class Extent(models.TextChoices):
    """What the patient agreed to."""

    WHOLE = "whole"
    TECHNICAL = "technical"


class Ended(models.TextChoices):
    """Why an agreement ended."""

    WITHDRAWN = "withdrawn"
    NO_LONGER = "no_longer"
    OF_AGE = "of_age"
    MISTAKE = "mistake"


class Companion(Opaque):
    """Somebody who comes along with patients of a clinic: one person, however many they help."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="companions")
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    phone_state = models.CharField(max_length=20, choices=ContactState, default=ContactState.UNVERIFIED)
    email = models.CharField(max_length=254, blank=True)
    email_state = models.CharField(max_length=20, choices=ContactState, default=ContactState.UNVERIFIED)
    language = models.CharField(max_length=5, default="nb")
    # Of an interpreter: between Norwegian and which language, and with which qualification.
    spoken = models.CharField(max_length=40, blank=True)
    qualification = models.CharField(max_length=10, choices=Qualification, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "phone"]),
            models.Index(fields=["clinic", "name"]),
        ]

    def __str__(self) -> str:
        return f"Companion {self.public_id}"


class Agreement(Opaque):
    """That somebody may come along with a patient, from a day on, until another or until it is ended."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="agreements")
    companion = models.ForeignKey(Companion, models.PROTECT, related_name="agreements")
    role = models.CharField(max_length=20, choices=CompanionRole)
    ground = models.CharField(max_length=20, choices=Ground, default=Ground.CONSENT)
    extent = models.CharField(max_length=20, choices=Extent, default=Extent.WHOLE)
    words = models.CharField(max_length=300, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    agreed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=20, choices=Ended, blank=True)
    ended_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "companion"],
                condition=models.Q(ended_at__isnull=True),
                name="one_agreement_at_a_time_per_patient_and_companion",
            ),
            models.CheckConstraint(
                name="agreement_ends_after_it_starts",
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gte=models.F("from_on")),
            ),
            models.CheckConstraint(
                name="agreement_ended_for_a_reason",
                condition=models.Q(ended_at__isnull=True, ended_because="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_because="")),
            ),
            models.CheckConstraint(
                name="agreement_only_a_guardian_has_another_ground",
                condition=models.Q(ground="consent") | models.Q(role="guardian"),
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.public_id}"

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        has_begun = self.from_on <= day
        return self.ended_at is None and has_begun and (self.until_on is None or day <= self.until_on)
