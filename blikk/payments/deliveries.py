"""Sending files of claims, one at a time by lease, and following them: what is about to be sent is written down first.

A worker may die anywhere, and an answer may be lost after the file was taken. Whoever comes next looks among what the
receiver has before anything is sent again; a file that is sent a second time all the same is refused there as one that
it has. So nothing is claimed twice, and nothing is lost.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.kernel.times import local
from blikk.payments import filing
from blikk.payments.helfo import kuhr
from blikk.payments.helfo.faults import Fault, Reason
from blikk.payments.helfo.line import Line
from blikk.payments.models import ClaimFile, PaymentRules
from blikk.payments.states import FileStatus

LEASE = timedelta(seconds=180)
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 3600.0
# A message shows among what has come in within seconds; one that does not for so long has not arrived.
SHOWS_WITHIN = timedelta(minutes=2)
CLOCKS_DIFFER = timedelta(minutes=5)
# What is answered by somebody who knows us and says no waits for a person.
_FOR_A_PERSON = frozenset({Reason.NOT_ALLOWED, Reason.REFUSED})
_S = FileStatus

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def deliver_once(worker_id: str, *, clock: Clock) -> int:
    """Take one file that is due a step further; says how many were taken (0 or 1)."""
    now = clock()
    due = ClaimFile.objects.filter(_free(now), next_at__lte=now).order_by("next_at", "pk")
    for pk in due.values_list("pk", flat=True)[:10]:
        mine = ClaimFile.objects.filter(_free(now), pk=pk, next_at__lte=now)
        if mine.update(leased_by=worker_id, lease_until=now + LEASE):
            _take(pk, worker_id, clock)
            return 1
    return 0


def _free(now: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def _take(pk: int, worker_id: str, clock: Clock) -> None:
    file = ClaimFile.objects.select_related("clinic").get(pk=pk)
    rules = PaymentRules.objects.filter(clinic=file.clinic_id).first()
    try:
        try:
            with kuhr.line_for(rules.organisation if rules else "") as line:
                _step(line, file, clock)
        except Fault as fault:
            _stuck(file, fault, clock())
    except (Overtaken, IllegalMove):
        log.info("claims.overtaken", extra={"file": file.public_id})
    finally:
        ClaimFile.objects.filter(pk=pk, leased_by=worker_id).update(lease_until=None)


def _step(line: Line, file: ClaimFile, clock: Clock) -> None:
    if file.status == _S.SENDING and file.posted_at is not None:
        # Whoever sent it died before the answer.
        filing.uncertain(file, fault=str(Reason.NO_ANSWER), next_at=clock(), now=clock())
    if file.status == _S.SENDING:
        _send(line, file, clock)
    elif file.status == _S.UNCERTAIN:
        _look_for(line, file, clock)
    elif file.status == _S.DELIVERED and file.message_id:
        filing.answered(file, kuhr.look(line, file.message_id, now=clock()), now=clock())
    else:
        filing.later(file, fault=file.fault, next_at=None)


def _send(line: Line, file: ClaimFile, clock: Clock) -> None:
    line.ready(now=clock())
    message = kuhr.sealed(line, file.body, now=clock())
    filing.about_to_post(file, now=clock())
    try:
        name = kuhr.hand_in(line, message, now=clock())
    except kuhr.Refused as no:
        if no.is_duplicate and not _is_repeated(file):
            found = _found(line, file, clock())
            filing.delivered(file, message_id=found or "", now=clock())
        else:
            filing.refused(file, remarks=no.remarks, now=clock())
        return
    except Fault as fault:
        _not_handed_in(file, fault, clock())
        return
    filing.delivered(file, message_id=name, now=clock())


def _is_repeated(file: ClaimFile) -> bool:
    """Whether it is word for word what another file said: then the one that they have is that."""
    others = ClaimFile.objects.filter(clinic=file.clinic_id, count=file.count, sum_ore=file.sum_ore)
    return any(one.body == file.body for one in others.exclude(pk=file.pk).exclude(status=_S.MADE))


def _not_handed_in(file: ClaimFile, fault: Fault, now: datetime) -> None:
    if fault.is_unknown:
        filing.uncertain(file, fault=str(fault.reason), next_at=now + timedelta(seconds=FIRST_PAUSE), now=now)
    elif fault.reason in _FOR_A_PERSON:
        filing.refused(file, remarks=[{"code": str(fault.reason), "text": ""}], now=now)
    else:
        # It never left, or was answered by nobody who takes claims: it may go again as if nothing had been.
        filing.about_to_post(file, now=None)
        _stuck(file, fault, now)


def _look_for(line: Line, file: ClaimFile, clock: Clock) -> None:
    found = _found(line, file, clock())
    posted = file.posted_at or clock()
    if found:
        filing.delivered(file, message_id=found, now=clock())
    elif found is None and clock() - posted >= SHOWS_WITHIN:
        filing.not_there(file, now=clock())
    else:
        filing.later(file, fault=file.fault, next_at=clock() + timedelta(seconds=30))


def _found(line: Line, file: ClaimFile, now: datetime) -> str | None:
    """The name of a message with just this file's bills; '' where one may be it and cannot be told yet."""
    whole = json.loads(file.body)
    guids = {bill["guid"] for bill in whole["behandlerkrav"]["regninger"]}
    day = local(file.posted_at or now, file.clinic.zone).date()
    ours = set(
        ClaimFile.objects.filter(clinic=file.clinic_id)
        .exclude(message_id="")
        .values_list("message_id", flat=True)
    )
    unsure = False
    for seen in kuhr.since(line, day, now=now):
        is_faulty = seen.status == kuhr.FAULTY
        if seen.message_id in ours or is_faulty or not _may_be(seen, file, whole["praksisId"]):
            continue
        there = kuhr.look(line, seen.message_id, now=now)
        if {bill.guid for bill in there.bills} == guids:
            return seen.message_id
        unsure = unsure or not there.bills
    return "" if unsure else None


def _may_be(seen: kuhr.Seen, file: ClaimFile, practice_id: str) -> bool:
    """By what is told of a message in the list: whose it is, how many bills, their sum, and when it came in."""
    is_early = (
        seen.received_at is not None
        and file.posted_at is not None
        and (seen.received_at < file.posted_at - CLOCKS_DIFFER)
    )
    is_ours = seen.practice_id == practice_id and not is_early
    return is_ours and seen.count in {None, file.count} and seen.sum_ore in {None, file.sum_ore}


def _stuck(file: ClaimFile, fault: Fault, now: datetime) -> None:
    pause = max(min(FIRST_PAUSE * 2.0 ** min(file.attempts, 12), LONGEST_PAUSE), fault.wait)
    filing.later(file, fault=str(fault.reason), next_at=now + timedelta(seconds=pause))
