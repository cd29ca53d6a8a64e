"""Acts on staff accounts: opening them, their passwords, and the beginning and end of sessions."""

from collections.abc import Iterable, MutableMapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.db import transaction

from blikk.accounts import policies
from blikk.accounts.errors import LinkIsDead
from blikk.accounts.models import User
from blikk.audit.services import Detail, record
from blikk.bus import announce
from blikk.kernel import secrets
from blikk.kernel.actors import SYSTEM, Actor
from blikk.notifications.services import queue

_FACTOR = "accounts.second_factor"


def topic_of(user: User) -> str:
    """Where the open pages of a person hear that the person is signed out."""
    return f"user:{user.public_id}"


def seal(text: str) -> str:
    """Encrypt the secret of a second factor."""
    return secrets.seal(text, _FACTOR)


def unseal(sealed: str) -> str:
    return secrets.unseal(sealed, _FACTOR)


def renew_factors() -> int:
    """Seal the secrets of second factors anew with the newest key; says how many."""
    renewed = 0
    for factor in Authenticator.objects.order_by("pk").iterator():
        older = {
            name: value
            for name, value in factor.data.items()
            if isinstance(value, str) and value.startswith(("v1:", "v2:")) and not secrets.is_newest(value)
        }
        if older:
            data = {**factor.data, **{name: seal(unseal(value)) for name, value in older.items()}}
            renewed += Authenticator.objects.filter(pk=factor.pk, data=factor.data).update(data=data)
    return renewed


def begin_session(session: MutableMapping[str, Any], *, has_second_factor: bool, now: datetime) -> None:
    """Note on a new session when it began and how strong the sign-in was."""
    policies.begin(session, has_second_factor=has_second_factor, now=now)


def strengthen_session(session: Any) -> None:
    """Make a session with a password only a whole one, under a new name."""
    session[policies.SECOND_FACTOR] = True
    session.cycle_key()


@transaction.atomic
def open_account(*, email: str, name: str, language: str, actor: Actor, now: datetime) -> User:
    """Open an account without a password, or find the one that this address has already."""
    found = User.objects.filter(email__iexact=email.strip()).first()
    if found:
        return found
    user = User.objects.create_user(email, name, language=language)
    record("account.opened", actor=actor, about=user, clinic_id=None, now=now)
    return user


def password_key(user: User) -> str:
    """Make the key of a link with which a person chooses a password; it works once and for three days."""
    return f"{user.public_id}.{default_token_generator.make_token(user)}"


def queue_password_link(
    user: User, *, clinic_id: int, kind: str, subject: str, body: str, actor: Actor, now: datetime
) -> None:
    """Send a person the link with which they choose a password."""
    queue(
        clinic_id=clinic_id,
        kind=kind,
        key=f"{kind}:{user.public_id}:{now.timestamp():.0f}",
        channel="email",
        to=user.email,
        language=user.language,
        subject=subject,
        body=body,
        about=f"accounts.User:{user.public_id}",
        now=now,
    )
    record("account.password_link_sent", actor=actor, about=user, clinic_id=clinic_id, now=now)


@transaction.atomic
def choose_password(key: str, password: str, *, where: str, now: datetime) -> User:
    """Set the password of the person whom `key` was sent to; every session they had is over.

    Raises LinkIsDead.
    """
    user = whose_key(key)
    user.set_password(password)
    user.save(update_fields=["password"])
    record("account.password_chosen", actor=_self(user, where), about=user, clinic_id=None, now=now)
    announce(topic_of(user), "signed_out")
    return user


def whose_key(key: str) -> User:
    """Find the person whom a key was sent to. Raises LinkIsDead."""
    public_id, _, token = key.partition(".")
    user = User.objects.filter(public_id=public_id, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        raise LinkIsDead
    return user


@transaction.atomic
def set_phone(user: User, phone: str, *, places: Iterable[int | None], actor: Actor, now: datetime) -> User:
    """Note the mobile that a person has proven to be theirs; nothing for a phone takes it away.

    The record says that it happened, not which number.
    """
    if phone == user.phone:
        return user
    user.phone, user.phone_proven_at = phone, now if phone else None
    user.save(update_fields=["phone", "phone_proven_at"])
    act = "account.phone_proven" if phone else "account.phone_removed"
    record_at(places, act, user, actor=actor, now=now)
    return user


def sign_out(user: User, places: Iterable[int | None], *, actor: Actor, now: datetime) -> None:
    """Record that a person signed out, and close the sockets of their pages."""
    record_at(places, "account.signed_out", user, actor=actor, now=now)
    announce(topic_of(user), "signed_out")


def note_failed_sign_in(who: str, *, where: str, now: datetime) -> None:
    """Record a wrong password; `who` is a digest, for it need not be the address of anybody."""
    record(
        "account.sign_in_failed", actor=Actor("system", SYSTEM.id, where), about=who, clinic_id=None, now=now
    )


@transaction.atomic
def record_at(
    places: Iterable[int | None], act: str, user: User, *, actor: Actor, now: datetime, **details: Detail
) -> None:
    """Record what a person did with their account at each of the clinics where they work."""
    for clinic_id in places:
        record(act, actor=actor, about=user, clinic_id=clinic_id, now=now, **details)


def _self(user: User, where: str) -> Actor:
    return Actor("staff", user.public_id, where)


def forget_sessions(*, now: datetime) -> int:
    """Throw away sessions that are over; says how many."""
    count, _ = Session.objects.filter(expire_date__lt=now).delete()
    return count
