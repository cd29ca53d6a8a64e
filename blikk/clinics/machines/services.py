"""Acts on other systems: register one, change it, turn it off; give it a token, and take one back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from blikk.audit.services import hold, record
from blikk.clinics.machine_tables import MachineClient, MachineToken, UsedAssertion
from blikk.clinics.machines.assertions import LEEWAY, NotProven, Proven, read_assertion
from blikk.clinics.machines.keys import read_keys
from blikk.clinics.machines.queries import get_client
from blikk.clinics.machines.scopes import KINDS, granted
from blikk.clinics.models import Clinic
from blikk.clinics.services import has_unseen_signs
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, Refused
from blikk.kernel.ids import digest, new_secret

TOKEN_LASTS = timedelta(minutes=5)
MOST_CLIENTS = 50


class NothingGranted(Refused):
    """Of what was asked for, nothing was given to this system."""

    code = "nothing_granted"


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, said once."""

    token: str = field(repr=False)
    grants: dict[str, str]
    lasts: timedelta


@transaction.atomic
def register(
    clinic: Clinic, *, name: str, keys: str, kinds: Iterable[str], actor: Actor, now: datetime
) -> MachineClient:
    """Let another system ask for what belongs to the clinic. Raises Invalid, field by field."""
    hold(clinic.pk)
    values = _values(name, kinds)
    read = read_keys(keys)
    if MachineClient.objects.filter(clinic=clinic, ended_at__isnull=True).count() >= MOST_CLIENTS:
        raise Invalid(name="too_many_systems")
    made = MachineClient.objects.create(
        clinic=clinic, keys=read, made_at=now, keys_changed_at=now, name=values.name, kinds=values.kinds
    )
    record(
        "machine.registered",
        actor=actor,
        about=made,
        clinic_id=clinic.pk,
        now=now,
        kinds=" ".join(values.kinds),
    )
    return made


@transaction.atomic
def change(
    clinic: Clinic,
    client_id: str,
    *,
    name: str,
    kinds: Iterable[str],
    keys: str = "",
    actor: Actor,
    now: datetime,
) -> MachineClient:
    """Change what a system is called and may see; new keys where some are given. Raises NotFound or Invalid.

    Tokens that were given for more, or by a key that is gone, are taken back.
    """
    hold(clinic.pk)
    client = get_client(clinic, client_id)
    values = _values(name, kinds)
    before = client.kinds
    client.name, client.kinds = values.name, values.kinds
    if keys.strip():
        client.keys, client.keys_changed_at = read_keys(keys), now
    client.save(update_fields=["name", "kinds", "keys", "keys_changed_at"])
    if keys.strip() or set(before) - set(values.kinds):
        _take_back(client, now)
    record(
        "machine.changed",
        actor=actor,
        about=client,
        clinic_id=clinic.pk,
        now=now,
        before=" ".join(before),
        after=" ".join(values.kinds),
        new_keys=bool(keys.strip()),
    )
    return client


@transaction.atomic
def turn_off(clinic: Clinic, client_id: str, *, actor: Actor, now: datetime) -> None:
    """Shut a system out at once and for good. Raises NotFound."""
    hold(clinic.pk)
    client = get_client(clinic, client_id)
    client.ended_at = now
    client.save(update_fields=["ended_at"])
    _take_back(client, now)
    record("machine.turned_off", actor=actor, about=client, clinic_id=clinic.pk, now=now)


@transaction.atomic
def give_token(assertion: str, *, audiences: Sequence[str], scope: str, where: str, now: datetime) -> Issued:
    """Give a system a token for some minutes. Raises NotProven or NothingGranted."""
    proven = read_assertion(assertion, audiences=audiences, now=now)
    client = proven.client
    _use(proven)
    grants = granted(scope, client.kinds)
    if not grants:
        raise NothingGranted
    token = new_secret()
    MachineToken.objects.create(
        client=client, digest=digest(token), grants=grants, issued_at=now, expires_at=now + TOKEN_LASTS
    )
    MachineClient.objects.filter(pk=client.pk).update(last_used_at=now, last_used_from=where[:64])
    record(
        "machine.token_given",
        actor=Actor("machine", client.public_id, where),
        about=client,
        clinic_id=client.clinic_id,
        now=now,
        kinds=" ".join(f"{kind}.{letters}" for kind, letters in grants.items()),
    )
    return Issued(token, grants, TOKEN_LASTS)


@transaction.atomic
def take_back(assertion: str, token: str, *, audiences: Sequence[str], now: datetime) -> None:
    """Make a token worthless before its time; one that is unknown or another system's is no news (RFC 7009)."""
    proven = read_assertion(assertion, audiences=audiences, now=now)
    _use(proven)
    MachineToken.objects.filter(client=proven.client, digest=digest(token), revoked_at__isnull=True).update(
        revoked_at=now
    )


@transaction.atomic
def forget_old(*, now: datetime) -> None:
    """Forget tokens and assertions that have run out: neither is worth anything any more."""
    MachineToken.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    UsedAssertion.objects.filter(expires_at__lt=now).delete()


def _use(proven: Proven) -> None:
    """Use an assertion up. The database knows whether somebody was first. Raises NotProven."""
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(
                client=proven.client, jti=digest(proven.jti), expires_at=proven.expires_at + LEEWAY
            )
    except IntegrityError as fault:
        raise NotProven("replayed") from fault


def _take_back(client: MachineClient, now: datetime) -> None:
    MachineToken.objects.filter(client=client, revoked_at__isnull=True).update(revoked_at=now)


@dataclass(frozen=True, slots=True)
class _Values:
    name: str
    kinds: list[str]


def _values(name: str, kinds: Iterable[str]) -> _Values:
    read = " ".join(name.split())
    chosen = [kind for kind in KINDS if kind in set(kinds)]
    faults = {}
    if not read:
        faults["name"] = "missing"
    elif len(read) > 60 or has_unseen_signs(read):
        faults["name"] = "unreadable"
    if not chosen:
        faults["kinds"] = "no_kinds"
    if faults:
        raise Invalid(**faults)
    return _Values(read, chosen)
