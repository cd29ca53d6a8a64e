"""The money on the close-out page and on the administrator's page."""

import pytest
from django.urls import reverse

from blikk.payments import queries
from blikk.payments.models import Charge, MemberRates, PrivatePrice
from blikk.settlement.models import Bill
from tests.builders import a_booked_hour, a_clinic, a_member
from tests.helfo.server import ASK
from tests.payments.charges import Ended, rates
from tests.payments.test_frikort import NUMBER, Asking
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended():
    return Ended(missed_ore=21200)


def page_of(ended):
    return signed_in(ended.hour.clinician), reverse("close_out", args=[ended.id])


def test_the_page_proposes_and_one_button_accepts(ended):
    client, at = page_of(ended)
    page = client.get(at).content.decode()
    for words in (
        "Holdt slik: video, 10:00 (dagtid), 15 minutter",
        "160\u00a0kr",
        "15\u00a0kr",
        "mer enn et år gamle",
    ):
        assert words in page
    seen = page.split('name="charge-seen" value="')[1].split('"')[0]
    sent = {
        "charge-kind": "co_payment",
        "charge-codes": "2ae",
        "charge-exemption": "",
        "charge-diagnosis": "hoste",
        "charge-seen": seen,
        "charge-accept": "1",
        "free_text": "Bedre i dag",
        "note_version": "1",
        "outcome": "in_person_needed",
    }
    answer = client.post(at, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Godtatt av Kari Nordmann" in page
    assert Charge.objects.get().patient_ore == 16000
    assert Bill.objects.get().amount_ore == 16000
    # Nothing that was typed elsewhere is lost, and nothing is signed.
    assert "Bedre i dag" in page
    assert 'value="in_person_needed" id="id_outcome_1" checked' in page.replace(' class="ds-input"', "")
    assert 'value="charged"' in page
    assert "Signer notatet" in page


def test_what_cannot_stand_together_is_explained_and_kept(ended):
    client, at = page_of(ended)
    sent = {
        "charge-kind": "co_payment",
        "charge-codes": "2ae 2ad",
        "charge-reckon": "1",
        "charge-exemption": "",
    }
    page = client.post(at, sent).content.decode()
    assert "2ae og 2ad kan ikke stå på samme regning." in page
    assert 'value="2ae 2ad"' in page
    answer = client.post(at, {**sent, "charge-accept": "1", "charge-diagnosis": "R05"})
    assert answer.status_code == 422
    assert not Charge.objects.exists()


def test_several_diagnoses_are_offered_as_buttons(ended):
    client, at = page_of(ended)
    sent = {"charge-kind": "co_payment", "charge-codes": "2ae", "charge-diagnosis": "r", "charge-reckon": "1"}
    page = client.post(at, sent).content.decode()
    assert 'name="choose-diagnosis" value="R05"' in page and "Hoste" in page
    assert 'name="choose-diagnosis" value="R74"' in page
    chosen = {**sent, "choose-diagnosis": "R74"}
    del chosen["charge-reckon"]
    page = client.post(at, chosen).content.decode()
    assert 'name="charge-diagnosis" value="R74"' in page


def test_an_acceptance_is_taken_back_from_the_page(ended):
    ended.accept()
    client, at = page_of(ended)
    assert "Angre godkjenningen" in client.get(at).content.decode()
    answer = client.post(at, {"charge-back": "1", "charge-version": "1"})
    assert answer.status_code == 200
    assert Charge.objects.get().status == "withdrawn"
    assert "Regn ut på nytt" in answer.content.decode()


def test_a_number_that_is_missing_is_asked_here_and_kept_sealed(ended):
    client, at = page_of(ended)
    page = client.get(at).content.decode()
    assert "Uten det kan kravet til staten ikke sendes." in page
    seen = page.split('name="charge-seen" value="')[1].split('"')[0]
    sent = {
        "charge-kind": "co_payment",
        "charge-codes": "2ae",
        "charge-diagnosis": "R05",
        "charge-number": "123",
        "charge-seen": seen,
        "charge-accept": "1",
    }
    answer = client.post(at, sent)
    assert answer.status_code == 422
    assert 'value="123"' in answer.content.decode()
    assert not Charge.objects.exists()


def test_a_clinic_that_charges_elsewhere_sees_no_panel():
    ended = Ended(is_on=False)
    client, at = page_of(ended)
    page = client.get(at).content.decode()
    assert "charge-accept" not in page
    assert "Kreves inn fra Blikk" not in page
    assert "Kreves inn i journalsystemet" in page


def test_the_page_asks_the_database_as_often_whatever_the_rates(ended, django_assert_max_num_queries):
    client, at = page_of(ended)
    client.get(at)
    with django_assert_max_num_queries(75):
        client.get(at)


def test_an_administrator_decides_how_the_clinic_is_paid():
    clinic = a_clinic()
    hour = a_booked_hour(clinic)
    rates()
    client = signed_in(a_member(clinic, "administrator", "Ada Administrator"))
    at = reverse("payment_rules")
    page = client.get(at).content.decode()
    assert "mer enn et år gamle" in page
    assert "normaltariffen.legeforeningen.no" in page
    sent = {"rules": "1", "is_on": "on", "field": "LE", "missed_ore": "212,50", "settled_how": "Vipps"}
    assert client.post(at, sent).status_code == 302
    rules = queries.rules_of(clinic)
    assert (rules.is_on, rules.is_private, rules.missed_ore) == (True, False, 21250)
    wrong = client.post(at, {**sent, "missed_ore": "mye"})
    assert wrong.status_code == 422
    assert 'value="mye"' in wrong.content.decode()
    member = hour.clinician.public_id
    client.post(at, {"trades": "1", f"m{member}-trade": "PS", f"m{member}-is_specialist": "on"})
    kept = MemberRates.objects.get()
    assert (kept.field, kept.is_specialist) == ("PS", True)
    client.post(at, {"trades": "1", f"m{member}-trade": ""})
    assert not MemberRates.objects.exists()


def test_an_administrator_sets_a_price_and_ends_it():
    clinic = a_clinic()
    client = signed_in(a_member(clinic, "administrator", "Ada Administrator"))
    at = reverse("payment_rules")
    client.post(at, {"rules": "1", "is_on": "on", "is_private": "on", "field": "PS"})
    sent = {"price-new": "1", "name": "Samtale", "minutes": "45", "price": "950", "valid_from": "2026-01-01"}
    assert client.post(at, sent).status_code == 302
    assert "950\u00a0kr" in client.get(at).content.decode()
    assert client.post(at, sent).status_code == 422
    price = PrivatePrice.objects.get()
    assert client.post(reverse("price_end", args=[price.public_id])).status_code == 302
    price.refresh_from_db()
    assert price.valid_to is not None


def typed(client, at, **more):
    seen = client.get(at).content.decode().split('name="charge-seen" value="')[1].split('"')[0]
    base = {"charge-kind": "co_payment", "charge-codes": "2ae", "charge-exemption": ""}
    return {**base, "charge-diagnosis": "R05", "charge-seen": seen, **more}


def test_accepting_asks_about_a_card_first_and_shows_the_exemption_instead(helfo):
    ended = Asking()
    helfo.cards[NUMBER] = True
    client, at = page_of(ended)
    answer = client.post(at, typed(client, at, **{"charge-accept": "1"}))
    page = answer.content.decode()
    assert "Frikortregisteret sier at pasienten har frikort." in page
    assert "pasienten har frikort." in page and '<option value="F" selected' in page
    assert not Charge.objects.exists()
    sent = typed(client, at, **{"charge-accept": "1", "charge-exemption": "F"})
    client.post(at, sent)
    assert (Charge.objects.get().exemption, Charge.objects.get().patient_ore) == ("F", 0)
    assert helfo.times(ASK) == 1


def test_a_register_that_is_away_is_told_can_be_asked_again_and_blocks_nothing(helfo):
    ended = Asking()
    client, at = page_of(ended)
    assert "Spør om frikort" in client.get(at).content.decode()
    helfo.fails(ASK, "500")
    page = client.post(at, typed(client, at, **{"charge-card": "1"})).content.decode()
    assert "Registeret svarer ikke. Spør igjen, eller spør pasienten og gå videre." in page
    assert "Spør om frikort igjen" in page
    client.post(at, typed(client, at, **{"charge-accept": "1"}))
    assert Charge.objects.get().patient_ore == 16000
    assert helfo.times(ASK) == 1


def test_a_number_that_is_typed_is_asked_about_and_one_that_is_missing_asked_for(helfo):
    ended = Asking(has_number=False)
    client, at = page_of(ended)
    page = client.post(at, typed(client, at, **{"charge-card": "1"})).content.decode()
    assert "Skriv fødselsnummeret først." in page
    page = client.post(
        at, typed(client, at, **{"charge-card": "1", "charge-number": NUMBER})
    ).content.decode()
    assert "ikke frikort. Viser pasienten et frikort, gjelder det likevel." in page


def test_nobody_is_asked_about_cards_where_there_is_no_register(ended):
    client, at = page_of(ended)
    assert "Spør om frikort" not in client.get(at).content.decode()
