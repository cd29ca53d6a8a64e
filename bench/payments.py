"""A thousand payments through a provider that fails in every way it can: do the sums agree?"""

import tempfile
import time
from pathlib import Path

PAYMENTS = 1000


def measure() -> dict[str, float]:
    """In this process, against a provider made from the published description; the database is SQLite."""
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
            "payment_faults": sum(run.till.vipps.weather.befell.values()),
            "payments_per_second": PAYMENTS / took,
        }
        connection.close()
    return found
