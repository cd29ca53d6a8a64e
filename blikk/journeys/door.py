"""From the link to the waiting room: what a browser may see and do at each step."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from blikk.audit.services import hold, named
from blikk.consultations.queries import is_running, participant_by_invitation
from blikk.invitations import policies, queries
from blikk.invitations import services as inviting
from blikk.invitations.models import TRIES, Device, Invitation, PersonRole
from blikk.invitations.words import compose, sender_of
from blikk.journeys import reminders
from blikk.journeys.consent import alias_of, along_facts, tell_of
from blikk.journeys.errors import NotAtThisStep
from blikk.journeys.own_needs import needs_of
from blikk.journeys.waiting import Everybody, hours_of, waiting_facts
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import keyed
from blikk.media.services import IceConfig, check_credentials
from blikk.notifications import services as outbox
from blikk.scheduling import services as scheduling
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import is_as_read, last_of, present_of
from blikk.waiting_room.states import ArrivalStatus

Step = Literal[
    "cancelled", "moved", "replaced", "given_up", "in_person", "ended", "expired", "early", "locked",
    "birth_date", "code", "check", "waiting", "admitted", "queue_closed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DoorView:
    """What the person at the door is shown. Nothing of it names a patient or a clinician before the proof."""

    invitation: str
    step: Step
    label: str
    phone: str
    zone: str
    language: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    tries_left: int
    code_to: str
    wrong: bool = False
    arrival: str = ""
    arrival_status: str = ""
    waiting_since: datetime | None = None
    consultation: str = ""
    name: str = ""
    # In a queue. The wait is a range in minutes, and unknown while nobody serves.
    opening_id: str = ""
    opening_name: str = ""
    closes_at: datetime | None = None
    help_kind: str = ""
    place: int = 0
    ahead: int = 0
    wait_low: int | None = None
    wait_high: int | None = None
    servers: int = 0
    server_names: tuple[str, ...] = ()
    paused: int = 0
    pushed: str = ""
    pushed_at: datetime | None = None
    is_away: bool = False
    on_hold: bool = False
    hold_words: str = ""
    # When who was given a few minutes comes back by themselves.
    hold_until: datetime | None = None
    called_until: datetime | None = None
    missed: int = 0
    # How the last arrival ended for who is not in the queue any more: "left", "declined", "missed" or "".
    gone: str = ""
    words: tuple[dict[str, str], ...] = ()
    # Who comes along with the patient, for the patient's own page.
    along: tuple[dict[str, Any], ...] = ()
    # This person comes along with somebody; never said who, before the proof or after.
    is_along: bool = False
    # What the others in a group see instead of the name.
    alias: str = ""
    # A clinician who is late with the booked hours, and what this patient would rather.
    late_minutes: int = 0
    late_answer: str = ""
    showing: str = ""  # how far it is with showing this person who the clinician is
    wish: str = ""  # What the patient has asked for; "offered": there are times in person to choose between.
    # The conversation is held in another video solution; which one is told to who was let in.
    is_external: bool = False
    uses_text: bool = False
    # Of a patient who waits: which control questions are answered, and never how (journeys/frame.py).
    frame: dict[str, Any] | None = None

    def facts(self) -> dict[str, Any]:
        """The same as plain JSON values; times as ISO 8601 in UTC."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }


def open_link(token: str, *, device_secret: str, where: str, now: datetime) -> DoorView:
    """Look behind a link that a browser presents. Raises NotFound, alike for unknown and malformed ones."""
    return _present(queries.find_by_token(token), device_secret=device_secret, where=where, now=now)


def open_code(typed: str, *, device_secret: str, where: str, now: datetime) -> DoorView:
    """Look behind a typed code; the caller limits how often. Raises NotFound."""
    return _present(queries.find_by_code(typed), device_secret=device_secret, where=where, now=now)


def door_of(
    invitation_id: str, device_secret: str, *, everybody: Everybody | None = None, now: datetime
) -> DoorView:
    """Where this browser stands. Changes nothing. Raises NotFound if it never presented the link."""
    invitation, device = queries.find_presented(invitation_id, device_secret)
    return view_of(invitation, device, everybody=everybody, now=now)


