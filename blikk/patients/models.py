"""Patients, their contact points with what happened to each, and the ways to get a right one."""

from datetime import date

from django.db import models

from blikk.clinics.models import Clinic
from blikk.kernel.models import Moving, Opaque
from blikk.kernel.secrets import ClinicSealedField
from blikk.patients.states import ExemptionStatus, RequestStatus


class Patient(Opaque):
    """A person whom a clinic helps; the same person at two clinics is two patients."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="patients")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_on = models.DateField()
    language = models.CharField(max_length=5, default="nb")
    # Reads and writes instead of hearing and speaking, or beside it.
    uses_text = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # When something that they came for was deleted last; empty where nothing ever was.
    visit_gone_at = models.DateTimeField(null=True, blank=True)

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


class NumberSource(models.TextChoices):
    """Who said that a national number is this patient's."""

    TYPED = "typed"
    EID = "eid"
    RECORD = "record"  # the journal system


class NationalNumber(models.Model):
    """A patient's national number: sealed, and found again within the clinic by a digest alone."""

    patient = models.OneToOneField(Patient, models.CASCADE, related_name="national_number")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="national_numbers")
    number = ClinicSealedField()
    index = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=10, choices=NumberSource)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "index"], name="one_patient_per_national_number_and_clinic"
            ),
        ]

    def __str__(self) -> str:
        return f"NationalNumber of {self.patient_id}"


class ContactKind(models.TextChoices):
    """A way to reach somebody."""

    PHONE = "phone"
    EMAIL = "email"


class ContactState(models.TextChoices):
    """How sure we are that the contact point is right."""

    UNVERIFIED = "unverified"
    READ_BACK = "read_back"
    SELF_SUBMITTED = "self_submitted"


VERIFIED = (ContactState.READ_BACK, ContactState.SELF_SUBMITTED)
# Wrong answers to one request for a contact point, birth dates and codes together.
TRIES = 5


class ContactPoint(Opaque):
    """A phone number (E.164) or an e-mail address of a patient, until it is retired."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=ContactKind)
    value = models.CharField(max_length=254)
    state = models.CharField(max_length=20, choices=ContactState, default=ContactState.UNVERIFIED)
    # Why a contact point that was in use is not trusted any more; empty for one that never was verified.
    doubt = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "value"])]
        constraints = [
            models.CheckConstraint(
                name="contact_point_is_verified_at_a_moment",
                condition=models.Q(state="unverified", verified_at__isnull=True)
                | (~models.Q(state="unverified") & models.Q(verified_at__isnull=False, doubt="")),
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=models.Q(retired_at__isnull=True),
                name="one_contact_point_of_a_kind_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_verified(self) -> bool:
        return self.state in VERIFIED


class ContactChange(models.Model):
    """One thing that happened to a contact point, for its history on the patient's page."""

    point = models.ForeignKey(ContactPoint, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=20)  # added, read_back, self_submitted, doubted, retired
    because = models.CharField(max_length=40, blank=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["point", "at"])]

    def __str__(self) -> str:
        return f"{self.point} {self.what}"


class ContactExemption(Moving):
    """Leave to send one invitation to a contact point that nobody has verified."""

    status = models.CharField(max_length=12, choices=ExemptionStatus, default=ExemptionStatus.ASKED)
    point = models.ForeignKey(ContactPoint, models.CASCADE, related_name="exemptions")
    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="contact_exemptions")
    asked_by = models.CharField(max_length=64)
    asked_because = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_because = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["point"],
                condition=models.Q(status__in=["asked", "allowed"]),
                name="one_exemption_at_a_time_per_contact_point",
            ),
            models.CheckConstraint(
                name="contact_exemption_is_decided_by_somebody",
                condition=models.Q(status="asked", decided_at__isnull=True)
                | (~models.Q(status="asked") & models.Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="contact_exemption_is_used_once",
                condition=models.Q(status="used", used_at__isnull=False)
                | (~models.Q(status="used") & models.Q(used_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"ContactExemption {self.public_id} ({self.status})"


class ContactRequest(Moving):
    """A contact point that a patient is asked for or sends in: by a link, by SMS or from the clinic's page.

    Its link has this purpose alone and is looked up here alone, so it can never open a room. `patient` is empty where
    somebody on the clinic's page is nobody whom the clinic knows: they are answered alike, and nothing is kept.
    """

    status = models.CharField(max_length=12, choices=RequestStatus, default=RequestStatus.OPEN)
    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="contact_requests")
    patient = models.ForeignKey(
        Patient, models.CASCADE, null=True, blank=True, related_name="contact_requests"
    )
    way = models.CharField(max_length=8)  # link, sms, page
    asked_phone = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=254, blank=True)
    browser_digest = models.CharField(max_length=64, blank=True)
    token_digest = models.CharField(max_length=64, null=True, unique=True)
    digits_key = models.CharField(max_length=64, blank=True)
    digits_expire_at = models.DateTimeField(null=True, blank=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=5, default="nb")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_phone", "status"]),
            models.Index(fields=["clinic", "status"]),
            models.Index(fields=["expires_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="contact_request_tries_are_limited", condition=models.Q(tries__lte=TRIES)
            ),
            models.CheckConstraint(
                name="contact_request_settled_once_it_is_over",
                condition=models.Q(status__in=["open", "offered"], settled_at__isnull=True)
                | (~models.Q(status__in=["open", "offered"]) & models.Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"ContactRequest {self.public_id} ({self.status})"


class ContactAnswer(models.Model):
    """An answer by SMS that was read; its key is unique, so that the same one counts once."""

    message_key = models.CharField(max_length=200, unique=True)
    request = models.ForeignKey(ContactRequest, models.CASCADE, related_name="answers")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answer to {self.request}"


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
