"""What a patient can change from their own link: say that they cannot come, ask to meet instead, stop reminders.

Only after the proof of the link (birth date, and a code where DESIGN asks for one), before the door opens as well
as in the waiting room, and never by opening a page.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction

from blikk.audit.services import hold, named
from blikk.clinics.models import CancelsOnline, Clinic
from blikk.consultations.queries import find_for
from blikk.invitations import policies, queries, wishes
from blikk.invitations import services as inviting
from blikk.invitations.models import TRIES, Device, Invitation, Wish, WishKind
from blikk.invitations.states import Revoked, WishStatus
from blikk.invitations.words import sender_of, wish_alert
from blikk.journeys import booking, door, in_person, reminders
from blikk.journeys.consent import tell_of
from blikk.journeys.errors import NotAtThisStep, TalkIsRunning
from blikk.journeys.queue.letters import WAYS
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.notifications import services as outbox
from blikk.notifications.services import hint
from blikk.payments.queries import late_ore_of
from blikk.scheduling.models import Appointment, Form
from blikk.scheduling.queries import has_open_turn, open_turn
from blikk.scheduling.states import FILLS_TIME
from blikk.waiting_room.queries import present_of

# A change so short a time before is told to the clinician by e-mail too, not only on the day page.
SHORTLY_BEFORE = timedelta(hours=2)

At = Literal["closed", "locked", "birth_date", "code", "open"]


@dataclass(frozen=True, slots=True)
class Offered:
    """A time in person that the patient may choose."""

    id: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What the page of changes shows this browser. Nothing about the patient before the proof."""

    invitation: str
    at: At
    label: str
    phone: str
    language: str
    zone: str
    starts_at: datetime
    tries_left: int
    code_to: str = ""
    code_is_sent: bool = False
    wrong: bool = False
    # After the proof.
    wish: str = ""
    cancels_online: str = ""
    is_late: bool = False
    fee_ore: int = 0
    notice_hours: int = 0
    is_here: bool = False
    reminded_by: tuple[str, ...] = ()
    can_be_reminded_by: tuple[str, ...] = ()
    # The times in person to choose between, by name; whether the video hour stands until then.
    offers: tuple[Offered, ...] = ()
    is_offered: bool = False
    is_on_video: bool = True


def change_of(invitation_id: str, device_secret: str, *, now: datetime) -> Change:
    """Where this browser stands. Changes nothing. Raises NotFound for who never presented the link, or no patient."""
    return _view(*_present(invitation_id, device_secret), now=now)


def answer_birth_date(
    invitation_id: str, device_secret: str, *, born: date, where: str, now: datetime
) -> Change:
    """Answer whose hour it is, be the door open or not. `wrong` says that a try was used up."""
    invitation, device = _at(invitation_id, device_secret, "birth_date", now=now)
    right = inviting.answer_birth_date(invitation, device, born=born, where=where, now=now)
    return _view(invitation, device, now=now, wrong=not right)


def ask_code(invitation_id: str, device_secret: str, *, now: datetime) -> Change:
    """Send six digits to the registered phone or e-mail. Raises TooManyCodes, NoWayToReach."""
    invitation, device = _at(invitation_id, device_secret, "code", now=now)
    door.send_code(invitation, device, now=now)
    return _view(invitation, device, now=now)


def answer_code(invitation_id: str, device_secret: str, *, digits: str, where: str, now: datetime) -> Change:
    """Answer with the code that was sent. `wrong` says that a try was used up."""
    invitation, device = _at(invitation_id, device_secret, "code", now=now)
    right = inviting.answer_code(invitation, device, digits=digits, where=where, now=now)
    return _view(invitation, device, now=now, wrong=not right)


