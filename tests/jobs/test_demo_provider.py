"""The demo's own place to pay: it answers as Vipps does, is clearly marked, and is nowhere but in the demo."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from blikk.jobs import demo_provider
from blikk.jobs.demo_provider import PAGE, answered
from blikk.settlement import payments
from blikk.settlement.asking import ask_once
from blikk.settlement.models import Payment
from tests.builders import NOW, a_booked_hour, admitted
from tests.settlement.paying import KEYS, Clock, a_bill, words

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


@pytest.fixture
def bill(settings):
    settings.BLIKK_BASE_URL = settings.BLIKK_VIPPS_URL = "http://localhost:8000"
    from blikk.settlement.setup import use_vipps

    hour = a_booked_hour()
    admitted(hour)
    use_vipps(hour.clinic, KEYS, actor=payments.SYSTEM, now=NOW)
    return a_bill(hour)


def begin(bill) -> tuple[Payment, Clock]:
    payment = payments.begin(bill, provider="vipps", flow="redirect", actor=payments.SYSTEM, now=NOW)
    clock = Clock()
    work(clock)
    payment.refresh_from_db()
    return payment, clock


def work(clock: Clock) -> None:
    line = httpx.MockTransport(lambda asked: answered(asked.method, asked.url.path, asked.content))
    clock.later(minutes=11)
    while ask_once("w", words=words, clock=clock, transports={"vipps": line}):
        pass


def press(payment: Payment, answer: str) -> httpx.Response:
    return answered("POST", f"{PAGE}{payment.reference}", f"answer={answer}".encode())


def test_a_newcomer_says_yes_and_the_bill_is_paid_and_can_be_given_back(bill):
    payment, clock = begin(bill)
    assert payment.address == f"http://localhost:8000{PAGE}{payment.reference}"
    page = answered("GET", f"{PAGE}{payment.reference}", b"").text
    assert page.count("Demo: ingen penger flyttes") >= 2
    assert "179,00 kr" in page
    back = press(payment, "yes")
    assert (back.status_code, back.headers["Location"]) == (303, "https://blikk.example.no/betal/tilbake")
    work(clock)
    bill.refresh_from_db()
    assert bill.status == "paid"
    payments.refund(bill, actor=payments.SYSTEM, now=clock())
    work(clock)
    bill.refresh_from_db()
    assert bill.status == "refunded"


def test_a_no_leaves_the_bill_and_another_try_can_be_given_up(bill):
    payment, clock = begin(bill)
    press(payment, "no")
    press(payment, "yes")
    work(clock)
    payment.refresh_from_db()
    assert payment.status == "failed"
    again, clock = begin(bill)
    payments.free(bill, actor=payments.SYSTEM, now=clock())
    work(clock)
    again.refresh_from_db()
    assert again.status == "cancelled"
    assert "kjenner ikke" in answered("GET", f"{PAGE}unknown", b"").text


def test_only_the_demo_knows_the_place_that_moves_no_money(tmp_path):
    naming = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "blikk").rglob("*.py")
        if "demo_provider" in path.read_text() and path != Path(demo_provider.__file__)
    }
    assert naming == {"blikk/jobs/demo.py"}
    code = "import django; django.setup(); import blikk.jobs.demo_provider"
    env = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "blikk.config.settings",
        "BLIKK_DATA": str(tmp_path),
        "BLIKK_BASE_URL": "https://blikk.example.no",
        "BLIKK_SECRET_KEY": "x" * 60,
        "BLIKK_FIELD_KEYS": "y" * 60,
        "BLIKK_AUDIT_KEY": "z" * 60,
    }
    run = [sys.executable, "-c", code]
    refused = subprocess.run(run, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "exists in the demo only" in refused.stderr
    taken = subprocess.run(
        run, env={**env, "BLIKK_DEMO": "true"}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert taken.returncode == 0, taken.stderr
