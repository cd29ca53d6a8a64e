"""Asks providers of payments, and sends links to pay by, beside the worker: a slow one must not hold up an SMS."""

import logging
import threading

from django.db import close_old_connections, connections
from django.utils import timezone

from blikk.journeys.settling import send_due_links, words_of
from blikk.settlement.asking import ask_once

PAUSE = 1.0
PAUSE_AFTER_FAULT = 10.0

log = logging.getLogger(__name__)


def start_cashier(stop: threading.Event, *, name: str) -> threading.Thread:
    """Begin in a thread of its own until `stop` is set."""
    thread = threading.Thread(target=_work, args=(stop, name), name="payments", daemon=True)
    thread.start()
    return thread


def _work(stop: threading.Event, name: str) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            send_due_links(now=timezone.now())
            pause = 0.0 if ask_once(name, words=words_of, clock=timezone.now) else PAUSE
        except Exception:
            log.exception("payments.fault")
            pause = PAUSE_AFTER_FAULT
        if pause:
            stop.wait(pause)
    connections.close_all()
