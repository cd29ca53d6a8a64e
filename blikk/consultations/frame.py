"""Acts on the frame: the patient's answers, the clinician's ticks, their own side, and the confirmation."""

from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.clinics.models import Membership
from blikk.consultations.errors import FrameOpen, OwnSideOpen
from blikk.consultations.frame_lights import asked_now, frame_of, own_side_said_at, patient_of
from blikk.consultations.frame_questions import BUILT_IN, AnswerSource, FrameWish, Tick, choice_of
from blikk.consultations.models import Consultation, FrameAnswer, FrameCheck, OwnQuestion, OwnSide
from blikk.consultations.states import CONSULTATION, ConsultationStatus
from blikk.invitations.models import Invitation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid

LONGEST_EXCEPTION = 300


@transaction.atomic
def answer(
    invitation: Invitation, *, question: str, value: str, helped: bool, actor: Actor, now: datetime
) -> FrameAnswer:
    """Keep what a patient answers; the same question can be answered anew.

    What must be known at once stays known, whatever is answered afterwards. The record of who did what names the
    question and never the answer: it is read by people who treat nobody. Raises Invalid (`question`, `answer`).
    """
    own = _own(invitation, question)
    choice = choice_of(question, value, worry=own.worry if own else "")
    if choice is None:
        raise Invalid(answer="unknown")
    check = check_of(invitation)
    kept, _ = FrameAnswer.objects.update_or_create(
        check_of=check,
        question=question,
        source=AnswerSource.PATIENT,
        defaults={"own": own, "value": value, "helped": helped, "by": invitation.name, "at": now},
    )
    if choice.danger:
        kept.danger, kept.danger_at = choice.danger, now
        kept.save(update_fields=["danger", "danger_at"])
    _record("frame.answered", check, actor=actor, now=now, question=_named(question))
    return kept


@transaction.atomic
def wish_for(invitation: Invitation, *, wish: str, actor: Actor, now: datetime) -> FrameCheck:
    """Keep what a patient would rather; empty takes it back. Raises Invalid (`wish: unknown`)."""
    if wish and wish not in FrameWish.values:
        raise Invalid(wish="unknown")
    check = check_of(invitation)
    check.wish, check.wish_at = wish, now if wish else None
    check.save(update_fields=["wish", "wish_at"])
    _record("frame.wished", check, actor=actor, now=now, wish=wish)
    return check


@transaction.atomic
def tick(
    consultation: Consultation,
    *,
    question: str,
    value: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> FrameAnswer:
    """Note how it stands with a question that the clinician asked in the conversation.

    Raises Invalid (`question`, `answer`).
    """
    invitation = patient_of(consultation)
    check = check_of(invitation)
    known = FrameAnswer.objects.filter(check_of=check, question=question, own__isnull=False).first()
    own = known.own if known else _own(invitation, question)
    if value not in Tick.values:
        raise Invalid(answer="unknown")
    kept, _ = FrameAnswer.objects.update_or_create(
        check_of=check,
        question=question,
        source=AnswerSource.CLINICIAN,
        defaults={"own": own, "value": value, "by": membership.name, "at": now},
    )
    _record("frame.ticked", check, actor=actor, now=now, question=_named(question))
    return kept


@transaction.atomic
def confirm(
    consultation: Consultation,
    *,
    exception: str,
    day: date,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Confirm the frame: every question is answered or ticked, or there is a reason why not, and both sides are safe.

    Who confirms what is confirmed already changes nothing. Raises OwnSideOpen, FrameOpen, IllegalMove after the end,
    Overtaken.
    """
    if consultation.status == ConsultationStatus.CONFIRMED:
        return consultation
    invitation = patient_of(consultation)
    said_at = own_side_said_at(membership, day)
    if said_at is None:
        raise OwnSideOpen
    reason = " ".join(exception.split())[:LONGEST_EXCEPTION]
    is_settled = frame_of(invitation).is_settled
    if not is_settled and not reason:
        raise FrameOpen
    CONSULTATION.make(consultation, ConsultationStatus.CONFIRMED)
    check = check_of(invitation)
    check.consultation, check.own_side_at = consultation, said_at
    check.confirmed_at, check.confirmed_by = now, membership
    check.exception = "" if is_settled else reason
    check.save()
    record(
        "frame.confirmed",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        by_exception=not is_settled,
    )
    announce(f"day:{consultation.clinic.public_id}", "day")
    return consultation


@transaction.atomic
def say_own_side(membership: Membership, *, ok: bool, day: date, actor: Actor, now: datetime) -> OwnSide:
    """Note of today that the clinician's own side is in order, or that it is no more."""
    said = {"said_at": now, "withdrawn_at": None} if ok else {"withdrawn_at": now}
    kept, _ = OwnSide.objects.update_or_create(
        membership=membership, day=day, defaults=said, create_defaults={"said_at": now, **said}
    )
    record(
        "frame.own_side",
        actor=actor,
        about=membership,
        clinic_id=membership.clinic_id,
        now=now,
        ok=ok,
    )
    return kept


def check_of(invitation: Invitation) -> FrameCheck:
    """The frame of a patient, begun now where nothing was asked before."""
    return FrameCheck.objects.get_or_create(invitation=invitation, defaults={"clinic": invitation.clinic})[0]


def _own(invitation: Invitation, question: str) -> OwnQuestion | None:
    """The clinic's own question of that name; None for what everybody is asked. Raises Invalid."""
    if question in BUILT_IN:
        return None
    found = next((one for one in asked_now(invitation.clinic) if one.public_id == question), None)
    if found is None:
        raise Invalid(question="unknown")
    return found


def _named(question: str) -> str:
    return question if question in BUILT_IN else "own"


def _record(act: str, check: FrameCheck, *, actor: Actor, now: datetime, **details: str) -> None:
    record(act, actor=actor, about=check.invitation, clinic_id=check.clinic_id, now=now, **details)
    announce(f"day:{check.clinic.public_id}", "day")
