"""The money of the demo: the sample's tariffs, and a clinic that charges in Blikk."""

from datetime import datetime

from blikk.clinics.queries import find_by_slug
from blikk.jobs.seed import SLUG
from blikk.kernel.actors import SYSTEM
from blikk.payments import decisions, queries, services
from blikk.payments.samples import sample
from blikk.payments.tariffs import ceilings, readers


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
