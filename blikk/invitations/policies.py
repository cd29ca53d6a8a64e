"""How far a browser that presented a link may go, and what it must prove first (DESIGN §9)."""

from datetime import datetime, timedelta
from typing import Literal

from blikk.invitations.models import Device, Invitation, PersonRole
from blikk.invitations.states import InvitationStatus
from blikk.scheduling.models import Form
from blikk.scheduling.states import AppointmentStatus

Standing = Literal[
    "cancelled",
    "moved",
    "replaced",
    "given_up",
    "in_person",
    "ended",
    "expired",
    "early",
    "locked",
    "birth_date",
    "code",
    "proven",
]

# A consultation that never came about: the link stays alive for a late start, then says that it is over.
GRACE = timedelta(hours=4)
CODE_LIVES = timedelta(minutes=10)
CODE_RESTS = timedelta(seconds=60)
CODES_A_DAY = 10


def opens_at(invitation: Invitation) -> datetime:
    """When the door opens to this person: some time before their hour, or once told of a delay; or with the queue."""
    beside = invitation.beside
    if beside is not None and beside.opening is not None:
        return beside.opening.opens_at
    if invitation.opening is not None:
        return invitation.opening.opens_at
    starts_at = invitation.appointment.starts_at if invitation.appointment else invitation.created_at
    opens = starts_at - timedelta(minutes=invitation.clinic.opens_before_minutes)
    return min(opens, invitation.late_told_at or opens)


def standing(invitation: Invitation, device: Device, *, now: datetime) -> Standing:
    """How far this browser has come through this link.

    A device that is trusted stays trusted when somebody else uses up the tries: guessing must not lock a
    patient out of their own hour.
    """
    if invitation.status == InvitationStatus.REVOKED:
        return invitation.revoked_because  # type: ignore[return-value]
    if invitation.status == InvitationStatus.ENDED:
        return "ended"
    if invitation.appointment is not None and invitation.appointment.form == Form.IN_PERSON:
        # A way to choose a time, which never opens a room (law 7).
        return "in_person"
    if has_nobody_to_join(invitation):
        return "ended"
    if is_expired(invitation, now=now):
        return "expired"
    if now < opens_at(invitation):
        return "early"
    return proof_of(invitation, device)


def proof_of(invitation: Invitation, device: Device) -> Standing:
    """How far this browser has come in proving itself, whether or not the door is open yet."""
    if device.trusted_at is not None:
        return "proven"
    if invitation.is_locked:
        return "locked"
    return "birth_date" if needs_birth_date(invitation, device) else "code"


def is_expired(invitation: Invitation, *, now: datetime) -> bool:
    """Whether the hour, or the queue of the day, has passed without a conversation."""
    appointment = invitation.appointment
    if appointment is None and invitation.beside is not None:
        return is_expired(invitation.beside, now=now)
    if appointment is None:
        return invitation.opening is None or now > invitation.opening.closes_at + GRACE
    if appointment.status == AppointmentStatus.ARRIVED:
        return False
    return now > appointment.ends_at + GRACE or appointment.status != AppointmentStatus.BOOKED


def has_nobody_to_join(invitation: Invitation) -> bool:
    """Whether the patient whom somebody was to come along with in a queue has no way in any more."""
    beside = invitation.beside
    return invitation.appointment is None and beside is not None and beside.status != InvitationStatus.OPEN


def needs_birth_date(invitation: Invitation, device: Device) -> bool:
    """Whether the wrong-recipient check is still to be answered; it is no authentication (ASVS 6.4.2)."""
    return asks_birth_date(invitation) and device.birth_date_at is None


def asks_birth_date(invitation: Invitation) -> bool:
    """Whether this person is asked at all: always where no code can be sent, whatever the clinic has chosen."""
    is_patient = invitation.role == PersonRole.PATIENT
    return is_patient and (invitation.clinic.asks_birth_date or not is_reachable(invitation))


def is_reachable(invitation: Invitation) -> bool:
    """Whether a code can be sent to this person; some have a letter only."""
    return bool(invitation.phone or invitation.email)


def needs_code(invitation: Invitation, *, another_is_trusted: bool) -> bool:
    """Whether having answered the birth date is not enough.

    It is enough only on the first device, and only for a link that went by SMS alone to the registered phone:
    having the SMS is having the phone. A letter proves no phone, so who has one gets a code on it. Who has neither
    phone nor e-mail can be sent none: the first device is taken, and the clinician sees what that rests on.
    """
    if not is_reachable(invitation):
        return another_is_trusted
    by_phone_alone = invitation.sent_by == "sms"
    return (
        another_is_trusted
        or invitation.clinic.always_asks_code
        or not asks_birth_date(invitation)
        or not by_phone_alone
    )
