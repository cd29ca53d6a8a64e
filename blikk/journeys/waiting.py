"""What somebody who waits is shown: their place, how long it takes, what they were told, and a clinician's delay."""

from datetime import datetime
from typing import Any

from blikk.invitations.models import Invitation, PersonRole
from blikk.kernel.times import local
from blikk.scheduling.models import Opening
from blikk.scheduling.states import AppointmentStatus
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import (
    Pace,
    Spot,
    accepts,
    delay_of,
    last_of,
    pace_of,
    place_of,
    places_of,
    words_for,
)
from blikk.waiting_room.services import MOST_MISSED
from blikk.waiting_room.states import ArrivalStatus


def waiting_facts(invitation: Invitation, arrival: Arrival | None, *, now: datetime) -> dict[str, Any]:
    """What the door shows of a queue or of a delay; `is_over` says that the queue takes this person in no more."""
    if arrival is None:
        facts = _lateness(invitation, now=now)
        if invitation.opening is not None and invitation.appointment is None:
            facts |= _outside(invitation, invitation.opening, now=now)
        return facts
    told = [{"at": one.at.isoformat(), "code": one.code, "words": one.words} for one in words_for(arrival)]
    facts = {"words": tuple(told), **_lateness(invitation, now=now)}
    if arrival.opening is None or not arrival.is_in_queue:
        return facts
    spot = Spot(place_of(arrival), arrival.pushed_because, arrival.pushed_at)
    return {
        **facts,
        **_of_queue(arrival.opening),
        **place_facts(spot, pace_of(arrival.opening, now=now)),
        "help_kind": arrival.help_kind,
        "is_away": arrival.status == ArrivalStatus.AWAY,
        "on_hold": arrival.status == ArrivalStatus.ON_HOLD,
        "hold_words": arrival.hold_words,
        "called_until": arrival.called_until,
        "missed": arrival.missed,
    }


def place_facts(spot: Spot, pace: Pace) -> dict[str, Any]:
    """The part of what is shown that may change for everybody in a queue at once."""
    wait = pace.wait(spot.place - 1)
    return {
        "place": spot.place,
        "ahead": spot.place - 1,
        "wait_low": wait.low if wait else None,
        "wait_high": wait.high if wait else None,
        "servers": pace.servers,
        "server_names": pace.names,
        "paused": pace.paused,
        "pushed": spot.pushed_because,
        "pushed_at": spot.pushed_at,
    }


def everybodys_places(opening_id: str, *, now: datetime) -> dict[str, dict[str, Any]]:
    """The same for everybody in a queue as plain JSON values, read once for all pages that are open here."""
    opening = Opening.objects.filter(public_id=opening_id).select_related("period").first()
    if opening is None:
        return {}
    places = places_of(opening, now=now)
    found = {}
    for name, spot in places.spots.items():
        facts = place_facts(spot, places.pace)
        found[name] = facts | {"pushed_at": spot.pushed_at.isoformat() if spot.pushed_at else None}
    return found


def _of_queue(opening: Opening) -> dict[str, Any]:
    return {
        "opening_id": opening.public_id,
        "opening_name": opening.period.name,
        "closes_at": opening.closes_at,
    }


def _outside(invitation: Invitation, opening: Opening, *, now: datetime) -> dict[str, Any]:
    """For who has no place: how it ended, and whether they may enter again."""
    last = last_of(invitation.pk, opening.pk)
    gone = ""
    if last is not None and last.status in {ArrivalStatus.LEFT, ArrivalStatus.DECLINED}:
        gone = "missed" if last.missed >= MOST_MISSED else str(last.status)
    return {**_of_queue(opening), "gone": gone, "is_over": not accepts(opening, now=now)}


def _lateness(invitation: Invitation, *, now: datetime) -> dict[str, Any]:
    appointment = invitation.appointment
    if appointment is None or appointment.drop_in or invitation.role != PersonRole.PATIENT:
        return {}
    if appointment.status not in {AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}:
        return {}
    day = local(appointment.starts_at, appointment.zone).date()
    delay = delay_of(appointment.clinician_id, day)
    minutes = delay.minutes if delay else 0
    return {"late_minutes": minutes, "late_answer": invitation.late_answer if minutes else ""}
