"""The way of a new clinic to its first consultation: what is done and what is missing, by what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.labels import neutral
from blikk.clinics.models import Clinic, Membership, Role
from blikk.clinics.queries import members_of
from blikk.consultations.queries import has_ended_any
from blikk.invitations.trial_words import trial
from blikk.invitations.words import sender_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import new_id
from blikk.notifications import services as outbox
from blikk.notifications.queries import MessageState, state_of
from blikk.notifications.states import MessageStatus
from blikk.scheduling.queries import periods_of

ARRIVED = (MessageStatus.SENT, MessageStatus.DELIVERED)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, by its code, and whether it is done."""

    code: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Start:
    """How far a clinic has come."""

    steps: Sequence[Step]
    trials: Sequence[MessageState]

    @property
    def missing(self) -> int:
        return sum(not step.is_done for step in self.steps)


def start_of(clinic: Clinic) -> Start:
    """What is done on the way to the first consultation. As many queries for a large clinic as for a small one."""
    trials = state_of(_about(clinic))
    has_clinician = any(member.role == Role.CLINICIAN for member in members_of(clinic))
    steps = (
        Step("clinic", bool(clinic.slug and neutral(clinic.sender_label) and _is_a_phone(clinic.phone))),
        Step("members", has_clinician),
        Step("hours", bool(periods_of(clinic))),
        Step("messages", any(message.status in ARRIVED for message in trials)),
        Step("first", has_ended_any(clinic)),
    )
    return Start(steps, trials)


@transaction.atomic
def send_trial(
    membership: Membership, *, channel: outbox.Channel, base_url: str, actor: Actor, now: datetime
) -> None:
    """Send a test invitation to oneself through the outbox: to one's own proven phone, or where one signs in.

    Raises Invalid (`channel: no_phone`).
    """
    clinic, user = membership.clinic, membership.user
    to = user.email if channel == "email" else user.phone
    if not to:
        raise Invalid(channel="no_phone")
    words = trial(clinic, language=user.language, base_url=base_url)
    outbox.queue(
        clinic_id=clinic.pk,
        kind="trial",
        key=f"trial:{new_id()}",
        channel=channel,
        to=to,
        language=user.language,
        subject=words.subject,
        body=words.body,
        about=_about(clinic),
        sender=sender_of(clinic, channel),
        now=now,
    )
    record("clinic.trial_sent", actor=actor, about=clinic, clinic_id=clinic.pk, now=now, channel=channel)


def _about(clinic: Clinic) -> str:
    return f"trial:{clinic.public_id}"


def _is_a_phone(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, "NO"))
    except phonenumbers.NumberParseException:
        return False
