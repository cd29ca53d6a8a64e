"""The way into a case: the same proofs as into a conversation."""

from datetime import date, timedelta

import pytest

from blikk.journeys import written
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.writing.errors import CaseClosed, NotNow
from blikk.writing.models import TRIES, Case, Reader
from blikk.writing.sealed import Written
from tests import letters
from tests.builders import NOW, a_booked_hour, a_clinic
from tests.letters import WHERE, a_question, a_text_case, by_clinician, opened, proven, send

pytestmark = pytest.mark.django_db


def step(one, device=None, now=NOW):
    return written.place_of(one.id, device or one.device, now=now).step


def code_sent() -> str:
    body = Message.objects.filter(kind="writing_code").latest("pk").body
    return next(word.strip(".") for word in body.split() if word.strip(".").isdigit())


def test_the_first_browser_needs_the_birth_date_and_the_next_a_code():
    one = opened(a_question())
    assert step(one) == "birth_date"
    assert not written.answer_birth_date(one.id, one.device, born=date(1990, 1, 1), where=WHERE, now=NOW)
    assert step(one) == "birth_date"
    assert written.answer_birth_date(one.id, one.device, born=one.patient.birth_on, where=WHERE, now=NOW)
    assert step(one) == "write"
    second = new_secret()
    opened(one, device=second)
    written.answer_birth_date(one.id, second, born=one.patient.birth_on, where=WHERE, now=NOW)
    assert step(one, second) == "code"
    written.send_code(one.id, second, now=NOW)
    written.send_code(one.id, second, now=NOW)
    assert Message.objects.filter(kind="writing_code").count() == 1
    assert not written.answer_code(one.id, second, digits="000000", where=WHERE, now=NOW)
    assert written.answer_code(one.id, second, digits=code_sent(), where=WHERE, now=NOW)
    assert step(one, second) == "write"


@pytest.mark.parametrize(
    "more", [{"always_asks_code": True}, {"asks_birth_date": False}], ids=["always", "no_birth_date"]
)
def test_a_clinic_that_asks_for_more_gets_a_code_from_everybody(more):
    one = opened(a_text_case(a_clinic(**more)))
    if step(one) == "birth_date":
        written.answer_birth_date(one.id, one.device, born=one.patient.birth_on, where=WHERE, now=NOW)
    assert step(one) == "code"


def test_a_link_that_went_by_e_mail_is_never_enough_with_the_birth_date_alone():
    one = opened(a_question(channels=("sms", "email")))
    written.answer_birth_date(one.id, one.device, born=one.patient.birth_on, where=WHERE, now=NOW)
    assert step(one) == "code"


def test_five_wrong_answers_lock_the_link_for_strangers_and_not_for_who_is_in():
    one = proven(a_question())
    stranger = new_secret()
    opened(one, device=stranger)
    for _ in range(TRIES):
        written.answer_birth_date(one.id, stranger, born=date(1990, 1, 1), where=WHERE, now=NOW)
    assert step(one, stranger) == "locked"
    with pytest.raises(NotNow):
        written.answer_birth_date(one.id, stranger, born=one.patient.birth_on, where=WHERE, now=NOW)
    assert step(one) == "write"


def test_before_the_proof_nothing_can_be_seen_or_done():
    one = opened(a_question(words="Hemmelig"))
    photo = None
    for act in (
        lambda: written.keep_draft(one.id, one.device, Written("x"), now=NOW),
        lambda: written.send(one.id, one.device, Written("x"), with_photos=[], where=WHERE, now=NOW),
        lambda: written.put_up_photo(one.id, one.device, letters.a_jpeg(), where=WHERE, now=NOW),
        lambda: written.note_read(one.id, one.device, where=WHERE, now=NOW),
        lambda: written.own_photo(one.id, one.device, photo or "x", now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    assert not Case.objects.get().messages.exists()


def test_a_browser_that_never_had_the_link_and_a_case_that_is_not_are_the_same():
    one = proven(a_question())
    for case, device in ((one.id, new_secret()), ("nothing", one.device), (one.id, "")):
        with pytest.raises(NotFound):
            written.place_of(case, device, now=NOW)
    assert Reader.objects.count() == 1


def test_a_question_can_be_answered_until_its_last_day_is_over():
    one = proven(a_question(days=3))
    last = one.case.due_at
    assert last
    assert step(one, now=last) == "write"
    after = last + timedelta(minutes=2)
    assert step(one, now=after) == "expired"
    with pytest.raises(CaseClosed):
        send(one, "For sent", now=after)


def test_a_question_is_over_when_it_is_closed_and_an_answer_in_writing_can_be_read_for_a_month():
    asked, text = proven(a_question()), proven(a_text_case(words="Hva kan jeg hjelpe med?"))
    from blikk.journeys import writing

    for one in (asked, text):
        writing.close(one.clinic, one.id, version=one.again().version, **by_clinician(one))
    assert step(asked) == "ended"
    assert step(text) == "closed"
    assert step(text, now=NOW + timedelta(days=29)) == "closed"
    assert step(text, now=NOW + timedelta(days=31)) == "ended"


def test_an_hour_that_is_over_does_not_close_the_question_about_it():
    hour = a_booked_hour()
    one = proven(a_question(hour))
    assert step(one, now=NOW + timedelta(days=1)) == "write"
