"""Deletes at night what has been kept long enough, beside the worker; and the same from the command line."""

import logging
import threading
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from blikk.audit.queries import verify
from blikk.audit.services import export_heads
from blikk.clinics.deletions import clinics_that_keep, practice_keys
from blikk.clinics.retention import RULES, years_before
from blikk.journeys.keeping import due
from blikk.journeys.keeping.night import keep, night_of, trim
from blikk.kernel.ids import new_id

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Deletion

PAUSE = 60.0

log = logging.getLogger(__name__)


def start_keeping(stop: threading.Event, *, name: str) -> threading.Thread:
    """Begin in a thread of its own until `stop` is set: a long night must not hold up an SMS."""
    thread = threading.Thread(target=_keep_on, args=(stop, name), name="keeping", daemon=True)
    thread.start()
    return thread


def _keep_on(stop: threading.Event, name: str) -> None:
    while not stop.wait(PAUSE):
        close_old_connections()
        try:
            keep_all(name)
        except Exception:
            log.exception("keeping.fault")
    connections.close_all()


def keep_all(worker: str) -> int:
    """Do what is due at every clinic; says how many nights were finished."""
    done = [run for one in clinics_that_keep() if (run := _kept(one, worker))]
    if done:
        before = years_before(timezone.now(), RULES["audit"].usual)
        for chain in {None, *practice_keys()}:
            trim(chain, before=before, now=timezone.now())
    for run in done:
        log.info("keeping.done clinic=%s rows=%s", run.clinic_id, sum(run.counts.values()))
    return len(done)


def _kept(clinic: "Clinic", worker: str) -> "Deletion | None":
    """One clinic's night; a fault there takes nothing from the others."""
    try:
        return keep(clinic, worker=worker, clock=timezone.now)
    except Exception:
        log.exception("keeping.fault clinic=%s", clinic.pk)
        return None


def run(*, is_trial: bool, name: str = "") -> int:
    """Delete now what the night would delete, or only say what that is; the exit code says whether all went well."""
    now = timezone.now()
    for clinic in clinics_that_keep():
        found = due.tonight(clinic, now=now)
        held = ", ".join(f"{code} {count}" for code, count in sorted(found.held.items())) or "nothing"
        print(
            f"{clinic.slug}: {found.visits} visits, {found.places} places in queues, {found.patients} patients, "
            f"{found.entries} audit entries are due; held back: {held}"
        )
    if is_trial:
        return 0
    return _keep_now(name or f"command:{new_id()[:8]}")


def _keep_now(worker: str) -> int:
    # The record's heads are put aside first: what is proven afterwards is proven against them too.
    export_heads(settings.BLIKK_DATA / "audit-heads.jsonl", now=timezone.now())
    for clinic in clinics_that_keep():
        run = keep(clinic, worker=worker, clock=timezone.now)
        if run is None:
            why = (
                "it is not night yet"
                if night_of(clinic, now=timezone.now()) is None
                else "done, or under way"
            )
            print(f"{clinic.slug}: nothing deleted now ({why})")
            continue
        rows, span = sum(run.counts.values()), f"{run.first_on or '-'} to {run.last_on or '-'}"
        print(f"{clinic.slug}: {rows} rows deleted, {run.visits} visits of {span}, {run.patients} patients")
        for label, count in sorted(run.counts.items()):
            print(f"  {label}: {count}")
        print(f"  digest {run.digest or '-'}; {run.postponed} left for another night")
    is_whole = not verify(None)
    print("the record is whole" if is_whole else "the record has faults: run blikk audit verify")
    return 0 if is_whole else 1
