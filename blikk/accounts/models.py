"""Accounts of staff, and round trips to the providers that say who people are."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from blikk.kernel.models import Opaque
from blikk.kernel.secrets import EncryptedTextField


class Accounts(BaseUserManager["User"]):
    """Makes accounts; an e-mail address is kept in small letters so that it is one person's only."""

    def create_user(self, email: str, name: str, password: str | None = None, **more: Any) -> "User":
        user = self.model(email=email.strip().lower(), name=name, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(Opaque, AbstractBaseUser, PermissionsMixin):
    """A member of staff, who signs in with an e-mail address, a password and a second factor."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="nb")
    # Their own mobile, E.164, once a code that came to it was typed; for alerts, never shown to patients.
    phone = models.CharField(max_length=20, blank=True)
    phone_proven_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = Accounts()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.CheckConstraint(
                name="a_phone_on_an_account_is_proven",
                condition=models.Q(phone="", phone_proven_at__isnull=True)
                | (~models.Q(phone="") & models.Q(phone_proven_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class EidPurpose(models.TextChoices):
    """What somebody goes to a provider for."""

    PATIENT = "patient"  # a patient who waits proves who they are
    CONNECT = "connect"  # a member of staff connects their HelseID with their account
    SIGN_IN = "sign_in"  # a member of staff signs in


class EidTrip(Opaque):
    """One round trip to a provider, of one browser, for one purpose; its state is kept as a digest and used once."""

    purpose = models.CharField(max_length=10, choices=EidPurpose)
    # Whom it is about, by public id: an invitation, or an account; empty for a sign-in.
    about = models.CharField(max_length=22, blank=True)
    browser_digest = models.CharField(max_length=64)
    state_digest = models.CharField(max_length=64, unique=True)
    # What the answer is read with: nonce, verifier and the key of this trip. Empty once it was read.
    kept = EncryptedTextField(blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # How it ended: "same", "other" and "unclear" for a patient, "done" for staff, or why it failed.
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["about", "browser_digest"]), models.Index(fields=["expires_at"])]
        constraints = [
            models.CheckConstraint(
                name="eid_trip_is_over_once_it_was_used",
                condition=models.Q(used_at__isnull=False) | models.Q(result=""),
            ),
        ]

    def __str__(self) -> str:
        return f"EidTrip {self.public_id}"


class HelseIdentity(models.Model):
    """That an account and a HelseID are the same person: shown once by both, signed in with both."""

    user = models.OneToOneField(User, models.CASCADE, related_name="helse_identity")
    subject_digest = models.CharField(max_length=64, unique=True)
    # By this the national number is recognised; the number itself is not kept.
    number_index = models.CharField(max_length=64, unique=True)
    hpr_number = models.CharField(max_length=9, blank=True)
    connected_at = models.DateTimeField()
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"HelseIdentity of {self.user.public_id}"
