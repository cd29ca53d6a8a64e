"""Invitations, the devices that opened them, and the codes sent to prove a device."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.invitations.states import InvitationStatus, Revoked
from blikk.kernel.models import Moving, Opaque
from blikk.patients.models import Agreement, Companion, Ground, Patient, Qualification
from blikk.scheduling.models import Appointment, Opening

TRIES = 5


class PersonRole(models.TextChoices):
    """In which role a person is invited."""

    PATIENT = "patient"
    RELATIVE = "relative"
    CARER = "carer"
    ASSISTANT = "assistant"
    GUARDIAN = "guardian"
    INTERPRETER = "interpreter"
    COLLEAGUE = "colleague"
    # One of the others in a group.
    MEMBER = "member"


class Consent(models.TextChoices):
    """Whether somebody may take part, as far as it was said about this one conversation."""

    YES = "yes"
    NO = "no"


class ConsentHow(models.TextChoices):
    """How it was said."""

    PATIENT = "patient"  # the patient pressed it
    INVITED = "invited"  # the patient asked the person in
    ORAL = "oral"  # said, and written down by staff
    GROUND = "ground"  # a guardian, on another ground than the patient's yes
    KEPT_OUT = "kept_out"  # a guardian whom the clinician left out, for a reason
    GROUP = "group"  # a group, whose members chose it


class LateAnswer(models.TextChoices):
    """What a patient would rather have when the clinician is late."""

    WAIT = "wait"
    PHONE = "phone"
    NEW_TIME = "new_time"


class Invitation(Moving):
    """One person's way into one consultation. The link and the typed code are kept as digests only (D1).

    It leads to a booked hour, or to the queue of a day; who is let in from a queue has an hour from then on.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="invitations")
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    opening = models.ForeignKey(Opening, models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=20, choices=PersonRole, default=PersonRole.PATIENT)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="invitations")
    name = models.CharField(max_length=160)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=5, default="nb")
    sent_by = models.CharField(max_length=20, blank=True)  # "sms", "email" or "sms,email"
    token_digest = models.CharField(max_length=64, unique=True)
    code_key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=20, choices=InvitationStatus, default=InvitationStatus.OPEN)
    # Wrong answers in all, birth date and codes together, from whatever device (security D2).
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=20, choices=Revoked, blank=True)
    late_answer = models.CharField(max_length=10, choices=LateAnswer, blank=True)
    # From then on the link opens, so that who was told in the morning can answer in the morning.
    late_told_at = models.DateTimeField(null=True, blank=True)
    late_answered_at = models.DateTimeField(null=True, blank=True)
    # Who comes along: the person and the standing agreement where there is one, and in a queue beside whose way in.
    companion = models.ForeignKey(
        Companion, models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    beside = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="along")
    alias = models.CharField(max_length=40, blank=True)
    spoken = models.CharField(max_length=40, blank=True)
    qualification = models.CharField(max_length=10, choices=Qualification, blank=True)
    consent = models.CharField(max_length=3, choices=Consent, blank=True)
    consent_how = models.CharField(max_length=10, choices=ConsentHow, blank=True)
    consent_ground = models.CharField(max_length=20, choices=Ground, blank=True)
    # For staff alone. It never goes into the note: a parent may read a child's record.
    consent_reason = models.CharField(max_length=300, blank=True)
    consent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_leads_to_an_hour_or_a_queue",
                condition=Q(appointment__isnull=False) | Q(opening__isnull=False) | Q(beside__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["opening", "patient"],
                condition=Q(status="open", role="patient"),
                name="one_open_invitation_per_patient_and_queue",
            ),
            models.UniqueConstraint(
                fields=["appointment", "patient"],
                condition=Q(status="open", role="patient"),
                name="one_open_invitation_per_patient_and_appointment",
            ),
            models.CheckConstraint(
                name="invitation_patient_role_has_a_patient",
                condition=Q(role="patient", patient__isnull=False) | ~Q(role="patient"),
            ),
            models.CheckConstraint(
                name="invitation_revoked_for_a_reason",
                condition=(Q(status="revoked", revoked_at__isnull=False) & ~Q(revoked_because=""))
                | (~Q(status="revoked") & Q(revoked_at__isnull=True, revoked_because="")),
            ),
            models.CheckConstraint(name="invitation_tries_are_limited", condition=Q(tries__lte=TRIES)),
            models.CheckConstraint(
                name="invitation_consent_was_said_somehow",
                condition=Q(consent="", consent_how="", consent_at__isnull=True)
                | (~Q(consent="") & ~Q(consent_how="") & Q(consent_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="invitation_nobody_comes_along_as_the_patient",
                condition=Q(beside__isnull=True) | ~Q(role="patient"),
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.public_id}"

    @property
    def is_locked(self) -> bool:
        return self.tries >= TRIES


class ExtraLink(Opaque):
    """One more link into the same invitation, for a later message: the first one's secret is known to nobody."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="extra_links")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ExtraLink {self.public_id}"


class Device(Opaque):
    """A browser that presented the link: pending until it has proven itself, then trusted (DESIGN §9)."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="devices")
    secret_digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    birth_date_at = models.DateTimeField(null=True, blank=True)
    trusted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "secret_digest"], name="one_device_per_browser"),
        ]

    def __str__(self) -> str:
        return f"Device {self.public_id}"


class OneTimeCode(Opaque):
    """Six digits sent to the registered phone (or e-mail) to prove the devices that asked for it."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="codes")
    digits_key = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ManyToManyField(Device, related_name="codes")

    def __str__(self) -> str:
        return f"OneTimeCode {self.public_id}"


class ProofPurpose(models.TextChoices):
    """What somebody proves a phone for."""

    DROP_IN = "drop_in"
    BOOKING = "booking"
    CONTACT = "contact"
    STAFF = "staff"


class PhoneProof(Opaque):
    """Six digits sent to a phone that somebody typed, to prove that it is in their hand."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="phone_proofs")
    phone = models.CharField(max_length=20)
    browser_digest = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=ProofPurpose)
    digits_key = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    proven_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "phone", "browser_digest"]),
            models.Index(fields=["phone", "sent_at"]),
            models.Index(fields=["sent_at"]),
        ]
        constraints = [
            models.CheckConstraint(name="phone_proof_tries_are_limited", condition=Q(tries__lte=TRIES)),
            models.CheckConstraint(
                name="phone_proof_is_used_once_it_is_proven",
                condition=Q(used_at__isnull=True) | Q(proven_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"PhoneProof {self.public_id}"
