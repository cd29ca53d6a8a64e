"""The video solution that a clinic has already: chosen when a conversation opens, told to those who were let in."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Membership, VideoKind, VideoSolution
from blikk.clinics.video import key_for, solution_of
from blikk.consultations import queries as consultations
from blikk.consultations import rooms
from blikk.consultations.errors import Over
from blikk.consultations.models import Consultation, ExternalRoom, Participant, ParticipantRole
from blikk.consultations.states import Engine
from blikk.invitations.models import Invitation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import new_id
from blikk.media.engines.external import filled, host_of
from blikk.media.errors import RoomNotMade
from blikk.media.services import (
    external_hosts,
    make_external_room,
    remove_external_room,
    require_allowed,
)

log = logging.getLogger(__name__)
# A room that is made for one consultation outlives the longest one, and not the day.
ROOM_LASTS = timedelta(hours=6)


def engine_for(membership: Membership) -> tuple[Engine, VideoSolution | None]:
    """How a conversation that this clinician opens now is held."""
    solution = solution_of(membership.clinic_id, membership.pk)
    return (Engine.MESH if solution is None else Engine.EXTERNAL), solution


def reserve(consultation: Consultation, solution: VideoSolution | None, *, now: datetime) -> None:
    """Note the room; part of the act that opens the conversation. Nobody else's server is asked here."""
    if solution is None:
        return
    address = solution.address
    if solution.kind == VideoKind.TEMPLATE:
        address = filled(address, new_id())
    rooms.reserve(
        consultation,
        kind=solution.kind,
        supplier=solution.supplier,
        host=host_of(address) if address else "",
        address=address,
        now=now,
    )


def is_external(consultation: Consultation) -> bool:
    """Whether people see each other elsewhere."""
    return consultation.engine == Engine.EXTERNAL


def engine_facts(consultation: Consultation) -> dict[str, str]:
    """What a page that sits in the conversation is told; the address is asked for when somebody goes there."""
    room = rooms.room_of(consultation)
    if not is_external(consultation) or room is None:
        return {"kind": str(Engine.MESH), "supplier": "", "host": ""}
    return {"kind": str(Engine.EXTERNAL), "supplier": room.supplier, "host": room.host}


def leads_elsewhere(invitation: Invitation, *, is_admitted: bool) -> bool:
    """Whether a person is led to another solution; where to is not said before they are let in."""
    if not external_hosts():
        return False
    appointment = invitation.appointment
    if is_admitted and appointment is not None:
        return Consultation.objects.filter(appointment=appointment, engine=Engine.EXTERNAL).exists()
    if appointment is None:
        return solution_of(invitation.clinic_id, None) is not None
    return solution_of(invitation.clinic_id, appointment.clinician_id) is not None


def room_for(participant: Participant, *, now: datetime) -> dict[str, str]:
    """Where the room is, for who sits in the conversation. Raises Over, NotFound, RoomNotMade.

    A supplier that makes rooms is asked outside every transaction: it may take seconds, and others must not wait.
    """
    consultation = Consultation.objects.select_related("appointment", "external_room").get(
        pk=participant.consultation_id
    )
    if not consultations.is_running(consultation):
        raise Over
    room = rooms.room_of(consultation)
    if not is_external(consultation) or room is None:
        raise NotFound
    if not room.address:
        room = _made(room, key_for(consultation.clinic_id, consultation.clinician_id), now=now)
    require_allowed(room.address)
    leads = participant.role == ParticipantRole.CLINICIAN
    address = room.host_address if leads and room.host_address else room.address
    return {"address": address, "host": room.host, "supplier": room.supplier}


def _made(room: ExternalRoom, key: str, *, now: datetime) -> ExternalRoom:
    meeting = make_external_room(ends_at=now + ROOM_LASTS, key=key)
    place = host_of(meeting.address)
    found = {"host": place, "address": meeting.address, "host_address": meeting.host_address}
    if not rooms.give_address(room, **found, now=now):
        # Two asked at once: everybody goes to the room that was noted first.
        try:
            remove_external_room(meeting.meeting, key=key)
        except RoomNotMade:
            log.warning("external.room_left_over")
    room.refresh_from_db()
    if not room.address:
        raise Over
    return room


@transaction.atomic
def use_own(
    clinic: Clinic, consultation_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Consultation:
    """Go over to Blikk's own picture and sound, because the other solution does not work just now.

    Raises NotFound for who does not lead the conversation, Over.
    """
    hold(clinic.pk)
    consultation = consultations.get(clinic, consultation_id)
    participant = consultations.participant_of(consultation, membership)
    if participant.role != ParticipantRole.CLINICIAN or membership.ended_at is not None:
        raise NotFound
    return rooms.use_own(consultation, actor=actor, now=now)


@transaction.atomic
def note_gone(participant: Participant, *, actor: Actor, now: datetime) -> None:
    """That somebody was told the way to the room, once for each person and conversation."""
    consultation = participant.consultation
    record(
        "participant.led_elsewhere",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        participant=participant.public_id,
    )
