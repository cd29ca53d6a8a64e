"""What stands in a member's calendar, and how it goes with their feed and with the clinic's server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from blikk.calendars.files import Entry, uid_of
from blikk.calendars.models import CalendarFeed, CalendarServer, ServerCalendar
from blikk.calendars.words import Words, for_clinician, place_of
from blikk.clinics.models import Clinic, Membership, Role
from blikk.clinics.queries import clinicians_of
from blikk.kernel.ids import digest
from blikk.kernel.times import day_bounds, local
from blikk.scheduling.models import Appointment, Form
from blikk.scheduling.queries import drop_in_of
from blikk.scheduling.states import AppointmentStatus

# A month back is for looking up when something was; more would only be more to leak.
LOOKS_BACK = timedelta(days=30)
DROP_IN_AHEAD = 60
NOT_SHOWN = (AppointmentStatus.CANCELLED, AppointmentStatus.PROPOSED)


@dataclass(frozen=True, slots=True)
class CalendarOf:
    """A clinician and their calendar on the clinic's server, where they have one."""

    member: Membership
    calendar: ServerCalendar | None


def hours_of(membership: Membership, *, base_url: str, now: datetime) -> list[Entry]:
    """A clinician's booked hours and drop-in periods, by time; never whose hours they are (law 6).

    The same entries whoever fetches them: four queries, however many there are.
    """
    zone = membership.clinic.zone
    today = local(now, zone).date()
    since, _ = day_bounds(today - LOOKS_BACK, zone)
    booked = Appointment.objects.filter(clinician=membership, ends_at__gt=since, drop_in=False)
    booked = booked.exclude(status__in=NOT_SHOWN).order_by("starts_at", "pk")
    entries = [_of_appointment(each, membership, base_url) for each in booked]
    first = local(since, zone).date()
    days = LOOKS_BACK.days + DROP_IN_AHEAD
    for period, day, (starts_at, ends_at) in drop_in_of(membership, first=first, days=days):
        words = _words("drop_in", membership, starts_at, base_url)
        place = f"{day}:{membership.public_id}:{starts_at:%H%M}"
        entries.append(
            Entry(
                uid=uid_of(period.public_id, place),
                sequence=period.version - 1,
                stamp=period.created_at,
                starts_at=starts_at,
                ends_at=ends_at,
                summary=words.summary,
                description=words.description,
                link=_day_link(base_url, starts_at, zone),
            )
        )
    return sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))


def find_feed(secret: str) -> CalendarFeed | None:
    """The feed behind a secret address; None for who no longer works here as a clinician, as for no such feed."""
    running = CalendarFeed.objects.filter(
        closed_at__isnull=True,
        membership__ended_at__isnull=True,
        membership__role=Role.CLINICIAN,
        membership__user__is_active=True,
    )
    found = running.filter(secret_digest=digest(secret))
    return found.select_related("membership__user", "membership__clinic").first()


def feed_of(membership: Membership) -> CalendarFeed | None:
    """A member's open feed."""
    return CalendarFeed.objects.filter(membership=membership, closed_at__isnull=True).first()


def server_of(clinic: Clinic) -> CalendarServer | None:
    """The clinic's calendar server, if it has said which."""
    return CalendarServer.objects.filter(clinic=clinic, ended_at__isnull=True).first()


def calendars_of(clinic: Clinic) -> Sequence[CalendarOf]:
    """Every clinician, with their calendar on the clinic's server where they have one."""
    running = ServerCalendar.objects.filter(server__clinic=clinic, ended_at__isnull=True)
    by_member = {each.membership_id: each for each in running.select_related("server")}
    return [CalendarOf(member, by_member.get(member.pk)) for member in clinicians_of(clinic)]


def find_calendar(clinic: Clinic, calendar_id: str) -> ServerCalendar | None:
    """A running calendar on this clinic's server."""
    running = ServerCalendar.objects.filter(server__clinic=clinic, ended_at__isnull=True)
    found = running.filter(public_id=calendar_id, membership__ended_at__isnull=True)
    return found.select_related("server", "membership__user", "membership__clinic").first()


def calendar_of(membership: Membership) -> ServerCalendar | None:
    """A member's own calendar on the clinic's server."""
    return ServerCalendar.objects.filter(membership=membership, ended_at__isnull=True).first()


def in_trouble(*, since: datetime) -> int:
    """How many running calendars have not been written to since then, though they should."""
    running = ServerCalendar.objects.filter(ended_at__isnull=True).exclude(fault="")
    still = Membership.objects.filter(pk=OuterRef("membership_id"), ended_at__isnull=True)
    return running.filter(Exists(still), fault_at__lt=since).count()


def _of_appointment(appointment: Appointment, membership: Membership, base_url: str) -> Entry:
    words = _words(appointment.form, membership, appointment.starts_at, base_url)
    return Entry(
        uid=uid_of(appointment.public_id, membership.public_id),
        sequence=appointment.version - 1,
        stamp=appointment.created_at,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        summary=words.summary,
        description=words.description,
        link=_day_link(base_url, appointment.starts_at, membership.clinic.zone),
        place=place_of(membership.clinic) if appointment.form == Form.IN_PERSON else "",
    )


def _words(kind: str, membership: Membership, starts_at: datetime, base_url: str) -> Words:
    link = _day_link(base_url, starts_at, membership.clinic.zone)
    return for_clinician(kind, link=link, language=membership.user.language)


def _day_link(base_url: str, at: datetime, zone: str) -> str:
    return f"{base_url}/dag/?dag={local(at, zone).date().isoformat()}"
