"""Notes on their way to a record system: through five hundred faults, how many a second, and with ten times more."""

import statistics
import tempfile
import time
from pathlib import Path

FAULTS, NOTES = 500, 100
FEW, TIMES, BATCH, REPETITIONS = 150, 10, 30, 3


def measure() -> dict[str, float]:
    """Deliver to a real FHIR server in a process of its own, over TLS; the database is SQLite."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tests.journal import running_journal

    with tempfile.TemporaryDirectory(prefix="blikk-export-") as folder, running_journal() as journal:
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(Path(folder) / "db")
        connection.close()
        call_command("migrate", verbosity=0)
        settings.BLIKK_EHR_HOSTS, settings.BLIKK_EHR_CA = [journal.host], str(journal.certificate)
        found = _through_faults(journal)
        found |= _growth(journal)
        connection.close()
    return found


def _clinic(journal):
    from tests.builders import a_clinic, a_member
    from tests.journal import connect

    clinic = a_clinic()
    connect(journal, clinic)
    return clinic, a_member(clinic, hpr_number="9144889")


def _through_faults(journal) -> dict[str, float]:
    from tests.soak_journal import deliver_through, lost_and_doubled, write

    clinic, clinician = _clinic(journal)
    written = write(clinic, clinician, NOTES, now=journal.clock.now)
    deliver_through(journal, FAULTS)
    lost, doubled = lost_and_doubled(journal, written)
    befell = sum(journal.befell.values())
    return {
        "export_lost": lost,
        "export_doubled": doubled,
        "export_notes": NOTES,
        "export_faults": befell,
    }


def _growth(journal) -> dict[str, float]:
    """The same batch with few notes in the database and with ten times as many; the server is empty each time.

    How it grows is told by our own work: the clock on the wall also tells of what else the machine did between.
    """
    from tests.soak_journal import write

    clinic, clinician = _clinic(journal)
    write(clinic, clinician, FEW, now=journal.clock.now, delivered=True)
    _batch(journal, clinic, clinician)
    few = [_batch(journal, clinic, clinician) for _ in range(REPETITIONS)]
    write(clinic, clinician, FEW * (TIMES - 1), now=journal.clock.now, delivered=True)
    many = [_batch(journal, clinic, clinician) for _ in range(REPETITIONS)]
    return {
        "notes_per_second": BATCH / statistics.median(passed for passed, _ in few),
        "export_growth_ratio": statistics.median(worked for _, worked in many)
        / statistics.median(worked for _, worked in few),
    }


def _batch(journal, clinic, clinician) -> tuple[float, float]:
    """How many seconds passed, and how many this process worked."""
    from blikk.documentation.ehr.deliveries import deliver_once
    from blikk.documentation.models import Delivery, EhrConnection
    from tests.soak_journal import write

    journal.control("reset")
    journal.knows(EhrConnection.objects.get(clinic=clinic))
    journal.control("revoke")
    write(clinic, clinician, BATCH, now=journal.clock.now)
    journal.clock.later(hours=2)
    start, worked = time.perf_counter(), time.process_time()
    while Delivery.objects.filter(status="waiting").exists():
        deliver_once("w", clock=journal.clock)
    return time.perf_counter() - start, time.process_time() - worked
