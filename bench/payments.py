"""A thousand payments by Vipps and by card, through providers that fail in every way they can: do the sums agree?"""

import tempfile
import time
from pathlib import Path

PAYMENTS = 1000


def measure() -> dict[str, float]:
    """In this process, against providers made from the published descriptions; the database is SQLite."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tests.soak_payments import difference_ore, doubled, pay_through

    with tempfile.TemporaryDirectory(prefix="blikk-payments-") as folder:
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(Path(folder) / "db")
        connection.close()
        call_command("migrate", verbosity=0)
        began = time.perf_counter()
        run = pay_through(PAYMENTS)
        took = time.perf_counter() - began
        found = {
            "payment_difference_ore": difference_ore(run),
            "payments_doubled": doubled(run),
            "payments": PAYMENTS,
            "payment_faults": sum(
                sum(there.weather.befell.values()) for there in (run.till.vipps, run.till.card)
            ),
            "payments_per_second": PAYMENTS / took,
        }
        connection.close()
    return found
