"""A patient books a free slot from the clinic's page."""

from datetime import date, timedelta

import pytest

from blikk.audit.models import Entry
from blikk.invitations import proofs
from blikk.invitations.errors import ProofMissing, ProofPaused, TooManyCodes
from blikk.journeys import door, self_booking
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications.models import Message
from blikk.patients.models import ContactPoint, Patient
from blikk.scheduling.models import Appointment
from tests.builders import NOW, a_clinic, a_member, a_patient, token_in
from tests.timetables import TODAY, a_period

pytestmark = pytest.mark.django_db
WHERE = "192.0.2.7"
NEXT = TODAY + timedelta(days=7)
MINUTE = timedelta(minutes=1)
PERSON = {
    "given_name": "Astrid",
    "family_name": "Berge",
    "birth_on": date(1944, 5, 17),
    "phone": "90 00 00 11",
    "language": "nb",
}


class Visit:
    """Somebody at the clinic's page, in one browser."""

    def __init__(self, clinic, browser="my browser"):
        self.clinic, self.browser = clinic, browser

    def slots(self, now=NOW):
        return self_booking.slots_for_patients(self.clinic, first=NEXT, days=1, browser=self.browser, now=now)

    def ask(self, slot, now=NOW):
        return self_booking.ask_slot(self.clinic, slot.name, browser=self.browser, where=WHERE, now=now)

    def ask_code(self, phone=PERSON["phone"], now=NOW):
        proof = self_booking.ask_phone_code(
            self.clinic, phone=phone, browser=self.browser, language="nb", now=now
        )
        message = Message.objects.get(about=f"invitations.PhoneProof:{proof.public_id}")
        return next(word.strip(".") for word in message.body.split() if word.strip(".").isdigit())

    def answer(self, digits, now=NOW):
        return proofs.answer_proof(
            self.clinic, phone="+4790000011", browser=self.browser, purpose="booking", digits=digits, now=now
        )

    def prove(self, now=NOW):
        assert self.answer(self.ask_code(now=now), now)

    def book(self, slot, now=NOW, **more):
        values = {**PERSON, "browser": self.browser, "where": WHERE, "now": now, **more}
        return self_booking.confirm_and_book(self.clinic, slot.name, **values)


@pytest.fixture
def clinic():
    clinic = a_clinic(allows_self_booking=True)
    a_period(clinic, a_member(clinic))
    return clinic


@pytest.fixture
def visit(clinic):
    return Visit(clinic)


def test_a_slot_is_held_the_phone_is_proven_and_the_hour_is_booked(visit):
    slot = visit.slots()[0]
    visit.ask(slot)
    assert slot.name not in {each.name for each in Visit(visit.clinic, "another").slots()}
    visit.prove()
    booked = visit.book(slot)
    assert booked.appointment.booked_by_patient
    assert booked.appointment.starts_at == slot.starts_at
    patient = Patient.objects.get()
    assert (patient.name, patient.birth_on) == ("Astrid Berge", date(1944, 5, 17))
    point = ContactPoint.objects.get()
    assert (point.value, point.state) == ("+4790000011", "self_submitted")
    message = Message.objects.get(kind="invited")
    later = booked.appointment.starts_at
    view = door.open_link(token_in(message), device_secret="d" * 43, where=WHERE, now=later)
    assert view.step == "birth_date"


def test_the_page_shows_how_long_a_slot_is_held_and_looking_holds_nothing(visit):
    slot = visit.slots()[0]
    shown = self_booking.slot_for(visit.clinic, slot.name, browser=visit.browser, now=NOW)
    assert shown.held_until is None
    held = visit.ask(slot)
    shown = self_booking.slot_for(visit.clinic, slot.name, browser=visit.browser, now=NOW)
    assert shown.held_until == held.held_until
    with pytest.raises(Invalid):
        self_booking.slot_for(visit.clinic, slot.name, browser="another", now=NOW)
    self_booking.give_up_slot(visit.clinic, browser=visit.browser, now=NOW)
    assert self_booking.slot_for(visit.clinic, slot.name, browser="another", now=NOW).held_until is None


def test_nothing_is_booked_before_the_phone_is_proven(visit):
    slot = visit.slots()[0]
    visit.ask(slot)
    digits = visit.ask_code()
    with pytest.raises(ProofMissing):
        visit.book(slot)
    assert not visit.answer("000000" if digits != "000000" else "111111")
    with pytest.raises(ProofMissing):
        visit.book(slot)
    assert not Appointment.objects.exists()
    assert visit.answer(digits)
    assert visit.book(slot).appointment.status == "booked"


def test_a_code_books_one_hour_and_no_second(visit):
    first, second = visit.slots()[:2]
    digits = visit.ask_code()
    visit.answer(digits)
    visit.book(first)
    with pytest.raises(ProofMissing):
        visit.book(second)
    assert not visit.answer(digits)
    with pytest.raises(ProofMissing):
        visit.book(second)
    assert Appointment.objects.count() == 1


