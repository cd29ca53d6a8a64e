"""Getting to a right contact point: the link, the SMS, the clinic's page, what bounced, and leave to do without."""

from datetime import date, timedelta

import pytest

from blikk.audit.models import Entry, Words
from blikk.invitations import proofs
from blikk.invitations.queries import find_by_token
from blikk.journeys import booking, contacts, door
from blikk.journeys.self_booking import ask_phone_code
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.notifications.models import Message
from blikk.patients import contact_points, exemptions, requests
from blikk.patients.models import ContactPoint, ContactRequest
from blikk.patients.queries import contact, get
from blikk.patients.services import reach_by
from tests.builders import BORN, NOW, a_booked_hour, a_clinic, a_member, a_patient, staff

pytestmark = pytest.mark.django_db
PHONE, NEW = "+4790123456", "ny.adresse@example.no"


class Asked:
    """A patient who was asked for their e-mail address, and the secret of the link."""

    def __init__(self, *, is_sure: bool = True, email: str = "") -> None:
        self.clinic = a_clinic()
        self.actor = staff(a_member(self.clinic, "secretary", "Siv Bakke"))
        self.patient = a_patient(self.clinic, email=email, read_back=("phone",) if is_sure else ())
        self.request = contacts.ask_for_contact(
            self.clinic, self.patient.public_id, actor=self.actor, now=NOW
        )
        self.token = Message.objects.get(kind="contact_request").body.split("/adresse#")[1].split()[0]

    def answer(self, email: str = NEW, born: date = BORN) -> str:
        found = contacts.request_behind(self.token)
        return contacts.answer_link(found, born=born, email=email, where="192.0.2.7", now=NOW)

    def digits(self) -> str:
        body = Message.objects.filter(kind="contact_code").latest("pk").body
        return next(word.strip(".") for word in body.split() if word.strip(".").isdigit())

    def confirm(self, digits: str) -> str:
        found = contacts.request_behind(self.token)
        return contacts.answer_code(found, digits=digits, where="192.0.2.7", now=NOW)

    def email(self) -> ContactPoint | None:
        return contact_points.find(self.patient, "email")

    def sms(self, words: str, key: str = "1", phone: str = "90123456") -> bool:
        return contacts.answer_by_sms(phone=phone, words=words, message_key=key, now=NOW)


def test_an_address_behind_the_link_is_proven_by_a_code_and_is_self_submitted():
    asked = Asked(is_sure=False)
    assert asked.answer() == "code"
    assert asked.email() is None
    assert Message.objects.get(kind="contact_code").to == NEW
    assert asked.confirm(asked.digits()) == "done"
    assert (asked.email().value, asked.email().state) == (NEW, "self_submitted")
    # Who held the link and knew the birth date has the phone too.
    assert contact_points.get(asked.patient, "phone").state == "self_submitted"
    assert Entry.objects.filter(act="contact.self_submitted").count() == 2


def test_a_wrong_birth_date_costs_a_try_and_five_lock_the_link():
    asked = Asked()
    for _ in range(5):
        with pytest.raises(Invalid):
            asked.answer(born=date(1950, 1, 1))
    assert asked.answer() == "locked"
    assert not Message.objects.filter(kind="contact_code").exists()


def test_wrong_codes_and_birth_dates_share_the_five_tries():
    asked = Asked()
    with pytest.raises(Invalid):
        asked.answer(born=date(1950, 1, 1))
    asked.answer()
    wrong = "000000" if asked.digits() != "000000" else "111111"
    for _ in range(4):
        with pytest.raises(Invalid):
            asked.confirm(wrong)
    assert asked.confirm(asked.digits()) == "locked"
    assert asked.email() is None


def test_an_old_link_and_an_old_code_count_for_nothing():
    asked = Asked()
    found = contacts.request_behind(asked.token)
    later = NOW + timedelta(days=3, seconds=1)
    assert contacts.step_of(found, now=later) == "over"
    asked.answer()
    found = contacts.request_behind(asked.token)
    assert contacts.step_of(found, now=NOW + timedelta(minutes=10, seconds=1)) == "ask"
    assert asked.confirm(asked.digits()) == "done"


def test_the_link_of_a_request_opens_no_room_and_an_invitation_opens_no_request():
    asked, hour = Asked(), a_booked_hour()
    assert find_by_token(asked.token) is None
    with pytest.raises(NotFound):
        door.open_link(asked.token, device_secret="x", where="", now=NOW)
    with pytest.raises(NotFound):
        contacts.request_behind(hour.token)
    assert find_by_token(hour.token) == hour.invitation
    assert contacts.request_behind(asked.token) == asked.request


def test_without_an_address_the_phone_alone_is_confirmed():
    asked = Asked(is_sure=False)
    assert asked.answer(email="") == "done"
    assert contact_points.get(asked.patient, "phone").state == "self_submitted"
    assert asked.email() is None