@transaction.atomic
def cannot_come(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> None:
    """Say that one cannot come: the hour is cancelled and free for others, or the clinic is asked, as it has chosen.

    Raises NotAtThisStep where the clinic wants to be phoned, TalkIsRunning, Overtaken.
    """
    invitation, appointment, actor = _mine(invitation_id, device_secret, where=where, now=now)
    how = invitation.clinic.cancels_online
    if how == CancelsOnline.OFF:
        raise NotAtThisStep
    if how == CancelsOnline.AT_ONCE:
        booking.cancel(
            invitation.clinic,
            appointment.public_id,
            version=appointment.version,
            because=Revoked.GIVEN_UP,
            actor=actor,
            now=now,
        )
    else:
        wishes.ask(invitation, kind=WishKind.CANNOT_COME, actor=actor, now=now)
    _alert(invitation, appointment, now=now)


@transaction.atomic
def rather_in_person(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> None:
    """Ask to meet instead of video. No reason is asked for; hour, place and conversation stand until staff answered."""
    invitation, appointment, actor = _mine(
        invitation_id, device_secret, even_talking=True, where=where, now=now
    )
    wishes.ask(invitation, kind=WishKind.IN_PERSON, actor=actor, now=now)
    tell_of(invitation)
    _alert(invitation, appointment, now=now)


@transaction.atomic
def take_back(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> None:
    """Take back what was asked for, while nobody has answered it. Raises Overtaken when somebody has."""
    invitation, _appointment, actor = _mine(
        invitation_id, device_secret, even_talking=True, where=where, now=now
    )
    wish = wishes.open_wish(invitation)
    if wish is None:
        raise NotAtThisStep
    wishes.end_wish(wish, WishStatus.TAKEN_BACK, actor=actor, now=now)
    tell_of(invitation)


@transaction.atomic
def choose_time(invitation_id: str, device_secret: str, *, time: str, where: str, now: datetime) -> None:
    """Choose one of the times for coming in person. Raises Invalid (`time`), NotAtThisStep, TalkIsRunning."""
    _invitation, appointment, actor = _mine(invitation_id, device_secret, where=where, now=now)
    offer = open_turn(appointment)
    if offer is None:
        raise NotAtThisStep
    in_person.choose_time(offer, time, actor=actor, now=now)


@transaction.atomic
def choose_reminders(
    invitation_id: str, device_secret: str, *, channel: str, wanted: bool, where: str, now: datetime
) -> None:
    """Stop the reminders of a channel, or have them again. Raises Invalid."""
    invitation, _appointment, actor = _mine(invitation_id, device_secret, where=where, now=now)
    if invitation.patient is None:
        raise NotFound
    reminders.choose(
        invitation.clinic, invitation.patient, channel=channel, wanted=wanted, actor=actor, now=now
    )


@transaction.atomic
def settle(clinic: Clinic, wish_id: str, *, actor: Actor, now: datetime) -> Wish:
    """Note that staff have talked with the patient about what was asked for; the hour stands as it is."""
    hold(clinic.pk)
    wish = wishes.end_wish(wishes.get_wish(clinic, wish_id), WishStatus.SETTLED, actor=actor, now=now)
    tell_of(wish.invitation)
    return wish


def _present(invitation_id: str, device_secret: str) -> tuple[Invitation, Device]:
    invitation, device = queries.find_presented(invitation_id, device_secret)
    if not invitation.may_be_changed:
        raise NotFound
    return invitation, device


def _where(invitation: Invitation, device: Device, *, now: datetime) -> At:
    standing = policies.standing(invitation, device, now=now)
    appointment = invitation.appointment
    is_offered = standing == "in_person" and appointment is not None and has_open_turn(appointment.pk)
    if standing == "early" or is_offered:
        standing = policies.proof_of(invitation, device)
    is_mine = standing == "proven" and appointment is not None and appointment.status in FILLS_TIME
    places: dict[str, At] = {"birth_date": "birth_date", "code": "code", "locked": "locked"}
    return "open" if is_mine else places.get(standing, "closed")


def _at(invitation_id: str, device_secret: str, step: At, *, now: datetime) -> tuple[Invitation, Device]:
    invitation, device = _present(invitation_id, device_secret)
    if _where(invitation, device, now=now) != step:
        raise NotAtThisStep
    return invitation, device


def _mine(
    invitation_id: str, device_secret: str, *, even_talking: bool = False, where: str, now: datetime
) -> tuple[Invitation, Appointment, Actor]:
    """The patient's own hour, read when it is our turn: it may have been cancelled, or begun, meanwhile."""
    invitation, _device = _at(invitation_id, device_secret, "open", now=now)
    hold(invitation.clinic_id)
    invitation, _device = _at(invitation_id, device_secret, "open", now=now)
    if invitation.appointment is None:
        raise NotFound
    if not even_talking and find_for(invitation.appointment) is not None:
        raise TalkIsRunning
    return invitation, invitation.appointment, inviting.actor_of(invitation, where=where)


def _view(invitation: Invitation, device: Device, *, now: datetime, wrong: bool = False) -> Change:
    at, clinic, appointment = _where(invitation, device, now=now), invitation.clinic, invitation.appointment
    if appointment is None:
        raise NotFound
    known = {
        "invitation": invitation.public_id,
        "at": at,
        "label": clinic.sender_label,
        "phone": clinic.phone,
        "language": invitation.language,
        "zone": appointment.zone,
        "starts_at": appointment.starts_at,
        "tries_left": max(TRIES - invitation.tries, 0),
        "wrong": wrong,
    }
    if at == "code":
        known["code_to"] = hint(invitation.phone or invitation.email)
        known["code_is_sent"] = device.codes.filter(used_at__isnull=True, expires_at__gt=now).exists()
    if at == "open":
        known |= _choices(invitation, appointment, now=now)
    return Change(**known)  # type: ignore[arg-type]


def _choices(invitation: Invitation, appointment: Appointment, *, now: datetime) -> dict[str, object]:
    clinic, wish = invitation.clinic, wishes.open_wish(invitation)
    notice = timedelta(hours=clinic.cancel_until_hours)
    ways = [way for way in wishes.REMINDED_BY if way in invitation.sent_by.split(",")]
    patient = invitation.patient
    offer = open_turn(appointment)
    times = in_person.times_of(offer, now=now) if offer else []
    return {
        "offers": tuple(Offered(one.public_id, one.starts_at) for one in times),
        "is_offered": offer is not None,
        "is_on_video": appointment.form == Form.VIDEO,
        "wish": wish.kind if wish else "",
        "cancels_online": clinic.cancels_online,
        "is_late": bool(notice) and appointment.starts_at - now < notice,
        "fee_ore": late_ore_of(clinic),
        "notice_hours": clinic.cancel_until_hours,
        "is_here": present_of(invitation) is not None,
        "reminded_by": wishes.reminder_channels(patient) if patient else (),
        "can_be_reminded_by": tuple(ways) if clinic.reminder_minutes else (),
    }


def _alert(invitation: Invitation, appointment: Appointment, *, now: datetime) -> None:
    """Shortly before the hour the day page may not be open: the clinician is told, in the way that they chose."""
    if appointment.starts_at - now > SHORTLY_BEFORE:
        return
    clinic, member = invitation.clinic, appointment.clinician
    words = wish_alert(
        clinic,
        starts_at=appointment.starts_at,
        language=member.user.language,
        base_url=settings.BLIKK_BASE_URL,
    )
    for channel in WAYS[member.alert_by]:
        outbox.queue(
            clinic_id=clinic.pk,
            kind="staff_alert",
            key=f"{invitation.public_id}:staff_alert:{channel}:{now.isoformat()}",
            channel=channel,
            to=member.user.phone if channel == "sms" else member.user.email,
            language=member.user.language,
            subject=words.subject,
            body=words.body,
            about=named(appointment),
            sender=sender_of(clinic, channel),
            now=now,
        )
