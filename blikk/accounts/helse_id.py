"""HelseID and the account: shown once to be the same person, by somebody who was signed in with both at that moment."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from blikk.accounts.errors import IsSomebodyElses
from blikk.accounts.models import HelseIdentity, User
from blikk.accounts.oidc.client import Person
from blikk.accounts.services import record_at
from blikk.audit.services import record
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.ids import digest, same
from blikk.kernel.secrets import blinds

HPR = "helseid://claims/hpr/hpr_number"
_NUMBER = "accounts.helse_identity"


def hpr_number_in(person: Person) -> str:
    """The number in Helsepersonellregisteret that HelseID vouches for; empty for who has none."""
    said = person.claims.get(HPR)
    text = str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""
    return text if text.isdigit() and 7 <= len(text) <= 9 else ""


@transaction.atomic
def connect(
    user: User, person: Person, *, places: Iterable[int | None], actor: Actor, now: datetime
) -> HelseIdentity:
    """Bind a HelseID to the account of who is signed in; instead of another that they had. Raises IsSomebodyElses."""
    found = _same_as(person)
    if found is not None and found.user_id != user.pk:
        raise IsSomebodyElses
    values = {
        "subject_digest": digest(person.subject),
        "number_index": blinds(_NUMBER, person.number)[0],
        "hpr_number": hpr_number_in(person),
        "connected_at": now,
        "used_at": now,
    }
    try:
        with transaction.atomic():
            identity, _ = HelseIdentity.objects.update_or_create(user=user, defaults=values)
    except IntegrityError as fault:
        raise IsSomebodyElses from fault
    record_at(places, "account.helse_id_connected", user, actor=actor, now=now)
    return identity


@transaction.atomic
def disconnect(user: User, *, places: Iterable[int | None], actor: Actor, now: datetime) -> None:
    """Let the HelseID sign in to this account no more."""
    count, _ = HelseIdentity.objects.filter(user=user).delete()
    if count:
        record_at(places, "account.helse_id_disconnected", user, actor=actor, now=now)


@transaction.atomic
def recognise(person: Person, *, now: datetime) -> HelseIdentity | None:
    """The account that this person was bound to, in both subject and number; None signs nobody in."""
    found = HelseIdentity.objects.select_related("user").filter(subject_digest=digest(person.subject)).first()
    indexes = blinds(_NUMBER, person.number)
    if found is None or not found.user.is_active or not any(same(found.number_index, i) for i in indexes):
        return None
    # Written anew with the newest key, so that an older one can be thrown away in time.
    found.number_index, found.hpr_number, found.used_at = indexes[0], hpr_number_in(person), now
    found.save(update_fields=["number_index", "hpr_number", "used_at"])
    return found


def of(user: User) -> HelseIdentity | None:
    """The HelseID that is bound to an account."""
    return HelseIdentity.objects.filter(user=user).first()


def note_unknown(person: Person, *, where: str, now: datetime) -> None:
    """Record that a HelseID which is bound to nobody tried to come in; by a digest, for it need not be anybody's."""
    who = f"helseid:{digest(person.subject)[:22]}"
    actor = Actor("system", SYSTEM.id, where)
    record("account.helse_id_unknown", actor=actor, about=who, clinic_id=None, now=now)


def _same_as(person: Person) -> HelseIdentity | None:
    rows = HelseIdentity.objects.filter(number_index__in=blinds(_NUMBER, person.number))
    return rows.first() or HelseIdentity.objects.filter(subject_digest=digest(person.subject)).first()
