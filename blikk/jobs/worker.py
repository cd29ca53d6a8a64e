"""The worker: sends what waits in the outbox, and keeps house."""

import logging
import os
import socket
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from blikk.accounts.services import forget_sessions
from blikk.audit.services import export_heads
from blikk.bus import announce
from blikk.calendars.push import forget_old as forget_calendars
from blikk.invitations.proofs import forget_old
from blikk.jobs.calendar_keeper import start_keeper
from blikk.journeys.lost_links import answer_lost_links
from blikk.journeys.queue import sweep
from blikk.journeys.reminders import take_back_stale
from blikk.kernel.ids import new_id
from blikk.notifications.dispatch import News, dispatch_once
from blikk.notifications.transports.chosen import chosen_transports
from blikk.patients.requests import forget_old as forget_requests
from blikk.scheduling.services import forget_holds

PAUSE = 0.5
PAUSE_AFTER_FAULT = 2.0
SWEEP_EVERY = timedelta(seconds=3)
HOUSE_EVERY = timedelta(hours=1)
HEADS = "audit-heads.jsonl"

log = logging.getLogger(__name__)


def run_worker(stop: threading.Event, *, name: str = "") -> None:
    """Work until `stop` is set. Whatever goes wrong is tried again; nothing is lost by killing it."""
    worker_id = name or f"{socket.gethostname()}:{os.getpid()}:{new_id()[:6]}"
    transports = chosen_transports()
    keeper = start_keeper(stop, name=worker_id)
    house_due = sweep_due = timezone.now()
    while not stop.is_set():
        close_old_connections()
        try:
            handled = dispatch_once(worker_id, transports=transports, clock=timezone.now, tell=tell)
            house_due = _keep_house(house_due)
            sweep_due = _sweep(sweep_due)
            pause = 0.0 if handled else PAUSE
        except Exception:
            log.exception("worker.fault")
            pause = PAUSE_AFTER_FAULT
        if pause:
            stop.wait(pause)
    if keeper:
        # One request to a calendar server may be under way; what it did is found out at the next start.
        keeper.join(5)
    _close()


def start_worker() -> tuple[threading.Thread, threading.Event]:
    """Run the worker in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(stop,), name="worker", daemon=True)
    thread.start()
    return thread, stop


def tell(news: News) -> None:
    """Tell the open pages what became of a message."""
    if news.topic:
        announce(news.topic, "message", about=news.about, kind=news.kind, status=news.status)


def _sweep(due: datetime) -> datetime:
    """Every few seconds: do what is due in the queues, and see to lost links and reminders."""
    now = timezone.now()
    if now < due:
        return due
    sweep(now=now)
    answer_lost_links(now=now)
    take_back_stale(now=now)
    return now + SWEEP_EVERY


def _keep_house(due: datetime) -> datetime:
    """Once an hour: put the record's heads aside, and throw away sessions, proofs, holds and requests that are over."""
    now = timezone.now()
    if now < due:
        return due
    export_heads(settings.BLIKK_DATA / HEADS, now=now)
    forget_sessions(now=now)
    forget_old(now=now)
    forget_calendars(now=now)
    forget_holds(now=now)
    forget_requests(now=now)
    return now + HOUSE_EVERY


def _close() -> None:
    from django.db import connections

    try:
        connections.close_all()
    except Error:
        log.warning("worker.connection_not_closed")