def answer_birth_date(
    invitation_id: str, device_secret: str, *, born: date, where: str, now: datetime
) -> DoorView:
    """Answer whose hour it is. `wrong` in the answer says that a try was used up."""
    invitation, device = _at(invitation_id, device_secret, "birth_date", now=now)
    right = inviting.answer_birth_date(invitation, device, born=born, where=where, now=now)
    return _after_answer(invitation, device, device_secret, right=right, where=where, now=now)


def ask_code(invitation_id: str, device_secret: str, *, now: datetime) -> DoorView:
    """Send six digits to the registered phone (e-mail only without a phone). Raises TooManyCodes."""
    invitation, device = _at(invitation_id, device_secret, "code", now=now)
    send_code(invitation, device, now=now)
    return view_of(invitation, device, now=now)


@transaction.atomic
def send_code(invitation: Invitation, device: Device, *, now: datetime) -> None:
    """Send this device its six digits, unless some are on their way."""
    hold(invitation.clinic_id)
    digits = inviting.make_code(invitation, device, now=now)
    if digits is not None:
        _send_code(invitation, digits, now=now)


def answer_code(
    invitation_id: str, device_secret: str, *, digits: str, where: str, now: datetime
) -> DoorView:
    """Answer with the code that was sent. `wrong` in the answer says that a try was used up."""
    invitation, device = _at(invitation_id, device_secret, "code", now=now)
    right = inviting.answer_code(invitation, device, digits=digits, where=where, now=now)
    return _after_answer(invitation, device, device_secret, right=right, where=where, now=now)


