"""Reminders: planned with the booking, in its transaction, and taken back with everything else about the invitation.

When they go out is decided in docs/decisions (reminders): days are days of the wall clock, night is quiet, and who
booked a moment ago needs none.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from blikk.audit.services import hold, named
from blikk.clinics.models import Clinic
from blikk.invitations import wishes
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.services import another_link
from blikk.invitations.states import InvitationStatus
from blikk.invitations.words import compose, sender_of
from blikk.kernel.actors import Actor
from blikk.kernel.times import from_wall, local
from blikk.notifications import services as outbox
from blikk.notifications.models import Message
from blikk.patients.contact_points import KIND_OF, find, verified_channels
from blikk.patients.models import Patient
from blikk.scheduling.states import AppointmentStatus

DAY = 24 * 60
# Nobody is woken: what would fall in the night goes out the evening before.
MORNING, NIGHT, EVENING = time(8), time(21), time(20)
# Who was written to so short a time ago has not forgotten, and two reminders are not sent closer together.
REST = timedelta(hours=2)
# So long before they go out the address of reminders is looked at again.
LOOK_AHEAD = timedelta(minutes=1)


def moments(
    starts_at: datetime, *, zone: str, minutes: Sequence[int], now: datetime
) -> list[tuple[int, datetime]]:
    """When the reminders of an hour go out, soonest first, each with the offset that it came from."""
    found: list[tuple[int, datetime]] = []
    for offset in sorted(set(minutes), reverse=True):
        at = _before(starts_at, offset, zone)
        last = found[-1][1] if found else now
        if last + REST <= at < starts_at:
            found.append((offset, at))
    return found


def _before(starts_at: datetime, minutes: int, zone: str) -> datetime:
    """So long before, in waking hours: never later than asked for."""
    days, rest = divmod(minutes, DAY)
    wall = local(starts_at, zone).replace(tzinfo=None)
    # A day before is the same time on the clock the day before, also when the clock was changed in between.
    at = from_wall(wall - timedelta(days=days), zone) - timedelta(minutes=rest)
    clock = local(at, zone)
    if MORNING <= clock.time() < NIGHT:
        return at
    evening = clock.date() if clock.time() >= NIGHT else clock.date() - timedelta(days=1)
    return from_wall(datetime.combine(evening, EVENING), zone)


def plan(invitation: Invitation, *, now: datetime, only: str = "", not_before: datetime | None = None) -> int:
    """Queue the reminders of a patient's invitation, each with a link that works; says how many."""
    appointment, patient = invitation.appointment, invitation.patient
    if appointment is None or patient is None or invitation.role != PersonRole.PATIENT:
        return 0
    ways = [way for way in wishes.reminder_channels(patient) if way in invitation.sent_by.split(",")]
    ways = [way for way in verified_channels(patient, ways) if only in ("", way)]
    written_at = max(now, not_before) if not_before else now
    planned = moments(
        appointment.starts_at,
        zone=appointment.zone,
        minutes=invitation.clinic.reminder_minutes,
        now=written_at,
    )
    for _offset, at in planned:
        for way in ways:
            _queue(invitation, way, at=at, now=now)
    return len(planned) * len(ways)


def _queue(invitation: Invitation, channel: str, *, at: datetime, now: datetime) -> None:
    token = another_link(invitation, now=now)
    words = compose("reminder", invitation, base_url=settings.BLIKK_BASE_URL, token=token)
    link = invitation.extra_links.order_by("-pk").values_list("public_id", flat=True)[0]
    outbox.queue(
        clinic_id=invitation.clinic_id,
        kind="reminder",
        key=f"{invitation.public_id}:reminder:{link}",
        channel=channel,  # type: ignore[arg-type]
        to=invitation.phone if channel == "sms" else invitation.email,
        language=invitation.language,
        subject=words.subject,
        body=words.body,
        about=named(invitation),
        topic=f"day:{invitation.clinic.public_id}",
        sender=sender_of(invitation.clinic, channel),
        not_before=at,
        now=now,
    )


def no_more(invitation: Invitation, *, now: datetime, channel: str | None = None) -> None:
    """Take back the reminders that have not gone out: who has come needs none."""
    outbox.withdraw(about=named(invitation), kind="reminder", channel=channel, now=now)


def take_back_stale(*, now: datetime) -> int:
    """Take back what is about to go to a number or an address that is not the patient's verified one any more.

    Weeks can lie between a booking and its reminder, and a contact point may be changed or bounce by many ways.
    """
    soon = Message.objects.filter(kind="reminder", status="queued", next_at__lte=now + LOOK_AHEAD)
    messages = {message.pk: message for message in soon}
    ids = {message.about.rpartition(":")[2] for message in messages.values()}
    invitations = Invitation.objects.filter(public_id__in=ids).select_related("patient")
    found = {named(invitation): invitation for invitation in invitations}
    stale = [
        message
        for message in messages.values()
        if message.about not in found or not _is_right(found[message.about], message)
    ]
    return sum(
        outbox.withdraw(about=message.about, kind="reminder", channel=message.channel, now=now)
        for message in stale
    )


def _is_right(invitation: Invitation, message: Message) -> bool:
    point = find(invitation.patient, KIND_OF[message.channel]) if invitation.patient else None
    return point is not None and point.is_verified and point.value == message.to


@transaction.atomic
def choose(
    clinic: Clinic, patient: Patient, *, channel: str, wanted: bool, actor: Actor, now: datetime
) -> None:
    """Let a patient be reminded by a channel or not; those that wait to go out follow. Raises Invalid."""
    hold(clinic.pk)
    if not wishes.choose_reminders(patient, channel=channel, wanted=wanted, actor=actor, now=now):
        return
    coming = Invitation.objects.filter(
        clinic=clinic,
        patient=patient,
        status=InvitationStatus.OPEN,
        role=PersonRole.PATIENT,
        appointment__status=AppointmentStatus.BOOKED,
        appointment__starts_at__gt=now,
    ).select_related("clinic", "appointment", "patient")
    for invitation in coming:
        if wanted:
            plan(invitation, only=channel, now=now)
        else:
            no_more(invitation, channel=channel, now=now)
