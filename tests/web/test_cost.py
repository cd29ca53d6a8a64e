"""What the patient is told about money before: on the clinic's page, behind the link, and in the waiting room."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from blikk.kernel.actors import SYSTEM
from blikk.payments import decisions, queries, services
from blikk.payments.expected import expected
from blikk.web.presenters.cost import cost_of_clinic, cost_of_hour
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, open_link
from tests.payments.charges import TODAY, charges_here, rates
from tests.web.walk import with_device

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    rates()
    clinic = a_clinic(is_public=True, slug="fjord")
    charges_here(clinic, missed_ore=21200, settled_how="Du får en lenke til Vipps.")
    return clinic


def test_the_expected_payment_follows_the_time_and_the_specialist(clinic):
    clinician = a_member(clinic)
    day, evening = NOW, datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert "160\u00a0kr" in cost_of_hour(clinic, clinician, "video", day).amounts[0]
    assert "280\u00a0kr" in cost_of_hour(clinic, clinician, "video", evening).amounts[0]
    decisions.change_trade(clinician, field="LE", is_specialist=True, actor=SYSTEM, now=NOW)
    assert "212\u00a0kr" in cost_of_hour(clinic, clinician, "video", day).amounts[0]
    assert "318\u00a0kr" in cost_of_hour(clinic, clinician, "video", evening).amounts[0]


def test_a_trade_without_rates_is_told_no_amount_and_everything_else(clinic):
    clinician = a_member(clinic)
    decisions.change_trade(clinician, field="PS", is_specialist=False, actor=SYSTEM, now=NOW)
    shown = cost_of_hour(clinic, clinician, "video", NOW)
    assert shown.amounts == []
    assert any("3 278 kr" in line.replace("\u00a0", " ") and "2026" in line for line in shown.others)


def test_the_clinics_page_tells_what_it_costs_and_how_it_is_settled(clinic):
    with time_machine.travel(NOW, tick=False):
        page = Client().get(reverse("clinic_page", args=["fjord"])).content.decode().replace("\u00a0", " ")
    for words in (
        "Egenandelen er 160 kr på dagtid.",
        "Egenandelen er 280 kr på kveld og i helg.",
        "Varer det mer enn 20 minutter, kommer 10 kr i tillegg",
        "under 16 år",
        "Du får en lenke til Vipps.",
        "Kommer du ikke til timen, kan det koste 212 kr",
        "taket for 2026",
        "Satsene er fra 01.07.2021",
    ):
        assert words in page


def test_the_link_and_the_waiting_room_tell_it_in_the_patients_language(clinic):
    hour = a_booked_hour(clinic)
    with time_machine.travel(NOW, tick=False):
        open_link(hour)
        page = with_device(hour).get(reverse("patient_page", args=[hour.invitation.public_id]))
    assert page.content.decode().count("Egenandelen for denne timen er 160") == 2
    # Who it is for stands nowhere, so nothing is told of anybody's own exemption.
    assert "Ola" not in page.content.decode().split('data-test="cost"')[1].split("</ul>")[0]


def test_a_clinic_that_charges_elsewhere_says_nothing_more_than_before():
    rates()
    clinic = a_clinic(is_public=True, slug="fjord")
    assert cost_of_clinic(clinic, TODAY) is None
    assert cost_of_hour(clinic, None, "video", NOW) is None
    page = Client().get(reverse("clinic_page", args=["fjord"])).content.decode()
    assert 'data-test="cost"' not in page
    assert "Hva det koster" in page


def test_a_private_practice_tells_its_own_prices(clinic):
    charges_here(clinic, is_private=True, field="PS")
    price = {"name": "Samtale", "minutes": 45, "price_ore": 95050, "valid_from": date(2026, 1, 1)}
    decisions.set_price(clinic, **price, actor=SYSTEM, now=NOW)
    shown = cost_of_clinic(clinic, TODAY)
    assert shown.amounts == ["Samtale: 950,50\u00a0kr"]
    assert not any("frikort" in line for line in shown.others)


def test_rates_that_were_looked_up_this_year_are_not_called_old(clinic):
    fresh = [replace(row, source_on=TODAY, copay_ore=row.copay_ore + 100) for row in queries.all_tariffs()]
    services.take_in(fresh, actor=SYSTEM, now=NOW)
    assert cost_of_clinic(clinic, TODAY).old == ""
    assert cost_of_clinic(clinic, TODAY + timedelta(days=366)).old


def test_without_a_main_code_nothing_is_expected():
    assert expected({}, "video", "day") is None
