"""Write, sign, and finish what remains after the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from blikk.audit.services import hold, looked_at
from blikk.clinics.models import Clinic, Membership
from blikk.consultations import queries as consultations
from blikk.consultations import services as talking
from blikk.consultations.channels import Stretch, stretches_of, unanswered_at
from blikk.consultations.frame_lights import Frame, frame_of_talk
from blikk.consultations.models import Consultation, ParticipantRole
from blikk.consultations.rooms import room_of
from blikk.consultations.states import Fee, FollowUp, Outcome
from blikk.documentation import services as documentation
from blikk.documentation.ehr.queue import queue_note, queue_visit
from blikk.documentation.forms import form_of, sick_note_of
from blikk.documentation.models import Note, NoteVersion
from blikk.documentation.queries import find_for, is_by_copy, is_taken, signed_version_of, versions_of
from blikk.documentation.states import TakenHow
from blikk.journeys.errors import NoteNotSigned
from blikk.journeys.fees import fault_of_fee
from blikk.journeys.suitability import SuitabilityFacts, suitability_of
from blikk.journeys.tasks import OpenTask, tasks_about
from blikk.journeys.who import Who, who_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.scheduling import queries as planned
from blikk.scheduling.models import Turn
from blikk.writing.queries import sums_about


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who took part."""

    name: str
    role: str
    joined_at: datetime | None
    consent_how: str = ""
    consent_ground: str = ""
    spoken: str = ""
    qualification: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The video solution that is not ours; `left_at` where they came back to Blikk's own."""

    supplier: str
    host: str
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class WritingUsed:
    """A case in writing as the note has it: when, how much, and what became of the photos."""

    kind: str
    at: datetime
    answered_at: datetime | None
    from_patient: int
    from_clinic: int
    photos_kept: int
    photos_deleted: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The facts of a note that the system knows by itself; the words are put to them on the page."""

    patient: str
    clinician: str
    opened_at: datetime
    ended_at: datetime | None
    zone: str
    form: str
    present: tuple[Present, ...]
    channels: tuple[Stretch, ...]
    who: Who
    suitability: SuitabilityFacts
    turn: Turn | None = None
    tasks: tuple[OpenTask, ...] = ()
    # How many others there were, in a group.
    others: int = 0
    # When the clinician rang and nobody answered.
    unanswered: tuple[datetime, ...] = ()
    elsewhere: Elsewhere | None = None
    # What was written with the patient about it: never the words themselves.
    writing: tuple[WritingUsed, ...] = ()
    # The control questions and the confirmation; None where no patient was there.
    frame: Frame | None = None
    # When the patient has the next hour here.
    next_at: datetime | None = None


def consultation_of(clinic: Clinic, consultation_id: str, *, membership: Membership) -> Consultation:
    """A consultation, for the clinician who led it; raises NotFound for everybody else."""
    consultation = consultations.get(clinic, consultation_id)
    participant = consultations.participant_of(consultation, membership)
    if participant.role != ParticipantRole.CLINICIAN:
        raise NotFound
    return consultation


@transaction.atomic
def note_of(
    clinic: Clinic, consultation_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Note:
    """The note about a consultation, for its clinician; the look is recorded."""
    hold(clinic.pk)
    note = _note(consultation_of(clinic, consultation_id, membership=membership))
    looked_at("note", actor=actor, about=note, clinic_id=clinic.pk, now=now)
    return note


def draft_of(consultation: Consultation) -> Draft:
    """Gather what the system knows about a consultation for its note."""
    appointment = consultation.appointment
    return Draft(
        patient=appointment.patient.name,
        clinician=consultation.clinician.name,
        opened_at=consultation.opened_at,
        ended_at=consultation.ended_at,
        zone=appointment.zone,
        form=appointment.form,
        **_about_video(consultation),
        present=tuple(
            Present(
                person.name,
                person.role,
                person.joined_at,
                person.consent_how,
                person.consent_ground,
                person.spoken,
                person.qualification,
            )
            for person in consultation.participants.all()
            if person.role != ParticipantRole.MEMBER
        ),
        who=who_of(consultation),
        # One patient's record names no other one.
        others=consultation.participants.filter(role=ParticipantRole.MEMBER).count(),
        channels=tuple(stretches_of(consultation)),
        unanswered=tuple(unanswered_at(consultation)),
        elsewhere=_elsewhere(consultation),
        frame=frame_of_talk(consultation),
        writing=_writing_about(consultation),
        next_at=next_hour_of(consultation),
    )


def next_hour_of(consultation: Consultation) -> datetime | None:
    """When the patient has the next hour at the clinic, after this one."""
    found = planned.next_of(consultation.appointment, after=consultation.ended_at or consultation.opened_at)
    return found.starts_at if found else None


def _writing_about(consultation: Consultation) -> tuple[WritingUsed, ...]:
    return tuple(
        WritingUsed(
            kind=one.kind,
            at=one.opened_at,
            answered_at=one.first_answer_at,
            from_patient=one.from_patient,
            from_clinic=one.from_clinic,
            photos_kept=one.photos_kept,
            photos_deleted=one.photos_deleted,
        )
        for one in sums_about(consultation.appointment)
    )


def _about_video(consultation: Consultation) -> dict[str, Any]:
    """Whether video was right, whether the patient is to come in person, and what is still to be found out."""
    appointment = consultation.appointment
    return {
        "suitability": suitability_of(consultation.clinic, appointment),
        "turn": planned.turn_of(appointment),
        "tasks": tuple(tasks_about(appointment)),
    }


def prefilled(consultation: Consultation) -> dict[str, str]:
    """What the close-out begins with: somebody who is to come in person needs no choosing twice."""
    made = planned.turn_of(consultation.appointment)
    if made is None or made.meeting_id in {None, consultation.appointment_id}:
        return {}
    return {"outcome": Outcome.IN_PERSON_NEEDED, "follow_up": FollowUp.IN_PERSON}


def _elsewhere(consultation: Consultation) -> Elsewhere | None:
    room = room_of(consultation)
    return Elsewhere(room.supplier, room.host, room.left_at) if room else None


@transaction.atomic
def write_note(
    clinic: Clinic,
    consultation_id: str,
    *,
    free_text: str,
    version: int,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Note:
    """Keep the clinician's own words. Raises Overtaken if they were changed from another window."""
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    note = _note(consultation)
    return documentation.write(note, free_text=free_text, version=version, actor=actor, now=now)


