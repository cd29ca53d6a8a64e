"""The administrators' page of messages, and questions about a sender that says too much."""

import pytest

from blikk.audit.models import Entry
from blikk.clinics.labels import neutral, questions_about
from tests.builders import a_clinic, a_member
from tests.people import signed_in
from tests.web.test_administrator import SETTINGS

RULES = {
    "sms_sender": "Legen",
    "reminder_minutes": ["1440"],
    "cancels_online": "asks",
    "cancel_until_hours": "24",
}


@pytest.fixture
def boss(db):
    return a_member(a_clinic(), "administrator", "Anne Administrator")


@pytest.fixture
def page(boss):
    return signed_in(boss)


def text(response):
    return response.content.decode()


def test_the_rules_are_saved_shown_and_recorded(page, boss):
    assert page.post("/klinikk/meldinger", RULES).url == "/klinikk/meldinger"
    boss.clinic.refresh_from_db()
    clinic = boss.clinic
    assert (clinic.sms_sender, clinic.reminder_minutes, clinic.cancels_online) == ("Legen", [1440], "asks")
    assert clinic.cancel_until_hours == 24
    assert "<strong>Legen</strong>" in text(page.get("/klinikk/meldinger"))
    assert Entry.objects.filter(act="clinic.setting_changed").count() == 4


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"sms_sender": "Legekontoret"}, "sms_sender"),
        ({"sms_sender": "www.ond.no"}, "sms_sender"),
        ({"sms_sender": "Lege😀"}, "sms_sender"),
        ({"sms_sender": "Psykhjelpen"}, "sms_sender"),
        ({"reminder_minutes": ["60", "120", "240", "1440"]}, "reminder_minutes"),
        ({"reminder_minutes": ["7"]}, "reminder_minutes"),
        ({"cancels_online": "never"}, "cancels_online"),
        ({"cancel_until_hours": "mange"}, "cancel_until_hours"),
        ({"cancel_until_hours": "-1"}, "cancel_until_hours"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(page, boss, typed, field):
    answer = page.post("/klinikk/meldinger", {**RULES, **typed})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in text(answer)
    boss.clinic.refresh_from_db()
    assert (boss.clinic.sms_sender, boss.clinic.cancels_online) == ("", "at_once")


@pytest.mark.parametrize(
    "label", ["Psykiatrisk klinikk", "Kreftavdelingen", "HIV-kontoret", "Rusteamet", "Łege"]
)
def test_a_label_that_says_too_much_is_asked_about_and_used_when_somebody_is_sure(page, boss, label):
    typed = {**SETTINGS, "sender_label": label}
    answer = page.post("/klinikk/", typed)
    assert answer.status_code == 422
    assert 'id="id_sender_label_error"' in text(answer)
    assert 'name="is_sure"' in text(answer)
    assert page.post("/klinikk/", {**typed, "is_sure": "on"}).status_code == 302
    boss.clinic.refresh_from_db()
    assert boss.clinic.sender_label == label


@pytest.mark.parametrize("label", ["se evil.example", "https://x", "a@b.no"])
def test_a_label_with_an_address_in_it_is_refused_however_sure_somebody_is(page, label):
    answer = page.post("/klinikk/", {**SETTINGS, "sender_label": label, "is_sure": "on"})
    assert answer.status_code == 422


@pytest.mark.parametrize("label", ["Legekontoret", "Helsehuset", "Kontoret", "St. Olavs gate", "Fjordgløtt"])
def test_a_neutral_label_raises_no_question(label):
    assert questions_about(label) == []
    assert neutral(label) == label
