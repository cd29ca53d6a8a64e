"""An hour that the patient did not come to: what speaks for and against a fee, what a person decides, and undoing it.

Blikk proposes and never decides (decision 57). Where something speaks against a fee there can be none; otherwise it is
for whoever presses the key, and the reason for letting somebody off is kept with the charge.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, named
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.queries import find_for
from blikk.invitations.models import Invitation, PersonRole, Wish, WishKind
from blikk.invitations.states import Revoked, WishStatus
from blikk.journeys.charging import MISSED, bill_lines
from blikk.journeys.errors import PatientIsHere, TalkIsRunning
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.times import local
from blikk.notifications.queries import IN_TROUBLE, states_of
from blikk.payments import queries as money
from blikk.payments import services as charges
from blikk.payments.models import Charge
from blikk.payments.sums import Line, total
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, Form
from blikk.scheduling.policies import MISSED_AFTER
from blikk.scheduling.queries import get, is_away
from blikk.scheduling.states import AppointmentStatus
from blikk.settlement.errors import AlreadyBilled
from blikk.settlement.models import Bill
from blikk.settlement.services import credit, open_bill
from blikk.settlement.states import GONE, BillStatus
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.queries import delay_of, is_connected, patients_of
from blikk.waiting_room.states import PRESENT, ArrivalStatus

# Who was told of the hour, or of its new time, later than this had no time to cancel.
NOTICE = timedelta(hours=24)
ADULT = 16
# Why somebody is let off although a fee could be asked for; the last one needs words.
LET_OFF = ("told_in_time", "ill", "mental_health", "child", "our_fault", "technique", "other")
LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Missing:
    """What can be said and decided about an hour that nobody came to."""

    version: int
    may_mark: bool
    is_marked: bool
    # What a missed hour costs here; 0 where the clinic asks for nothing.
    fee_ore: int
    # Why there can be no fee: codes, the weightiest first.
    against: tuple[str, ...] = ()
    # What to think of before one asks for a fee.
    cautions: tuple[str, ...] = ()
    # What was decided: "charged" or "let_off", with its reason and words; empty where nothing was to decide.
    decided: str = ""
    reason: str = ""
    words: str = ""
    bill: str = ""
    may_undo: bool = False


def missing_of(appointment: Appointment, *, now: datetime) -> Missing | None:
    """How it stands with an hour that nobody came to; None for one that is not, or not yet, such an hour."""
    if appointment.status == AppointmentStatus.NO_SHOW:
        return _marked(appointment, now=now)
    is_over = now >= appointment.starts_at + MISSED_AFTER
    is_such = appointment.status == AppointmentStatus.BOOKED and not appointment.drop_in
    if not is_over or not is_such or appointment.form == Form.TEXT or find_for(appointment) is not None:
        return None
    if _is_here(appointment, now=now):
        return None
    fee = _fee(appointment.clinic)
    return Missing(
        version=appointment.version,
        may_mark=True,
        is_marked=False,
        fee_ore=fee,
        against=against_fee(appointment) if fee else (),
        cautions=("child",) if fee and _age(appointment) < ADULT else (),
    )


def against_fee(appointment: Appointment) -> tuple[str, ...]:
    """Why nobody can be asked to pay for this hour: read from what happened around it."""
    clinic, found = appointment.clinic, []
    rules = money.rules_of(clinic)
    deadline = appointment.starts_at - max(NOTICE, timedelta(hours=clinic.cancel_until_hours))
    if rules is None or not rules.missed_since or rules.missed_since > deadline:
        found.append("fee_is_new")
    mine = list(
        Invitation.objects.filter(appointment=appointment, role=PersonRole.PATIENT).exclude(
            revoked_because__in=[Revoked.MOVED, Revoked.IN_PERSON]
        )
    )
    if not mine:
        found.append("not_told")
    elif min(one.created_at for one in mine) > deadline:
        found.append("told_late")
    said = Wish.objects.filter(invitation__in=mine, kind=WishKind.CANNOT_COME, asked_at__lte=deadline)
    if said.exclude(status=WishStatus.TAKEN_BACK).exists():
        found.append("said_in_time")
    day = local(appointment.starts_at, clinic.zone).date()
    delay = delay_of(appointment.clinician_id, day)
    if delay is not None and delay.minutes:
        found.append("we_were_late")
    if is_away(appointment):
        found.append("we_were_away")
    if patients_of(appointment):
        found.append("was_here")
    if any(one.is_locked for one in mine):
        found.append("locked")
    if _did_not_arrive(mine):
        found.append("message_failed")
    return tuple(found)


def _did_not_arrive(invitations: list[Invitation]) -> bool:
    """Whether every message to the patient about the hour went wrong, as far as is known."""
    sent = [one for states in states_of(named(each) for each in invitations).values() for one in states]
    return bool(sent) and all(one.status in IN_TROUBLE for one in sent)


def _is_here(appointment: Appointment, *, now: datetime) -> bool:
    """Whether the patient is in the waiting room, or at its door and connected."""
    return any(
        one.status in PRESENT and (one.status != ArrivalStatus.AT_THE_DOOR or is_connected(one, now=now))
        for one in patients_of(appointment)
    )


def _age(appointment: Appointment) -> int:
    born, day = appointment.patient.birth_on, local(appointment.starts_at, appointment.clinic.zone).date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _fee(clinic: Clinic) -> int:
    rules = money.rules_of(clinic)
    return rules.missed_ore if rules is not None and rules.is_on else 0


def _standing(appointment: Appointment) -> Charge | None:
    return Charge.objects.filter(appointment=appointment, kind=MISSED, status="accepted").first()


def _marked(appointment: Appointment, *, now: datetime) -> Missing:
    charge = _standing(appointment)
    bill = Bill.objects.filter(appointment=appointment, kind=MISSED).exclude(status__in=GONE).first()
    said, zone = appointment.missed_at, appointment.clinic.zone
    is_today = said is not None and local(said, zone).date() == local(now, zone).date()
    reason, _, words = (charge.exemption_reason if charge else "").partition(": ")
    decided = "" if charge is None else "charged" if charge.patient_ore else "let_off"
    return Missing(
        version=appointment.version,
        may_mark=False,
        is_marked=True,
        fee_ore=charge.patient_ore if charge else 0,
        decided=decided,
        reason=reason,
        words=words,
        bill=bill.public_id if bill else "",
        may_undo=is_today and (bill is None or bill.status == BillStatus.OPEN),
    )


@transaction.atomic
def say_missed(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    fee_ore: int = 0,
    reason: str = "",
    words: str = "",
    missed_words: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Note that the patient did not come, and what was decided about the fee: the one that was shown, or none.

    Raises TalkIsRunning, PatientIsHere, Overtaken and IllegalMove; Invalid where there can be no such fee (`fee`), or
    none without a reason (`reason`, `words`).
    """
    hold(clinic.pk)
    appointment = get(clinic, appointment_id)
    if find_for(appointment) is not None:
        raise TalkIsRunning
    if _is_here(appointment, now=now):
        raise PatientIsHere
    possible = _fee(clinic)
    _refuse(appointment, possible, fee_ore, reason, words)
    for one in patients_of(appointment):
        if one.status == ArrivalStatus.AT_THE_DOOR:
            waiting_room.leave(one, actor=actor, now=now)
    appointment = scheduling.miss(clinic, appointment_id, version=version, actor=actor, now=now)
    if possible:
        kept = f"{reason}: {words.strip()}" if words.strip() else reason
        _decide(appointment, fee_ore, "" if fee_ore else kept, missed_words, membership, actor, now)
    return appointment


