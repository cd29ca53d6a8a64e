"""What becomes of those booked when somebody is away, and series of appointments with their invitations."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.clinics.queries import find_member
from blikk.consultations.queries import find_for
from blikk.invitations.queries import open_for
from blikk.journeys import booking
from blikk.journeys.booking import Booked
from blikk.journeys.errors import TalkIsRunning
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import local
from blikk.patients.models import Patient
from blikk.patients.services import reach_by, register
from blikk.scheduling import queries as planned
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Absence, Appointment, SlotHold
from blikk.scheduling.queries import OpeningView
from blikk.scheduling.services import BookedSeries
from blikk.scheduling.states import AppointmentStatus

# The invitations to a series do not all come at once: each but the first comes this long before its hour.
INVITED_AHEAD = timedelta(days=7)
_MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Declared:
    """An absence, the appointments that it makes impossible, and the running queues that it leaves with nobody."""

    absence: Absence
    hit: list[Appointment]
    openings: list[OpeningView]


@transaction.atomic
def declare_absent(
    clinic: Clinic,
    *,
    clinician: Membership | None,
    kind: str,
    starts: datetime,
    ends: datetime,
    actor: Actor,
    now: datetime,
) -> Declared:
    """Say that a clinician is away or the clinic closed (None), and find those booked who are hit.

    Nobody is told and nothing is cancelled before `resolve_absent`. Times without a zone are the clinic's wall
    clock. Raises Invalid, field by field.
    """
    hold(clinic.pk)
    absence = scheduling.add_absence(
        clinic, clinician=clinician, kind=kind, starts_at=starts, ends_at=ends, actor=actor, now=now
    )
    return Declared(absence, planned.hit_by(absence), left_alone(clinic, absence, now=now))


def left_alone(
    clinic: Clinic, absence: Absence, *, days: int = _MOST_DAYS, now: datetime
) -> list[OpeningView]:
    """The queues that were made already and in whose time an absence leaves none of their clinicians.

    Only so many days are looked at, from today or from its first day on.
    """
    first = max(local(absence.starts_at, clinic.zone).date(), local(now, clinic.zone).date())
    last = local(absence.ends_at, clinic.zone).date()
    found = []
    for number in range(min((last - first).days + 1, days)):
        for view in planned.openings_on(clinic, first + timedelta(days=number), now=now):
            meets = view.opens_at < absence.ends_at and absence.starts_at < view.closes_at
            mine = absence.clinician is None or set(view.clinicians) <= {absence.clinician}
            if view.opening is not None and view.because != "closed" and meets and mine:
                found.append(view)
    return found


@transaction.atomic
def resolve_absent(
    clinic: Clinic, absence_id: str, *, choices: Mapping[str, str], actor: Actor, now: datetime
) -> list[Appointment]:
    """Do with each appointment that an absence hits what was chosen, all of it or nothing.

    The choices are, by the appointment's name: "keep", "cancel" (everybody invited is told), "colleague:<their
    name>" (the patient is told that it is another), or "slot:<name>" (moved to that free slot, of the same
    clinician or another, with a new link).
    Raises Invalid with the appointment's name as the field: taken, absent, held, unknown, or talk_is_running.
    """
    hold(clinic.pk)
    absence = planned.get_absence(clinic, absence_id)
    hit = {each.public_id: each for each in planned.hit_by(absence)}
    faults: dict[str, str] = {}
    done = []
    for name, choice in choices.items():
        appointment = hit.get(name)
        if appointment is None or choice == "keep":
            continue
        try:
            with transaction.atomic():
                done.append(_resolve(clinic, appointment, choice, actor, now))
        except Invalid as fault:
            faults[name] = next(iter(fault.fields.values()))
        except TalkIsRunning as fault:
            faults[name] = fault.code
        except NotFound:
            faults[name] = "unknown"
    if faults:
        raise Invalid(**faults)
    return done


@transaction.atomic
def hand_over(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    clinician: Membership,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Let a colleague have an appointment at the same time; a patient who has not come yet is told.

    Raises Invalid (`clinician`): taken, absent or held; TalkIsRunning; Overtaken.
    """
    hold(clinic.pk)
    appointment = planned.get(clinic, appointment_id)
    if not booking.may_be_booked(clinic, clinician):
        raise NotFound
    if find_for(appointment) is not None:
        raise TalkIsRunning
    is_another = appointment.clinician != clinician
    appointment = scheduling.hand_over(
        clinic, appointment_id, version=version, clinician=clinician, actor=actor, now=now
    )
    if is_another and appointment.status == AppointmentStatus.BOOKED:
        for invitation in open_for(appointment):
            booking.send(invitation, "other_clinician", now=now)
    return appointment


