"""Staff and HelseID: connect it with one's account once, and sign in with it from then on."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from blikk.accounts import eid, helse_id
from blikk.accounts.models import EidPurpose, EidTrip, HelseIdentity, User
from blikk.accounts.oidc.client import Person
from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.providers import Provider
from blikk.clinics.models import Role
from blikk.clinics.queries import memberships_of
from blikk.clinics.services import take_hpr_number
from blikk.kernel.actors import Actor

BACK = "/inn/helseid/tilbake"


def asked() -> Provider | None:
    """HelseID, where this installation uses it."""
    return eid.provider_for(EidPurpose.SIGN_IN)


def begin(user: User | None, *, browser: str, base_url: str, language: str, now: datetime) -> str:
    """Say where to go: to connect HelseID for who is signed in, to sign in for who is not. Raises Fault."""
    purpose = EidPurpose.CONNECT if user else EidPurpose.SIGN_IN
    about = user.public_id if user else ""
    _trip, url = eid.begin(
        purpose, about=about, browser=browser, back_to=base_url + BACK, language=language, now=now
    )
    return url


def come_back(
    said: Mapping[str, str], *, browser: str, base_url: str, now: datetime
) -> tuple[EidTrip, Person]:
    """Read the answer that somebody is back with. Raises Fault."""
    purposes = (EidPurpose.CONNECT, EidPurpose.SIGN_IN)
    trip = eid.find_trip(said.get("state", ""), purposes, browser=browser)
    person = eid.finish(trip, said, back_to=base_url + BACK, now=now)
    eid.settle(trip, "done")
    return trip, person


@transaction.atomic
def connect(user: User, trip: EidTrip, person: Person, *, actor: Actor, now: datetime) -> HelseIdentity:
    """Bind it to the account of who asked, if that is who is signed in still. Raises Fault, IsSomebodyElses."""
    if trip.about != user.public_id:
        raise Fault(Reason.WRONG_STATE)
    memberships = memberships_of(user)
    places: list[int | None] = [membership.clinic_id for membership in memberships] or [None]
    identity = helse_id.connect(user, person, places=places, actor=actor, now=now)
    _take_hpr(identity, actor=actor, now=now)
    return identity


@transaction.atomic
def disconnect(user: User, *, actor: Actor, now: datetime) -> None:
    """Let HelseID sign in to this account no more; the number in Helsepersonellregisteret stays."""
    places: list[int | None] = [membership.clinic_id for membership in memberships_of(user)] or [None]
    helse_id.disconnect(user, places=places, actor=actor, now=now)


@transaction.atomic
def recognise(person: Person, *, where: str, now: datetime) -> User | None:
    """The account that may be signed in to; None, written down, for a HelseID that is bound to nobody."""
    identity = helse_id.recognise(person, now=now)
    if identity is None:
        helse_id.note_unknown(person, where=where, now=now)
        return None
    actor = Actor("staff", identity.user.public_id, where)
    _take_hpr(identity, actor=actor, now=now)
    return identity.user


def of(user: User) -> HelseIdentity | None:
    """The HelseID that is bound to an account."""
    return helse_id.of(user)


def _take_hpr(identity: HelseIdentity, *, actor: Actor, now: datetime) -> None:
    """HelseID's word about the number counts at each clinic where the person is a clinician."""
    if not identity.hpr_number:
        return
    for membership in memberships_of(identity.user):
        if membership.role == Role.CLINICIAN:
            take_hpr_number(membership, identity.hpr_number, actor=actor, now=now)
