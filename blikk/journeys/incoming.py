"""The journal's last word about its appointments, carried out here: booked, moved, cancelled, and people told.

Where the two differ the journal wins, with three exceptions that the day page names: a running conversation is never
torn down, nobody who waits is sent away by a move, and an hour that was cancelled here is not made anew by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, named
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.queries import find_for
from blikk.documentation import incoming
from blikk.documentation.incoming import FROM_RECORD, notice
from blikk.documentation.incoming_tables import RecordAppointment
from blikk.invitations import queries as invitations
from blikk.invitations import services as inviting
from blikk.invitations.models import PersonRole
from blikk.invitations.states import Revoked
from blikk.journeys import booking
from blikk.journeys.incoming_people import clinician_of, patient_of
from blikk.journeys.invites import drop_offer, invite_patient, send_home
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, NotFound
from blikk.notifications.services import withdraw
from blikk.patients.contact_points import verified_channels
from blikk.patients.models import Patient
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment
from blikk.scheduling.states import AppointmentStatus

_OVER = (AppointmentStatus.FULFILLED, AppointmentStatus.NO_SHOW)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the journal's of which all is known."""

    patient: Patient
    clinician: Membership
    starts_at: datetime
    ends_at: datetime


def _word(row: RecordAppointment) -> _Word:
    if row.patient is None or row.clinician is None or row.starts_at is None or row.ends_at is None:
        raise NotFound
    return _Word(row.patient, row.clinician, row.starts_at, row.ends_at)


def _hour(row: RecordAppointment) -> Appointment:
    if row.appointment is None:
        raise NotFound
    return row.appointment


@transaction.atomic
def carry_out(clinic: Clinic, server: str, *, ahead: timedelta, invites: bool, now: datetime) -> int:
    """Make the hours here as the journal says, in an order in which each finds its place free; says how many."""
    hold(clinic.pk)
    rows = incoming.undone(clinic, server, now=now, ahead=ahead)
    changed = sum(_cancel(row, now=now) for row in rows if not row.is_planned)
    planned = [row for row in rows if row.is_planned and _is_ready(row, now=now)]
    moves = [row for row in planned if row.appointment is not None]
    changed += _move_all(moves, now=now)
    changed += sum(_book(row, now=now) for row in planned if row.appointment is None)
    for row in planned:
        _invite(row, invites=invites, now=now)
    return changed


def _is_ready(row: RecordAppointment, *, now: datetime) -> bool:
    """Whether it is known for whom and with whom; where not, the day page says what is missing."""
    if row.appointment is None and row.ends_at is not None and row.ends_at <= now:
        return _settled(row)
    patient = row.patient or patient_of(row, now=now)
    clinician = clinician_of(row)
    if (row.patient, row.clinician) != (patient, clinician):
        row.patient, row.clinician = patient, clinician
        row.save(update_fields=["patient", "clinician"])
    if patient is None:
        notice(row, "which_patient", now=now)
    elif clinician is None:
        notice(row, "unknown_clinician", now=now)
    return patient is not None and clinician is not None


def _settled(row: RecordAppointment) -> bool:
    """Note that nothing is left to do about this word of the journal's. Always False: it is not to go on."""
    row.done_digest = row.said_digest
    row.done_version = row.appointment.version if row.appointment else 0
    row.save(update_fields=["done_digest", "done_version"])
    return False


def _cancel(row: RecordAppointment, *, now: datetime) -> bool:
    """Cancel what the journal has cancelled; never a conversation that runs."""
    hour = row.appointment
    if hour is None or hour.status in {*_OVER, AppointmentStatus.CANCELLED}:
        _done(row, row.notice if row.notice in incoming.FAULTS else "", now=now)
        return False
    if find_for(hour) is not None:
        _done(row, "cancelled_in_talk", now=now)
        return False
    code = "cancelled_waiting" if hour.status == AppointmentStatus.ARRIVED else ""
    row.appointment = booking.cancel(
        row.clinic, hour.public_id, version=hour.version, actor=FROM_RECORD, now=now
    )
    _done(row, code if row.is_video else "not_video", now=now)
    return True


