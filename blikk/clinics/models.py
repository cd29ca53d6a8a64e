"""Clinics and who works there."""

from django.conf import settings
from django.db import models

from blikk.clinics.keeping_tables import Deletion as Deletion
from blikk.clinics.keeping_tables import DeletionKind as DeletionKind
from blikk.clinics.keeping_tables import DeletionStatus as DeletionStatus
from blikk.clinics.keeping_tables import KeptKind as KeptKind
from blikk.clinics.keeping_tables import Retention as Retention
from blikk.clinics.machine_tables import MachineClient as MachineClient
from blikk.clinics.machine_tables import MachineToken as MachineToken
from blikk.clinics.machine_tables import UsedAssertion as UsedAssertion
from blikk.clinics.webhook_tables import Happening as Happening
from blikk.clinics.webhook_tables import Webhook as Webhook
from blikk.clinics.webhook_tables import WebhookEvent as WebhookEvent
from blikk.clinics.webhook_tables import WebhookTry as WebhookTry
from blikk.kernel.models import Opaque
from blikk.kernel.sealing import SealedField

# What somebody who drops in may need help with, where the clinic has no list of its own.
STANDARD_HELP = ("new", "known", "prescription", "sick_note", "results", "other")
# Where a notice can stand: pages for everybody, pages of a patient, pages of staff.
PLACES = ("public", "patient", "staff")


class Role(models.TextChoices):
    """What a person does at a clinic."""

    CLINICIAN = "clinician"
    SECRETARY = "secretary"
    ADMINISTRATOR = "administrator"


class CancelsOnline(models.TextChoices):
    """What happens when a patient says from the link that they cannot come."""

    AT_ONCE = "at_once"
    ASKS = "asks"
    OFF = "off"


def _standard_reminders() -> list[int]:
    return [24 * 60, 60]


