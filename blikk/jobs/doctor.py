"""The doctor: looks at an installation, and says for each fault how to mend it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TextIO

from blikk.jobs.doctor_clock import clock
from blikk.jobs.doctor_eid import providers
from blikk.jobs.doctor_helfo import helfo
from blikk.jobs.doctor_hosts import calendars, certificate, external_video, journals
from blikk.jobs.doctor_messages import sent_to, transports
from blikk.jobs.doctor_money import money, peppol
from blikk.jobs.doctor_relay import relay
from blikk.jobs.doctor_secrets import secrets
from blikk.jobs.doctor_store import backups, database, redis
from blikk.jobs.finding import Finding as Finding

LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    secrets,
    database,
    redis,
    backups,
    clock,
    certificate,
    transports,
    calendars,
    external_video,
    journals,
    relay,
    providers,
    money,
    peppol,
    helfo,
)


def examine(out: TextIO, *, as_json: bool = False, send_to: Sequence[str] = ()) -> int:
    """Look at everything, print it, and say by the exit code whether all is well.

    With `send_to` a test is really sent to each of these phones and addresses.
    """
    findings = [finding for look in LOOKS for finding in look()]
    findings += [sent_to(each) for each in send_to]
    is_well = all(finding.is_well for finding in findings)
    if as_json:
        rows = [asdict(finding) | {"fix": "" if finding.is_well else finding.fix} for finding in findings]
        print(json.dumps({"is_well": is_well, "findings": rows}, indent=2), file=out)
    else:
        _print(findings, out)
    return 0 if is_well else 1


def _print(findings: Sequence[Finding], out: TextIO) -> None:
    for finding in findings:
        print(f"{'ok   ' if finding.is_well else 'FAULT'}  {finding.what}: {finding.how}", file=out)
        if finding.fix and not finding.is_well:
            print(f"       → {finding.fix}", file=out)
