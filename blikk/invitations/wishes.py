"""What patients choose from their link: that they cannot come, would rather meet, or want no reminders."""

from datetime import datetime

from django.db import IntegrityError, transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.invitations.models import Invitation, NoReminders, Wish, WishKind
from blikk.invitations.states import WISH, WishStatus
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment

REMINDED_BY = ("sms", "email")


def open_wish(invitation: Invitation) -> Wish | None:
    """What this person has asked for and nobody has seen to yet."""
    return Wish.objects.filter(invitation=invitation, status=WishStatus.ASKED).first()


def is_wished(appointment: Appointment) -> bool:
    """Whether the patient has asked to come in person and nobody has answered, in one query."""
    mine = Wish.objects.filter(invitation__appointment=appointment, status=WishStatus.ASKED)
    return mine.filter(kind=WishKind.IN_PERSON).exists()


def get_wish(clinic: Clinic, wish_id: str) -> Wish:
    """The wish of that name at this clinic; raises NotFound."""
    found = (
        Wish.objects.filter(clinic=clinic, public_id=wish_id)
        .select_related("clinic", "invitation__appointment", "invitation__clinic", "invitation__patient")
        .first()
    )
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def ask(invitation: Invitation, *, kind: str, actor: Actor, now: datetime) -> Wish:
    """Note what a patient asks for. Raises Overtaken where something is asked for already."""
    if kind not in WishKind.values:
        raise Invalid(kind="unknown")
    try:
        with transaction.atomic():
            wish = Wish.objects.create(
                invitation=invitation, clinic=invitation.clinic, kind=kind, asked_at=now
            )
    except IntegrityError as fault:
        raise Overtaken from fault
    _tell(invitation, "invitation.wish_asked", kind, actor, now)
    return wish


@transaction.atomic
def end_wish(wish: Wish, status: WishStatus, *, actor: Actor, now: datetime) -> Wish:
    """Let a wish be over: taken back by the patient, agreed to, or settled some other way by staff."""
    WISH.make(wish, status, settled_at=now)
    _tell(wish.invitation, f"invitation.wish_{status}", wish.kind, actor, now)
    return wish


@transaction.atomic
def settle_all(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """What was asked for is answered when the hour is moved or cancelled."""
    _end_all(appointment, WishStatus.SETTLED, actor=actor, now=now)


@transaction.atomic
def agree_all(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """What was asked for is agreed to when the hour is to be held in person."""
    _end_all(appointment, WishStatus.AGREED, actor=actor, now=now)


def _end_all(appointment: Appointment, status: WishStatus, *, actor: Actor, now: datetime) -> None:
    wishes = Wish.objects.filter(invitation__appointment=appointment, status=WishStatus.ASKED)
    for wish in wishes.select_related("invitation__clinic"):
        end_wish(wish, status, actor=actor, now=now)


def reminder_channels(patient: Patient) -> tuple[str, ...]:
    """The channels by which this patient may be reminded."""
    refused = set(NoReminders.objects.filter(patient=patient).values_list("channel", flat=True))
    return tuple(channel for channel in REMINDED_BY if channel not in refused)


@transaction.atomic
def choose_reminders(patient: Patient, *, channel: str, wanted: bool, actor: Actor, now: datetime) -> bool:
    """Let a patient be reminded by a channel, or not. Says whether that is new."""
    if channel not in REMINDED_BY:
        raise Invalid(channel="unknown")
    if wanted:
        is_new = NoReminders.objects.filter(patient=patient, channel=channel).delete()[0] > 0
    else:
        is_new = NoReminders.objects.get_or_create(patient=patient, channel=channel, defaults={"since": now})[
            1
        ]
    if is_new:
        record(
            "patient.reminders_chosen",
            actor=actor,
            about=patient,
            clinic_id=patient.clinic_id,
            now=now,
            channel=channel,
            wanted=wanted,
        )
    return is_new


def _tell(invitation: Invitation, act: str, kind: str, actor: Actor, now: datetime) -> None:
    record(act, actor=actor, about=invitation, clinic_id=invitation.clinic_id, now=now, wish=str(kind))
    announce(f"day:{invitation.clinic.public_id}", "day")
