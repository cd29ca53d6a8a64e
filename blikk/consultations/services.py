"""Acts in a consultation: open it, let people take part, change channel, end it for everybody."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Happening, Membership
from blikk.clinics.webhooks.services import reference, tell
from blikk.consultations.errors import Elsewhere, Over, RoomFull
from blikk.consultations.models import ChannelChange, Consultation, Participant, ParticipantRole
from blikk.consultations.queries import SEAT_GOES_COLD, find_for
from blikk.consultations.states import CONSULTATION, RUNNING, Channel, ConsultationStatus, Engine
from blikk.kernel.actors import Actor
from blikk.kernel.moves import change
from blikk.scheduling.models import Appointment
from blikk.waiting_room.models import Arrival

MOST_IN_A_MESH = 4


@transaction.atomic
def open_for(
    appointment: Appointment,
    clinician: Membership,
    *,
    engine: Engine = Engine.MESH,
    channel: Channel = Channel.VIDEO,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Open the consultation about an appointment with its clinician in it, or return the one that runs.

    Raises Over if it has ended: an ended consultation is never opened again (security D7).
    """
    consultation = find_for(appointment)
    if consultation is not None:
        if consultation.status not in RUNNING:
            raise Over
        return consultation
    consultation = Consultation.objects.create(
        clinic=appointment.clinic,
        appointment=appointment,
        clinician=clinician,
        engine=engine,
        channel=channel,
        opened_at=now,
    )
    ChannelChange.objects.create(consultation=consultation, channel=channel, at=now, by=str(actor))
    record("consultation.opened", actor=actor, about=consultation, clinic_id=consultation.clinic_id, now=now)
    return consultation


@dataclass(frozen=True, slots=True)
class Came:
    """What stands in the record of somebody who comes along."""

    consent_how: str = ""
    consent_ground: str = ""
    spoken: str = ""
    qualification: str = ""
    alias: str = ""


@transaction.atomic
def take_in(
    consultation: Consultation,
    *,
    role: str,
    name: str,
    membership: Membership | None = None,
    arrival: Arrival | None = None,
    came: Came | None = None,
    actor: Actor,
    now: datetime,
) -> Participant:
    """Give a person a place in the conversation. Raises RoomFull for the fifth, Over after the end.

    The consultation's version moves on, so that two who let different people in at once cannot make five.
    """
    if consultation.status not in RUNNING:
        raise Over
    invitation, facts = arrival.invitation if arrival else None, asdict(came or Came())
    mine = Participant.objects.filter(consultation=consultation, membership=membership, invitation=invitation)
    participant = mine.first()
    if participant is not None and participant.left_at is None:
        return participant
    if consultation.participants.filter(left_at__isnull=True).count() >= MOST_IN_A_MESH:
        raise RoomFull
    change(consultation)
    if participant is None:
        participant = Participant.objects.create(
            consultation=consultation,
            role=role,
            name=name,
            membership=membership,
            invitation=invitation,
            arrival=arrival,
            admitted_at=now,
            **facts,
        )
    elif mine.update(left_at=None, arrival=arrival, **facts):
        participant.refresh_from_db()
    record(
        "participant.taken_in",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        role=role,
        participant=participant.public_id,
        consent=facts["consent_how"],
        ground=facts["consent_ground"],
    )
    announce(f"call:{consultation.public_id}", "roster")
    return participant


@transaction.atomic
def take_seat(
    participant: Participant, *, tab: str, epoch: str, move: bool, actor: Actor, now: datetime
) -> Participant:
    """Let a tab speak for a person in the conversation.

    Raises Over after the end, and Elsewhere when another tab holds the place and `move` was not asked for.
    """
    hold(participant.consultation.clinic_id)
    running = (
        Consultation.objects.select_for_update()
        .filter(pk=participant.consultation_id, status__in=RUNNING)
        .exists()
    )
    if not running:
        raise Over
    free = Q(seat="") | Q(seat=tab) | Q(seat_seen_at__lt=now - SEAT_GOES_COLD) | Q(seat_seen_at__isnull=True)
    rows = Participant.objects.filter(pk=participant.pk, left_at__isnull=True)
    before = rows.first()
    if before is None:
        raise Over
    if not move:
        rows = rows.filter(free)
    if rows.update(seat=tab, epoch=epoch, seat_seen_at=now, joined_at=before.joined_at or now) != 1:
        raise Elsewhere
    consultation = participant.consultation
    if before.joined_at is None:
        record(
            "participant.joined",
            actor=actor,
            about=consultation,
            clinic_id=consultation.clinic_id,
            now=now,
            participant=participant.public_id,
        )
    if before.seat and before.seat != tab:
        announce(
            f"call:{consultation.public_id}",
            "moved_away",
            participant=participant.public_id,
            tab=before.seat,
        )
    participant.refresh_from_db()
    return participant