def _move_all(rows: Sequence[RecordAppointment], *, now: datetime) -> int:
    """Move each to where the journal has it; those that stand in each other's place change places together."""
    left, changed = list(rows), 0
    while left:
        blocked = [row for row in left if not _move_one(row, now=now)]
        changed += len(left) - len(blocked)
        if len(blocked) == len(left):
            break
        left = blocked
    else:
        return changed
    while len(left) > 1:
        stuck = _change_places(left, now=now)
        if stuck is None:
            return changed + len(left)
        left.remove(stuck)
        notice(stuck, "taken", now=now)
    for row in left:
        notice(row, "taken", now=now)
    return changed


class _Stuck(Exception):
    def __init__(self, row: RecordAppointment) -> None:
        super().__init__()
        self.row = row


def _change_places(rows: Sequence[RecordAppointment], *, now: datetime) -> RecordAppointment | None:
    """Put all aside and then each in its new place; gives the first that has none, and then nothing was changed."""
    try:
        with transaction.atomic():
            for row in rows:
                scheduling.put_aside(_hour(row))
            for row in rows:
                if not _move_one(row, now=now):
                    raise _Stuck(row)
    except _Stuck as stuck:
        for row in rows:
            row.refresh_from_db()
        return next(row for row in rows if row.pk == stuck.row.pk)
    return None


def _move_one(row: RecordAppointment, *, now: datetime) -> bool:
    """Make one hour as the journal says; False where somebody else has that time."""
    hour = _hour(row)
    if hour.status in _OVER:
        return not _settled(row)
    if hour.status == AppointmentStatus.CANCELLED or hour.patient_id != row.patient_id:
        return _make_anew(row, hour, now=now)
    is_same = (hour.starts_at, hour.ends_at) == (row.starts_at, row.ends_at)
    if is_same and hour.clinician_id == row.clinician_id:
        _done(row, "" if row.notice in {"taken", "moved_waiting"} else row.notice, now=now)
        return True
    if find_for(hour) is not None:
        _done(row, "changed_in_talk", now=now)
        return True
    if hour.status == AppointmentStatus.ARRIVED and not is_same:
        # Nobody who sits and waits is sent away by a program: somebody looks, and says so (decision 47).
        notice(row, "moved_waiting", now=now, before_at=hour.starts_at)
        return True
    return _moved(row, hour, is_same=is_same, now=now)


def _moved(row: RecordAppointment, hour: Appointment, *, is_same: bool, now: datetime) -> bool:
    was_changed_here = row.done_digest == row.said_digest
    before, before_at = hour.clinician, hour.starts_at
    word = _word(row)
    try:
        with transaction.atomic():
            if is_same and hour.status == AppointmentStatus.ARRIVED:
                moved = scheduling.hand_over(
                    row.clinic,
                    hour.public_id,
                    version=hour.version,
                    clinician=word.clinician,
                    actor=FROM_RECORD,
                    now=now,
                )
            else:
                moved = scheduling.move_as_said(
                    row.clinic,
                    hour.public_id,
                    version=hour.version,
                    clinician=word.clinician,
                    starts_at=word.starts_at,
                    ends_at=word.ends_at,
                    actor=FROM_RECORD,
                    now=now,
                )
                _tell_moved(row, moved, before, now=now)
    except Invalid:
        return False
    row.appointment = moved
    _done(row, "record_won" if was_changed_here else "", now=now, before_at=before_at)
    return True


def _tell_moved(row: RecordAppointment, hour: Appointment, before: Membership, *, now: datetime) -> None:
    """New ways in for everybody; where a contact point has come into doubt, the old ones are closed and it waits."""
    drop_offer(hour, actor=FROM_RECORD, now=now)
    try:
        with transaction.atomic():
            booking.tell_moved(hour, before, actor=FROM_RECORD, now=now)
    except Invalid:
        send_home(hour, actor=FROM_RECORD, now=now)
        for old in list(invitations.open_for(hour)):
            withdraw(about=named(old), now=now)
            inviting.revoke(old, because=Revoked.MOVED, actor=FROM_RECORD, now=now)
        row.is_invited = False