class Clinic(Opaque):
    """A tenant: everything about a patient belongs to exactly one clinic."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    # Stands in messages and on the link page, where the clinic's name could reveal an illness.
    sender_label = models.CharField(max_length=40)
    phone = models.CharField(max_length=20)
    zone = models.CharField(max_length=40, default="Europe/Oslo")
    language = models.CharField(max_length=5, default="nb")
    opens_before_minutes = models.PositiveSmallIntegerField(default=30)
    relay_only = models.BooleanField(default=False)
    asks_birth_date = models.BooleanField(default=True)
    always_asks_code = models.BooleanField(default=False)
    # Patients may prove who they are with an eID while they wait, where the installation has a provider.
    offers_eid = models.BooleanField(default=False)
    # The page for everybody, at /k/<slug>. It names who works here, so it is not there until somebody says so.
    is_public = models.BooleanField(default=False)
    about = models.TextField(max_length=2000, blank=True)
    # One thing per line; blank stands for the general list, which the page has in every language.
    can_by_video = models.TextField(max_length=2000, blank=True)
    cannot_by_video = models.TextField(max_length=2000, blank=True)
    cost_words = models.TextField(max_length=1000, blank=True)
    website = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True)
    # [{"slug": …, "label": …}]; empty stands for STANDARD_HELP.
    help_kinds = models.JSONField(default=list, blank=True)
    allows_self_booking = models.BooleanField(default=False)
    # The name that an SMS comes from; blank stands for the beginning of the sender label.
    sms_sender = models.CharField(max_length=11, blank=True)
    # How many minutes before the hour a reminder goes out; empty for none.
    reminder_minutes = models.JSONField(default=_standard_reminders, blank=True)
    cancels_online = models.CharField(max_length=10, choices=CancelsOnline, default=CancelsOnline.AT_ONCE)
    # Later than so many hours before, a cancellation is late (0: none is). What that costs stands with the fees.
    cancel_until_hours = models.PositiveSmallIntegerField(default=0)
    # How long a patient may wait without anybody being told, before the clinician gets a message.
    alert_after_minutes = models.PositiveSmallIntegerField(default=10)
    # Whether kind and last four signs of a card that was shown are kept; otherwise only that one was shown.
    keeps_card_mark = models.BooleanField(default=False)
    # Whom staff call when something fails: [{"name": …, "phone": …, "hours": …}], in the order to call them.
    support_contacts = models.JSONField(default=list, blank=True)
    # Whether an administrator put the reminder away of what is missing before the first consultation.
    hides_start = models.BooleanField(default=False)
    # A place of one clinician's to practise in: no clinic of anybody's, emptied every day (decision 37).
    is_practice = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class AuthorityNotice(Opaque):
    """A word from the authorities, such as in an epidemic, on the pages of one clinic or of the whole installation."""

    clinic = models.ForeignKey(
        Clinic, models.PROTECT, null=True, blank=True, related_name="authority_notices"
    )
    title = models.CharField(max_length=120)
    words = models.TextField(max_length=1000)
    link = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    # Which pages it stands on: any of PLACES.
    places = models.JSONField(default=list)
    created_at = models.DateTimeField()
    taken_down_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "taken_down_at", "valid_from"])]
        constraints = [
            models.CheckConstraint(
                name="notice_ends_after_it_begins",
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"AuthorityNotice {self.public_id}"


class AlertBy(models.TextChoices):
    """How a member of staff hears that somebody waits and was told nothing."""

    EMAIL = "email"
    SMS = "sms"
    BOTH = "both"
    NONE = "none"


class Membership(Opaque):
    """A person's work at a clinic, in one role, until it ends."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    title = models.CharField(max_length=60, blank=True)
    profession = models.CharField(max_length=60, blank=True)
    hpr_number = models.CharField(max_length=9, blank=True)
    # When HelseID last vouched for that number; empty where somebody typed it.
    hpr_proven_at = models.DateTimeField(null=True, blank=True)
    # At each clinic by itself: who works at two may be at work in one of them only.
    alert_by = models.CharField(max_length=5, choices=AlertBy, default=AlertBy.EMAIL)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "user"],
                condition=models.Q(ended_at__isnull=True),
                name="one_running_membership_per_person_and_clinic",
            ),
            models.CheckConstraint(name="membership_has_a_role", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(
                name="membership_is_alerted_in_a_known_way", condition=models.Q(alert_by__in=AlertBy.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name} ({self.role})"

    @property
    def name(self) -> str:
        """The name that patients and colleagues see."""
        return self.user.name


class EquipmentCheck(models.Model):
    """The last time a member of staff tried their own equipment here, and what was found, as codes."""

    membership = models.OneToOneField(Membership, models.PROTECT, related_name="equipment_check")
    checked_at = models.DateTimeField()
    # {"camera": …, "microphone": …, "sound": …, "network": …, "echo": …, "light": …}
    found = models.JSONField(default=dict)
    is_well = models.BooleanField()

    def __str__(self) -> str:
        return f"EquipmentCheck of {self.membership_id}"


class VideoKind(models.TextChoices):
    """How the room of another video solution is found."""

    FIXED = "fixed"
    TEMPLATE = "template"
    WHEREBY = "whereby"


class VideoSolution(Opaque):
    """Which video solution a clinic uses, or one clinician there against the clinic's habit."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="video_solutions")
    # Empty for the clinic's own choice.
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="video_solution"
    )
    # Blikk's own picture and sound, for who differs from a clinic that uses another solution.
    is_own = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=VideoKind, blank=True)
    # What the solution is called by those who use it.
    supplier = models.CharField(max_length=60, blank=True)
    # The room, or the pattern of its address with {random} in it.
    address = models.CharField(max_length=500, blank=True)
    # The clinic's own key to the supplier, sealed; empty where the installation's is used.
    sealed_key = SealedField(default=bytes, blank=True, bound_to="clinics_videosolution.sealed_key")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic"],
                condition=models.Q(membership__isnull=True),
                name="one_video_solution_per_clinic",
            ),
            models.CheckConstraint(
                name="video_solution_is_own_or_named",
                condition=models.Q(is_own=True, kind="", address="")
                | (models.Q(is_own=False, kind__in=VideoKind.values) & ~models.Q(supplier="")),
            ),
        ]

    def __str__(self) -> str:
        return f"VideoSolution {self.public_id}"


class MemberPhoto(models.Model):
    """The face on a member's card: a small picture, made anew from what was sent, apart so that lists never read it."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="photo")
    picture = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Photo of {self.membership_id}"


class OwnInformation(models.Model):
    """What a clinic adds to the information for patients. Nothing is written over: new words have the next number."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="own_information")
    number = models.PositiveIntegerField()
    words = models.TextField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="one_text_per_number_and_clinic"),
        ]

    def __str__(self) -> str:
        return f"Information {self.number} of {self.clinic_id}"


class PlanPart(Opaque):
    """What the office has agreed on under one heading of its plan, as it stands now."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="plan_parts")
    heading = models.CharField(max_length=20)
    words = models.TextField(max_length=8000, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "heading"], name="one_plan_part_per_heading"),
        ]

    def __str__(self) -> str:
        return f"PlanPart {self.heading}"


class PlanVersion(models.Model):
    """What one person made of a part in one sitting: kept for good, so that nothing agreed on is lost."""

    part = models.ForeignKey(PlanPart, models.PROTECT, related_name="versions")
    # The number of the part's version when the sitting last wrote.
    number = models.PositiveIntegerField()
    words = models.TextField(max_length=8000, blank=True)
    written_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="one_plan_version_per_number")]

    def __str__(self) -> str:
        return f"PlanVersion {self.number}"
