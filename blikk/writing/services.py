"""Acts in a case: open it, write, read, hand it over and close it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.kernel.ids import new_id
from blikk.kernel.moves import change
from blikk.scheduling.models import Appointment
from blikk.writing import photos, policies
from blikk.writing.errors import AlreadyRead, AskedAlready, CaseClosed, PhotosUndecided, UnreadMessage
from blikk.writing.models import Case, Draft, Message, Rules, Writer
from blikk.writing.queries import answer_due, undecided, unread_by_clinic
from blikk.writing.sealed import Asked, Written, seal_asked, seal_draft, seal_written
from blikk.writing.states import CASE, CaseKind, CaseStatus


@dataclass(frozen=True, slots=True)
class Reached:
    """How the patient of a case is reached, and by which of the ways they are written to."""

    phone: str
    email: str
    language: str
    channels: tuple[str, ...]


@transaction.atomic
def open_case(
    appointment: Appointment,
    *,
    kind: CaseKind,
    clinician: Membership,
    reached: Reached,
    asked: Asked | None = None,
    wants_photo: bool = False,
    due_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Case:
    """Begin to write with the patient of an appointment.

    Raises Invalid (`questions: missing`, `due_on: unlikely`), and AskedAlready while an earlier question is unanswered.
    """
    asked = _usable(asked or Asked())
    if kind == CaseKind.ASK:
        _require_askable(asked, wants_photo, due_at, now)
    name = new_id()
    try:
        with transaction.atomic():
            case = Case.objects.create(
                public_id=name,
                clinic=appointment.clinic,
                patient=appointment.patient,
                clinician=clinician,
                appointment=appointment,
                kind=kind,
                asked=seal_asked(name, asked),
                wants_photo=wants_photo or kind == CaseKind.TEXT,
                language=reached.language,
                phone=reached.phone,
                email=reached.email,
                sent_by=",".join(reached.channels),
                opened_at=now,
                due_at=due_at,
            )
    except IntegrityError as fault:
        raise AskedAlready from fault
    _tell("case.asked" if kind == CaseKind.ASK else "case.began", case, actor=actor, now=now)
    return case


def _usable(asked: Asked) -> Asked:
    if len(asked.words) > policies.LONGEST_ANSWER:
        raise Invalid(words="too_long")
    if len(asked.questions) > policies.MOST_QUESTIONS:
        raise Invalid(questions="too_many_chosen")
    return asked


def _require_askable(asked: Asked, wants_photo: bool, due_at: datetime | None, now: datetime) -> None:
    if not (asked.questions or asked.words.strip() or wants_photo):
        raise Invalid(questions="nothing_asked")
    if due_at is None or due_at <= now or due_at > now + timedelta(days=policies.LONGEST_WAIT):
        raise Invalid(due_on="unlikely_deadline")


@transaction.atomic
def keep_draft(case: Case, written: Written, *, now: datetime) -> None:
    """Keep what the patient has written so far; the newest counts. Raises CaseClosed."""
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed
    sealed = seal_draft(case, _bounded(written))
    Draft.objects.update_or_create(case=case, defaults={"words": sealed, "saved_at": now})


@transaction.atomic
def patient_writes(
    case: Case, written: Written, *, with_photos: list[str], actor: Actor, now: datetime
) -> Message:
    """Send what the patient wrote; an answer that is not read yet is changed instead.

    Raises Invalid (`text: missing`) for nothing at all, CaseClosed, AlreadyRead.
    """
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed
    written = _bounded(written)
    sent = case.messages.filter(writer=Writer.PATIENT).last() if case.kind == CaseKind.ASK else None
    if written.is_empty and not with_photos:
        raise Invalid(text="missing")
    message = _changed(sent, written, now) if sent else _new(case, written, now)
    photos.send_with(message, with_photos, now=now)
    due_at = answer_due(case.clinic, now=now)
    if case.status == CaseStatus.WITH_PATIENT:
        CASE.make(case, CaseStatus.WITH_CLINIC, due_at=due_at)
    else:
        # Who adds something before they were answered does not wait longer for it.
        change(case, due_at=min(case.due_at or due_at, due_at))
    Draft.objects.filter(case=case).delete()
    _tell("case.changed_by_patient" if sent else "case.written_by_patient", case, actor=actor, now=now)
    return message


def _new(case: Case, written: Written, now: datetime, membership: Membership | None = None) -> Message:
    name = new_id()
    return Message.objects.create(
        public_id=name,
        case=case,
        writer=Writer.CLINIC if membership else Writer.PATIENT,
        membership=membership,
        words=seal_written(name, written),
        sent_at=now,
    )


def _changed(sent: Message, written: Written, now: datetime) -> Message:
    unread = Message.objects.filter(pk=sent.pk, read_at__isnull=True)
    if unread.update(words=seal_written(sent.public_id, written), changed_at=now) != 1:
        raise AlreadyRead
    return sent


@transaction.atomic
def clinic_writes(
    case: Case, text: str, *, version: int | None, membership: Membership, actor: Actor, now: datetime
) -> Message:
    """Answer the patient. Raises Overtaken if somebody wrote meanwhile, UnreadMessage, Invalid, CaseClosed."""
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed
    if case.kind != CaseKind.TEXT:
        raise IllegalMove(case.kind, "written")
    if not text.strip():
        raise Invalid(text="missing")
    if len(text) > policies.LONGEST_TEXT:
        raise Invalid(text="too_long")
    if unread_by_clinic(case):
        raise UnreadMessage
    if case.status == CaseStatus.WITH_CLINIC:
        CASE.make(case, CaseStatus.WITH_PATIENT, version=version, due_at=None)
    else:
        if version is not None and version != case.version:
            raise Overtaken
        change(case, due_at=None)
    message = _new(case, Written(text), now, membership)
    _tell("case.answered", case, actor=actor, now=now)
    return message


@transaction.atomic
def clinic_reads(case: Case, *, membership: Membership, actor: Actor, now: datetime) -> int:
    """Note that what the patient wrote is read; from now on they cannot change it. Says how many messages."""
    unread = case.messages.filter(writer=Writer.PATIENT, read_at__isnull=True)
    count = unread.update(read_at=now, read_by=membership)
    if count:
        _tell("case.read", case, actor=actor, now=now)
    return count


@transaction.atomic
def patient_reads(case: Case, *, actor: Actor, now: datetime) -> int:
    """Note that the patient has seen what the clinic wrote."""
    unread = case.messages.filter(writer=Writer.CLINIC, read_at__isnull=True)
    count = unread.update(read_at=now)
    if count:
        _tell("case.read_by_patient", case, actor=actor, now=now)
    return count


@transaction.atomic
def hand_over(case: Case, clinician: Membership, *, version: int | None, actor: Actor, now: datetime) -> Case:
    """Let a colleague go on with a case. Raises Overtaken, CaseClosed."""
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed
    before = case.clinician
    if version is not None and version != case.version:
        raise Overtaken
    change(case, clinician=clinician)
    record(
        "case.handed_over",
        actor=actor,
        about=case,
        clinic_id=case.clinic_id,
        now=now,
        before=before.public_id,
        after=clinician.public_id,
    )
    _announce(case)
    return case


@transaction.atomic
def close(case: Case, *, version: int | None, actor: Actor, now: datetime) -> Case:
    """Close a case: nothing more is written in it.

    Raises Overtaken if somebody wrote meanwhile, UnreadMessage, and PhotosUndecided while a photo waits for a decision.
    """
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed
    if unread_by_clinic(case):
        raise UnreadMessage
    if undecided(case):
        raise PhotosUndecided
    CASE.make(case, CaseStatus.CLOSED, version=version, closed_at=now, due_at=case.due_at)
    Draft.objects.filter(case=case).delete()
    _tell("case.closed", case, actor=actor, now=now)
    return case


@transaction.atomic
def change_rules(clinic: Clinic, *, questions: list[str], days: int, actor: Actor, now: datetime) -> Rules:
    """Choose the clinic's own questions, and in how many working days patients can expect an answer."""
    if len(questions) > policies.MOST_QUESTIONS or any(len(one) > 200 for one in questions):
        raise Invalid(questions="too_many_chosen")
    if not 1 <= days <= 10:
        raise Invalid(answer_within_days="unlikely")
    rules, _ = Rules.objects.update_or_create(
        clinic=clinic, defaults={"questions": questions, "answer_within_days": days}
    )
    record(
        "clinic.setting_changed",
        actor=actor,
        about=clinic,
        clinic_id=clinic.pk,
        now=now,
        setting="writing",
        after=days,
    )
    return rules


@transaction.atomic
def forget_drafts(*, now: datetime) -> int:
    """Throw away what was begun and cannot be sent any more: the time for it is over."""
    left = Draft.objects.filter(saved_at__lt=now - policies.READABLE_FOR)
    return left.delete()[0] + Draft.objects.filter(case__status=CaseStatus.CLOSED).delete()[0]


def tell_changed(case: Case) -> None:
    """Let open pages know that something in a case is not as it was."""
    _announce(case)


def _bounded(written: Written) -> Written:
    if len(written.text) > policies.LONGEST_TEXT:
        raise Invalid(text="too_long")
    if len(written.answers) > policies.MOST_QUESTIONS or any(
        len(answer) > policies.LONGEST_ANSWER for answer in written.answers
    ):
        raise Invalid(text="too_long")
    return written


def _tell(act: str, case: Case, *, actor: Actor, now: datetime) -> None:
    record(act, actor=actor, about=case, clinic_id=case.clinic_id, now=now)
    _announce(case)


def _announce(case: Case) -> None:
    announce(f"case:{case.public_id}", "written")
    announce(f"day:{case.clinic.public_id}", "day")
