import os
import secrets
import time

import pytest
from django.db import transaction

from tests.soak.lives import Town

SECONDS = float(os.environ.get("BLIKK_SOAK_SECONDS", 2 * 60 * 60))


@pytest.mark.timeout(SECONDS + 600)
@pytest.mark.django_db
def test_no_order_of_acts_breaks_what_must_be_true():
    ends_at = time.monotonic() + SECONDS
    while time.monotonic() < ends_at:
        seed = secrets.randbits(32)
        print(f"seed {seed}")
        with transaction.atomic():
            town = Town(seed)
            for _ in range(600):
                town.step()
                town.look()
            town.look_closely()
            transaction.set_rollback(True)
