"""Invitations, the devices that opened them, and the codes sent to prove a device."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.invitations.states import InvitationStatus, Revoked, WishStatus
from blikk.kernel.models import Moving, Opaque
from blikk.kernel.secrets import EncryptedTextField
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
    # The ways that links have gone: any of "sms", "email" and "letter", with commas between.
    sent_by = models.CharField(max_length=20, blank=True)
    letter_printed_at = models.DateTimeField(null=True, blank=True)
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

    @property
    def may_be_changed(self) -> bool:
        """Whether it is a patient's own booked hour, which they may cancel from the link."""
        booked = self.appointment is not None and not self.appointment.drop_in
        return booked and self.role == PersonRole.PATIENT


class ExtraLink(Opaque):
    """One more link into the same invitation, for a later message: the first one's secret is known to nobody.

    That of a letter has a code to type as well.
    """

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="extra_links")
    token_digest = models.CharField(max_length=64, unique=True)
    code_key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ExtraLink {self.public_id}"


class Proof(models.TextChoices):
    """By what a browser was trusted: the clinician sees when it was not the registered phone."""

    SMS_LINK = "sms_link"
    PHONE_CODE = "phone_code"
    EMAIL_CODE = "email_code"
    LETTER = "letter"


class Device(Opaque):
    """A browser that presented the link: pending until it has proven itself, then trusted (DESIGN §9)."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="devices")
    secret_digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    birth_date_at = models.DateTimeField(null=True, blank=True)
    trusted_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=12, choices=Proof, blank=True)

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


class WishKind(models.TextChoices):
    """What a patient may ask for from the link."""

    CANNOT_COME = "cannot_come"
    IN_PERSON = "in_person"


class Wish(Moving):
    """Something that a patient asked for from the link, until staff have seen to it."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="wishes")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="wishes")
    kind = models.CharField(max_length=12, choices=WishKind)
    status = models.CharField(max_length=12, choices=WishStatus, default=WishStatus.ASKED)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "wishes"
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"], condition=Q(status="asked"), name="one_open_wish_per_invitation"
            ),
            models.CheckConstraint(
                name="wish_settled_at_a_time",
                condition=Q(status="asked", settled_at__isnull=True)
                | (~Q(status="asked") & Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Wish {self.public_id}"


class NoReminders(Opaque):
    """A patient who wants no reminders by a channel."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="no_reminders")
    channel = models.CharField(max_length=8)
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "no reminders"
        constraints = [
            models.UniqueConstraint(fields=["patient", "channel"], name="reminders_are_refused_once"),
        ]

    def __str__(self) -> str:
        return f"NoReminders {self.public_id}"


class LostLink(Opaque):
    """Somebody asked for a link that was lost. Kept until the worker has looked, so that nobody is waited for."""

    kind = models.CharField(max_length=8)
    to = EncryptedTextField()
    where = models.CharField(max_length=45, blank=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"LostLink {self.public_id}"


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


class Informed(models.TextChoices):
    """How somebody was told what a consultation by video is."""

    SHOWN = "shown"
    ORALLY = "orally"


class Information(Opaque):
    """That somebody was told what happens, who is responsible and what their rights are, before they joined."""

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, blank=True, related_name="information"
    )
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="information"
    )
    how = models.CharField(max_length=10, choices=Informed)
    # Which text stood on the page, and in which language it was read.
    version = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, blank=True)
    by_name = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "version"],
                condition=Q(how="shown"),
                name="a_text_is_shown_once_per_invitation",
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(how="orally", taken_back_at__isnull=True),
                name="informed_orally_once_per_appointment",
            ),
            models.CheckConstraint(
                name="information_shown_to_somebody_or_told_by_somebody",
                condition=Q(how="shown", invitation__isnull=False, appointment__isnull=True) & ~Q(version="")
                | Q(how="orally", invitation__isnull=True, appointment__isnull=False) & ~Q(by_name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Information {self.public_id}"
