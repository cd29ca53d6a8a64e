"""Old books go after their years; what is open stays."""

from datetime import timedelta

import pytest

from blikk.kernel.forgetting import Forgotten
from blikk.settlement import links, payments
from blikk.settlement.keeping import forget_money
from blikk.settlement.models import Bill, PayDevice, PayLink, Payment
from tests.builders import NOW, a_booked_hour, admitted
from tests.settlement.paying import a_bill

pytestmark = pytest.mark.django_db


def test_a_settled_bill_goes_with_its_payments_and_an_open_one_stays():
    hour = a_booked_hour()
    admitted(hour)
    settled, still_open = a_bill(hour), a_bill(hour, kind="private")
    _, secret = links.make_link(settled, sent_by="sms", language="nb", actor=payments.SYSTEM, now=NOW)
    links.open_link(secret, device_secret="a-browser", now=NOW)
    payments.pay_by_hand(
        settled, how="cash", provider="desk", membership=None, actor=payments.SYSTEM, now=NOW
    )
    early, late = Forgotten(), Forgotten()
    forget_money(hour.clinic, early, NOW)
    assert early.rows == 0
    forget_money(hour.clinic, late, NOW + timedelta(days=1))
    assert list(Bill.objects.all()) == [still_open]
    assert not Payment.objects.exists()
    assert not PayLink.objects.exists()
    assert not PayDevice.objects.exists()
    assert late.counts["settlement.Bill"] == 1
