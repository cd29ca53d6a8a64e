"""Holding an hour in person instead of on video, and the times that a patient may choose between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.kernel.moves import change
from blikk.scheduling.models import Appointment, Form, OfferedTime, Turn
from blikk.scheduling.queries import get
from blikk.scheduling.services.appointments import require_free
from blikk.scheduling.states import APPOINTMENT, FILLS_TIME, TURN, AppointmentStatus, TurnStatus

LONGEST_WORDS = 500
MOST_TIMES = 6


@dataclass(frozen=True, slots=True)
class Meeting:
    """When, and with whom, a patient could come."""

    clinician: Membership
    starts_at: datetime
    ends_at: datetime


@transaction.atomic
def meet(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    meeting: Meeting,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Let an appointment that has not been held be a physical one, at this time.

    Raises Overtaken, IllegalMove, and Invalid (`starts_at`) where the time is not free.
    """
    hold(clinic.pk)
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status not in FILLS_TIME or appointment.drop_in:
        raise IllegalMove(appointment.status, Form.IN_PERSON)
    stays = _is_at(appointment, meeting)
    if not stays:
        require_free(meeting.clinician, meeting.starts_at, meeting.ends_at, but=appointment, now=now)
    is_new_form = appointment.form != Form.IN_PERSON
    changes: dict[str, Any] = {
        "form": Form.IN_PERSON,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "clinician": meeting.clinician,
    }
    try:
        with transaction.atomic():
            if appointment.status == AppointmentStatus.BOOKED:
                change(appointment, **changes)
            else:
                APPOINTMENT.make(appointment, AppointmentStatus.BOOKED, **changes)
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    if is_new_form:
        record("appointment.in_person", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    if not stays:
        record("appointment.moved", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def on_video_again(
    clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime
) -> Appointment:
    """Let a physical appointment that has not been held be on video after all, at the same time."""
    hold(clinic.pk)
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status != AppointmentStatus.BOOKED or appointment.form != Form.IN_PERSON:
        raise IllegalMove(appointment.status, Form.VIDEO)
    change(appointment, form=Form.VIDEO)
    record("appointment.on_video_again", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def turn(
    appointment: Appointment,
    *,
    meeting: Appointment | None,
    times: Sequence[Meeting] = (),
    reason: str,
    words: str,
    place: str,
    by: Membership,
    actor: Actor,
    now: datetime,
) -> Turn:
    """Note that an hour is to be held in person, and why; open until the patient has chosen where `times` are given."""
    made = Turn.objects.create(
        clinic=appointment.clinic,
        appointment=appointment,
        meeting=meeting,
        status=TurnStatus.OFFERED if times else TurnStatus.SETTLED,
        reason=reason,
        words=words,
        place=place,
        asked_by=by,
        asked_at=now,
        settled_at=None if times else now,
    )
    OfferedTime.objects.bulk_create(
        [
            OfferedTime(turn=made, clinician=one.clinician, starts_at=one.starts_at, ends_at=one.ends_at)
            for one in times
        ]
    )
    # Why is about the patient's health: it stands with the hour, not in the record of who did what.
    _tell(made, "turn.offered" if times else "turn.made", actor, now, times=len(times), place=place)
    return made


@transaction.atomic
def settle_turn(made: Turn, *, meeting: Appointment, actor: Actor, now: datetime) -> Turn:
    """Note that the patient has chosen one of the times."""
    TURN.make(made, TurnStatus.SETTLED, meeting=meeting, settled_at=now)
    _tell(made, "turn.settled", actor, now)
    return made


@transaction.atomic
def take_back_turn(made: Turn, *, actor: Actor, now: datetime) -> Turn:
    """Note that the hour is not to be held in person after all, or that another offer stands instead."""
    TURN.make(made, TurnStatus.TAKEN_BACK, settled_at=now)
    _tell(made, "turn.taken_back", actor, now)
    return made


def _is_at(appointment: Appointment, meeting: Meeting) -> bool:
    there = (appointment.clinician_id, appointment.starts_at, appointment.ends_at)
    return there == (meeting.clinician.pk, meeting.starts_at, meeting.ends_at)


def _tell(made: Turn, act: str, actor: Actor, now: datetime, **details: str | int) -> None:
    record(act, actor=actor, about=made.appointment, clinic_id=made.clinic_id, now=now, **details)
    announce(f"day:{made.clinic.public_id}", "day")
