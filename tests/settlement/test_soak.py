"""Many payments through faults, desks and refunds: nothing is lost, doubled or unexplained."""

import pytest

from blikk.settlement.models import Payment
from tests.soak_payments import difference_ore, doubled, pay_through, unpaid_but_held

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [3, 4])
def test_through_faults_every_ore_is_where_we_say(seed):
    run = pay_through(40, chance=0.3, seed=seed)
    assert difference_ore(run) == 0
    assert doubled(run) == 0
    assert unpaid_but_held(run) == 0
    assert run.forged == 0
    assert run.calls > 20
    for weather in (run.till.vipps.weather, run.till.card.weather):
        assert set(weather.befell) == set(weather.KINDS)
    assert not Payment.objects.filter(next_at__isnull=False).exists()
    for way in ("vipps", "card"):
        assert Payment.objects.filter(provider=way, captured_ore__gt=0).count() > 3
    ends = set(Payment.objects.values_list("status", flat=True))
    assert {"captured", "refunded", "cancelled"} <= ends
    assert (run.till.vipps.wrong, run.till.card.wrong) == ([], [])
