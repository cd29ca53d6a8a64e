"""Control questions answered, and a clinic that has met the patient before."""

from datetime import datetime, timedelta

from blikk.consultations.frame_questions import BUILT_IN
from blikk.documentation.models import Note
from blikk.journeys import closing, frame, talk
from blikk.journeys.door import DoorView
from blikk.waiting_room.models import Arrival
from tests import builders
from tests.builders import NOW, Hour, staff


def say(hour: Hour, question: str, answer: str, *, helped: bool = False, now: datetime = NOW) -> DoorView:
    """Answer as the patient's page does."""
    return frame.answer(
        hour.invitation.public_id,
        hour.device,
        question=question,
        answer=answer,
        helped=helped,
        where="192.0.2.7",
        now=now,
    )


def all_well(hour: Hour, *, now: datetime = NOW, **other: str) -> None:
    """Answer everything as it should be, but for what is given."""
    for question in BUILT_IN:
        say(hour, question, other.get(question, "a"), now=now)


def own_side(hour: Hour, *, ok: bool = True, now: datetime = NOW) -> None:
    frame.say_own_side(hour.clinic, ok=ok, membership=hour.clinician, actor=staff(hour.clinician), now=now)


def met_before(hour: Hour, *, now: datetime = NOW) -> None:
    """An earlier consultation of the same patient at the same clinic, done to its end."""
    earlier = now - timedelta(days=30)
    before = builders.a_booked_hour(hour.clinic, clinician=hour.clinician, patient=hour.patient, now=earlier)
    consultation = builders.admitted(before, now=earlier)
    who = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": earlier}
    talk.end(hour.clinic, consultation, **who)
    version = Note.objects.get(consultation__public_id=consultation).version
    closing.sign_note(hour.clinic, consultation, version=version, drafted="Alt vel.", **who)
    closing.close_out(
        hour.clinic,
        consultation,
        version=closing.consultation_of(hour.clinic, consultation, membership=hour.clinician).version,
        outcome="completed",
        follow_up="none",
        fee="no_charge",
        **who,
    )


def confirm(hour: Hour, consultation: str, *, now: datetime = NOW, **more: str):
    return frame.confirm_frame(
        hour.clinic, consultation, membership=hour.clinician, actor=staff(hour.clinician), now=now, **more
    )


def tick(hour: Hour, consultation: str, question: str, value: str = "ok", *, now: datetime = NOW) -> None:
    frame.tick(
        hour.clinic,
        consultation,
        question=question,
        value=value,
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=now,
    )


def let_in(hour: Hour, *, now: datetime = NOW) -> str:
    """Let somebody in who waits already; gives the consultation."""
    arrival = Arrival.objects.get(invitation=hour.invitation, status="waiting").public_id
    who = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": now}
    return talk.admit(hour.clinic, arrival, **who).public_id
