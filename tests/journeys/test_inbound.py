from datetime import timedelta
from typing import Any

import pytest

from blikk.invitations.wishes import reminder_channels
from blikk.journeys import contacts, inbound
from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Inbound, Message
from blikk.patients.models import ContactRequest
from tests.builders import NOW, a_clinic, a_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_() -> ContactRequest:
    clinic = a_clinic()
    patient = a_patient(clinic, email="")
    return contacts.ask_for_contact(clinic, patient.public_id, actor=SYSTEM, now=NOW)


def take(words: str, *, name: str = "1", phone: str = "4790123456", source: str = "http") -> None:
    inbound.take_text(source=source, provider_id=name, phone=phone, words=words, now=NOW)


def left() -> list[tuple[str, str, str]]:
    return list(Inbound.objects.order_by("pk").values_list("phone", "words", "outcome"))


def test_an_answer_with_an_address_reaches_who_asked_and_is_then_forgotten(request_):
    take("Ola@Example.no er adressen")
    assert left() == [("", "", "answer")]
    assert Message.objects.get(kind="contact_code").to == "Ola@example.no"


@pytest.mark.parametrize("phone", ["4790000099", "2440", "Telenor", "+4790000099"])
def test_of_somebody_who_was_not_asked_nothing_stays(request_, phone):
    take("ola@example.no", phone=phone)
    assert left() == [("", "", "unknown")]
    assert not Message.objects.filter(kind="contact_code").exists()


def test_the_same_message_again_is_not_read_again(request_, monkeypatch):
    read = []
    real = inbound.answer_by_sms

    def reading(**given: Any) -> bool:
        read.append(given["phone"])
        return real(**given)

    monkeypatch.setattr(inbound, "answer_by_sms", reading)
    for _ in range(3):
        take("ola@example.no")
    assert read == ["+4790123456"]


def test_what_could_not_be_used_is_used_by_a_worker_later(request_, monkeypatch):
    def away(**_given: object) -> bool:
        raise RuntimeError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(inbound, "answer_by_sms", away)
        with pytest.raises(RuntimeError):
            take("ola@example.no")
    assert left() == [("4790123456", "ola@example.no", "")]
    assert inbound.use_kept_texts(now=NOW) == 0
    assert inbound.use_kept_texts(now=NOW + timedelta(minutes=1)) == 1
    assert left() == [("", "", "answer")]


@pytest.mark.parametrize("words", ["STOPP", "stop.", " Stopp! "])
def test_who_answers_stop_gets_no_more_reminders_by_sms_and_others_do(request_, words):
    patient, other = request_.patient, a_patient(request_.clinic, "Kari Berg", phone="+4790000077")
    take(words, name="2")
    assert left() == [("", "", "stopped")]
    assert reminder_channels(patient) == ("email",)
    assert set(reminder_channels(other)) == {"sms", "email"}


def test_a_stop_from_somebody_unknown_is_nobodys(request_):
    take("STOPP", phone="+4790000099")
    assert left() == [("", "", "unknown")]
