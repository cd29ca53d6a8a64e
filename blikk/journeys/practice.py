"""A clinician practises with a simulated patient, through the same doors as everybody, in a place of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Membership
from blikk.consultations import queries as consultations
from blikk.consultations.frame_lights import frame_of_talk
from blikk.consultations.identity import check_of_patient
from blikk.consultations.models import Consultation
from blikk.consultations.states import RUNNING, ConsultationStatus
from blikk.journeys import booking, letters
from blikk.journeys.errors import TalkIsRunning
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.times import local
from blikk.patients.services import register
from blikk.practice import queries, services
from blikk.practice.models import Practice
from blikk.practice.steps import DANGER_ANSWER, DANGER_QUESTION, RED_QUESTION

BORN = date(1958, 3, 14)
NAME = ("Nora", "Øvesen")
MINUTES = 20
KEPT_FOR = timedelta(hours=24)
_GRID = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Begun:
    """A practice that can be played: where it is, the day it is on, and the simulated patient's own link."""

    practice: Practice
    clinic: str
    link: str
    day: date


@transaction.atomic
def begin(membership: Membership, *, place_name: str, actor: Actor, now: datetime) -> Begun:
    """Begin anew: the place is emptied, and the simulated patient has an hour and a link. Nothing is sent to anybody.

    Raises TalkIsRunning for who is in a real conversation.
    """
    if consultations.sits_in_conversation(membership.user_id, now=now) and not _sits_in_practice(
        membership, now
    ):
        raise TalkIsRunning
    place = services.make_place(membership, name=place_name)
    clinic = place.own.clinic
    # The steps so far are kept before what they are read from is gone.
    follow(membership, written=False, actor=actor, now=now)
    hold(clinic.pk)
    services.empty(place, now=now)
    given, family = NAME
    patient = register(
        clinic,
        given_name=given,
        family_name=family,
        birth_on=BORN,
        language=membership.user.language,
        actor=actor,
        now=now,
    )
    starts = local(datetime.fromtimestamp(now.timestamp() // 300 * 300, now.tzinfo) + _GRID, clinic.zone)
    booked = booking.book(
        clinic,
        patient=patient,
        clinician=place.own,
        day=starts.date(),
        at=starts.time(),
        minutes=MINUTES,
        channels=("letter",),
        actor=actor,
        now=now,
    )
    printed = letters.print_letter(clinic, booked.invitation.public_id, actor=actor, now=now)
    begun = services.begin(membership, appointment=booked.appointment.public_id, actor=actor, now=now)
    return Begun(begun, clinic.public_id, printed.fields.link, starts.date())


@transaction.atomic
def follow(membership: Membership, *, written: bool, actor: Actor, now: datetime) -> Practice | None:
    """Note how far a member has come. `written` says that they helped when the picture stopped."""
    running = queries.running_of(membership)
    if running is None:
        return None
    done = set(done_in(running)) | ({"network"} if written else set())
    return services.note_steps(running, done, actor=actor, now=now)


def done_in(practice: Practice) -> Sequence[str]:
    """Which steps are done, as the practice place itself says; together with what was noted before."""
    place = queries.place_of(practice.membership)
    if place is None or practice.emptied_at is not None:
        return list(practice.steps)
    found = consultations.of(place.own.clinic).filter(appointment__public_id=practice.appointment).first()
    return [*practice.steps, *(_steps_of(found) if found else [])]


def _steps_of(consultation: Consultation) -> list[str]:
    frame = frame_of_talk(consultation)
    asked = {one.question: one for one in frame.asked} if frame else {}
    red, danger = asked.get(RED_QUESTION), asked.get(DANGER_QUESTION)
    is_seen = danger is not None and danger.value == DANGER_ANSWER and bool(danger.tick) and not danger.danger
    done = {
        "waiting": True,
        "questions": red is not None and bool(red.tick),
        "identity": check_of_patient(consultation) is not None,
        "danger": is_seen,
        "end": consultation.status in {ConsultationStatus.ENDED, ConsultationStatus.CLOSED_OUT},
        "close_out": consultation.status == ConsultationStatus.CLOSED_OUT,
    }
    return [step for step, is_done in done.items() if is_done]


@transaction.atomic
def clear_old(*, now: datetime) -> int:
    """Empty the places where somebody practised a day ago; that they practised, and which steps, is kept."""
    count = 0
    for old in queries.to_empty(before=now - KEPT_FOR):
        place = queries.place_of(old.membership)
        if place is None:
            continue
        services.note_steps(old, done_in(old), actor=SYSTEM, now=now)
        hold(place.own.clinic_id)
        count += services.empty(place, now=now)
    return count


def _sits_in_practice(membership: Membership, now: datetime) -> bool:
    """Whether the conversation that somebody sits in is the one they practise in."""
    place = queries.place_of(membership)
    if place is None:
        return False
    rows = consultations.of(place.own.clinic).filter(status__in=RUNNING)
    return any(
        consultations.is_present(consultations.participant_of(one, place.own), now=now) for one in rows
    )