def test_the_proof_of_another_browser_or_phone_is_not_mine(visit):
    slot = visit.slots()[0]
    visit.prove()
    with pytest.raises(ProofMissing):
        Visit(visit.clinic, "another").book(slot)
    with pytest.raises(ProofMissing):
        visit.book(slot, phone="90 00 00 12")
    assert visit.book(slot, phone="+47 900 00 011").appointment


def test_five_wrong_codes_make_a_pause_and_sending_stops(visit):
    digits = visit.ask_code()
    wrong = "000000" if digits != "000000" else "111111"
    for _ in range(4):
        assert not visit.answer(wrong)
    with pytest.raises(ProofPaused):
        visit.answer(wrong)
    with pytest.raises(ProofPaused):
        visit.ask_code()
    assert Message.objects.filter(kind="phone_code").count() == 1
    visit.prove(NOW + 15 * MINUTE)


def test_a_phone_is_not_flooded(visit):
    for number in range(10):
        Visit(visit.clinic, f"browser {number}").ask_code()
    with pytest.raises(TooManyCodes):
        visit.ask_code()
    assert Message.objects.count() == 10


@pytest.mark.parametrize(
    ("phone", "code"),
    [("", "missing"), ("12", "not_a_phone"), ("hei", "not_a_phone"), ("55 00 01 00", "not_a_mobile")],
)
def test_a_phone_that_takes_no_sms_is_refused_beside_the_field(visit, phone, code):
    with pytest.raises(Invalid) as refusal:
        visit.ask_code(phone=phone)
    assert refusal.value.fields == {"phone": code}
    assert visit.ask_code()


def test_a_slot_that_somebody_took_meanwhile_is_refused_and_the_proof_is_kept(visit):
    first, second = visit.slots()[:2]
    visit.ask(first)
    visit.prove()
    late = NOW + 11 * MINUTE
    Visit(visit.clinic, "another").ask(first, late)
    with pytest.raises(Invalid) as refusal:
        visit.book(first, late)
    assert refusal.value.fields == {"starts_at": "taken"}
    assert visit.book(second, late).appointment.starts_at == second.starts_at


def test_a_hold_that_ran_out_is_taken_anew_while_the_slot_is_free(visit):
    slot = visit.slots()[0]
    visit.ask(slot)
    visit.prove()
    assert visit.book(slot, NOW + 12 * MINUTE).appointment.starts_at == slot.starts_at


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, True),
        ({"given_name": "ASTRID", "family_name": " berge "}, True),
        ({"given_name": "Liv"}, False),
        ({"birth_on": date(1945, 5, 17)}, False),
    ],
)
def test_a_known_patient_is_known_by_name_birth_date_and_phone_together(visit, changes, is_same):
    known = a_patient(visit.clinic, "Astrid Berge", phone="90 00 00 11", email="")
    a_patient(a_clinic("Nabolaget"), "Astrid Berge", phone="90 00 00 11")
    visit.prove()
    booked = visit.book(visit.slots()[0], **changes)
    assert (booked.appointment.patient == known) == is_same
    assert booked.appointment.patient.clinic == visit.clinic


def test_what_was_typed_wrong_is_refused_beside_the_field_and_nothing_is_spent(visit):
    slot = visit.slots()[0]
    visit.prove()
    with pytest.raises(Invalid) as refusal:
        visit.book(slot, given_name=" ", birth_on=date(2030, 1, 1))
    assert refusal.value.fields == {"given_name": "missing", "birth_on": "not_a_birth_date"}
    assert not Patient.objects.exists()
    assert visit.book(slot).appointment


def test_one_patient_takes_three_hours_and_leaves_the_rest_to_others(visit):
    for number, slot in enumerate(visit.slots()[:3]):
        now = NOW + number * 2 * MINUTE
        visit.prove(now)
        visit.book(slot, now)
    later = NOW + 10 * MINUTE
    visit.prove(later)
    with pytest.raises(Invalid) as refusal:
        visit.book(visit.slots()[0], later)
    assert refusal.value.fields == {"starts_at": "too_many"}
    other = Visit(visit.clinic, "another")
    other.prove(later + MINUTE)
    assert other.book(other.slots()[0], later + MINUTE, family_name="Lie").appointment


def test_a_clinic_that_does_not_allow_it_has_no_slots_for_patients(visit):
    slot = visit.slots()[0]
    visit.prove()
    type(visit.clinic).objects.update(allows_self_booking=False)
    visit.clinic.refresh_from_db()
    assert visit.slots() == []
    for act in (lambda: visit.ask(slot), lambda: visit.book(slot)):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):
        self_booking.slot_for(visit.clinic, slot.name, browser="", now=NOW)


def test_the_first_day_with_a_free_slot_is_found(visit):
    assert self_booking.first_free_day(visit.clinic, now=NOW) == TODAY
    assert self_booking.first_free_day(visit.clinic, now=NOW + timedelta(hours=2)) == NEXT


def test_the_record_names_the_patient_only_once_they_are_known(visit):
    slot = visit.slots()[0]
    visit.ask(slot)
    visit.prove()
    booked = visit.book(slot)
    by = dict(Entry.objects.values_list("act", "actor_id"))
    assert by["slot.held"].startswith("browser-")
    assert by["appointment.booked"] == booked.appointment.patient.public_id
