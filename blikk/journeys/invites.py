"""The ways in of an hour as messages: sent, replaced, closed, and told of an hour that has none."""

from datetime import datetime

from django.conf import settings

from blikk.audit.services import named
from blikk.clinics.models import Clinic
from blikk.invitations import along as coming
from blikk.invitations import queries as invitations
from blikk.invitations import services as inviting
from blikk.invitations import wishes
from blikk.invitations.errors import NoWayToReach
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.services import Issued
from blikk.invitations.states import Revoked
from blikk.invitations.words import Kind, compose, sender_of
from blikk.journeys import reminders
from blikk.journeys.calendar_files import calendar_file
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications import services as outbox
from blikk.patients.contact_points import verified_channels
from blikk.patients.errors import ContactNotVerified
from blikk.patients.queries import contact
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, Form
from blikk.scheduling.queries import open_turn
from blikk.scheduling.states import AppointmentStatus
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import PRESENT


def invite_patient(
    clinic: Clinic,
    appointment: Appointment,
    *,
    channels: tuple[str, ...],
    kind: Kind,
    not_before: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    """Make the patient's way into an appointment and send it, not before a moment where one is given.

    Raises Invalid: `channels: no_way_to_reach`, and `contact_not_verified` for the phone or e-mail that is not.
    """
    issued = _issue(clinic, appointment, channels=channels, actor=actor, now=now)
    send(issued.invitation, kind, issued=issued, not_before=not_before, now=now)
    reminders.plan(issued.invitation, not_before=not_before, now=now)
    return issued


def _issue(
    clinic: Clinic, appointment: Appointment, *, channels: tuple[str, ...], actor: Actor, now: datetime
) -> Issued:
    patient = appointment.patient
    try:
        return inviting.issue(
            clinic,
            appointment,
            role=PersonRole.PATIENT,
            patient=patient,
            name=patient.name,
            phone=contact(patient, "phone"),
            email=contact(patient, "email"),
            language=patient.language,
            channels=channels,
            actor=actor,
            now=now,
        )
    except NoWayToReach as fault:
        raise Invalid(channels="no_way_to_reach") from fault
    except ContactNotVerified as fault:
        raise Invalid(**dict.fromkeys(fault.kinds, fault.code)) from fault


def tell_meeting(
    clinic: Clinic,
    appointment: Appointment,
    *,
    channels: tuple[str, ...],
    kind: Kind = "meet",
    actor: Actor,
    now: datetime,
) -> Issued:
    """Tell a patient of an hour in person. The link of it leads nowhere, unless there are times to choose between.

    Raises Invalid as `invite_patient`.
    """
    issued = _issue(clinic, appointment, channels=channels, actor=actor, now=now)
    if appointment.status == AppointmentStatus.PROPOSED:
        send(issued.invitation, kind, issued=issued, now=now)
    else:
        inviting.revoke(issued.invitation, because=Revoked.IN_PERSON, actor=actor, now=now)
        send(issued.invitation, kind, now=now)
    return issued


def tell_again(appointment: Appointment, kind: Kind, *, now: datetime) -> None:
    """Write once more about an hour in person to whom it was told: the patient, by the ways it went before."""
    told = invitations.told_in_person(appointment)
    if told is not None:
        send(told, kind, again=str(appointment.version), now=now)


def close_links(
    appointment: Appointment, *, because: Revoked, kind: Kind, actor: Actor, now: datetime
) -> None:
    """Close every link to an hour that is not held by video; who waits goes home, and everybody is told."""
    send_home(appointment, actor=actor, now=now)
    for invitation in list(invitations.open_for(appointment)):
        why = because if invitation.role == PersonRole.PATIENT else _for_others(because)
        inviting.revoke(invitation, because=why, actor=actor, now=now)
        outbox.withdraw(about=named(invitation), now=now)
        send(invitation, kind, now=now)


def drop_offer(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """A new answer takes the place of times that were offered and that the patient has not chosen between."""
    offer = open_turn(appointment)
    if offer is None:
        return
    scheduling.take_back_turn(offer, actor=actor, now=now)
    for offered in (offer.appointment, offer.meeting):
        told = invitations.last_of_patient(offered) if offered else None
        if told is not None:
            outbox.withdraw(about=named(told), kind="meet_offer", now=now)


def cancelled_kind(appointment: Appointment) -> Kind:
    """What is said of an hour that is cancelled: a physical one never was a video hour to who is told."""
    return "meet_cancelled" if appointment.form == Form.IN_PERSON else "cancelled"


def _for_others(because: Revoked) -> Revoked:
    """Who comes along is told that it is cancelled, not that they did it."""
    return Revoked.CANCELLED if because == Revoked.GIVEN_UP else because


def replace(
    old: Invitation,
    *,
    because: Revoked,
    kind: Kind,
    channels: tuple[str, ...] | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    """Close a way in and send a new one instead; it says why."""
    outbox.withdraw(about=named(old), now=now)
    inviting.revoke(old, because=because, actor=actor, now=now)
    return invite_anew(old, kind=kind, channels=channels, actor=actor, now=now)


def invite_anew(
    old: Invitation,
    *,
    kind: Kind = "invited",
    channels: tuple[str, ...] | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    """Send somebody whose way in is closed another one, by the ways that the old one went."""
    ways = channels or tuple(old.sent_by.split(","))
    if old.appointment is None:
        raise NotFound
    if old.role == PersonRole.PATIENT and old.patient is not None:
        # What has come into doubt since then is left out as long as another way is sure.
        ways = channels or verified_channels(old.patient, ways) or ways
        return invite_patient(old.clinic, old.appointment, channels=ways, kind=kind, actor=actor, now=now)
    issued = inviting.issue(
        old.clinic,
        old.appointment,
        role=old.role,
        name=old.name,
        phone=old.phone,
        email=old.email,
        language=old.language,
        channels=ways,
        along=coming.along_of(old),
        actor=actor,
        now=now,
    )
    coming.carry_over(old, issued.invitation)
    send(issued.invitation, kind, issued=issued, now=now)
    return issued


def send(
    invitation: Invitation,
    kind: Kind,
    *,
    issued: Issued | None = None,
    token: str = "",
    channels: tuple[str, ...] = (),
    not_before: datetime | None = None,
    again: str = "",
    now: datetime,
) -> None:
    """Write to an invited person on every channel that their invitation went by, or on those that are given.

    A letter is printed by a person, and from a practice place nothing is sent at all.
    """
    if invitation.clinic.is_practice:
        return
    words = compose(
        kind,
        invitation,
        base_url=settings.BLIKK_BASE_URL,
        token=issued.token if issued else token,
        typed_code=issued.typed_code if issued else "",
    )
    secret = issued.token if issued else token
    link = f"{settings.BLIKK_BASE_URL}/m#{secret}" if secret else ""
    for channel in (way for way in channels or invitation.sent_by.split(",") if way != "letter"):
        outbox.queue(
            clinic_id=invitation.clinic_id,
            kind=kind,
            key=f"{invitation.public_id}:{kind}:{channel}" + (f":{again}" if again else ""),
            channel=channel,  # type: ignore[arg-type]
            to=invitation.phone if channel == "sms" else invitation.email,
            language=invitation.language,
            subject=words.subject,
            body=words.body,
            about=named(invitation),
            topic=f"day:{invitation.clinic.public_id}",
            sender=sender_of(invitation.clinic, channel),
            calendar=calendar_file(invitation, kind, link=link, now=now) if channel == "email" else "",
            not_before=not_before,
            now=now,
        )


def send_home(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """Let everybody who waits for an hour go home; what the patient asked for is answered."""
    wishes.settle_all(appointment, actor=actor, now=now)
    for arrival in Arrival.objects.filter(appointment=appointment, status__in=PRESENT).select_related(
        "clinic"
    ):
        waiting_room.settle(arrival, actor=actor, now=now)
