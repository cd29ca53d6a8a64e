"""Accounts of staff."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from blikk.kernel.models import Opaque


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