def test_a_newer_question_closes_the_older_link():
    asked = Asked()
    contacts.ask_for_contact(asked.clinic, asked.patient.public_id, actor=asked.actor, now=NOW)
    assert contacts.step_of(contacts.request_behind(asked.token), now=NOW) == "over"


def test_a_landline_is_not_asked_by_sms():
    clinic = a_clinic()
    patient = a_patient(clinic, phone="22 12 34 56")
    with pytest.raises(Invalid) as refusal:
        contacts.ask_for_contact(clinic, patient.public_id, actor=staff(a_member(clinic)), now=NOW)
    assert refusal.value.fields == {"phone": "not_a_mobile"}


def test_an_answer_by_sms_gets_a_code_at_the_address_and_the_code_confirms_it():
    asked = Asked()
    assert asked.sms("Hei, den er <Ny.Adresse@Example.no>. Hilsen Ola")
    assert Message.objects.get(kind="contact_code").to == "Ny.Adresse@example.no"
    assert asked.sms(f"koden er {asked.digits()}", key="2")
    assert (asked.email().value, asked.email().state) == ("Ny.Adresse@example.no", "self_submitted")
    assert not Message.objects.filter(channel="sms").exclude(kind="contact_request").exists()


def test_the_same_sms_read_twice_counts_once():
    asked = Asked()
    assert asked.sms(NEW)
    assert asked.sms(NEW)
    assert Message.objects.filter(kind="contact_code").count() == 1


def test_a_phone_that_was_never_verified_only_lays_its_answer_before_the_clinic():
    asked = Asked(is_sure=False)
    assert asked.sms(NEW)
    assert asked.email() is None
    assert not Message.objects.filter(kind="contact_code").exists()
    offer = ContactRequest.objects.get()
    assert (offer.status, offer.email) == ("offered", NEW)
    requests.take(asked.clinic, offer.public_id, version=offer.version, actor=asked.actor, now=NOW)
    assert (asked.email().value, asked.email().is_verified) == (NEW, False)


def test_a_stranger_who_writes_an_sms_is_told_and_changes_nothing():
    asked = Asked()
    assert not asked.sms(NEW, phone="40000001")
    assert not asked.sms(NEW, phone="ikke et nummer")
    assert not Message.objects.filter(kind="contact_code").exists()
    assert asked.sms("jeg har ingen", key="3")
    assert asked.email() is None


def page(clinic, *, name: str = "Ola Hansen", phone: str = PHONE, email: str = "") -> ContactRequest:
    who = {"phone": phone, "browser": "b", "purpose": "contact", "now": NOW}
    ask_phone_code(clinic, language="nb", **who)
    body = Message.objects.filter(kind="phone_code").latest("pk").body
    digits = next(word.strip(".") for word in body.split() if word.strip(".").isdigit())
    assert proofs.answer_proof(clinic, digits=digits, **who)
    given, _, family = name.rpartition(" ")
    return contacts.submit_from_page(
        clinic,
        given_name=given,
        family_name=family,
        birth_on=BORN,
        phone=phone,
        email=email,
        browser="b",
        language="nb",
        where="192.0.2.7",
        now=NOW,
    )


def code_for(request: ContactRequest) -> str:
    body = Message.objects.filter(kind="contact_code", about__endswith=request.public_id).latest("pk").body
    return next(word.strip(".") for word in body.split() if word.strip(".").isdigit())


def test_the_patient_whose_phone_it_is_confirms_it_on_the_clinics_page():
    patient = a_patient(a_clinic(), email="", read_back=())
    request = page(patient.clinic, email=NEW)
    assert not contact_points.get(patient, "phone").is_verified
    contacts.answer_page_code(request, digits=code_for(request), where="192.0.2.7", now=NOW)
    assert contact_points.get(patient, "phone").state == "self_submitted"
    assert contact_points.get(patient, "email").value == NEW


def test_another_phone_than_the_one_that_is_kept_waits_for_the_clinic():
    patient = a_patient(a_clinic())
    request = page(patient.clinic, phone="+4740000001")
    request.refresh_from_db()
    assert (request.status, request.phone) == ("offered", "+4740000001")
    assert contact_points.get(patient, "phone").value == PHONE


def test_nobody_whom_the_clinic_knows_is_answered_alike_and_leaves_nothing():
    clinic = a_clinic()
    request = page(clinic, name="Fremmed Person", email=NEW)
    assert contacts.answer_page_code(request, digits=code_for(request), where="192.0.2.7", now=NOW)
    assert not ContactRequest.objects.exists()
    page(a_patient(clinic).clinic, name="Ola Hansen", phone="+4740000001")
    assert ContactRequest.objects.get().status == "offered"


@pytest.mark.parametrize(("reason", "doubt"), [("number_not_in_use", "not_in_use"), ("bounced", "bounced")])
def test_a_message_that_will_never_arrive_puts_the_contact_point_in_doubt(reason, doubt):
    hour = a_booked_hour()
    message = Message.objects.get(kind="invited")
    assert not contacts.could_not_be_reached(message, reason="no_connection", now=NOW)
    assert contact_points.get(hour.patient, "phone").is_verified
    assert contacts.could_not_be_reached(message, reason=reason, now=NOW)
    point = contact_points.get(hour.patient, "phone")
    assert (point.is_verified, point.doubt) == (False, doubt)
    assert Entry.objects.filter(act="contact.doubted").count() == 1
    assert contacts.sent_elsewhere(hour.clinic, hour.patient, now=NOW) == [hour.invitation]


