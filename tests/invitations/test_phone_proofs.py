"""A phone that is typed on a public page is proven by the code that came to it."""

from datetime import timedelta

import pytest
from django.db import transaction

from blikk.invitations import proofs
from blikk.invitations.errors import ProofMissing, ProofPaused, TooManyCodes
from blikk.invitations.models import PhoneProof
from blikk.invitations.words import phone_code
from tests.builders import NOW, a_clinic

pytestmark = pytest.mark.django_db
PHONE = "+4790000011"
MINUTE = timedelta(minutes=1)


class Page:
    """A public page in one browser."""

    def __init__(self, clinic=None, browser="browser", phone=PHONE, purpose="booking"):
        self.clinic = clinic or a_clinic()
        self.who = {"phone": phone, "browser": browser, "purpose": purpose}

    def ask(self, now=NOW):
        return proofs.ask_proof(self.clinic, **self.who, now=now)[1]

    def answer(self, digits, now=NOW):
        return proofs.answer_proof(self.clinic, **self.who, digits=digits, now=now)

    def is_proven(self, now=NOW):
        return proofs.is_proven(self.clinic, **self.who, now=now)

    def use(self, now=NOW):
        return proofs.use_proof(self.clinic, **self.who, now=now)


def wrong(digits):
    return "000000" if digits != "000000" else "111111"


def test_the_right_code_proves_the_phone_and_is_used_once():
    page = Page()
    digits = page.ask()
    assert not page.is_proven()
    with pytest.raises(ProofMissing):
        page.use()
    assert page.answer(f" {digits} ")
    assert page.is_proven()
    assert page.use().used_at == NOW
    with pytest.raises(ProofMissing):
        page.use()
    assert not page.is_proven()


def test_a_code_that_was_given_before_is_worth_nothing():
    page = Page()
    digits = page.ask()
    assert page.answer(digits)
    assert not page.answer(digits)
    page.use()
    assert not page.answer(digits)
    assert not page.is_proven()


@pytest.mark.parametrize(
    "other", [{"browser": "another"}, {"phone": "+4790000012"}, {"purpose": "drop_in"}, {"clinic": "other"}]
)
def test_a_code_works_where_it_was_asked_for_only(other):
    page = Page()
    digits = page.ask()
    if "clinic" in other:
        other = {"clinic": a_clinic("Nabolaget legesenter")}
    elsewhere = Page(**{"clinic": page.clinic, **other})
    assert not elsewhere.answer(digits)
    elsewhere.ask()
    assert not elsewhere.answer(digits)
    assert page.answer(digits)
    assert not elsewhere.is_proven()


def test_a_code_lives_ten_minutes_and_what_it_proved_half_an_hour():
    page = Page()
    digits = page.ask()
    assert not page.answer(digits, NOW + 10 * MINUTE)
    again = page.ask(NOW + 11 * MINUTE)
    assert page.answer(again, NOW + 20 * MINUTE)
    assert page.is_proven(NOW + 49 * MINUTE)
    assert not page.is_proven(NOW + 50 * MINUTE)
    with pytest.raises(ProofMissing):
        page.use(NOW + 50 * MINUTE)


def test_after_five_wrong_answers_there_is_a_pause_of_a_quarter_of_an_hour():
    page = Page()
    digits = page.ask()
    for _ in range(4):
        assert not page.answer(wrong(digits))
    with pytest.raises(ProofPaused) as pause:
        page.answer(wrong(digits))
    assert pause.value.until == NOW + 15 * MINUTE
    with pytest.raises(ProofPaused):
        page.answer(digits)  # the right one comes too late
    with pytest.raises(ProofPaused):
        page.ask(NOW + 14 * MINUTE)
    again = page.ask(NOW + 15 * MINUTE)
    assert page.answer(again, NOW + 16 * MINUTE)


def test_the_fifth_answer_may_be_the_right_one():
    page = Page()
    digits = page.ask()
    for _ in range(4):
        page.answer(wrong(digits))
    assert page.answer(digits)
    assert page.use().tries == 5


def test_somebody_else_who_guesses_does_not_pause_me():
    page, thief = Page(), None
    thief = Page(page.clinic, browser="thief")
    digits = page.ask()
    thief.ask()
    for _ in range(4):
        thief.answer("000000")
    with pytest.raises(ProofPaused):
        thief.answer("000000")
    assert page.answer(digits)


def test_asking_again_at_once_sends_nothing_and_a_new_code_ends_the_old():
    page = Page()
    first = page.ask()
    assert page.ask(NOW + timedelta(seconds=59)) is None
    second = page.ask(NOW + MINUTE)
    assert second is not None
    assert not page.answer(first, NOW + MINUTE)
    assert page.answer(second, NOW + MINUTE)


def test_a_phone_gets_ten_codes_a_day_wherever_they_are_asked_for():
    clinics = [a_clinic(), a_clinic("Nabolaget legesenter")]
    for number in range(10):
        assert Page(clinics[number % 2], browser=f"browser {number}").ask()
    with pytest.raises(TooManyCodes):
        Page(clinics[0], browser="one more").ask()
    assert Page(clinics[0], phone="+4790000012").ask()
    assert Page(clinics[0]).ask(NOW + timedelta(days=1))


def test_a_wrong_answer_counts_whatever_is_refused_after_it():
    page = Page()
    digits = page.ask()
    page.answer(wrong(digits))
    assert PhoneProof.objects.get().tries == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_inside_a_transaction_is_a_defect_and_says_so():
    page = Page()
    digits = page.ask()
    with pytest.raises(RuntimeError), transaction.atomic():
        page.answer(digits)
    assert page.answer(digits)


def test_the_digits_are_not_kept():
    page = Page()
    digits = page.ask()
    kept = PhoneProof.objects.values().get()
    assert digits not in "".join(str(value) for value in kept.values() if value != PHONE)
    assert "browser" not in kept.values()


def test_old_proofs_are_forgotten():
    page = Page()
    page.ask()
    assert proofs.forget_old(now=NOW + timedelta(days=1)) == 0
    assert proofs.forget_old(now=NOW + timedelta(days=3)) == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_message_says_the_code_and_who_asks_and_nothing_more(language):
    clinic = a_clinic("Kanarifugl psykiatriske klinikk")
    words = phone_code(clinic, digits="123456", language=language)
    assert "123456" in words.body
    assert "Legekontoret" in words.body
    assert "Kanarifugl" not in words.subject + words.body
