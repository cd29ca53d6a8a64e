"""Acts on calendars: the secret address of a feed, and the clinic's own calendar server."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.calendars.caldav import origin_of, path_of
from blikk.calendars.models import CalendarFeed, CalendarServer, ServerCalendar
from blikk.calendars.queries import calendars_of, feed_of, server_of
from blikk.clinics.models import Clinic, Membership, Role
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import digest, new_secret

# That a calendar program fetched is written down this often, and no oftener.
NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def open_feed(membership: Membership, *, actor: Actor, now: datetime) -> str:
    """Make a member's secret address, which is known only here and now; one that was there is dead from now on."""
    hold(membership.clinic_id)
    _require_clinician(membership)
    old = feed_of(membership)
    if old is not None:
        _close(old, now)
    secret = new_secret()
    feed = CalendarFeed.objects.create(membership=membership, secret_digest=digest(secret), created_at=now)
    act = "calendar.feed_replaced" if old else "calendar.feed_opened"
    record(act, actor=actor, about=feed, clinic_id=membership.clinic_id, now=now)
    return secret


@transaction.atomic
def close_feed(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Let a member's secret address lead nowhere from now on. Raises NotFound where there is none."""
    hold(membership.clinic_id)
    feed = feed_of(membership)
    if feed is None:
        raise NotFound
    _close(feed, now)
    record("calendar.feed_closed", actor=actor, about=feed, clinic_id=membership.clinic_id, now=now)


def note_fetched(feed: CalendarFeed, *, now: datetime) -> None:
    """Note that a calendar program has asked, so that its owner can see whether anybody does."""
    if feed.fetched_at is None or now - feed.fetched_at >= NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(fetched_at=now)


@transaction.atomic
def set_server(
    clinic: Clinic,
    *,
    origin: str,
    user: str,
    password: str,
    paths: Mapping[str, str],
    hosts: list[str],
    actor: Actor,
    now: datetime,
) -> CalendarServer:
    """Say which calendar server the clinic has, and where each clinician's calendar is (by membership).

    An empty password keeps the one that is known, but never for another server or another name. Raises Invalid:
    `origin`, `user` or `password`, and a membership's public id for its path.
    """
    hold(clinic.pk)
    old, place, user = server_of(clinic), origin_of(origin, hosts), user.strip()
    is_known = old is not None and (old.origin, old.user) == (place, user)
    _require_name(user, password, is_known=is_known)
    wanted = _paths(clinic, paths, place)
    if old is not None and old.origin != place:
        _end(old, now)
    server = _server_at(clinic, place, user, password, now)
    record("calendar.server_set", actor=actor, about=server, clinic_id=clinic.pk, now=now, origin=place)
    _arrange(server, wanted, actor=actor, now=now)
    return server


@transaction.atomic
def remove_server(clinic: Clinic, *, actor: Actor, now: datetime) -> None:
    """Stop writing to the clinic's calendar server; what is still to come is taken away there. Raises NotFound."""
    hold(clinic.pk)
    server = server_of(clinic)
    if server is None:
        raise NotFound
    _end(server, now)
    record("calendar.server_removed", actor=actor, about=server, clinic_id=clinic.pk, now=now)


def note_checked(calendar: ServerCalendar, *, reason: str, actor: Actor, now: datetime) -> None:
    """Keep what a try of the connection showed; one that went well lets what waits go at once."""
    with transaction.atomic():
        hold(calendar.membership.clinic_id)
        changes: dict[str, object] = {"fault": reason, "fault_at": now if reason else None}
        if not reason:
            changes |= {"attempts": 0, "next_at": now}
        ServerCalendar.objects.filter(pk=calendar.pk).update(**changes)
        record(
            "calendar.checked",
            actor=actor,
            about=calendar,
            clinic_id=calendar.membership.clinic_id,
            now=now,
            went_well=not reason,
        )


def _server_at(clinic: Clinic, origin: str, user: str, password: str, now: datetime) -> CalendarServer:
    server = CalendarServer.objects.filter(clinic=clinic, origin=origin).first()
    if server is None:
        server = CalendarServer(clinic=clinic, origin=origin, created_at=now)
    server.user, server.ended_at = user, None
    if password:
        server.password = password
    server.save()
    return server


def _arrange(server: CalendarServer, wanted: Mapping[int, str], *, actor: Actor, now: datetime) -> None:
    """End the calendars that have gone or moved, begin the new ones, and have all of them looked at."""
    kept = set()
    for calendar in ServerCalendar.objects.filter(server__clinic=server.clinic, ended_at__isnull=True):
        if calendar.server_id == server.pk and wanted.get(calendar.membership_id) == calendar.path:
            kept.add(calendar.membership_id)
        else:
            ServerCalendar.objects.filter(pk=calendar.pk).update(ended_at=now, next_at=now, attempts=0)
            record("calendar.disconnected", actor=actor, about=calendar, clinic_id=server.clinic_id, now=now)
    ServerCalendar.objects.filter(server=server, ended_at__isnull=True).update(next_at=now, attempts=0)
    for member, path in wanted.items():
        if member not in kept:
            calendar, _ = ServerCalendar.objects.update_or_create(
                server=server,
                membership_id=member,
                path=path,
                defaults={"ended_at": None, "emptied_at": None, "next_at": now, "attempts": 0},
                create_defaults={"created_at": now, "next_at": now},
            )
            record("calendar.connected", actor=actor, about=calendar, clinic_id=server.clinic_id, now=now)


def _paths(clinic: Clinic, paths: Mapping[str, str], origin: str) -> dict[int, str]:
    """The path of each member's calendar, read and compared: no two may write over each other's."""
    wanted: dict[int, str] = {}
    wrong = {}
    for row in calendars_of(clinic):
        typed = paths.get(row.member.public_id, "").strip()
        if not typed:
            continue
        try:
            path = path_of(typed, origin)
        except Invalid as fault:
            wrong[row.member.public_id] = fault.fields["path"]
            continue
        if path in wanted.values():
            wrong[row.member.public_id] = "calendar_in_use"
        wanted[row.member.pk] = path
    if wrong:
        raise Invalid(**wrong)
    return wanted


def _require_name(user: str, password: str, *, is_known: bool) -> None:
    wrong = {}
    if not user or ":" in user or not user.isprintable():
        wrong["user"] = "not_a_user"
    if not password and not is_known:
        wrong["password"] = "missing"
    if not password.isprintable():
        wrong["password"] = "unreadable"
    if wrong:
        raise Invalid(**wrong)


def _require_clinician(membership: Membership) -> None:
    if membership.role != Role.CLINICIAN or membership.ended_at is not None:
        raise NotFound


def _end(server: CalendarServer, now: datetime) -> None:
    CalendarServer.objects.filter(pk=server.pk).update(ended_at=now)
    running = ServerCalendar.objects.filter(server=server, ended_at__isnull=True)
    running.update(ended_at=now, next_at=now, attempts=0)


def _close(feed: CalendarFeed, now: datetime) -> None:
    CalendarFeed.objects.filter(pk=feed.pk, closed_at__isnull=True).update(closed_at=now)