@transaction.atomic
def sign_note(
    clinic: Clinic,
    consultation_id: str,
    *,
    version: int,
    drafted: str,
    agreed: str = "",
    sick_note: Mapping[str, bool] | None = None,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Note:
    """Sign the clinician's own words between what the system knows. Raises NoteNotSigned while people talk."""
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    if consultations.is_running(consultation):
        raise NoteNotSigned
    note = _note(consultation)
    parts = (part.strip() for part in (drafted, note.free_text, agreed))
    signed = documentation.sign(
        note,
        version=version,
        whole_text="\n\n".join(part for part in parts if part),
        form=form_of(consultation.appointment.form, stretches_of(consultation)),
        sick_note=sick_note_of(sick_note) if sick_note is not None else None,
        membership=membership,
        actor=actor,
        now=now,
    )
    queue_note(consultation, of_version=1, now=now)
    return signed


@transaction.atomic
def correct_note(
    clinic: Clinic,
    consultation_id: str,
    *,
    number: int,
    text: str,
    reason: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> NoteVersion:
    """Put a signed note right with a new version. Raises Invalid without a reason, Overtaken after another one."""
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    made = documentation.correct(
        _note(consultation),
        number=number,
        text=text,
        reason=reason,
        membership=membership,
        actor=actor,
        now=now,
    )
    queue_note(consultation, of_version=made.number, now=now)
    return made


@transaction.atomic
def take_note(
    clinic: Clinic,
    consultation_id: str,
    *,
    how: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
    number: int | None = None,
) -> NoteVersion:
    """A version for the journal, and the record that it was taken. Raises NoteNotSigned before the signing."""
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    versions = versions_of(consultation)
    if not versions:
        raise NoteNotSigned
    taken = next((one for one in versions if one.number == number), None) if number else versions[-1]
    if taken is None:
        raise NotFound
    documentation.note_copied(taken, how=how, membership=membership, actor=actor, now=now)
    return taken


@transaction.atomic
def close_out(
    clinic: Clinic,
    consultation_id: str,
    *,
    version: int,
    outcome: str,
    follow_up: str,
    fee: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Finish an ended consultation. Raises Invalid for a missing decision, NoteNotSigned, Overtaken.

    Where notes are copied and nobody copied this one, finishing says that it stands in the journal: the page has those
    words beside its key.
    """
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    allowed = {"outcome": Outcome.values, "follow_up": FollowUp.values, "fee": Fee.values}
    given = {"outcome": outcome, "follow_up": follow_up, "fee": fee}
    faults = {name: "missing" for name, value in given.items() if value not in allowed[name]}
    if not faults and (fault := fault_of_fee(consultation, fee)):
        faults["fee"] = fault
    if faults:
        raise Invalid(**faults)
    signed = signed_version_of(consultation)
    if signed is None:
        raise NoteNotSigned
    if is_by_copy(clinic) and not is_taken(consultation):
        documentation.note_copied(signed, how=TakenHow.BY_HAND, membership=membership, actor=actor, now=now)
    closed = talking.close_out(
        consultation,
        version=version,
        outcome=outcome,
        follow_up=follow_up,
        fee=fee,
        actor=actor,
        now=now,
    )
    queue_visit(closed, now=now)
    return closed


def _note(consultation: Consultation) -> Note:
    note = find_for(consultation)
    if note is None:
        raise NotFound
    return note
