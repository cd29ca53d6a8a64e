"""The doctor asks whether the places where clinics are paid answer."""

import os
import time

import pytest

from blikk.jobs import doctor_money
from blikk.jobs.doctor_money import money, peppol
from blikk.settlement import payments
from blikk.settlement.models import MoneySetup, Payment
from tests.builders import NOW, a_booked_hour, a_clinic, admitted
from tests.jobs.test_doctor import faults
from tests.servers import free_port
from tests.settlement.paying import a_bill, a_till, begun

pytestmark = pytest.mark.django_db


def uses(**ways) -> None:
    MoneySetup.objects.create(
        clinic=a_clinic(), vipps_serial="123456", vipps_client_id="a-client", changed_at=NOW, **ways
    )


def test_where_no_clinic_is_paid_from_a_page_nobody_is_asked():
    uses(uses_vipps=False)
    assert list(money()) == []


def test_vipps_and_stripe_that_are_away_are_named_and_those_that_answer_are_well(settings, smtp_sink):
    uses(uses_vipps=True, uses_card=True)
    settings.BLIKK_VIPPS_URL = f"https://localhost:{free_port()}"
    settings.BLIKK_STRIPE_URL = f"https://localhost:{free_port()}"
    vipps, stripe = faults(money())
    assert "BLIKK_VIPPS_URL" in vipps
    assert "BLIKK_STRIPE_URL" in stripe
    settings.BLIKK_VIPPS_URL = settings.BLIKK_STRIPE_URL = f"https://127.0.0.1:{smtp_sink.port}"
    assert faults(money()) == []
    assert len(list(money())) == 4


def test_a_place_that_moves_no_money_is_a_fault_outside_the_demo(settings):
    uses(uses_vipps=True)
    settings.BLIKK_VIPPS_URL = "http://localhost:8000"
    assert faults(money()) == []
    settings.BLIKK_DEMO = False
    (named,) = faults(money())
    assert "no money moves" in named
    assert "https://api.vipps.no" in named


def test_cards_without_the_library_are_a_fault(settings, smtp_sink, monkeypatch):
    uses(uses_card=True)
    settings.BLIKK_STRIPE_URL = f"https://127.0.0.1:{smtp_sink.port}"
    assert faults(money()) == []
    monkeypatch.setattr(doctor_money, "is_installed", lambda: False)
    (named,) = faults(money())
    assert "blikk[card]" in named


def test_the_folder_of_the_access_point_is_written_to_and_emptied(settings, tmp_path):
    assert list(peppol()) == []
    settings.BLIKK_PEPPOL_FOLDER = str(tmp_path)
    assert faults(peppol()) == []
    (tmp_path / "974760673-1.xml").write_bytes(b"<a/>")
    assert faults(peppol()) == []
    two_days_ago = time.time() - 2 * 86_400
    os.utime(tmp_path / "974760673-1.xml", (two_days_ago, two_days_ago))
    (named,) = faults(peppol())
    assert "1 documents have lain for a day" in named
    settings.BLIKK_PEPPOL_FOLDER = str(tmp_path / "away")
    (named,) = faults(peppol())
    assert "cannot be written to" in named


def test_payments_that_stand_still_are_counted(settings, smtp_sink):
    settings.BLIKK_VIPPS_URL = f"https://127.0.0.1:{smtp_sink.port}"
    hour = a_booked_hour()
    admitted(hour)
    till = a_till(hour.clinic)
    payment = begun(till, a_bill(hour))
    till.work()
    payments.free(payment.bill, actor=payments.SYSTEM, now=NOW)
    assert faults(money()) == []
    Payment.objects.update(fault="not_allowed")
    (named,) = faults(money())
    assert "1 have not moved" in named
