"""How far a browser that presented a link into a case may go, and how long a case can be read and answered."""

from datetime import datetime, timedelta
from typing import Literal

from blikk.kernel.times import day_bounds, local
from blikk.writing.models import Case, Reader
from blikk.writing.states import CaseKind, CaseStatus

Standing = Literal["ended", "expired", "locked", "birth_date", "code", "proven"]

CODE_LIVES = timedelta(minutes=10)
CODE_RESTS = timedelta(seconds=60)
CODES_A_DAY = 10
# So long the last words of a consultation in writing can be read after it was closed.
READABLE_FOR = timedelta(days=30)
# A question without an answer in so many days is no open question any more.
LONGEST_WAIT = 60
# In one message, and in one case however long it lasts.
MOST_PHOTOS, MOST_IN_ALL = 6, 40
LARGEST_PHOTO = 10 * 1024 * 1024
LONGEST_SIDE = 2560
LONGEST_TEXT = 8000
LONGEST_ANSWER = 2000
MOST_QUESTIONS = 12
# What a patient put up and never sent.
ORPHAN_AFTER = timedelta(hours=24)


def standing(case: Case, reader: Reader, *, now: datetime) -> Standing:
    """How far this browser has come through this link.

    A browser that is trusted stays so when somebody else uses up the tries: guessing must not lock a patient out.
    """
    if is_over(case, now=now):
        return "ended"
    if is_expired(case, now=now):
        return "expired"
    if reader.trusted_at is not None:
        return "proven"
    if case.is_locked:
        return "locked"
    return "birth_date" if asks_birth_date(case) and reader.birth_date_at is None else "code"


def is_over(case: Case, *, now: datetime) -> bool:
    """Whether the link is dead. What was answered in writing can still be read for a while."""
    if case.status != CaseStatus.CLOSED:
        return False
    is_readable = case.kind == CaseKind.TEXT and case.closed_at and now < case.closed_at + READABLE_FOR
    return not is_readable


def is_expired(case: Case, *, now: datetime) -> bool:
    """Whether it is too late to answer what was asked: after the last day for it, on the clinic's clock."""
    is_asked = case.kind == CaseKind.ASK and case.status == CaseStatus.WITH_PATIENT
    if not is_asked or case.due_at is None:
        return False
    last_day = local(case.due_at, case.clinic.zone).date()
    return now >= day_bounds(last_day, case.clinic.zone)[1]


def asks_birth_date(case: Case) -> bool:
    """Whether the wrong-recipient check is asked for; always where no code can be sent."""
    return case.clinic.asks_birth_date or not (case.phone or case.email)


def needs_code(case: Case, *, another_is_trusted: bool) -> bool:
    """Whether having answered the birth date is not enough: as for a link into a conversation (DESIGN §9)."""
    return (
        another_is_trusted
        or case.clinic.always_asks_code
        or not asks_birth_date(case)
        or case.sent_by != "sms"
    )
