"""What the doctor looks at of Helfo: the client, and for each clinic that sends whether it is known there."""

from collections.abc import Iterator

from django.utils import timezone

from blikk.accounts.oidc.providers import HELFO, missing, provider
from blikk.jobs.doctor_eid import key, there
from blikk.jobs.finding import Finding
from blikk.payments import frikort
from blikk.payments.helfo import kuhr
from blikk.payments.helfo.faults import Fault
from blikk.payments.queries import senders

CALLED = "Helfo"
SEE = "See docs/how-to/connect-helfo.md."


def helfo() -> Iterator[Finding]:
    asked = provider(HELFO)
    if asked is None:
        yield Finding(CALLED, True, "not used: BLIKK_HELFO is empty")
        return
    if absent := missing(HELFO):
        yield Finding(CALLED, False, f"not whole: no {', '.join(absent)}", SEE)
        return
    yield key(HELFO, CALLED)
    yield from there(asked, CALLED)
    for organisation, practice in senders():
        yield _claims(organisation, practice)
        yield _cards(organisation)


def _claims(organisation: str, practice: str) -> Finding:
    what = f"{CALLED}: claims of {organisation}"
    try:
        with kuhr.line_for(organisation) as line:
            known = kuhr.practices(line, now=timezone.now())
    except Fault as fault:
        return Finding(what, False, str(fault.reason), SEE)
    if known.get(practice) != "ok":
        how = f"practice {practice} is {known.get(practice) or 'not known there'}"
        return Finding(what, False, how, "Correct the practice under Takster og priser, or at Helfo.")
    return Finding(what, True, f"practice {practice} is ready")


def _cards(organisation: str) -> Finding:
    what = f"{CALLED}: exemption cards for {organisation}"
    try:
        wrong = frikort.faults_of_client(organisation, now=timezone.now())
    except Fault as fault:
        return Finding(what, False, str(fault.reason), SEE)
    return Finding(what, not wrong, ", ".join(wrong) or "the register would answer", SEE)
