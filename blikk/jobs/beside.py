"""What waits for servers of others, each in a thread beside the worker: a slow one must not hold up an SMS."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from blikk.calendars.push import push_once
from blikk.clinics.webhooks.sending import call_once
from blikk.documentation.ehr.deliveries import deliver_once
from blikk.journeys import invoices
from blikk.journeys.incoming_read import read_once
from blikk.journeys.settling import send_due_links, words_of
from blikk.payments.deliveries import deliver_once as deliver_once_to_helfo
from blikk.payments.helfo.line import client
from blikk.settlement.asking import ask_once

PAUSE = 1.0
PAUSE_AFTER_FAULT = 10.0

log = logging.getLogger(__name__)


class Step(Protocol):
    """Does one piece of work, as the worker of this name; 0 where there was none."""

    def __call__(self, worker: str, /, *, clock: Callable[[], datetime]) -> int: ...


def start_beside(stop: threading.Event, *, name: str) -> list[threading.Thread]:
    """Begin what this installation needs, until `stop` is set; nothing where the operator has named no server."""
    threads = [
        threading.Thread(target=_go_on, args=(stop, name, step), name=what, daemon=True)
        for what, step in _steps()
    ]
    for thread in threads:
        thread.start()
    return threads


def _steps() -> Iterator[tuple[str, Step]]:
    if settings.BLIKK_CALDAV_HOSTS:
        yield "calendars", push_once
    if settings.BLIKK_EHR_HOSTS:
        yield "ehr", deliver_once
        yield "record", read_once
    yield "webhooks", call_once
    yield "payments", _cash
    if client() is not None:
        yield "claims", deliver_once_to_helfo


def _cash(worker: str, /, *, clock: Callable[[], datetime]) -> int:
    """Send the links of new bills, make the invoices that are due, and ask providers where the money is."""
    made = send_due_links(now=clock()) + invoices.work(now=clock())
    return made + ask_once(worker, words=words_of, clock=clock)


def _go_on(stop: threading.Event, name: str, step: Step) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            pause = 0.0 if step(name, clock=timezone.now) else PAUSE
        except Exception:
            log.exception("beside.fault", extra={"what": threading.current_thread().name})
            pause = PAUSE_AFTER_FAULT
        if pause:
            stop.wait(pause)
    connections.close_all()
