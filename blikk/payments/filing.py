"""Acts on a file of claims: have it sent, say that it was handed in by hand, and note what became of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import IllegalMove, Invalid, NotFound
from blikk.kernel.moves import change
from blikk.payments.helfo import kuhr
from blikk.payments.helfo.line import client
from blikk.payments.models import Claim, ClaimAnswer, ClaimFile, ClaimForm, PaymentRules
from blikk.payments.states import CLAIM_FILE, FileStatus

_S = FileStatus
_ANSWERS = {"godkjent": ClaimAnswer.APPROVED, "avvist": ClaimAnswer.REJECTED}
# The control takes seconds, or a person's days; the money comes two or three days later.
FOLLOWED_FOR = timedelta(days=60)
_LEFT: dict[str, Any] = {"next_at": None, "fault": "", "lease_until": None}


def can_send(rules: PaymentRules | None) -> bool:
    """Whether a clinic's files can go by themselves: a client here, and a number and the form there."""
    ready = rules is not None and bool(rules.organisation) and rules.claim_form == ClaimForm.KUHR
    return ready and client() is not None


def find(clinic: Clinic, file_id: str) -> ClaimFile:
    """Raises NotFound."""
    file = ClaimFile.objects.filter(clinic=clinic, public_id=file_id).first()
    if file is None:
        raise NotFound
    return file


@transaction.atomic
def ask_sending(
    clinic: Clinic, file_id: str, *, version: int | None = None, actor: Actor, now: datetime
) -> ClaimFile:
    """Have a file sent, or looked for at once where it is under way. Raises NotFound, Invalid, Overtaken, IllegalMove.

    A file that was refused goes again as it is, by the practice that the clinic has now: nothing of it was taken.
    """
    hold(clinic.pk)
    file = find(clinic, file_id)
    rules = PaymentRules.objects.filter(clinic=clinic).first()
    if not can_send(rules) or rules is None or file.form != ClaimForm.KUHR:
        raise Invalid(file="cannot_be_sent")
    if file.status in {_S.SENDING, _S.UNCERTAIN}:
        change(file, next_at=now)
    else:
        body = json.dumps(
            {**json.loads(file.body), "praksisId": rules.practice_id}, ensure_ascii=False, indent=2
        )
        fresh: dict[str, Any] = {
            "next_at": now,
            "attempts": 0,
            "fault": "",
            "posted_at": None,
            "settled_at": None,
        }
        CLAIM_FILE.make(file, _S.SENDING, version=version, message_id="", control="", payout="", **fresh)
        file.body, file.remarks = body, ""
        file.save(update_fields=["body", "remarks"])
    record("claim_file.sending_asked", actor=actor, about=file, clinic_id=clinic.pk, now=now)
    return file


@transaction.atomic
def by_hand(clinic: Clinic, file_id: str, *, version: int, actor: Actor, now: datetime) -> ClaimFile:
    """Say that a file was handed in another way. Raises NotFound, Overtaken, IllegalMove."""
    hold(clinic.pk)
    file = find(clinic, file_id)
    if file.status == _S.SENDING and file.posted_at is not None:
        raise IllegalMove(file.status, _S.BY_HAND)
    CLAIM_FILE.make(file, _S.BY_HAND, version=version, settled_at=now, **_LEFT)
    record("claim_file.by_hand", actor=actor, about=file, clinic_id=clinic.pk, now=now)
    return file


def about_to_post(file: ClaimFile, *, now: datetime | None) -> None:
    """Write down that it goes now, before it does; None once it is known that it never went. Raises Overtaken."""
    change(file, posted_at=now)


@transaction.atomic
def delivered(file: ClaimFile, *, message_id: str, now: datetime) -> None:
    """The receiver has it. Without a name it is known only that it has one like it."""
    hold(file.clinic_id)
    more = {**_LEFT, "next_at": now if message_id else None, "fault": "" if message_id else "duplicate"}
    CLAIM_FILE.make(file, _S.DELIVERED, message_id=message_id, settled_at=now, attempts=0, **more)
    _told("claim_file.delivered", file, now)


@transaction.atomic
def refused(file: ClaimFile, *, remarks: Sequence[Mapping[str, str]], now: datetime) -> None:
    """The receiver will not have it, and has taken nothing of it."""
    hold(file.clinic_id)
    CLAIM_FILE.make(file, _S.REFUSED, settled_at=now, **{**_LEFT, "fault": "refused"})
    file.remarks = json.dumps(list(remarks), ensure_ascii=False)
    file.save(update_fields=["remarks"])
    _told("claim_file.refused", file, now)


