"""The record from the command line: prove it, and export its heads."""

import sys
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from blikk.audit.queries import beginnings
from blikk.audit.queries import verify as faults_of
from blikk.audit.services import export_heads
from blikk.jobs.worker import HEADS


def verify(heads: Path | None) -> int:
    """Print every fault; the exit code says whether there is any."""
    own = settings.BLIKK_DATA / HEADS
    if heads is None and own.exists():
        heads = own
    if heads is not None and not heads.exists():
        print(f"blikk: there is no file {heads}", file=sys.stderr)
        return 2
    faults = faults_of(heads)
    for fault in faults:
        print(fault)
    for one in beginnings():
        until = one.until.date()
        print(f"chain {one.chain}: proven from entry {one.number}; older ones, until {until}, are deleted")
    against = f", also against {heads}" if heads else ""
    print(f"{len(faults)} faults{against}" if faults else f"the record is whole{against}")
    return 1 if faults else 0


def export(file: Path | None) -> int:
    """Append the signed heads of all chains to a file."""
    target = file or settings.BLIKK_DATA / HEADS
    count = export_heads(target, now=timezone.now())
    print(f"{count} heads appended to {target}")
    return 0
