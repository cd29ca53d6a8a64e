"""A message about a case says that there is something, and never what (law 6)."""

from typing import get_args

import pytest

from blikk.notifications.models import Message
from blikk.writing.models import Case
from blikk.writing.words import Kind, compose
from tests import letters
from tests.builders import a_booked_hour, a_clinic, a_member, a_patient
from tests.letters import CANARY, a_question, a_text_case, proven, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_no_name_no_question_and_no_specialty_is_in_any_message(kind, language):
    clinic = a_clinic(f"{CANARY} psykiatriske klinikk")
    hour = a_booked_hour(
        clinic,
        clinician=a_member(clinic, name=f"{CANARY} Lege", title=CANARY, profession=CANARY),
        patient=a_patient(clinic, f"{CANARY} Hansen", language=language),
    )
    one = a_question(hour, words=CANARY)
    case = Case.objects.get(pk=one.case.pk)
    words = compose(
        kind, case, base_url="https://v.example.no", token="T" * 43, typed_code="0123456789", digits="123456"
    )
    assert CANARY not in words.subject + words.body
    assert "1944" not in words.subject + words.body
    assert "Legekontoret" in words.body
    if kind != "writing_code":
        assert f"https://v.example.no/s#{'T' * 43}" in words.body
    assert not any(CANARY in message.subject + message.body for message in Message.objects.all())


def test_the_notice_of_an_answer_is_the_same_whatever_was_answered():
    said = set()
    for text in ("Alt er bra.", f"{CANARY}: prøven var positiv."):
        one = proven(a_text_case(a_clinic()))
        send(one, "Hei")
        letters.read(one)
        letters.answer(one, text)
        body = Message.objects.filter(kind="answered").latest("pk").body
        said.add(body.split("/s#")[0] + body.split("/s#")[1][43:])
    assert len(said) == 1
