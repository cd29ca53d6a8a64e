"""What happens in a queue by itself: missed calls, turns that come near, closing time, people who are forgotten."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from blikk.audit.services import hold
from blikk.journeys.queue import alerts, letters
from blikk.journeys.queue.closing import close_queue
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import DomainError
from blikk.scheduling.models import Opening
from blikk.waiting_room import queries, services
from blikk.waiting_room.models import Arrival, Notice
from blikk.waiting_room.states import IN_QUEUE, ArrivalStatus

TURN_IS_NEAR = 2
CLOSES_SOON = timedelta(minutes=15)
# So long after closing time those who serve may go on with whoever is in the queue.
OVERTIME = timedelta(hours=1)

log = logging.getLogger(__name__)


def sweep(*, now: datetime) -> int:
    """Do what is due in every queue, each in a transaction of its own; says how many things were done."""
    done = 0
    overdue = Arrival.objects.filter(called_until__lt=now, status__in=IN_QUEUE).select_related("clinic")
    for arrival in overdue:
        done += _try(partial(_miss, arrival, now=now))
    for opening in queries.queues_with_life(now=now):
        done += _try(partial(_look_at, opening, now=now))
    done += _try(partial(alerts.for_booked, now=now))
    return done


def _try(step: Callable[[], int]) -> int:
    try:
        return step()
    except DomainError as error:
        # Somebody else did it a moment before, or it is no longer due.
        log.info("queue.sweep_refused", extra={"code": error.code})
        return 0


@transaction.atomic
def _miss(arrival: Arrival, *, now: datetime) -> int:
    """Who was called and did not come: one place back, the second time out, with an offer of another time."""
    hold(arrival.clinic_id)
    arrival = queries.get(arrival.clinic, arrival.public_id)
    if not arrival.is_in_queue or arrival.called_until is None or arrival.called_until >= now:
        return 0
    if arrival.status == ArrivalStatus.WAITING and queries.is_connected(arrival, now=now):
        services.come_back(arrival, actor=SYSTEM, now=now)
        return 1
    services.missed_call(arrival, actor=SYSTEM, now=now)
    if arrival.status == ArrivalStatus.LEFT:
        letters.send(arrival.invitation, "missed", key=arrival.public_id, now=now)
    return 1


def _look_at(opening: Opening, *, now: datetime) -> int:
    done = _tell_whose_turn_is_near(opening, now=now)
    if now >= opening.closes_at - CLOSES_SOON:
        done += _come_to_the_end(opening, now=now)
    return done + alerts.for_queue(opening, now=now)


def _tell_whose_turn_is_near(opening: Opening, *, now: datetime) -> int:
    first = queries.in_queue(opening).values_list("pk", "status", "told_two_left_at")[: TURN_IS_NEAR + 1]
    due = [key for key, status, told in first if status == ArrivalStatus.AWAY and told is None]
    return sum(_tell_near(opening, key, now=now) for key in due)


@transaction.atomic
def _tell_near(opening: Opening, key: int, *, now: datetime) -> int:
    hold(opening.clinic_id)
    arrival = Arrival.objects.select_related("clinic", "opening__clinic", "invitation__clinic").get(pk=key)
    if arrival.status != ArrivalStatus.AWAY or arrival.told_two_left_at is not None:
        return 0
    services.told_two_left(arrival, actor=SYSTEM, now=now)
    letters.send(arrival.invitation, "two_left", key=f"{arrival.public_id}:{arrival.version}", now=now)
    return 1


def _come_to_the_end(opening: Opening, *, now: datetime) -> int:
    """Before closing time those who wait are told; after it they are served as long as somebody serves."""
    waiting = queries.in_queue(opening).exists()
    if now >= opening.closes_at:
        serves = queries.running_servings(opening).exists()
        if not (waiting and serves) or now >= opening.closes_at + OVERTIME:
            clinic, key = opening.clinic, opening.public_id
            close_queue(clinic, key, send_everybody_home=True, because="time", actor=SYSTEM, now=now)
            return 1
    elif waiting and not Notice.objects.filter(opening=opening, code="closing_soon").exists():
        with transaction.atomic():
            hold(opening.clinic_id)
            services.tell_all(opening, code="closing_soon", actor=SYSTEM, now=now)
        return 1
    return 0
