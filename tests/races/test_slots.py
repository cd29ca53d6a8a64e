"""Several people want the same slot, the same stretch of the timetable, or the same queue, at the same moment."""

from datetime import timedelta
from functools import partial

from blikk.invitations import proofs
from blikk.invitations.errors import ProofMissing, ProofPaused
from blikk.invitations.models import PhoneProof
from blikk.journeys import booking, self_booking
from blikk.kernel.errors import Invalid, Overtaken
from blikk.kernel.times import local
from blikk.scheduling import services
from blikk.scheduling.models import Appointment, Opening, Period, SlotHold
from blikk.scheduling.queries import free_slots
from tests.builders import BORN, NOW, a_member, a_patient, staff
from tests.races.racing import only_winner, race
from tests.timetables import TODAY, a_drop_in, a_period

NEXT = TODAY + timedelta(days=7)
PHONE = "+4790000011"


def a_morning(clinic):
    clinic.allows_self_booking = True
    clinic.save()
    clinician = a_member(clinic)
    a_period(clinic, clinician)
    return clinician, free_slots(clinic, first=NEXT, days=1, by="patient", now=NOW)


def test_one_of_six_gets_to_hold_a_slot(clinic):
    _clinician, slots = a_morning(clinic)
    for slot in slots:
        asks = [
            partial(
                self_booking.ask_slot, clinic, slot.name, browser=f"{slot.name} {each}", where="", now=NOW
            )
            for each in range(6)
        ]
        only_winner(race(*asks), Invalid)
    assert SlotHold.objects.filter(let_go_at__isnull=True).count() == len(slots)


def test_a_patient_and_a_member_of_staff_do_not_both_get_the_hour(clinic):
    clinician, slots = a_morning(clinic)
    patient = a_patient(clinic)
    for number, slot in enumerate(slots):
        phone, browser = f"+47900000{number + 11}", f"browser {number}"
        prove(clinic, phone, browser)
        at = local(slot.starts_at, clinic.zone)
        mine = partial(
            self_booking.confirm_and_book,
            clinic,
            slot.name,
            given_name="Astrid",
            family_name=f"Berge {chr(65 + number)}",
            birth_on=BORN,
            phone=phone,
            browser=browser,
            language="nb",
            where="",
            now=NOW,
        )
        theirs = partial(
            booking.book,
            clinic,
            patient=patient,
            clinician=clinician,
            day=at.date(),
            at=at.time(),
            minutes=20,
            channels=("sms",),
            actor=staff(clinician),
            now=NOW,
        )
        only_winner(race(mine, theirs), Invalid)
    assert Appointment.objects.count() == len(slots)


def prove(clinic, phone, browser):
    who = {"phone": phone, "browser": browser, "purpose": "booking", "now": NOW}
    _proof, digits = proofs.ask_proof(clinic, **who)
    assert proofs.answer_proof(clinic, **who, digits=digits)


def test_a_proof_is_spent_once_however_often_the_button_is_pressed(clinic):
    _clinician, slots = a_morning(clinic)
    prove(clinic, PHONE, "mine")
    acts = [
        partial(
            self_booking.confirm_and_book,
            clinic,
            slot.name,
            given_name="Astrid",
            family_name="Berge",
            birth_on=BORN,
            phone=PHONE,
            browser="mine",
            language="nb",
            where="",
            now=NOW,
        )
        for slot in slots[:6]
    ]
    only_winner(race(*acts), ProofMissing)
    assert Appointment.objects.count() == 1


def test_guesses_in_parallel_do_not_get_more_than_five_tries(clinic):
    who = {"phone": PHONE, "browser": "thief", "purpose": "booking", "now": NOW}
    _proof, digits = proofs.ask_proof(clinic, **who)
    guesses = [f"{number:06d}" for number in range(12) if f"{number:06d}" != digits]
    finishes = race(*(partial(proofs.answer_proof, clinic, **who, digits=guess) for guess in guesses))
    assert not any(finish.given for finish in finishes)
    assert any(isinstance(finish.refusal, ProofPaused) for finish in finishes)
    assert PhoneProof.objects.get().tries == 5


def test_one_code_is_sent_however_often_it_is_asked_for(clinic):
    who = {"phone": PHONE, "browser": "mine", "purpose": "drop_in", "now": NOW}
    finishes = race(*(partial(proofs.ask_proof, clinic, **who) for _ in range(6)))
    assert len([finish for finish in finishes if finish.given[1] is not None]) == 1


def test_two_periods_of_one_clinician_cannot_both_be_put_in_the_same_hours(clinic):
    clinician = a_member(clinic)
    for weekday in range(7):
        acts = [
            partial(a_period, clinic, clinician, weekday=weekday),
            partial(a_drop_in, clinic, clinician, weekday=weekday),
        ]
        only_winner(race(*acts), Invalid)
    assert Period.objects.count() == 7


def test_a_period_is_not_changed_by_two_at_once(clinic):
    period = a_period(clinic)
    for version in range(1, 8):
        acts = [
            partial(
                services.change_period,
                clinic,
                period.public_id,
                version=version,
                name=f"{version} {each}",
                actor=staff(period.clinicians.first()),
                now=NOW,
            )
            for each in range(3)
        ]
        only_winner(race(*acts), Overtaken)


def test_the_first_ten_who_come_make_one_queue(clinic):
    period = a_drop_in(clinic)
    finishes = race(*(partial(services.opening_for, period, TODAY, now=NOW) for _ in range(10)))
    assert len({finish.given.pk for finish in finishes}) == 1
    assert Opening.objects.count() == 1
