"""A patient who waits proves who they are with an eID: to the provider and back, the place kept all the while."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from blikk.accounts import eid
from blikk.accounts.models import EidPurpose, EidTrip
from blikk.accounts.oidc.client import Person
from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.providers import Provider
from blikk.audit.services import hold
from blikk.invitations import services as inviting
from blikk.invitations.models import Invitation, PersonRole
from blikk.journeys.door import who_is_at_the_door
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients import numbers
from blikk.patients.models import NumberSource, Patient
from blikk.patients.national_numbers import Reading, read
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival, EidResult
from blikk.waiting_room.queries import eid_proof_of, present_of
from blikk.waiting_room.states import ArrivalStatus

BACK = "/eid/tilbake"
_WAITS = frozenset({ArrivalStatus.WAITING, ArrivalStatus.AWAY, ArrivalStatus.ON_HOLD})


@dataclass(frozen=True, slots=True)
class EidOffer:
    """What the page that leads to the provider shows: who is asked, and how the last try ended."""

    label: str
    # "", "same", "other", "unclear", or why it failed.
    result: str


def asked() -> Provider | None:
    """Who is asked about patients; None where this installation asks nobody."""
    return eid.provider_for(EidPurpose.PATIENT)


def setup() -> tuple[str, str]:
    """The provider's name and which kind it is; both empty where there is none."""
    provider = asked()
    return (provider.label, provider.kind) if provider else ("", "")


def label_for(invitation: Invitation) -> str:
    """The provider whom this person may use, by name; empty where the clinic or the installation offers none."""
    provider = asked()
    is_offered = invitation.clinic.offers_eid and invitation.role == PersonRole.PATIENT
    return provider.label if provider and is_offered else ""


def offer(invitation_id: str, device_secret: str, *, now: datetime) -> EidOffer:
    """What the page shows. Raises NotFound where it is not offered, NotAtThisStep for who does not wait."""
    invitation, _arrival = _who_waits(invitation_id, device_secret, now=now)
    trip = eid.newest_of(invitation_id, browser=device_secret, now=now)
    return EidOffer(label_for(invitation), trip.result if trip else "")


def result_of(invitation: Invitation) -> str:
    """What an eID has said of who waits behind an invitation: "same", "other", "unclear" or ""."""
    arrival = present_of(invitation)
    proof = eid_proof_of(arrival) if arrival else None
    return str(proof.result) if proof else ""


def begin(invitation_id: str, device_secret: str, *, base_url: str, where: str, now: datetime) -> str:
    """Ask the provider for a way in, and say where this person is to go; the clinic sees that they are away for it.

    Raises NotFound, NotAtThisStep; Fault where the provider cannot be asked, and then nothing has happened.
    """
    invitation, _arrival = _who_waits(invitation_id, device_secret, now=now)
    _trip, url = eid.begin(
        EidPurpose.PATIENT,
        about=invitation_id,
        browser=device_secret,
        back_to=base_url + BACK,
        language=invitation.language,
        now=now,
    )
    with transaction.atomic():
        hold(invitation.clinic_id)
        _invitation, arrival = _who_waits(invitation_id, device_secret, now=now)
        actor = inviting.actor_of(invitation, where=where)
        waiting_room.go_and_prove(arrival, actor=actor, now=now)
    return url


def come_back(
    said: Mapping[str, str], device_secret: str, *, base_url: str, where: str, now: datetime
) -> tuple[str, str]:
    """Read the answer that a person is back with; says whose page to go to, and how it went.

    Raises Fault (`wrong_state`) for an answer that belongs to nothing that was asked from this browser.
    """
    trip = eid.find_trip(said.get("state", ""), (EidPurpose.PATIENT,), browser=device_secret)
    provider = asked()
    label = provider.label if provider else ""
    try:
        person = eid.finish(trip, said, back_to=base_url + BACK, now=now)
    except Fault as fault:
        _failed(trip, device_secret, fault.reason, label, where=where, now=now)
        return trip.about, fault.reason
    return trip.about, _judge(trip, device_secret, person, label, where=where, now=now)


def way_back(device_secret: str, *, now: datetime) -> str:
    """The invitation that this browser went to a provider for; empty where there is none."""
    return eid.place_of(device_secret, now=now) if device_secret else ""


