"""What the doctor looks at of eID and HelseID: the key, the provider, and the clock."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from blikk.accounts.oidc import client, keys
from blikk.accounts.oidc.faults import Fault
from blikk.accounts.oidc.providers import HELSEID, PATIENT, Provider, missing, provider
from blikk.accounts.oidc.tokens import LEEWAY
from blikk.jobs.finding import Finding

NAMES = {PATIENT: "eID for patients", HELSEID: "HelseID"}
SETTINGS = {PATIENT: "BLIKK_EID", HELSEID: "BLIKK_HELSEID"}


def providers() -> Iterator[Finding]:
    for name, called in NAMES.items():
        asked = provider(name)
        if asked is None:
            yield Finding(called, True, f"not used: {SETTINGS[name]} is empty")
            continue
        if absent := missing(name):
            how = f"not whole: no {', '.join(absent)}"
            yield Finding(called, False, how, "See docs/how-to/connect-eid.md.")
            continue
        yield key(name, called)
        yield from there(asked, called)
    if settings.BLIKK_TEST_NUMBERS and not settings.BLIKK_DEMO:
        how = "numbers of people who do not exist are taken"
        yield Finding("test numbers", False, how, "Set BLIKK_TEST_NUMBERS=false where patients are.")


def key(name: str, called: str) -> Finding:
    """Whether the key is there by which a provider knows us."""
    try:
        kid = keys.kid_of(keys.key_of(name))
    except Fault as fault:
        fix = f"Run: blikk keys make {name}, and give the provider what it prints."
        return Finding(f"{called}: key", False, fault.detail, fix)
    return Finding(f"{called}: key", True, f"{kid} is there")


def there(asked: Provider, called: str) -> Iterator[Finding]:
    """Whether a provider answers, and what time it is there."""
    try:
        clock = client.look(asked)
    except Fault as fault:
        fix = "Check the issuer, the firewall towards it, and the hosts in docs/how-to/connect-eid.md."
        yield Finding(f"{called}: provider", False, f"{asked.issuer}: {fault.detail or fault.reason}", fix)
        return
    yield Finding(f"{called}: provider", True, f"{asked.issuer} answers")
    yield _clock(called, clock, timezone.now())


def _clock(called: str, theirs: datetime | None, ours: datetime) -> Finding:
    if theirs is None:
        return Finding(f"{called}: clock", True, "the provider does not say the time")
    apart = abs((ours - theirs).total_seconds())
    fix = "Let this machine's clock follow a time server, such as ntp.nhn.no."
    return Finding(f"{called}: clock", apart < LEEWAY / 2, f"{apart:.0f} s from the provider's", fix)
