"""What somebody who waits is shown: their place, how long it takes, what they were told, and a clinician's delay."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from blikk.consultations.frame_lights import answered_by
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.wishes import open_wish
from blikk.kernel.errors import NotFound
from blikk.kernel.times import local
from blikk.scheduling.models import Appointment, Opening
from blikk.scheduling.queries import has_open_turn
from blikk.scheduling.states import AppointmentStatus
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import (
    Pace,
    Range,
    Spot,
    accepts,
    delay_of,
    last_of,
    pace_of,
    place_of,
    places_of,
    showing_of,
    spots_of,
    words_for,
)
from blikk.waiting_room.services import MOST_MISSED
from blikk.waiting_room.states import ArrivalStatus


@dataclass(frozen=True, slots=True)
class Everybody:
    """All the places of one queue at one moment, read once for all who look."""

    opening: Opening
    pace: Pace
    paced_at: datetime
    # What is the same for everybody in it.
    shared: dict[str, Any]
    spots: dict[str, Spot]
    wait: Callable[[int], Range | None]

    def own(self, arrival_id: str) -> dict[str, Any] | None:
        """What differs from person to person; None for who has no place in the queue."""
        spot = self.spots.get(arrival_id)
        return None if spot is None else _own(spot, self.wait(spot.place - 1))


def waiting_facts(
    invitation: Invitation, arrival: Arrival | None, *, everybody: Everybody | None = None, now: datetime
) -> dict[str, Any]:
    """What the door shows of a queue or of a delay; `is_over` says that the queue takes this person in no more.

    `everybody` is what was read of the queue already; without it, or where the person is not in it, it is read here.
    """
    if arrival is None:
        facts = _lateness(invitation, now=now)
        if invitation.opening is not None and invitation.appointment is None:
            facts |= _outside(invitation, invitation.opening, now=now)
        return facts
    told = [{"at": one.at.isoformat(), "code": one.code, "words": one.words} for one in words_for(arrival)]
    showing = showing_of(arrival)
    facts = {
        "words": tuple(told),
        "showing": str(showing.status) if showing else "",
        **_lateness(invitation, now=now),
        **_hold(arrival),
        **_frame(invitation, arrival),
    }
    if arrival.opening is None or not arrival.is_in_queue:
        return facts
    return {
        **facts,
        "opening_id": arrival.opening.public_id,
        **_place(arrival, arrival.opening, everybody, now=now),
        "help_kind": arrival.help_kind,
        "is_away": arrival.status == ArrivalStatus.AWAY,
        "called_until": arrival.called_until,
        "missed": arrival.missed,
    }


def _hold(arrival: Arrival) -> dict[str, Any]:
    return {
        "on_hold": arrival.status == ArrivalStatus.ON_HOLD,
        "hold_words": arrival.hold_words,
        "hold_until": arrival.hold_until,
    }


def _frame(invitation: Invitation, arrival: Arrival) -> dict[str, Any]:
    """What a patient who waits may know of their own answers: which questions are answered, and never how."""
    waits = arrival.status not in {ArrivalStatus.AT_THE_DOOR, ArrivalStatus.ADMITTED}
    if not waits or invitation.role != PersonRole.PATIENT:
        return {}
    answered, is_urgent, wish = answered_by(invitation)
    return {"frame": {"answered": list(answered), "is_urgent": is_urgent, "wish": wish}}


def everybodys_places(opening_id: str, *, now: datetime) -> Everybody | None:
    """A queue with all its places; None for one that is not there."""
    opening = Opening.objects.filter(public_id=opening_id).select_related("period").first()
    if opening is None:
        return None
    places = places_of(opening, now=now)
    pace = places.pace
    return Everybody(opening, pace, now, _shared(opening, pace), places.spots, pace.waits())


def places_again(before: Everybody, *, now: datetime) -> Everybody:
    """The same queue a moment later, when nobody was let in and nobody began or stopped to serve.

    How fast it moves is not read anew, only counted down: that was three quarters of a look for which a thousand wait.
    """
    later = (now - before.paced_at) / timedelta(minutes=1)
    return replace(before, spots=spots_of(before.opening), wait=before.pace.waits(later))


def places_without(before: Everybody, *gone: str) -> Everybody:
    """The same queue when some have gone and nothing else has happened: everybody behind them moves up."""
    out = frozenset(gone)
    left = ((name, spot) for name, spot in before.spots.items() if name not in out)
    spots = {
        name: spot if spot.place == place else spot._replace(place=place)
        for place, (name, spot) in enumerate(left, start=1)
    }
    return replace(before, spots=spots)


def _place(
    arrival: Arrival, opening: Opening, everybody: Everybody | None, *, now: datetime
) -> dict[str, Any]:
    own = everybody.own(arrival.public_id) if everybody else None
    if everybody is not None and own is not None:
        return {**everybody.shared, **own}
    pace = pace_of(opening, now=now)
    spot = Spot(place_of(arrival), arrival.pushed_because, arrival.pushed_at)
    return {**_shared(opening, pace), **_own(spot, pace.wait(spot.place - 1))}


def _shared(opening: Opening, pace: Pace) -> dict[str, Any]:
    return {
        "opening_name": opening.period.name,
        "closes_at": opening.closes_at,
        "servers": pace.servers,
        "server_names": pace.names,
        "paused": pace.paused,
    }


def _own(spot: Spot, wait: Range | None) -> dict[str, Any]:
    return {
        "place": spot.place,
        "ahead": spot.place - 1,
        "wait_low": wait.low if wait else None,
        "wait_high": wait.high if wait else None,
        "pushed": spot.pushed_because,
        "pushed_at": spot.pushed_at,
    }


def _outside(invitation: Invitation, opening: Opening, *, now: datetime) -> dict[str, Any]:
    """For who has no place: how it ended, and whether they may enter again."""
    last = last_of(invitation.pk, opening.pk)
    gone = ""
    if last is not None and last.status in {ArrivalStatus.LEFT, ArrivalStatus.DECLINED}:
        gone = "missed" if last.missed >= MOST_MISSED else str(last.status)
    return {
        "opening_id": opening.public_id,
        "opening_name": opening.period.name,
        "closes_at": opening.closes_at,
        "gone": gone,
        "is_over": not accepts(opening, now=now),
    }


def _lateness(invitation: Invitation, *, now: datetime) -> dict[str, Any]:
    appointment = invitation.appointment
    if appointment is None or appointment.drop_in or invitation.role != PersonRole.PATIENT:
        return {}
    if appointment.status not in {AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}:
        return {}
    wish = {"wish": _wish(invitation, appointment)}
    day = local(appointment.starts_at, appointment.zone).date()
    delay = delay_of(appointment.clinician_id, day)
    minutes = delay.minutes if delay else 0
    return {"late_minutes": minutes, "late_answer": invitation.late_answer if minutes else "", **wish}


def _wish(invitation: Invitation, appointment: Appointment) -> str:
    """What the patient asked for and nobody has answered; "offered" where the answer is times to choose between."""
    if has_open_turn(appointment.pk):
        return "offered"
    wish = open_wish(invitation)
    return wish.kind if wish else ""


def hours_of(invitation: Invitation) -> tuple[datetime, datetime, str]:
    """From when to when: the booked hour, or the opening hours of the queue."""
    appointment, opening = invitation.appointment, invitation.opening
    if appointment is not None:
        return appointment.starts_at, appointment.ends_at, appointment.zone
    if opening is not None:
        return opening.opens_at, opening.closes_at, opening.zone
    if invitation.beside is not None:
        return hours_of(invitation.beside)
    raise NotFound
