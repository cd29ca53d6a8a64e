"""Keeping the clinic's calendar server as the timetable is: what should stand there is compared with what does.

Nothing tells this about a booking, so nothing can forget to. Each calendar is looked at once a minute: entries that
differ are put or taken away, one request each, under a lease. An entry is written down before the server hears of
it, and has one address there for ever; so whatever dies in between, the next look finds it, and there is one entry.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from blikk.calendars.caldav import CalDav
from blikk.calendars.errors import Changed, Fault
from blikk.calendars.files import Entry, write
from blikk.calendars.models import CalendarServer, PushedEntry, ServerCalendar
from blikk.calendars.queries import hours_of
from blikk.clinics.models import Role

EVERY = timedelta(seconds=60)
LEASE = timedelta(seconds=120)
# So much of the lease must be left for one more request and what follows from it.
ENOUGH = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 3600.0
KEPT_FOR = timedelta(days=60)
# What an old server is still to be rid of is tried for so long; then its password is forgotten.
EMPTIED_WITHIN = timedelta(days=7)

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def connect(server: CalendarServer) -> CalDav:
    """Make a connection to a clinic's server. Raises Fault where the operator does not allow it."""
    return CalDav(
        server.origin,
        server.user,
        server.password,
        hosts=settings.BLIKK_CALDAV_HOSTS,
        ca=settings.BLIKK_CALDAV_CA,
    )


def push_once(worker_id: str, *, clock: Clock) -> int:
    """Bring one calendar that is due up to date; says how many were (0 or 1)."""
    calendar = _claim(worker_id, now=clock())
    if calendar is None:
        return 0
    try:
        is_done = _bring_up_to_date(calendar, clock)
    except Fault as fault:
        _later(calendar, fault.reason, now=clock())
    except Exception:
        log.exception("calendars.push_failed", extra={"calendar": calendar.public_id})
        _later(calendar, "broken", now=clock())
    else:
        _done(calendar, is_whole=is_done, now=clock())
    return 1


def check(calendar: ServerCalendar, *, now: datetime) -> str:
    """Try a calendar for real: look at it, put an entry, take it away. Answers the reason that it fails; else ''."""
    trial = Entry("blikk-trial", 0, now, now - timedelta(minutes=1), now, "Blikk")
    place = calendar.path + "blikk-trial.ics"
    try:
        with connect(calendar.server) as server:
            server.require_calendar(calendar.path)
            _put(server, place, write([trial]), "")
            _delete(server, place, "")
    except Fault as fault:
        return fault.reason
    except Changed:
        return "server_troubled"
    return ""


@transaction.atomic
def forget_old(*, now: datetime) -> None:
    """Forget entries that are long over, and the passwords of servers that are no longer the clinic's."""
    PushedEntry.objects.filter(ends_at__lt=now - KEPT_FOR).delete()
    left = ServerCalendar.objects.filter(emptied_at__isnull=True)
    left.filter(server__ended_at__lt=now - EMPTIED_WITHIN).update(emptied_at=now)
    for server in CalendarServer.objects.filter(ended_at__isnull=False).exclude(calendars__in=left):
        if server.password:
            server.password = ""
            server.save(update_fields=["password"])


def _claim(worker_id: str, *, now: datetime) -> ServerCalendar | None:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = ServerCalendar.objects.filter(free, next_at__lte=now, emptied_at__isnull=True)
    for pk in due.order_by("next_at", "pk").values_list("pk", flat=True)[:10]:
        mine = ServerCalendar.objects.filter(free, pk=pk, next_at__lte=now)
        if mine.update(leased_by=worker_id, lease_until=now + LEASE):
            found = ServerCalendar.objects.select_related("server", "membership__user", "membership__clinic")
            return found.get(pk=pk)
    return None


def _bring_up_to_date(calendar: ServerCalendar, clock: Clock) -> bool:
    """Put what is new or changed, take away what is not to be; False if there is more to do another time."""
    now = clock()
    wanted = {} if _is_over(calendar) else _wanted(calendar, now)
    there = {row.uid: row for row in calendar.entries.filter(ends_at__gt=now)}
    changes = [uid for uid, entry in wanted.items() if uid not in there or _differs(there[uid], entry)]
    gone = [uid for uid in there if uid not in wanted]
    if not changes and not gone:
        return True
    is_whole = True
    with connect(calendar.server) as server:
        for uid in changes + gone:
            row = there.get(uid)
            if calendar.lease_until is None or clock() > calendar.lease_until - ENOUGH:
                return False
            if row is not None and row.next_at is not None and row.next_at > clock():
                is_whole = False
                continue
            is_whole &= _settle(server, calendar, uid, row, wanted.get(uid), clock())
    return is_whole