def test_what_failed_at_an_older_number_says_nothing_of_the_new_one():
    hour = a_booked_hour()
    actor = staff(hour.clinician)
    reach_by(
        hour.clinic, hour.patient.public_id, {"phone": "40000001"}, read_back=("phone",), actor=actor, now=NOW
    )
    message = Message.objects.get(kind="invited")
    assert not contacts.could_not_be_reached(message, reason="number_not_in_use", now=NOW)
    assert contact_points.get(hour.patient, "phone").is_verified


def test_a_changed_number_shows_what_went_elsewhere_and_all_of_it_is_sent_again():
    clinic = a_clinic()
    clinician, patient = a_member(clinic), a_patient(clinic)
    both = [
        a_booked_hour(clinic, clinician=clinician, patient=patient, starts_in=timedelta(hours=number))
        for number in (1, 2)
    ]
    actor = staff(clinician)
    assert contacts.sent_elsewhere(clinic, patient, now=NOW) == []
    reach_by(clinic, patient.public_id, {"phone": "40000001"}, actor=actor, now=NOW)
    assert contacts.sent_elsewhere(clinic, patient, now=NOW) == [hour.invitation for hour in both]
    with pytest.raises(Invalid):
        contacts.send_all_again(clinic, patient.public_id, actor=actor, now=NOW)
    contact_points.read_back(patient, {"phone": "+4740000001"}, actor=actor, now=NOW)
    assert contacts.send_all_again(clinic, patient.public_id, actor=actor, now=NOW) == 2
    assert contacts.sent_elsewhere(clinic, get(clinic, patient.public_id), now=NOW) == []
    sent = [message.to for message in Message.objects.filter(kind="invited", status="queued")]
    assert sent == ["+4740000001"] * 2


def test_leave_from_the_administrator_lets_one_invitation_through_and_no_second():
    clinic = a_clinic()
    patient = a_patient(clinic, read_back=())
    desk, boss = staff(a_member(clinic, "secretary", "Siv")), staff(a_member(clinic, "administrator", "Per"))
    asked = exemptions.ask(patient, "phone", because="Døv, tolk leste nummeret", actor=desk, now=NOW)
    with pytest.raises(Invalid):
        a_booked_hour(clinic, patient=patient)
    with pytest.raises(Invalid):
        exemptions.decide(
            clinic, asked.public_id, allow=True, because=" ", version=asked.version, actor=boss, now=NOW
        )
    exemptions.decide(
        clinic, asked.public_id, allow=True, because="Greit", version=asked.version, actor=boss, now=NOW
    )
    hour = a_booked_hour(clinic, patient=patient)
    with pytest.raises(Invalid):
        booking.send_again(clinic, hour.invitation.public_id, actor=desk, now=NOW)
    acts = Entry.objects.filter(act__startswith="contact.exemption").values_list("act", flat=True)
    assert sorted(acts) == [f"contact.exemption_{what}" for what in ("allowed", "asked", "used")]
    allowed = Entry.objects.get(act="contact.exemption_allowed")
    assert "Greit" not in allowed.details
    assert Words.objects.get(number=allowed.number).text == "Greit"


def test_leave_is_over_after_a_day_and_is_not_another_clinics_to_give():
    clinic = a_clinic()
    patient = a_patient(clinic, read_back=())
    desk, boss = staff(a_member(clinic, "secretary", "Siv")), staff(a_member(clinic, "administrator", "Per"))
    asked = exemptions.ask(patient, "phone", because="Haster", actor=desk, now=NOW)
    decision = {"allow": True, "because": "Ja", "version": asked.version, "actor": boss, "now": NOW}
    with pytest.raises(NotFound):
        exemptions.decide(a_clinic("Nabolaget"), asked.public_id, **decision)
    exemptions.decide(clinic, asked.public_id, **decision)
    with pytest.raises(Overtaken):
        exemptions.decide(clinic, asked.public_id, **decision)
    late = NOW + timedelta(days=1, seconds=1)
    with pytest.raises(Invalid):
        a_booked_hour(clinic, patient=patient, now=late)
    again = exemptions.ask(patient, "phone", because="Haster", actor=desk, now=late)
    exemptions.decide(clinic, again.public_id, **{**decision, "version": 1, "now": late})
    assert a_booked_hour(clinic, patient=patient, now=late)


def test_what_nobody_can_answer_any_more_is_forgotten():
    asked = Asked()
    assert requests.forget_old(now=NOW + timedelta(days=4)) == 0
    assert requests.forget_old(now=NOW + timedelta(days=40)) >= 1
    assert contact(get(asked.clinic, asked.patient.public_id), "phone") == PHONE
