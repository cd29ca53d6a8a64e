"""Clinics and who works there."""

from django.conf import settings
from django.db import models

from blikk.kernel.models import Opaque


class Role(models.TextChoices):
    """What a person does at a clinic."""

    CLINICIAN = "clinician"
    SECRETARY = "secretary"
    ADMINISTRATOR = "administrator"


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
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(Opaque):
    """A person's work at a clinic, in one role, until it ends."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    title = models.CharField(max_length=60, blank=True)
    profession = models.CharField(max_length=60, blank=True)
    hpr_number = models.CharField(max_length=9, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.user.name} ({self.role})"

    @property
    def name(self) -> str:
        """The name that patients and colleagues see."""
        return self.user.name