@transaction.atomic
def move_to_slot(
    clinic: Clinic, appointment_id: str, slot_name: str, *, version: int, actor: Actor, now: datetime
) -> Booked:
    """Move an appointment to a free slot of the timetable, of the same clinician or another; all invited are told.

    Raises NotFound for a slot that there cannot be, Invalid (`starts_at`: taken, absent or held), Overtaken.
    """
    hold(clinic.pk)
    form = planned.get(clinic, appointment_id).form
    slot = planned.find_slot(clinic, slot_name, form=form, now=now)
    at = local(slot.starts_at, clinic.zone)
    return booking.move(
        clinic,
        appointment_id,
        version=version,
        day=at.date(),
        at=at.time(),
        minutes=int((slot.ends_at - slot.starts_at).total_seconds() // 60),
        clinician=slot.clinician,
        actor=actor,
        now=now,
    )


@transaction.atomic
def book_series(
    clinic: Clinic,
    *,
    patient: Patient,
    clinician: Membership,
    day: date,
    at: time,
    minutes: int,
    every_weeks: int,
    count: int,
    days: Collection[date] | None = None,
    channels: tuple[str, ...],
    reach: Mapping[str, str] | None = None,
    read_back: Collection[str] = (),
    held: SlotHold | None = None,
    actor: Actor,
    now: datetime,
) -> BookedSeries:
    """Book the chosen days of a series and invite the patient to each, neither without the other.

    A slot that was `held` while this was decided falls free in the same moment. The first invitation goes out at
    once, each of the others a week before its hour. Raises as `scheduling.book_series`, and Invalid (`channels`).
    """
    hold(clinic.pk)
    if patient.clinic_id != clinic.pk or not booking.may_be_booked(clinic, clinician):
        raise NotFound
    if held is not None:
        scheduling.let_go(held, now=now)
    if reach:
        patient = reach_by(clinic, patient.public_id, reach, read_back=read_back, actor=actor, now=now)
    booked = scheduling.book_series(
        clinic,
        patient=patient,
        clinician=clinician,
        day=day,
        at=at,
        minutes=minutes,
        every_weeks=every_weeks,
        count=count,
        days=days,
        actor=actor,
        now=now,
    )
    for number, appointment in enumerate(booked.appointments):
        booking.invite_patient(
            clinic,
            appointment,
            channels=channels,
            kind="invited",
            not_before=appointment.starts_at - INVITED_AHEAD if number else None,
            actor=actor,
            now=now,
        )
    return booked


@transaction.atomic
def register_and_book_series(
    clinic: Clinic, *, person: Mapping[str, Any], actor: Actor, now: datetime, **wanted: Any
) -> BookedSeries:
    """Register a new patient and book a series for them, neither without the other. Raises as `book_series`."""
    hold(clinic.pk)
    patient = register(clinic, **person, actor=actor, now=now)
    return book_series(clinic, patient=patient, **wanted, actor=actor, now=now)


def _resolve(
    clinic: Clinic, appointment: Appointment, choice: str, actor: Actor, now: datetime
) -> Appointment:
    what, _, whom = choice.partition(":")
    seen = appointment.version
    if what == "cancel":
        return booking.cancel(clinic, appointment.public_id, version=seen, actor=actor, now=now)
    if what == "colleague":
        colleague = find_member(clinic, whom)
        if colleague is None:
            raise NotFound
        return hand_over(
            clinic, appointment.public_id, version=seen, clinician=colleague, actor=actor, now=now
        )
    if what == "slot":
        return _move_to(clinic, appointment, whom, actor, now)
    raise NotFound


def _move_to(
    clinic: Clinic, appointment: Appointment, slot_name: str, actor: Actor, now: datetime
) -> Appointment:
    moved = move_to_slot(
        clinic, appointment.public_id, slot_name, version=appointment.version, actor=actor, now=now
    )
    return moved.appointment
