"""The money of the demo: the sample's tariffs, and a clinic that charges in Blikk."""

from collections.abc import Callable
from datetime import datetime

import httpx

from blikk.clinics.queries import find_by_slug
from blikk.jobs.seed import SLUG
from blikk.kernel.actors import SYSTEM
from blikk.payments import decisions, queries, services
from blikk.payments.samples import sample
from blikk.payments.tariffs import ceilings, readers
from blikk.settlement.setup import VippsKeys, join_vipps, setup_of, use_vipps


def charge_in_blikk(*, now: datetime) -> None:
    """Take the samples in and turn payment on, unless somebody has decided about it."""
    clinic = find_by_slug(SLUG)
    if clinic is None or queries.rules_of(clinic) is not None:
        return
    found = readers.read(sample("tariffs").encode(), source="sample", on=now.date())
    services.take_in(found.rows, actor=SYSTEM, now=now)
    services.take_in_ceilings(ceilings.read_ceilings(sample("ceilings")), actor=SYSTEM, now=now)
    codes = ceilings.read_codes(sample("diagnoses"), source="sample", on=now.date())
    decisions.take_in_codes(codes, actor=SYSTEM, now=now)
    decisions.change_rules(
        clinic,
        is_on=True,
        is_private=False,
        field="LE",
        missed_ore=21200,
        settled_how="",
        actor=SYSTEM,
        now=now,
    )


def take_money(answered: Callable[[str, str, bytes], httpx.Response], *, now: datetime) -> None:
    """Let patients pay at the demo's own place, unless somebody has decided about it."""
    clinic = find_by_slug(SLUG)
    if clinic is None or setup_of(clinic) is not None:
        return
    keys = VippsKeys("123456", "demo", client_secret="demo", subscription_key="demo")
    setup = use_vipps(clinic, keys, actor=SYSTEM, now=now)
    # The server does not listen yet: it is asked here as it will answer then.
    line = httpx.MockTransport(lambda asked: answered(asked.method, asked.url.path, asked.content))
    join_vipps(setup, address="https://demo.invalid/vipps", now=now, transport=line)
