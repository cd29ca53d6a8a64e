"""Delivers notes to journal systems, beside the worker: a slow one must not hold up an SMS."""

import logging
import threading

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from blikk.documentation.ehr.deliveries import deliver_once

PAUSE = 2.0
PAUSE_AFTER_FAULT = 10.0

log = logging.getLogger(__name__)


def start_deliverer(stop: threading.Event, *, name: str) -> threading.Thread | None:
    """Begin in a thread of its own until `stop` is set; None where the operator has named no server."""
    if not settings.BLIKK_EHR_HOSTS:
        return None
    thread = threading.Thread(target=_deliver, args=(stop, name), name="ehr", daemon=True)
    thread.start()
    return thread


def _deliver(stop: threading.Event, name: str) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            pause = 0.0 if deliver_once(name, clock=timezone.now) else PAUSE
        except Exception:
            log.exception("ehr.fault")
            pause = PAUSE_AFTER_FAULT
        if pause:
            stop.wait(pause)
    connections.close_all()