def _make_anew(row: RecordAppointment, hour: Appointment, *, now: datetime) -> bool:
    """An hour that was cancelled here, or is another's now: made anew only where the journal has said so since."""
    if row.done_digest == row.said_digest:
        _done(row, "cancelled_here", now=now)
        return True
    if hour.status != AppointmentStatus.CANCELLED:
        if find_for(hour) is not None:
            _done(row, "changed_in_talk", now=now)
            return True
        booking.cancel(row.clinic, hour.public_id, version=hour.version, actor=FROM_RECORD, now=now)
    row.appointment, row.is_invited = None, False
    row.save(update_fields=["appointment", "is_invited"])
    _book(row, now=now)
    return True


def _book(row: RecordAppointment, *, now: datetime) -> bool:
    """Keep an hour that is new here."""
    word = _word(row)
    try:
        row.appointment = scheduling.promise_as_said(
            row.clinic,
            patient=word.patient,
            clinician=word.clinician,
            starts_at=word.starts_at,
            ends_at=word.ends_at,
            actor=FROM_RECORD,
            now=now,
        )
    except Invalid:
        notice(row, "taken", now=now)
        return False
    _done(row, "", now=now)
    return True


def _invite(row: RecordAppointment, *, invites: bool, now: datetime) -> None:
    """Send the invitation where it may go: by the clinic's rule, and to a contact point that somebody has verified."""
    hour = row.appointment
    waits = hour is not None and hour.status == AppointmentStatus.BOOKED and hour.starts_at > now
    if hour is None or row.patient is None or row.is_invited or not waits:
        return
    ways = verified_channels(row.patient, ("sms", "email"))[:1]
    if not ways or not invites:
        # What the day page says of the hour itself is more urgent than that nobody is invited yet.
        if row.notice in {"", "needs_contact", "ready"}:
            notice(row, "ready" if ways else "needs_contact", now=now)
        return
    send_invitation(row, ways, actor=FROM_RECORD, now=now)


@transaction.atomic
def send_invitation(row: RecordAppointment, ways: tuple[str, ...], *, actor: Actor, now: datetime) -> None:
    """Invite the patient of an hour that came from the journal. Raises Invalid, as every invitation."""
    hour = _hour(row)
    if not any(one.role == PersonRole.PATIENT for one in invitations.open_for(hour)):
        # Somebody may have sent it from the page of the hour meanwhile.
        invite_patient(row.clinic, hour, channels=ways, kind="invited", actor=actor, now=now)
    row.is_invited = True
    row.save(update_fields=["is_invited"])
    if row.notice in {"ready", "needs_contact"}:
        notice(row, "", now=now)


def _done(row: RecordAppointment, code: str, *, now: datetime, before_at: datetime | None = None) -> None:
    """Note that the journal's word is carried out, and what the day page says of it."""
    row.done_digest = row.said_digest
    row.done_version = row.appointment.version if row.appointment else 0
    row.save(update_fields=["done_digest", "done_version", "appointment", "is_invited"])
    notice(row, code, now=now, before_at=before_at)


@transaction.atomic
def invite(clinic: Clinic, row_id: str, *, actor: Actor, now: datetime) -> None:
    """Send the invitation now, for who presses at the desk. Raises NotFound, and Invalid: nothing is verified."""
    hold(clinic.pk)
    row = incoming.get_word(clinic, row_id)
    if row.appointment is None or row.patient is None or row.is_invited:
        raise NotFound
    ways = verified_channels(row.patient, ("sms", "email"))[:1]
    if not ways:
        raise Invalid(channels="contact_not_verified")
    send_invitation(row, ways, actor=actor, now=now)


@transaction.atomic
def move_now(clinic: Clinic, row_id: str, *, actor: Actor, now: datetime) -> None:
    """Move an hour whose patient waits already to where the journal has it: they are told, and go home for now.

    Raises NotFound, IllegalMove where they talk by now, and Invalid (`starts_at: taken`).
    """
    hold(clinic.pk)
    row = incoming.get_word(clinic, row_id)
    hour, word = _hour(row), _word(row)
    if row.notice != "moved_waiting":
        raise NotFound
    if find_for(hour) is not None:
        raise IllegalMove(hour.status, "moved")
    before = hour.clinician
    row.appointment = scheduling.move_as_said(
        clinic,
        hour.public_id,
        version=hour.version,
        clinician=word.clinician,
        starts_at=word.starts_at,
        ends_at=word.ends_at,
        actor=actor,
        now=now,
    )
    _tell_moved(row, row.appointment, before, now=now)
    _done(row, "", now=now)