def _wanted(calendar: ServerCalendar, now: datetime) -> Mapping[str, Entry]:
    hours = hours_of(calendar.membership, base_url=settings.BLIKK_BASE_URL, now=now)
    return {entry.uid: entry for entry in hours if entry.ends_at > now}


def _is_over(calendar: ServerCalendar) -> bool:
    member = calendar.membership
    return calendar.ended_at is not None or member.ended_at is not None or member.role != Role.CLINICIAN


def _differs(row: PushedEntry, entry: Entry) -> bool:
    return row.content != entry.content()


def _settle(
    server: CalDav,
    calendar: ServerCalendar,
    uid: str,
    row: PushedEntry | None,
    entry: Entry | None,
    now: datetime,
) -> bool:
    """One entry: put it, or take it away. False if the server would not have this one."""
    place = f"{calendar.path}{uid}.ics"
    if row is None and entry is not None:
        row, _ = PushedEntry.objects.get_or_create(
            calendar=calendar, uid=uid, defaults={"ends_at": entry.ends_at}
        )
    if row is None:
        return True
    try:
        if entry is None:
            _delete(server, place, row.etag)
            row.delete()
            return True
        row.etag = _put(server, place, write([entry]), row.etag)
    except Changed:
        _put_off(row, now)
        return False
    except Fault as fault:
        if not fault.is_of_entry:
            raise
        _put_off(row, now)
        return False
    row.content, row.ends_at, row.attempts, row.next_at = entry.content(), entry.ends_at, 0, None
    row.save(update_fields=["content", "etag", "ends_at", "attempts", "next_at"])
    return True


def _put(server: CalDav, place: str, text: str, etag: str) -> str:
    """Put an entry. Where somebody changed or removed it, ours is put there again: Blikk knows the hour best.

    Raises Changed only if it changes again meanwhile.
    """
    try:
        return server.put(place, text, etag=etag)
    except Changed:
        return server.put(place, text, etag=server.tag(place) or "")


def _delete(server: CalDav, place: str, etag: str) -> None:
    try:
        server.delete(place, etag=etag)
    except Changed:
        found = server.tag(place)
        if found is not None:
            server.delete(place, etag=found)


def _put_off(row: PushedEntry, now: datetime) -> None:
    row.attempts += 1
    row.next_at = now + _pause(row.attempts)
    row.save(update_fields=["attempts", "next_at"])


def _later(calendar: ServerCalendar, reason: str, *, now: datetime) -> None:
    """The server could not be used: try another time, later and later."""
    _mine(calendar).update(
        lease_until=None,
        attempts=F("attempts") + 1,
        next_at=now + _pause(calendar.attempts + 1),
        fault=reason,
        fault_at=calendar.fault_at if calendar.fault == reason else now,
    )


def _done(calendar: ServerCalendar, *, is_whole: bool, now: datetime) -> None:
    is_refused = calendar.entries.filter(ends_at__gt=now, attempts__gt=0).exists()
    changes = {
        "lease_until": None,
        "attempts": 0,
        "next_at": now + EVERY if is_whole or is_refused else now,
        "pushed_at": now,
        "fault": "refused" if is_refused else "",
        "fault_at": (calendar.fault_at or now) if is_refused else None,
    }
    if is_whole and _is_over(calendar):
        changes |= {"ended_at": calendar.ended_at or now, "emptied_at": now}
    _mine(calendar).update(**changes)


def _mine(calendar: ServerCalendar) -> QuerySet[ServerCalendar]:
    return ServerCalendar.objects.filter(
        pk=calendar.pk, leased_by=calendar.leased_by, lease_until=calendar.lease_until
    )


def _pause(attempts: int) -> timedelta:
    """Longer and longer, and not all at the same moment."""
    seconds = min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return timedelta(seconds=seconds * secrets.SystemRandom().uniform(0.8, 1.2))
