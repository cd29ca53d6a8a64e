"""By which channel people reach each other: picture, sound, phone; when each was used, and what was tried in vain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.consultations.errors import Over
from blikk.consultations.models import (
    ChangedHow,
    ChannelChange,
    Consultation,
    Participant,
    ParticipantRole,
    UnansweredCall,
)
from blikk.consultations.states import RUNNING, Channel
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.moves import change


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time by one channel; `ends_at` is None while it lasts."""

    channel: str
    how: str
    starts_at: datetime
    ends_at: datetime | None

    @property
    def seconds(self) -> float:
        return 0 if self.ends_at is None else max((self.ends_at - self.starts_at).total_seconds(), 0)


@transaction.atomic
def change_channel(
    consultation: Consultation, *, channel: Channel, measured: bool = False, actor: Actor, now: datetime
) -> Consultation:
    """Note which channel is really used: the record says what happened, not what was planned.

    What a page measured never ends a phone call: somebody chose that.
    """
    if consultation.status not in RUNNING:
        raise Over
    on_phone = consultation.channel == Channel.PHONE
    if consultation.channel == channel or (measured and on_phone):
        return consultation
    how = ChangedHow.MEASURED if measured else ChangedHow.BY_HAND
    change(consultation, channel=channel)
    ChannelChange.objects.create(consultation=consultation, channel=channel, at=now, by=str(actor), how=how)
    if channel == Channel.PHONE:
        consultation.participants.update(asked_phone_at=None)
    record(
        "consultation.channel_changed",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        channel=str(channel),
        how=str(how),
    )
    announce(f"call:{consultation.public_id}", "channel", channel=str(channel))
    return consultation


@transaction.atomic
def ask_phone(participant: Participant, *, actor: Actor, now: datetime) -> None:
    """The patient would rather talk on the phone; the clinician decides. Raises NotFound for others, Over."""
    consultation = participant.consultation
    if participant.role != ParticipantRole.PATIENT:
        raise NotFound
    if consultation.status not in RUNNING:
        raise Over
    if consultation.channel == Channel.PHONE:
        return
    asked_anew = Participant.objects.filter(pk=participant.pk, asked_phone_at__isnull=True)
    if asked_anew.update(asked_phone_at=now):
        record(
            "consultation.phone_asked",
            actor=actor,
            about=consultation,
            clinic_id=consultation.clinic_id,
            now=now,
        )
    announce(f"call:{consultation.public_id}", "phone_asked", participant=participant.public_id)


@transaction.atomic
def note_unanswered(consultation: Consultation, *, actor: Actor, now: datetime) -> int:
    """The clinician rang and nobody answered; how many times that was so far. Raises Over."""
    if consultation.status not in RUNNING:
        raise Over
    UnansweredCall.objects.create(consultation=consultation, at=now, by=str(actor))
    record(
        "consultation.call_unanswered",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
    )
    return consultation.unanswered_calls.count()


def has_asked_for_phone(consultation: Consultation) -> bool:
    """Whether the patient waits to be rung."""
    return consultation.participants.filter(asked_phone_at__isnull=False).exists()


def stretches_of(consultation: Consultation) -> list[Stretch]:
    """When each channel was used, in order; changes that lasted no time are left out."""
    changes = list(consultation.channel_changes.all())
    return stretches([(one.channel, one.how, one.at) for one in changes], consultation.ended_at)


def stretches(changes: Sequence[tuple[str, str, datetime]], ended_at: datetime | None) -> list[Stretch]:
    """From each change to the next, the last one to the end."""
    if not changes:
        return []
    ends: list[datetime | None] = [at for _channel, _how, at in changes[1:]]
    found: list[Stretch] = []
    for (channel, how, starts), until in zip(changes, [*ends, ended_at], strict=True):
        if until is not None and until <= starts and len(changes) > 1:
            continue
        if found and found[-1].channel == channel:
            found[-1] = Stretch(channel, found[-1].how, found[-1].starts_at, until)
        else:
            found.append(Stretch(channel, how, starts, until))
    return found


def unanswered_at(consultation: Consultation) -> list[datetime]:
    """When the clinician rang in vain."""
    return list(consultation.unanswered_calls.values_list("at", flat=True))


def was_unreachable(consultation: Consultation) -> bool:
    """Whether the last that is known is a phone that nobody answered."""
    last = consultation.unanswered_calls.last()
    change_to = consultation.channel_changes.last()
    return last is not None and (
        change_to is None or change_to.channel == Channel.PHONE or last.at >= change_to.at
    )
