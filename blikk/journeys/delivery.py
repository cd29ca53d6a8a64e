"""What follows when a message is known to have arrived, or not to: pages are told, and another way is tried."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold
from blikk.bus.services import announce
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.services import another_link, reach_by_email
from blikk.invitations.states import InvitationStatus
from blikk.journeys.booking import send
from blikk.journeys.contacts import could_not_be_reached
from blikk.kernel.actors import SYSTEM
from blikk.notifications import reports
from blikk.notifications.dispatch import News, news_of
from blikk.notifications.models import Message
from blikk.notifications.services import Channel, failures_to_follow_up, followed_up
from blikk.notifications.states import NUMBER_NOT_IN_USE, Outcome
from blikk.patients.contact_points import find
from blikk.scheduling.models import Appointment
from blikk.scheduling.states import FILLS_TIME, AppointmentStatus

# How long before the hour somebody must look, if the link has not been opened.
LOOK_BEFORE = timedelta(minutes=10)
# A failure that comes later than this is for a person only: the hour it was about has its own course by then.
FOLLOWED_FOR = timedelta(days=2)
# What is worth another way: the messages that lead to the hour, or say that there is none.
_FALL_BACK = frozenset({"invited", "moved", "moved_to_other"})


def tell(news: News) -> None:
    """Tell the open pages what became of a message."""
    if news.topic:
        announce(news.topic, "message", about=news.about, kind=news.kind, status=news.status)


def take_report(
    channel: Channel,
    *,
    provider_id: str = "",
    reference: str = "",
    outcome: Outcome,
    reason: str = "",
    now: datetime,
) -> None:
    """Take in what a provider says about a message; the same for one that is not ours."""
    message = reports.take_report(
        channel, provider_id=provider_id, reference=reference, outcome=outcome, reason=reason, now=now
    )
    _tell_of([message] if message else [])
    follow_up(now=now)


def use_kept_reports(*, now: datetime) -> None:
    """Use the reports that came before their message was known, and were left by whoever died."""
    _tell_of(reports.use_kept(now=now))


def follow_up(*, now: datetime) -> int:
    """Do what follows from each failure, once: mark a wrong address, and try e-mail where an SMS did not arrive.

    Never after one that nobody can tell about: that would be two messages, and is for a person to decide.
    """
    done = 0
    for message in failures_to_follow_up(since=now - FOLLOWED_FOR):
        done += _follow_up(message, now=now)
    return done


def warn_of_unopened(*, since: datetime, now: datetime) -> int:
    """Let the day pages look again at the hours that begin in ten minutes; says how many there are."""
    soon = Appointment.objects.filter(
        status=AppointmentStatus.BOOKED,
        starts_at__gt=since + LOOK_BEFORE,
        starts_at__lte=now + LOOK_BEFORE,
    )
    topics = list(soon.values_list("clinic__public_id", flat=True))
    for clinic in set(topics):
        announce(f"day:{clinic}", "day")
    return len(topics)


@transaction.atomic
def _follow_up(message: Message, *, now: datetime) -> bool:
    if message.clinic_id is not None:
        hold(message.clinic_id)
    if not followed_up(message, now=now):
        return False
    could_not_be_reached(message, reason=message.reason, now=now)
    invitation = _invitation(message)
    if invitation is not None and message.channel == "sms" and message.kind in _FALL_BACK:
        _try_email(invitation, message, now=now)
    return True


def _try_email(invitation: Invitation, failed: Message, *, now: datetime) -> None:
    """Send by e-mail what did not arrive by SMS, where the patient has an address that was made sure of."""
    address = _sure_email(invitation)
    if not address or not _is_still_to_come(invitation, now=now):
        return
    is_dead = failed.reason == NUMBER_NOT_IN_USE
    reach_by_email(invitation, email=address, phone_is_dead=is_dead, actor=SYSTEM, now=now)
    link = another_link(invitation, now=now)
    send(invitation, failed.kind, token=link, channels=("email",), now=now)  # type: ignore[arg-type]


def _sure_email(invitation: Invitation) -> str:
    if invitation.patient is None or "email" in invitation.sent_by.split(","):
        return ""
    point = find(invitation.patient, "email") if invitation.role == PersonRole.PATIENT else None
    return point.value if point is not None and point.is_verified else ""


def _is_still_to_come(invitation: Invitation, *, now: datetime) -> bool:
    appointment = invitation.appointment
    return (
        invitation.status == InvitationStatus.OPEN
        and appointment is not None
        and appointment.status in FILLS_TIME
        and appointment.ends_at > now
    )


def _invitation(message: Message) -> Invitation | None:
    label, _, public_id = message.about.rpartition(":")
    if label != Invitation._meta.label or message.clinic_id is None:
        return None
    found = Invitation.objects.filter(public_id=public_id, clinic_id=message.clinic_id)
    return found.select_related("clinic", "patient", "appointment").first()


def _tell_of(messages: Iterable[Message]) -> None:
    for message in messages:
        tell(news_of(message))
