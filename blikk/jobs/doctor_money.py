"""What the doctor looks at of payments: whether Vipps and Stripe answer, and whether cards can be taken."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.utils import timezone

from blikk.jobs.finding import Finding, reaches
from blikk.settlement.card.line import is_installed
from blikk.settlement.queries import clinics_by_way, stuck_payments

LONG, A_DAY = timedelta(hours=1), timedelta(days=1)


def money() -> Iterator[Finding]:
    """The providers that clinics use. Where nobody uses one, nothing is asked of it."""
    try:
        vipps, card = clinics_by_way()
        stuck = stuck_payments(before=timezone.now() - LONG)
    except Error:
        return
    if vipps:
        yield from _provider("Vipps", settings.BLIKK_VIPPS_URL, "BLIKK_VIPPS_URL", "https://api.vipps.no")
    if card:
        yield from _provider(
            "Stripe", settings.BLIKK_STRIPE_URL, "BLIKK_STRIPE_URL", "https://api.stripe.com"
        )
        fix = "Install the extra: pip install 'blikk[card]'"
        how = (
            "the library is here"
            if is_installed()
            else f"{card} clinics take cards, but the library is missing"
        )
        yield Finding("card library", is_installed(), how, fix)
    if vipps or card:
        how = f"{stuck} have not moved for an hour" if stuck else "none has stood still for long"
        yield Finding(
            "payments", not stuck, how, "The clinic's page Betalinger says what is wrong with each."
        )


def peppol() -> Iterator[Finding]:
    """The folder for the access point, where one is named: written to by us, and emptied by it."""
    if not settings.BLIKK_PEPPOL_FOLDER:
        return
    folder = Path(settings.BLIKK_PEPPOL_FOLDER)
    fix = "Give the user that runs Blikk the right to write in BLIKK_PEPPOL_FOLDER"
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding("access point", False, f"{folder} cannot be written to", fix)
        return
    before = timezone.now().timestamp() - A_DAY.total_seconds()
    left = sum(file.stat().st_mtime < before for file in folder.glob("*.xml"))
    how = f"{left} documents have lain for a day" if left else "nothing has lain for a day"
    yield Finding("access point", not left, how, "See why the access point does not empty the folder.")


def _provider(what: str, url: str, setting: str, real: str) -> Iterator[Finding]:
    at = urlsplit(url)
    if at.scheme != "https":
        how = (
            "the demo's own place to pay" if settings.BLIKK_DEMO else f"{url} is no provider: no money moves"
        )
        yield Finding(what, settings.BLIKK_DEMO, how, f"Set {setting}={real}")
        return
    yield reaches(what, at.hostname or "", at.port or 443, setting)
