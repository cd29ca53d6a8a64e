"""When somebody waits and nobody was told anything: who hears of it, and once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from blikk.audit.services import hold
from blikk.clinics.models import AlertBy, Clinic, Membership, Role
from blikk.clinics.queries import running
from blikk.journeys.queue import letters
from blikk.kernel.actors import SYSTEM
from blikk.kernel.times import local
from blikk.scheduling.models import Appointment, Opening
from blikk.scheduling.queries import absences_of
from blikk.waiting_room import queries, services
from blikk.waiting_room.models import Arrival, Notice
from blikk.waiting_room.states import ArrivalStatus

# A person who has waited for so long was forgotten by more than the staff.
NO_MORE_ALERTS = timedelta(hours=4)
ALERTED = "staff_alerted"


def for_queue(opening: Opening, *, now: datetime) -> int:
    """Tell those who serve a queue that somebody in it waits, when nobody was let in, called or told for long.

    The same silence is told of once: again only when somebody else has waited as long, or a new silence began.
    """
    patience = timedelta(minutes=opening.clinic.alert_after_minutes)
    waiting = queries.in_queue(opening).filter(
        status=ArrivalStatus.WAITING, waiting_since__lte=now - patience
    )
    if not patience or not waiting.exists():
        return 0
    told_at, alerted_at = _last_told(opening)
    if max(told_at, alerted_at or told_at) > now - patience:
        return 0
    if alerted_at is not None and told_at <= alerted_at:
        waiting = waiting.filter(waiting_since__gt=alerted_at - patience)
        if not waiting.exists():
            return 0
    return _alert_for_queue(opening, now=now)


def _last_told(opening: Opening) -> tuple[datetime, datetime | None]:
    """When the queue last moved or somebody in it was told something, and when its staff were last alerted."""
    moved = Arrival.objects.filter(opening=opening).aggregate(a=Max("admitted_at"), b=Max("called_at"))
    notices = Notice.objects.filter(Q(opening=opening) | Q(arrival__opening=opening))
    words = notices.exclude(code=ALERTED).aggregate(told=Max("at"))["told"]
    alerted = notices.filter(code=ALERTED).aggregate(at=Max("at"))["at"]
    return max(at for at in (*moved.values(), words, opening.opens_at) if at), alerted


@transaction.atomic
def _alert_for_queue(opening: Opening, *, now: datetime) -> int:
    hold(opening.clinic_id)
    serving = [one.membership for one in queries.running_servings(opening)]
    theirs = list(opening.period.clinicians.filter(ended_at__isnull=True).select_related("user"))
    members = _who_hears(opening.clinic, [serving, theirs], now=now)
    minutes = opening.clinic.alert_after_minutes
    services.tell_all(opening, code=ALERTED, actor=SYSTEM, now=now)
    return letters.alert(opening.clinic, members, about=opening, minutes=minutes, now=now)


def for_booked(*, now: datetime) -> int:
    """Tell clinicians of those who wait for their hour and were told nothing; each of them once in a silence."""
    waiting = Arrival.objects.filter(
        status=ArrivalStatus.WAITING,
        opening__isnull=True,
        waiting_since__gt=now - NO_MORE_ALERTS,
        invitation__role="patient",
    ).select_related("clinic", "appointment__clinician__user")
    marked = waiting.annotate(
        alerted_at=Max("notices__at", filter=Q(notices__code=ALERTED)),
        told_at=Max("notices__at", filter=~Q(notices__code=ALERTED)),
    )
    forgotten: dict[Membership, list[Arrival]] = defaultdict(list)
    for arrival in marked:
        if arrival.appointment is not None and _is_forgotten(arrival, arrival.appointment, now=now):
            forgotten[arrival.appointment.clinician].append(arrival)
    return sum(_alert_about(member, arrivals, now=now) for member, arrivals in forgotten.items())


def _is_forgotten(arrival: Arrival, appointment: Appointment, *, now: datetime) -> bool:
    patience = timedelta(minutes=arrival.clinic.alert_after_minutes)
    told_at: datetime | None = arrival.told_at  # type: ignore[attr-defined]
    alerted_at: datetime | None = arrival.alerted_at  # type: ignore[attr-defined]
    if arrival.waiting_since is None or not patience:
        return False
    if alerted_at is not None and (told_at is None or told_at <= alerted_at):
        return False
    since = max(arrival.waiting_since, appointment.starts_at, told_at or arrival.waiting_since)
    return since <= now - patience and not _was_told_of_delay(appointment, since=now - patience)


def _was_told_of_delay(appointment: Appointment, *, since: datetime) -> bool:
    """Whether the clinician said lately how late they are, or the hour, as late as they said, is not overdue."""
    delay = queries.delay_of(appointment.clinician_id, local(appointment.starts_at, appointment.zone).date())
    if delay is None:
        return False
    return max(delay.at, appointment.starts_at + timedelta(minutes=delay.minutes)) > since


@transaction.atomic
def _alert_about(member: Membership, arrivals: list[Arrival], *, now: datetime) -> int:
    """One message to the clinician, however many of theirs wait."""
    clinic = arrivals[0].clinic
    hold(clinic.pk)
    for arrival in arrivals:
        services.mark_alerted(arrival, actor=SYSTEM, now=now)
    members = _who_hears(clinic, [[member]], now=now)
    minutes = clinic.alert_after_minutes
    return letters.alert(clinic, members, about=arrivals[0], minutes=minutes, now=now)


def _who_hears(
    clinic: Clinic, responsible: Sequence[Sequence[Membership]], *, now: datetime
) -> Sequence[Membership]:
    """Who is to be told: the first of these who are at work and want to be; else the desk, so that somebody is."""
    away = set(
        absences_of(clinic).filter(starts_at__lte=now, ends_at__gt=now).values_list("clinician_id", flat=True)
    )

    def groups() -> Iterator[Sequence[Membership]]:
        yield from responsible
        yield list(running(clinic).filter(role=Role.SECRETARY))

    for group in groups():
        told = [one for one in group if one.pk not in away and _can_be_told(one)]
        if told:
            return told
    return []


def _can_be_told(member: Membership) -> bool:
    return member.ended_at is None and member.alert_by != AlertBy.NONE
