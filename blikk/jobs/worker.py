"""The worker: sends what waits in the outbox, and keeps house."""

import logging
import os
import socket
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from blikk.accounts.eid import forget_old as forget_trips
from blikk.accounts.services import forget_sessions
from blikk.audit.services import export_heads
from blikk.calendars.push import forget_old as forget_calendars
from blikk.clinics.machines.services import forget_old as forget_machine_tokens
from blikk.clinics.webhooks.services import forget_old as forget_calls
from blikk.documentation.launches import forget_old as forget_launches
from blikk.invitations.proofs import forget_old
from blikk.jobs.beside import start_beside
from blikk.jobs.keeping import start_keeping
from blikk.journeys import delivery
from blikk.journeys.frame import end_whiles
from blikk.journeys.inbound import take_text, use_kept_texts
from blikk.journeys.lost_links import answer_lost_links
from blikk.journeys.practice import clear_old as clear_practice
from blikk.journeys.queue import sweep
from blikk.journeys.reminders import take_back_stale
from blikk.kernel.ids import new_id
from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.inbound import forget_inbound
from blikk.notifications.reports import forget_reports
from blikk.notifications.services import Channel
from blikk.notifications.states import Outcome
from blikk.notifications.transports import Listening
from blikk.notifications.transports.chosen import chosen_transports
from blikk.patients.requests import forget_old as forget_requests
from blikk.scheduling.services import forget_holds
from blikk.writing.photos import sweep_orphans
from blikk.writing.services import forget_drafts

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
    lines = [transport for transport in transports.values() if isinstance(transport, Listening)]
    for line in lines:
        line.listen(Hearing())
    beside = [*start_beside(stop, name=worker_id), start_keeping(stop, name=worker_id)]
    house_due = sweep_due = timezone.now()
    while not stop.is_set():
        close_old_connections()
        try:
            handled = dispatch_once(worker_id, transports=transports, clock=timezone.now, tell=delivery.tell)
            house_due = _keep_house(house_due)
            sweep_due = _sweep(sweep_due)
            pause = 0.0 if handled else PAUSE
        except Exception:
            log.exception("worker.fault")
            pause = PAUSE_AFTER_FAULT
        if pause:
            stop.wait(pause)
    for line in lines:
        line.close()
    for thread in beside:
        # One request to another server may be under way; what it did is found out at the next start.
        thread.join(5)
    _close()


class Hearing:
    """Takes in what a transport brings by itself, on the transport's own thread."""

    def report(
        self,
        channel: Channel,
        *,
        provider_id: str = "",
        reference: str = "",
        outcome: Outcome,
        reason: str = "",
    ) -> None:
        close_old_connections()
        delivery.take_report(
            channel,
            provider_id=provider_id,
            reference=reference,
            outcome=outcome,
            reason=reason,
            now=timezone.now(),
        )

    def text(self, *, source: str, phone: str, words: str) -> None:
        close_old_connections()
        take_text(source=source, phone=phone, words=words, now=timezone.now())


def start_worker() -> tuple[threading.Thread, threading.Event]:
    """Run the worker in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(stop,), name="worker", daemon=True)
    thread.start()
    return thread, stop


def _sweep(due: datetime) -> datetime:
    """Every few seconds: do what is due in the queues, and see to lost links and reminders."""
    now = timezone.now()
    if now < due:
        return due
    sweep(now=now)
    end_whiles(now=now)
    delivery.use_kept_reports(now=now)
    delivery.follow_up(now=now)
    delivery.warn_of_unopened(since=due - SWEEP_EVERY, now=now)
    use_kept_texts(now=now)
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
    forget_trips(now=now)
    forget_launches(now=now)
    forget_old(now=now)
    forget_machine_tokens(now=now)
    forget_calls(now=now)
    forget_calendars(now=now)
    forget_holds(now=now)
    forget_reports(now=now)
    forget_inbound(now=now)
    forget_requests(now=now)
    sweep_orphans(now=now)
    forget_drafts(now=now)
    clear_practice(now=now)
    return now + HOUSE_EVERY


def _close() -> None:
    from django.db import connections

    try:
        connections.close_all()
    except Error:
        log.warning("worker.connection_not_closed")