def _refuse(appointment: Appointment, possible: int, fee_ore: int, reason: str, words: str) -> None:
    against = against_fee(appointment) if possible else ()
    if fee_ore:
        if against:
            raise Invalid(fee="no_fee_possible")
        if fee_ore != possible:
            raise Invalid(fee="sum_is_new")
    elif possible and not against and reason not in LET_OFF:
        raise Invalid(reason="missing")
    elif reason == "other" and not words.strip():
        raise Invalid(words="missing")
    if len(words) > LONGEST_WORDS:
        raise Invalid(words="too_long")


def _decide(
    appointment: Appointment,
    fee_ore: int,
    kept: str,
    missed_words: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> None:
    """The decision is a charge: of the fee, or of nothing with its reason."""
    clinic = appointment.clinic
    lines = (Line("", "missed", 1, fee_ore, 0, 0, fee_ore),) if fee_ore else ()
    against = "" if fee_ore or kept else ",".join(against_fee(appointment))
    charges.keep_charge(
        clinic,
        appointment=appointment,
        consultation=None,
        kind=MISSED,
        field="",
        lines=lines,
        total=total(lines, is_exempt=False),
        exemption="",
        exemption_reason=kept or against,
        diagnoses=(),
        membership=membership,
        actor=actor,
        now=now,
    )
    if lines:
        open_bill(
            clinic,
            patient=appointment.patient,
            consultation=None,
            appointment=appointment,
            kind=MISSED,
            lines=bill_lines(lines, is_exempt=False, missed_words=missed_words),
            actor=actor,
            now=now,
        )


@transaction.atomic
def undo_missed(
    clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime
) -> Appointment:
    """Take it back on the same day, with the fee. Raises IllegalMove later, AlreadyBilled once paid or sent out."""
    hold(clinic.pk)
    appointment = get(clinic, appointment_id)
    back = scheduling.miss_not(clinic, appointment_id, version=version, actor=actor, now=now)
    bill = Bill.objects.filter(appointment=appointment, kind=MISSED).exclude(status__in=GONE).first()
    if bill is not None:
        if bill.status != BillStatus.OPEN:
            raise AlreadyBilled
        credit(bill, why="not_missed", actor=actor, now=now)
    charge = _standing(appointment)
    if charge is not None:
        charges.withdraw(charge, version=charge.version, actor=actor, now=now)
    return back
