"""Acts of those who serve a queue: start, pause, stop, and tell everybody who waits."""

from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.moves import change
from blikk.scheduling.models import Appointment, Opening
from blikk.waiting_room.models import Arrival, Delay, Notice, Serving, ServingStatus
from blikk.waiting_room.queries.places import INTERNAL, in_queue
from blikk.waiting_room.services.news import tell_queue
from blikk.waiting_room.services.queue import clean_words

LONGEST_DELAY = 240


@transaction.atomic
def start_serving(opening: Opening, membership: Membership, *, actor: Actor, now: datetime) -> Serving:
    """Note that a clinician works in the queue from now on; a second time is no news."""
    serving, is_new = Serving.objects.get_or_create(
        opening=opening, membership=membership, until=None, defaults={"since": now}
    )
    if is_new:
        tell_queue("queue.serving_started", opening, actor=actor, now=now, member=membership.public_id)
    return serving


@transaction.atomic
def stop_serving(opening: Opening, membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Note that a clinician works in the queue no more; who waited for them alone waits for anybody."""
    running = Serving.objects.filter(opening=opening, membership=membership, until__isnull=True)
    if running.update(until=now):
        in_queue(opening).filter(meant_for=membership).order_by().update(meant_for=None)
        tell_queue("queue.serving_stopped", opening, actor=actor, now=now, member=membership.public_id)


@transaction.atomic
def set_status(
    opening: Opening, membership: Membership, *, status: str, actor: Actor, now: datetime
) -> Serving:
    """Say what a clinician does right now: here, busy or at a pause. Raises NotFound for who does not serve."""
    serving = Serving.objects.filter(opening=opening, membership=membership, until__isnull=True).first()
    if serving is None or status not in ServingStatus.values:
        raise NotFound
    if serving.status != status:
        Serving.objects.filter(pk=serving.pk).update(status=status)
        serving.status = status
        tell_queue(
            "queue.status_set", opening, actor=actor, now=now, member=membership.public_id, status=status
        )
    return serving


@transaction.atomic
def begin_serving(
    arrival: Arrival, appointment: Appointment, membership: Membership, *, actor: Actor, now: datetime
) -> None:
    """Note which hour somebody from a queue has, and that whoever took them is busy until it ends."""
    change(arrival, appointment=appointment)
    if arrival.opening is not None:
        start_serving(arrival.opening, membership, actor=actor, now=now)
        set_status(arrival.opening, membership, status=ServingStatus.BUSY, actor=actor, now=now)


@transaction.atomic
def end_serving(arrival: Arrival, *, actor: Actor, now: datetime) -> None:
    """Note that whoever served somebody from a queue is free for the next."""
    if arrival.opening is None or arrival.served_by is None:
        return
    busy = Serving.objects.filter(
        opening=arrival.opening, membership=arrival.served_by, until__isnull=True, status=ServingStatus.BUSY
    )
    if busy.exists():
        set_status(arrival.opening, arrival.served_by, status=ServingStatus.HERE, actor=actor, now=now)


@transaction.atomic
def tell_all(opening: Opening, *, code: str = "", words: str = "", actor: Actor, now: datetime) -> Notice:
    """Put a fixed text or words on the screen of everybody in the queue. Raises Invalid (`words: missing`)."""
    cleaned = clean_words(words)
    if not code and not cleaned:
        raise Invalid(words="missing")
    notice = Notice.objects.create(
        clinic=opening.clinic, opening=opening, code=code, words=cleaned, at=now, by=str(actor)
    )
    if code not in INTERNAL:
        # The words themselves: a thousand pages need not ask for what is the same for all of them.
        announce(f"queue:{opening.public_id}", "told", at=now.isoformat(), code=code, words=cleaned)
    tell_queue("queue.told", opening, actor=actor, now=now, code=code)
    return notice


@transaction.atomic
def mark_alerted(arrival: Arrival, *, actor: Actor, now: datetime) -> None:
    """Remember that the staff were told of somebody who waits, so that they are not told every second."""
    Notice.objects.create(clinic=arrival.clinic, arrival=arrival, code="staff_alerted", at=now, by=str(actor))
    record("arrival.staff_alerted", actor=actor, about=arrival, clinic_id=arrival.clinic_id, now=now)


@transaction.atomic
def declare_late(
    clinic: Clinic, membership: Membership, *, minutes: int, day: date, actor: Actor, now: datetime
) -> Delay:
    """Say how late a clinician is with the day's booked hours. Raises Invalid (`minutes: unlikely_length`)."""
    if not 0 <= minutes <= LONGEST_DELAY:
        raise Invalid(minutes="unlikely_length")
    delay = Delay.objects.create(clinic=clinic, membership=membership, day=day, minutes=minutes, at=now)
    record("member.late", actor=actor, about=membership, clinic_id=clinic.pk, now=now, minutes=minutes)
    announce(f"day:{clinic.public_id}", "day")
    return delay