@transaction.atomic
def arrive(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> DoorView:
    """Sit down in the waiting room; the clinic is told. Who has lost their place in a queue gets the last one.

    Raises NotAtThisStep before the proof, QueueClosed, QueueFull.
    """
    invitation, device = _proven_in_line(invitation_id, device_secret, now=now)
    actor = inviting.actor_of(invitation, where=where)
    arrival = _come(invitation, actor=actor, now=now)
    waiting_room.wait(arrival, actor=actor, now=now)
    _tell_patient(invitation)
    if invitation.role == PersonRole.PATIENT and invitation.appointment is not None:
        scheduling.arrive(invitation.appointment, actor=actor, now=now)
        reminders.no_more(invitation, now=now)
    return view_of(invitation, device, now=now)


@transaction.atomic
def report_devices(
    invitation_id: str, device_secret: str, *, found: dict[str, str], where: str, now: datetime
) -> DoorView:
    """Keep what the device check found, for the clinician to see before letting the person in."""
    invitation, device = _proven_in_line(invitation_id, device_secret, now=now)
    actor = inviting.actor_of(invitation, where=where)
    arrival = _come(invitation, actor=actor, now=now)
    waiting_room.report_devices(arrival, found=found, actor=actor, now=now)
    return view_of(invitation, device, now=now)


@transaction.atomic
def leave(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> DoorView:
    """Go away from the waiting room; the link still leads back."""
    invitation, device = _proven_in_line(invitation_id, device_secret, now=now)
    arrival = present_of(invitation)
    if arrival is not None and arrival.status != ArrivalStatus.ADMITTED:
        waiting_room.leave(arrival, actor=inviting.actor_of(invitation, where=where), now=now)
        _tell_patient(invitation)
    return view_of(invitation, device, now=now)


@transaction.atomic
def step_away(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> DoorView:
    """Do something else meanwhile: the place is kept, and an SMS comes when the turn is near."""
    invitation, device, arrival = _in_queue(invitation_id, device_secret, now=now)
    waiting_room.step_away(arrival, actor=inviting.actor_of(invitation, where=where), now=now)
    return view_of(invitation, device, now=now)


@transaction.atomic
def come_back(invitation_id: str, device_secret: str, *, where: str, now: datetime) -> DoorView:
    """Be back, in the place that was kept; who was called has come."""
    invitation, device, arrival = _in_queue(invitation_id, device_secret, now=now)
    if arrival.status != ArrivalStatus.ON_HOLD:
        waiting_room.come_back(arrival, actor=inviting.actor_of(invitation, where=where), now=now)
    return view_of(invitation, device, now=now)


@transaction.atomic
def answer_late(
    invitation_id: str, device_secret: str, *, answer: str, where: str, now: datetime
) -> DoorView:
    """Say what one would rather, now that the clinician is late: wait, be phoned, or have a new time.

    Raises NotAtThisStep where no delay was announced, Invalid (`answer: unknown`).
    """
    invitation, device = _proven_in_line(invitation_id, device_secret, now=now)
    if not view_of(invitation, device, now=now).late_minutes:
        raise NotAtThisStep
    actor = inviting.actor_of(invitation, where=where)
    inviting.answer_late(invitation, answer=answer, actor=actor, now=now)
    return view_of(invitation, device, now=now)


def relay_for_check(invitation_id: str, device_secret: str, *, now: datetime) -> IceConfig:
    """Give a device with the link two minutes of the relay to test its network; never the call's own."""
    invitation, device = queries.find_presented(invitation_id, device_secret)
    if policies.standing(invitation, device, now=now) not in {"early", "proven"}:
        raise NotAtThisStep
    return check_credentials(device.public_id, now=now)


def door_again(
    invitation: Invitation,
    device: Device,
    arrival: Arrival,
    *,
    everybody: Everybody | None,
    device_secret: str,
    now: datetime,
) -> DoorView:
    """As `door_of`, for who was looked up a moment ago: looked up anew only if something has happened since."""
    if not is_as_read(arrival):
        return door_of(invitation.public_id, device_secret, everybody=everybody, now=now)
    return view_of(invitation, device, arrival=arrival, everybody=everybody, now=now)


def who_is_at_the_door(
    invitation_id: str, device_secret: str, *, now: datetime
) -> tuple[Invitation, Device, Arrival | None]:
    """The person behind a proven device, for the socket. Raises NotFound, NotAtThisStep."""
    invitation, device = _proven(invitation_id, device_secret, now=now)
    return invitation, device, present_of(invitation)


def view_of(
    invitation: Invitation,
    device: Device,
    *,
    arrival: Arrival | None = None,
    everybody: Everybody | None = None,
    now: datetime,
    wrong: bool = False,
) -> DoorView:
    """Put together what this browser is shown at this moment, in a constant number of queries.

    Who has read the person's arrival, or the places of their queue, at this moment gives them.
    """
    standing = policies.standing(invitation, device, now=now)
    is_proven = standing == "proven"
    arrival = (arrival or present_of(invitation)) if is_proven else None
    step, consultation = _step(invitation, arrival, standing)
    facts = waiting_facts(invitation, arrival, everybody=everybody, now=now) if is_proven else {}
    if step == "check" and facts.pop("is_over", False):
        step = "queue_closed"
    starts_at, ends_at, zone = hours_of(invitation)
    return DoorView(
        invitation=invitation.public_id,
        step=step,
        label=invitation.clinic.sender_label,
        phone=invitation.clinic.phone,
        zone=zone,
        language=invitation.language,
        starts_at=starts_at,
        ends_at=ends_at,
        opens_at=policies.opens_at(invitation),
        tries_left=max(TRIES - invitation.tries, 0),
        code_to=outbox.hint(invitation.phone or invitation.email) if standing == "code" else "",
        wrong=wrong,
        arrival=arrival.public_id if arrival else "",
        arrival_status=arrival.status if arrival else "",
        waiting_since=arrival.waiting_since if arrival else None,
        consultation=consultation,
        name=invitation.name if is_proven else "",
        along=along_facts(invitation, now=now) if is_proven else (),
        is_along=invitation.role != PersonRole.PATIENT,
        alias=alias_of(invitation) if is_proven else "",
        **(needs_of(invitation, is_admitted=step == "admitted") if is_proven else {}),
        **facts,
    )


def _step(invitation: Invitation, arrival: Arrival | None, standing: policies.Standing) -> tuple[Step, str]:
    """The step, and the conversation for who was let in."""
    if standing != "proven":
        return standing, ""
    if arrival is None or arrival.status == ArrivalStatus.AT_THE_DOOR:
        return "check", ""
    if arrival.status != ArrivalStatus.ADMITTED:
        return "waiting", ""
    participant = participant_by_invitation(invitation)
    if participant is not None and is_running(participant.consultation):
        return "admitted", participant.consultation.public_id
    return "ended", ""


def _present(invitation: Invitation | None, *, device_secret: str, where: str, now: datetime) -> DoorView:
    if invitation is None or not device_secret:
        raise NotFound
    device = inviting.present(invitation, device_secret=device_secret, where=where, now=now)
    return view_of(invitation, device, now=now)


def _at(invitation_id: str, device_secret: str, step: str, *, now: datetime) -> tuple[Invitation, Device]:
    invitation, device = queries.find_presented(invitation_id, device_secret)
    if policies.standing(invitation, device, now=now) != step:
        raise NotAtThisStep
    return invitation, device


def _proven(invitation_id: str, device_secret: str, *, now: datetime) -> tuple[Invitation, Device]:
    return _at(invitation_id, device_secret, "proven", now=now)


def _proven_in_line(invitation_id: str, device_secret: str, *, now: datetime) -> tuple[Invitation, Device]:
    """As `_proven`, read again when it is our turn: the hour may have been cancelled, or begun, meanwhile."""
    invitation, _device = _proven(invitation_id, device_secret, now=now)
    hold(invitation.clinic_id)
    return _proven(invitation_id, device_secret, now=now)


def _in_queue(invitation_id: str, device_secret: str, *, now: datetime) -> tuple[Invitation, Device, Arrival]:
    invitation, device = _proven_in_line(invitation_id, device_secret, now=now)
    arrival = present_of(invitation)
    if arrival is None or not arrival.is_in_queue:
        raise NotAtThisStep
    return invitation, device, arrival


def _tell_patient(invitation: Invitation) -> None:
    if invitation.role != PersonRole.PATIENT:
        tell_of(invitation)


def _come(invitation: Invitation, *, actor: Actor, now: datetime) -> Arrival:
    if invitation.appointment is None and invitation.opening is not None:
        last = last_of(invitation.pk, invitation.opening.pk)
        return waiting_room.enter(invitation, help_kind=last.help_kind if last else "", actor=actor, now=now)
    return waiting_room.come(invitation, actor=actor, now=now)


def _after_answer(
    invitation: Invitation, device: Device, device_secret: str, *, right: bool, where: str, now: datetime
) -> DoorView:
    is_booked = invitation.appointment is not None
    if right and is_booked and policies.standing(invitation, device, now=now) == "proven":
        with transaction.atomic():
            hold(invitation.clinic_id)
            # Read again: somebody may have said meanwhile that the patient did not come.
            invitation, device = queries.find_presented(invitation.public_id, device_secret)
            if policies.standing(invitation, device, now=now) == "proven":
                waiting_room.come(invitation, actor=inviting.actor_of(invitation, where=where), now=now)
    return view_of(invitation, device, now=now, wrong=not right)


def _send_code(invitation: Invitation, digits: str, *, now: datetime) -> None:
    words = compose("code", invitation, base_url=settings.BLIKK_BASE_URL, digits=digits)
    by_phone = bool(invitation.phone)
    outbox.queue(
        clinic_id=invitation.clinic_id,
        kind="code",
        key=keyed("code message", f"{invitation.public_id}:{digits}:{now.isoformat()}"),
        channel="sms" if by_phone else "email",
        to=invitation.phone if by_phone else invitation.email,
        language=invitation.language,
        subject=words.subject,
        body=words.body,
        about=named(invitation),
        topic=f"day:{invitation.clinic.public_id}",
        sender=sender_of(invitation.clinic, "sms" if by_phone else "email"),
        now=now,
    )
