"""Contact points at the same moment: leave is used once, tries are not shared, an answer counts once."""

from functools import partial

import pytest

from blikk.journeys import contacts
from blikk.kernel.errors import Invalid, Overtaken
from blikk.notifications.models import Message
from blikk.patients import contact_points, exemptions, requests
from blikk.patients.errors import ContactNotVerified
from blikk.patients.models import ContactAnswer, ContactRequest
from tests.builders import BORN, NOW, a_clinic, a_member, a_patient, staff
from tests.races.racing import only_winner, race

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+4790123456"


@pytest.fixture
def asked():
    clinic = a_clinic()
    patient = a_patient(clinic, email="", read_back=("phone",))
    actor = staff(a_member(clinic, "secretary", "Siv"))
    contacts.ask_for_contact(clinic, patient.public_id, actor=actor, now=NOW)
    token = Message.objects.get().body.split("/adresse#")[1].split()[0]
    return patient, token


def test_leave_for_one_message_lets_one_through():
    clinic = a_clinic()
    patient = a_patient(clinic, read_back=())
    boss = staff(a_member(clinic, "administrator", "Per"))
    leave = exemptions.ask(patient, "phone", because="Haster", actor=boss, now=NOW)
    exemptions.decide(
        clinic, leave.public_id, allow=True, because="Ja", version=leave.version, actor=boss, now=NOW
    )
    act = partial(contact_points.require_verified, patient, ("sms",), actor=boss, now=NOW)
    only_winner(race(*[act] * 4), ContactNotVerified, Overtaken)


def test_guesses_in_parallel_share_five_tries(asked):
    _patient, token = asked
    contacts.answer_link(contacts.request_behind(token), born=BORN, email="ny@example.no", where="", now=NOW)

    def guess() -> str:
        return contacts.answer_code(contacts.request_behind(token), digits="nei", where="", now=NOW)

    finishes = race(*[guess] * 9)
    assert len([one for one in finishes if isinstance(one.refusal, Invalid)]) == 5
    assert ContactRequest.objects.get().tries == 5


def test_the_same_sms_at_two_gates_counts_once(asked):
    act = partial(contacts.answer_by_sms, phone=PHONE, words="ny@example.no", message_key="smsc-1", now=NOW)
    assert all(finish.given for finish in race(*[act] * 4))
    assert ContactAnswer.objects.count() == 1
    assert Message.objects.filter(kind="contact_code").count() == 1


def test_a_right_code_is_used_once_however_often_it_is_sent(asked):
    patient, token = asked
    request = contacts.request_behind(token)
    digits = requests.make_code(request, "ny@example.no", now=NOW)

    def send() -> str:
        return contacts.answer_code(contacts.request_behind(token), digits=digits, where="", now=NOW)

    finishes = race(*[send] * 4)
    assert any(finish.given == "done" for finish in finishes)
    point = contact_points.get(patient, "email")
    assert list(point.changes.values_list("what", flat=True).order_by("pk")) == ["added", "self_submitted"]
