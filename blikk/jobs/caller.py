"""Calls clinics' other systems, beside the worker: a slow one must not hold up an SMS."""

import logging
import threading

from django.db import close_old_connections, connections
from django.utils import timezone

from blikk.clinics.webhooks.sending import call_once

PAUSE = 1.0
PAUSE_AFTER_FAULT = 10.0

log = logging.getLogger(__name__)


def start_caller(stop: threading.Event, *, name: str) -> threading.Thread:
    """Begin in a thread of its own until `stop` is set."""
    thread = threading.Thread(target=_call, args=(stop, name), name="webhooks", daemon=True)
    thread.start()
    return thread


def _call(stop: threading.Event, name: str) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            pause = 0.0 if call_once(name, clock=timezone.now) else PAUSE
        except Exception:
            log.exception("webhooks.fault")
            pause = PAUSE_AFTER_FAULT
        if pause:
            stop.wait(pause)
    connections.close_all()