@transaction.atomic
def uncertain(file: ClaimFile, *, fault: str, next_at: datetime, now: datetime) -> None:
    """It was sent, and nobody knows whether it arrived."""
    hold(file.clinic_id)
    CLAIM_FILE.make(file, _S.UNCERTAIN, fault=fault, next_at=next_at)
    _told("claim_file.uncertain", file, now)


@transaction.atomic
def not_there(file: ClaimFile, *, now: datetime) -> None:
    """It was looked for and did not arrive, so it goes again."""
    hold(file.clinic_id)
    CLAIM_FILE.make(file, _S.SENDING, posted_at=None, fault="", next_at=now)
    _told("claim_file.not_there", file, now)


def later(file: ClaimFile, *, fault: str, next_at: datetime | None) -> None:
    """Nothing is known that was not known before."""
    change(file, fault=fault, next_at=next_at, attempts=min(file.attempts + 1, 1000))


@transaction.atomic
def answered(file: ClaimFile, seen: kuhr.Seen, *, now: datetime) -> None:
    """Note what the receiver says of a file and of each bill in it."""
    hold(file.clinic_id)
    if seen.status == kuhr.FAULTY:
        refused(file, remarks=seen.remarks, now=now)
        return
    is_news = (seen.control, seen.payout) != (file.control, file.payout)
    elsewhere = _about_bills(file, seen.bills) if seen.control == kuhr.DECIDED else []
    change(
        file,
        control=seen.control,
        payout=seen.payout,
        paid_ore=seen.paid_ore,
        paid_on=seen.paid_on,
        next_at=_next_look(file, seen, now),
        fault="",
        attempts=0,
    )
    said = [*seen.remarks, *elsewhere]
    file.remarks = json.dumps(said, ensure_ascii=False) if said else ""
    file.save(update_fields=["remarks"])
    if is_news:
        counts = {name: sum(one.status == name for one in seen.bills) for name in _ANSWERS}
        _told("claim_file.answered", file, now, control=seen.control, payout=seen.payout, **counts)


def _about_bills(file: ClaimFile, bills: Sequence[kuhr.BillAnswer]) -> list[dict[str, str]]:
    """Each answer is about what this file said of a bill: that it is one, that it is credited, or that it is paid.

    Of the last nothing is kept with the bill, so its remarks are the file's.
    """
    known = {
        one.guid: one
        for one in Claim.objects.filter(clinic=file.clinic_id).filter(guid__in=[one.guid for one in bills])
    }
    left: list[dict[str, str]] = []
    for answer in bills:
        claim, decided = known.get(answer.guid), _ANSWERS.get(answer.status)
        if claim is None or decided is None:
            continue
        remarks = json.dumps(list(answer.remarks), ensure_ascii=False) if answer.remarks else ""
        if claim.file_id == file.pk and claim.resend_asked_at is None:
            claim.answer, claim.remarks = decided, remarks
            claim.save(update_fields=["answer", "remarks"])
        elif claim.credited_in_id == file.pk and decided == ClaimAnswer.REJECTED:
            # The bill stands after all, and can be credited anew once what was wrong is known.
            claim.credited_in, claim.credit_asked_at, claim.remarks = None, None, remarks
            claim.save(update_fields=["credited_in", "credit_asked_at", "remarks"])
        elif decided == ClaimAnswer.REJECTED:
            left += [{**one, "number": str(claim.number)} for one in answer.remarks]
    return left


def _next_look(file: ClaimFile, seen: kuhr.Seen, now: datetime) -> datetime | None:
    age = now - (file.settled_at or now)
    if (seen.control == kuhr.DECIDED and seen.payout in {kuhr.PAID, kuhr.UNPAID}) or age > FOLLOWED_FOR:
        return None
    if seen.control != kuhr.DECIDED and age < timedelta(minutes=5):
        return now + timedelta(seconds=15)
    return now + (timedelta(hours=1) if age < timedelta(days=7) else timedelta(hours=12))


def _told(act: str, file: ClaimFile, now: datetime, **more: str | int) -> None:
    record(act, actor=SYSTEM, about=file, clinic_id=file.clinic_id, now=now, **more)