@transaction.atomic
def _judge(
    trip: EidTrip, device_secret: str, person: Person, label: str, *, where: str, now: datetime
) -> str:
    """Compare whom the provider vouches for with the patient, and keep what came of it."""
    found = _still_here(trip, device_secret, now=now)
    if found is None:
        eid.settle(trip, Reason.TOO_LATE)
        return Reason.TOO_LATE
    invitation, arrival = found
    actor = inviting.actor_of(invitation, where=where)
    result, reason = EidResult.FAILED, str(Reason.NO_NUMBER)
    patient = invitation.patient
    reading = _readable(person.number)
    if patient is not None and reading is not None:
        result, reason = compare(patient, reading, person.claims)
        if result == EidResult.SAME and not reason:
            try:
                numbers.keep(patient, reading, source=NumberSource.EID, actor=actor, now=now)
            except Invalid:
                result, reason = EidResult.UNCLEAR, "number_is_anothers"
    level = person.level if result != EidResult.FAILED else ""
    waiting_room.proven(
        arrival, result=result, reason=reason, provider=label, level=level, actor=actor, now=now
    )
    eid.settle(trip, reason if result == EidResult.FAILED else str(result))
    return trip.result


def compare(patient: Patient, reading: Reading, claims: Mapping[str, object]) -> tuple[EidResult, str]:
    """Whether a proven person is the patient (decision 27).

    The number that we have decides alone. Without one the birth date must agree, and the name where the provider
    gives it; what neither can say is for a card to say.
    """
    known = numbers.is_number_of(patient, reading.digits)
    if known is not None:
        return (EidResult.SAME, "") if known else (EidResult.OTHER, "other_number")
    fits = _claimed_birth(claims, patient.birth_on)
    fits = reading.fits(patient.birth_on) if fits is None else fits
    if fits is None:
        return EidResult.UNCLEAR, "no_birth_date"
    if not fits:
        return EidResult.OTHER, "other_birth_date"
    if not _name_fits(patient, claims):
        return EidResult.UNCLEAR, "other_name"
    return EidResult.SAME, ""


def _claimed_birth(claims: Mapping[str, object], born: date) -> bool | None:
    said = claims.get("birthdate")
    try:
        return date.fromisoformat(said) == born if isinstance(said, str) else None
    except ValueError:
        return None


def _name_fits(patient: Patient, claims: Mapping[str, object]) -> bool:
    """Whether a given name is the same: people go by a middle name, and family names change."""
    said = claims.get("given_name") or claims.get("name")
    if not isinstance(said, str) or not said.strip():
        return True
    return bool(_plain(patient.given_name) & _plain(said))


def _plain(name: str) -> set[str]:
    """The words of a name, without accents and the like, so that José is Jose."""
    parts = unicodedata.normalize("NFKD", name.casefold().replace("-", " "))
    return set("".join(sign for sign in parts if not unicodedata.combining(sign)).split())


def _readable(number: str) -> Reading | None:
    try:
        return read(number)
    except Invalid:
        return None


@transaction.atomic
def _failed(trip: EidTrip, device_secret: str, reason: str, label: str, *, where: str, now: datetime) -> None:
    found = _still_here(trip, device_secret, now=now)
    if found is None or reason == Reason.REPLAYED:
        return
    invitation, arrival = found
    actor = inviting.actor_of(invitation, where=where)
    waiting_room.proven(arrival, result=EidResult.FAILED, reason=reason, provider=label, actor=actor, now=now)


def _still_here(trip: EidTrip, device_secret: str, *, now: datetime) -> tuple[Invitation, Arrival] | None:
    """The person who went, wherever they are by now; None for who has no place any more."""
    try:
        invitation, _device, _arrival = who_is_at_the_door(trip.about, device_secret, now=now)
        hold(invitation.clinic_id)
        invitation, _device, arrival = who_is_at_the_door(trip.about, device_secret, now=now)
    except (NotFound, NotAtThisStep):
        return None
    return (invitation, arrival) if arrival is not None else None


def _who_waits(invitation_id: str, device_secret: str, *, now: datetime) -> tuple[Invitation, Arrival]:
    invitation, _device, arrival = who_is_at_the_door(invitation_id, device_secret, now=now)
    if not label_for(invitation):
        raise NotFound
    if arrival is None or arrival.status not in _WAITS:
        raise NotAtThisStep
    return invitation, arrival
