"""The register of exemption cards: asked at the close-out, believed only when it answers, and in nobody's way."""

import json
from datetime import date, timedelta

import pytest
from django.core.cache import cache

from blikk.audit.models import Entry
from blikk.journeys import frikort
from blikk.kernel.errors import IllegalMove, Invalid, NotFound
from blikk.payments.exemptions import FREE_CARD
from blikk.payments.frikort import Answer, Card, register_for
from blikk.payments.models import PaymentRules
from tests.builders import BORN, a_clinic
from tests.documentation.conversations import numbered
from tests.helfo.server import ASK, ORGANISATION
from tests.national_numbers import made
from tests.payments.charges import AT, TODAY, Ended

NUMBER = made(BORN, start=900)
KEYS = "/api/frikortsporring/jwks"


def ask(number=NUMBER, *, day=TODAY, field="LE", now=AT):
    return register_for(ORGANISATION).ask(number, day, field=field, now=now)


class Asking(Ended):
    def __init__(self, *, has_number=True):
        super().__init__(organisation=ORGANISATION)
        if has_number:
            numbered(self.hour, NUMBER)

    def ask(self, now=AT, **more):
        return frikort.ask(self.hour.clinic, self.id, **more, **self.act, now=now)


@pytest.mark.parametrize(("has", "card"), [(True, Card.HAS), (False, Card.HAS_NOT)])
def test_the_register_is_asked_sealed_and_answers_yes_or_no(helfo, has, card):
    helfo.cards[NUMBER] = has
    assert ask() == Answer(card)
    assert ("POST", ASK) in helfo.asked


@pytest.mark.parametrize(
    ("path", "faults", "reason"),
    [
        (ASK, ["500"], "troubled"),
        (ASK, ["hang_up"], "no_answer"),
        (ASK, ["429"], "busy"),
        (ASK, ["400", "400"], "refused"),
        (KEYS, ["500"], "troubled"),
        ("/connect/token", ["500"], "no_token"),
    ],
)
def test_whatever_goes_wrong_nothing_is_known_and_nothing_raised(helfo, path, faults, reason):
    helfo.cards[NUMBER] = True
    helfo.fails(path, *faults)
    assert ask() == Answer(Card.UNKNOWN, reason)
    assert ask() == Answer(Card.HAS)


def test_who_has_no_contract_is_answered_that_it_is_not_allowed(helfo):
    found = register_for("974761076").ask(NUMBER, TODAY, field="LE", now=AT)
    assert found == Answer(Card.UNKNOWN, "not_allowed")


def test_a_key_that_was_changed_before_its_time_is_fetched_anew(helfo):
    assert ask() == Answer(Card.HAS_NOT)
    helfo.renew_keys()
    assert ask() == Answer(Card.HAS_NOT)
    assert helfo.times(KEYS) == 2


@pytest.mark.parametrize(("day", "field"), [(date(2024, 1, 1), "LE"), (TODAY, "KI"), (TODAY, "LOGO")])
def test_what_the_register_does_not_know_of_is_not_asked(helfo, day, field):
    assert ask(day=day, field=field) == Answer(Card.UNKNOWN, "cannot_be_asked")
    assert not helfo.asked


def test_without_a_client_or_a_number_of_the_clinic_there_is_no_register(helfo, settings):
    assert register_for(ORGANISATION) is not None
    assert register_for("") is None
    settings.BLIKK_PROVIDERS = {}
    assert register_for(ORGANISATION) is None


@pytest.mark.django_db
def test_a_card_is_proposed_with_its_time_and_the_clinician_decides(helfo):
    ended = Asking()
    helfo.cards[NUMBER] = True
    assert ended.reckon().exemption == ""
    ended.ask()
    shown = ended.reckon()
    assert (shown.exemption, shown.card.at, shown.total.patient_ore) == (FREE_CARD, AT, 0)
    assert not shown.asks_reason
    # Somebody who decides otherwise says why.
    assert ended.reckon(exemption="").asks_reason
    assert ended.accept(exemption="F").exemption == "F"


@pytest.mark.django_db(transaction=True)
def test_what_the_register_said_is_gone_when_the_charge_is_accepted_and_never_in_the_record(helfo):
    ended = Asking()
    helfo.cards[NUMBER] = True
    ended.ask()
    entry = Entry.objects.get(act="frikort.asked")
    assert json.loads(entry.details) == {"is_answered": True}
    assert NUMBER not in str(cache.get(f"frikort:{ended.id}"))
    ended.accept(exemption="F")
    assert frikort.known_of(ended.talk) is None


@pytest.mark.django_db
def test_nothing_is_asked_before_the_number_is_known_or_the_conversation_over(helfo):
    ended = Asking(has_number=False)
    with pytest.raises(Invalid) as no:
        ended.ask()
    assert no.value.fields == {"number": "number_for_card"}
    assert not helfo.asked
    assert ended.ask(number=NUMBER).card == Card.HAS_NOT
    ended.accept()
    ended.close("charged")
    with pytest.raises(IllegalMove):
        ended.ask()


@pytest.mark.django_db
def test_a_register_that_is_away_is_told_and_holds_nothing_up(helfo):
    ended = Asking()
    helfo.fails(ASK, "500")
    assert ended.ask().reason == "troubled"
    assert ended.reckon().card.card == Card.UNKNOWN
    assert json.loads(Entry.objects.get(act="frikort.asked").details) == {"is_answered": False}
    assert ended.ask(now=AT + timedelta(minutes=1)).card == Card.HAS_NOT
    assert ended.accept().patient_ore == 16000


@pytest.mark.django_db
def test_another_clinic_cannot_ask_about_a_conversation(helfo):
    ended = Asking()
    with pytest.raises(NotFound):
        frikort.ask(a_clinic("Elvebakken"), ended.id, **ended.act, now=AT)
    assert not helfo.asked
    PaymentRules.objects.update(organisation="")
    assert ended.ask() is None
    assert not ended.reckon().asks_card