def keep_seat(participant: Participant, *, tab: str, now: datetime) -> bool:
    """Note that the tab is still there; False if another one has taken over or the consultation has ended."""
    return Participant.objects.filter(pk=participant.pk, seat=tab).update(seat_seen_at=now) == 1


def give_up_seat(participant: Participant, *, tab: str, epoch: str) -> bool:
    """Free the seat when its tab's connection is gone, unless a newer page of the same tab sits there."""
    rows = Participant.objects.filter(pk=participant.pk, seat=tab, epoch=epoch)
    return rows.update(seat="", seat_seen_at=None) == 1


@transaction.atomic
def step_out(participant: Participant, *, actor: Actor, now: datetime) -> Participant:
    """Leave the conversation without ending it for anybody; the way back is open until the end."""
    Participant.objects.filter(pk=participant.pk).update(seat="", seat_seen_at=None)
    consultation = participant.consultation
    record(
        "participant.stepped_out",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        participant=participant.public_id,
    )
    announce(f"call:{consultation.public_id}", "absent", participant=participant.public_id)
    announce(f"day:{consultation.clinic.public_id}", "day")
    participant.refresh_from_db()
    return participant


@transaction.atomic
def send_out(participant: Participant, *, actor: Actor, now: datetime) -> Participant:
    """Take a companion out of the conversation; they must be let in again to come back."""
    Participant.objects.filter(pk=participant.pk).update(seat="", seat_seen_at=None, left_at=now)
    consultation = participant.consultation
    record(
        "participant.sent_out",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        participant=participant.public_id,
    )
    announce(f"call:{consultation.public_id}", "sent_out", participant=participant.public_id)
    participant.refresh_from_db()
    return participant


@transaction.atomic
def hand_over(
    consultation: Consultation, clinician: Membership, *, actor: Actor, now: datetime
) -> Consultation:
    """Let a colleague lead a consultation in writing from now on; who led it before has no more part in it."""
    if consultation.status not in RUNNING:
        raise Over
    leading = consultation.participants.filter(role=ParticipantRole.CLINICIAN)
    leading.exclude(membership=clinician).update(role=ParticipantRole.COLLEAGUE, left_at=now)
    change(consultation, clinician=clinician)
    take_in(
        consultation,
        role=ParticipantRole.CLINICIAN,
        name=clinician.name,
        membership=clinician,
        actor=actor,
        now=now,
    )
    Participant.objects.filter(consultation=consultation, membership=clinician).update(
        role=ParticipantRole.CLINICIAN
    )
    return consultation


@transaction.atomic
def end(
    consultation: Consultation,
    *,
    version: int | None = None,
    by: str = ParticipantRole.CLINICIAN,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """End the conversation for everybody; nobody comes back into it."""
    CONSULTATION.make(
        consultation, ConsultationStatus.ENDED, version=version, ended_at=now, ended_by=str(actor)
    )
    consultation.participants.update(seat="", seat_seen_at=None)
    consultation.participants.filter(left_at__isnull=True).update(left_at=now)
    record("consultation.ended", actor=actor, about=consultation, clinic_id=consultation.clinic_id, now=now)
    tell(
        consultation.clinic_id,
        Happening.ENDED,
        about=consultation.appointment.public_id,
        names={
            "appointment": reference("Appointment", consultation.appointment.public_id),
            "encounter": reference("Encounter", consultation.public_id),
        },
        now=now,
    )
    announce(f"call:{consultation.public_id}", "ended", by_role=by, at=now.isoformat())
    announce(f"day:{consultation.clinic.public_id}", "day")
    return consultation


@transaction.atomic
def close_out(
    consultation: Consultation,
    *,
    version: int,
    outcome: str,
    follow_up: str,
    fee: str,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Note how an ended consultation was finished: what it came to, what follows, and the fee."""
    CONSULTATION.make(
        consultation,
        ConsultationStatus.CLOSED_OUT,
        version=version,
        outcome=outcome,
        follow_up=follow_up,
        fee=fee,
        closed_out_at=now,
    )
    record(
        "consultation.closed_out",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        outcome=outcome,
        follow_up=follow_up,
        fee=fee,
    )
    announce(f"day:{consultation.clinic.public_id}", "day")
    return consultation
