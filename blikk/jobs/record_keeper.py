"""Reads appointments from clinics' journal systems, beside the worker: a slow one must not hold up an SMS."""

import logging
import threading

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from blikk.journeys.incoming_read import read_once

PAUSE = 2.0
PAUSE_AFTER_FAULT = 10.0

log = logging.getLogger(__name__)


def start_record_keeper(stop: threading.Event, *, name: str) -> threading.Thread | None:
    """Begin in a thread of its own until `stop` is set; None where the operator has named no journal system."""
    if not settings.BLIKK_EHR_HOSTS:
        return None
    thread = threading.Thread(target=_keep, args=(stop, name), name="record", daemon=True)
    thread.start()
    return thread


def _keep(stop: threading.Event, name: str) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            pause = 0.0 if read_once(name, clock=timezone.now) else PAUSE
        except Exception:
            log.exception("record.fault")
            pause = PAUSE_AFTER_FAULT
        if pause:
            stop.wait(pause)
    connections.close_all()
