"""The messages that ask for a contact point say nothing of the patient, the clinic's name or why."""

import pytest

from blikk.invitations.contact_words import contact_request, email_code
from blikk.journeys import contacts
from blikk.notifications.models import Message
from tests.builders import BORN, NOW, a_clinic, a_member, a_patient, staff
from tests.web.test_words import GSM, TWO_PARTS

pytestmark = pytest.mark.django_db
CANARY = "Kanarifugl"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_neither_name_nor_clinic_reaches_the_wire(language):
    clinic = a_clinic(f"{CANARY} psykiatriske poliklinikk", sender_label="Kontoret")
    clinician = a_member(clinic, name=f"Dr. {CANARY}")
    patient = a_patient(clinic, f"{CANARY} Hansen", email="", language=language)
    asked = contacts.ask_for_contact(clinic, patient.public_id, actor=staff(clinician), now=NOW)
    contacts.answer_link(asked, born=BORN, email="ny@example.no", where="", now=NOW)
    messages = {message.kind: message for message in Message.objects.all()}
    assert set(messages) == {"contact_request", "contact_code"}
    for message in messages.values():
        assert CANARY not in f"{message.sender} {message.subject} {message.body}"
        assert message.body.startswith("Kontoret: ")
        assert "55 55 01 00" in message.body
        assert "\n\n" not in message.body
    assert messages["contact_request"].body.count("/adresse#") == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_an_sms_has_only_the_phones_own_signs_and_two_parts_at_most(language):
    clinic = a_clinic(sender_label="Legekontoret")
    link = f"https://video.fjordglott.no/adresse#{'T' * 43}"
    body = contact_request(clinic, language=language, link=link).body
    assert set(body) <= GSM, set(body) - GSM
    assert len(body) <= TWO_PARTS, body
    code = email_code(clinic, language=language, digits="123456", by_sms=True).body
    assert "123456" in code
    assert "{" not in body + code
