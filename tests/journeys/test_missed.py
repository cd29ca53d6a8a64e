"""An hour that the patient did not come to: a person says so and decides about the fee, and can take it back."""

from datetime import date, timedelta

import pytest

from blikk.audit.models import Entry
from blikk.journeys import booking, door, missed, money
from blikk.journeys.errors import NotAtThisStep, PatientIsHere, TalkIsRunning
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.notifications.models import Message
from blikk.payments.models import Charge, PaymentRules
from blikk.scheduling.services import add_absence
from blikk.settlement import payments
from blikk.settlement.errors import AlreadyBilled
from blikk.settlement.models import Bill
from blikk.waiting_room.models import Arrival, Delay
from tests.builders import (
    NOW,
    a_booked_hour,
    a_clinic,
    a_member,
    a_patient,
    admitted,
    asked,
    proven,
    staff,
    waiting,
)
from tests.payments.charges import charges_here

pytestmark = pytest.mark.django_db
FEE = 21_200
# The hour begins two days after it was booked.
STARTS = NOW + timedelta(days=2)
LATER = STARTS + timedelta(minutes=15)


@pytest.fixture
def hour():
    return an_hour()


def an_hour(*, fee=FEE, starts_in=timedelta(days=2), **more):
    clinic = a_clinic()
    charges_here(clinic, missed_ore=fee)
    PaymentRules.objects.update(missed_since=NOW - timedelta(days=30) if fee else None)
    if "birth_on" in more:
        more = {"patient": a_patient(clinic, birth_on=more["birth_on"])}
    return a_booked_hour(clinic, starts_in=starts_in, **more)


def seen(hour, now=LATER):
    hour.appointment.refresh_from_db()
    return missed.missing_of(hour.appointment, now=now)


def say(hour, *, now=LATER, fee=FEE, version=None, **more):
    hour.appointment.refresh_from_db()
    return missed.say_missed(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version if version is None else version,
        fee_ore=fee,
        missed_words="Ikke møtt",
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=now,
        **more,
    )


def undo(hour, *, now=LATER):
    hour.appointment.refresh_from_db()
    return missed.undo_missed(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        actor=staff(hour.clinician),
        now=now,
    )


def refused(act):
    with pytest.raises(Invalid) as fault:
        act()
    return fault.value.fields


def test_one_key_says_it_and_makes_the_bill(hour):
    asked = seen(hour)
    assert (asked.may_mark, asked.fee_ore, asked.against, asked.cautions) == (True, FEE, (), ())
    say(hour)
    hour.appointment.refresh_from_db()
    assert (hour.appointment.status, hour.appointment.missed_at) == ("no_show", LATER)
    bill = Bill.objects.get()
    assert (bill.kind, bill.amount_ore, bill.status, bill.consultation) == ("missed", FEE, "open", None)
    assert [(row.text, row.amount_ore, row.payer) for row in bill.rows.all()] == [
        ("Ikke møtt", FEE, "patient")
    ]
    charge = Charge.objects.get()
    assert (charge.kind, charge.patient_ore, charge.state_ore) == ("missed", FEE, 0)
    acts = set(Entry.objects.filter(chain=hour.clinic.pk).values_list("act", flat=True))
    assert {"appointment.missed", "charge.accepted", "bill.opened"} <= acts
    after = seen(hour)
    assert (after.is_marked, after.decided, after.bill, after.may_undo) == (
        True,
        "charged",
        bill.public_id,
        True,
    )


def test_somebody_is_let_off_with_a_reason_that_is_kept(hour):
    assert refused(lambda: say(hour, fee=0)) == {"reason": "missing"}
    assert refused(lambda: say(hour, fee=0, reason="because")) == {"reason": "missing"}
    assert refused(lambda: say(hour, fee=0, reason="other")) == {"words": "missing"}
    say(hour, fee=0, reason="other", words="Ny i landet")
    assert not Bill.objects.exists()
    after = seen(hour)
    assert (after.decided, after.reason, after.words) == ("let_off", "other", "Ny i landet")
    assert Charge.objects.get().patient_ore == 0


def test_it_can_be_said_only_once_the_hour_has_begun_and_some_minutes_went(hour):
    for early in (STARTS - timedelta(minutes=1), STARTS + timedelta(minutes=9)):
        assert seen(hour, early) is None
        with pytest.raises(IllegalMove):
            say(hour, now=early)
    assert seen(hour, STARTS + timedelta(minutes=10)).may_mark
    say(hour, now=STARTS + timedelta(minutes=10))


def test_a_stale_page_and_another_clinic_are_refused(hour):
    with pytest.raises(Overtaken):
        say(hour, version=99)
    other = a_clinic()
    with pytest.raises(NotFound):
        missed.say_missed(
            other,
            hour.appointment.public_id,
            version=1,
            membership=hour.clinician,
            actor=SYSTEM,
            now=LATER,
        )
    say(hour)
    with pytest.raises(Overtaken):
        say(hour, version=1)


def test_who_is_in_the_waiting_room_has_not_missed_it(hour):
    waiting(hour, now=STARTS)
    assert seen(hour) is None
    with pytest.raises(PatientIsHere):
        say(hour)
    assert not Charge.objects.exists()


def test_who_talks_has_not_missed_it(hour):
    admitted(hour, now=STARTS)
    assert seen(hour) is None
    with pytest.raises(TalkIsRunning):
        say(hour)


def test_who_comes_after_it_was_said_is_told_that_the_hour_is_over(hour):
    proven(hour, now=STARTS)
    say(hour, fee=0)
    assert Arrival.objects.get().status == "left"
    with pytest.raises(NotAtThisStep):
        door.arrive(hour.invitation.public_id, hour.device, where="192.0.2.7", now=LATER)
    undo(hour)
    view = door.arrive(hour.invitation.public_id, hour.device, where="192.0.2.7", now=LATER)
    assert view.step == "waiting"


def late(hour):
    Delay.objects.create(
        clinic=hour.clinic, membership=hour.clinician, day=STARTS.date(), minutes=20, at=STARTS
    )


def away(hour):
    begin, end = STARTS - timedelta(hours=1), STARTS + timedelta(hours=2)
    add_absence(
        hour.clinic,
        clinician=hour.clinician,
        kind="sick",
        starts_at=begin,
        ends_at=end,
        actor=SYSTEM,
        now=NOW,
    )


def at_the_door(hour):
    proven(hour, now=STARTS)


def locked(hour):
    hour.invitation.tries = 5
    hour.invitation.save()


def not_arrived(hour):
    Message.objects.filter(about__contains="Invitation").update(status="failed", settled_at=NOW)


def moved_late(hour):
    booking.move(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        day=STARTS.date(),
        at=(STARTS + timedelta(hours=1)).time(),
        minutes=20,
        actor=staff(hour.clinician),
        now=STARTS - timedelta(hours=5),
    )


def new_fee(hour):
    charges_here(hour.clinic, missed_ore=FEE + 100)
    PaymentRules.objects.update(missed_since=STARTS - timedelta(hours=2), missed_ore=FEE)


def not_invited(hour):
    hour.invitation.delete()


def said_in_time(hour):
    hour.clinic.cancels_online = "asks"
    hour.clinic.save()
    hour.invitation.refresh_from_db()
    asked(hour, "cannot_come")


WHY = {
    "said_in_time": said_in_time,
    "we_were_late": late,
    "we_were_away": away,
    "was_here": at_the_door,
    "locked": locked,
    "message_failed": not_arrived,
    "told_late": moved_late,
    "fee_is_new": new_fee,
    "not_told": not_invited,
}


@pytest.mark.parametrize("why", sorted(WHY))
def test_nobody_is_asked_to_pay_where_the_hours_own_events_speak_against_it(why):
    hour = an_hour()
    WHY[why](hour)
    now = LATER + timedelta(hours=2)
    assert seen(hour, now).against == (why,)
    assert refused(lambda: say(hour, now=now)) == {"fee": "no_fee_possible"}
    say(hour, fee=0, now=now)
    assert not Bill.objects.exists()
    assert seen(hour, now).reason == why


def test_who_was_booked_today_is_not_asked_to_pay():
    hour = an_hour(starts_in=timedelta(hours=3))
    assert seen(hour, NOW + timedelta(hours=4)).against == ("told_late",)


def test_the_clinics_own_longer_notice_is_kept_to():
    hour = an_hour()
    hour.clinic.cancel_until_hours = 72
    hour.clinic.save()
    assert seen(hour).against == ("told_late",)


def test_a_child_is_thought_of_before_one_asks():
    hour = an_hour(birth_on=date(2015, 3, 14))
    assert (seen(hour).cautions, seen(hour).against) == (("child",), ())


def test_a_fee_that_changed_meanwhile_is_shown_first(hour):
    assert refused(lambda: say(hour, fee=FEE - 100)) == {"fee": "sum_is_new"}
    say(hour)


def test_a_clinic_without_a_fee_just_notes_it():
    hour = an_hour(fee=0)
    assert (seen(hour).fee_ore, seen(hour).against) == (0, ())
    say(hour, fee=0)
    assert not Charge.objects.exists()
    assert seen(hour).decided == ""


def test_it_is_taken_back_the_same_day_with_its_bill(hour):
    say(hour)
    undo(hour)
    hour.appointment.refresh_from_db()
    assert (hour.appointment.status, hour.appointment.missed_at) == ("booked", None)
    assert (Bill.objects.get().status, Charge.objects.get().status) == ("credited", "withdrawn")
    said = money.standing_at(hour.clinic, LATER + timedelta(minutes=1))
    assert (said.billed_ore, said.credited_ore, said.outstanding_ore) == (FEE, FEE, 0)
    say(hour)
    assert Bill.objects.filter(status="open").count() == 1


def test_it_is_not_taken_back_another_day_or_once_it_is_paid(hour):
    say(hour)
    with pytest.raises(IllegalMove):
        undo(hour, now=LATER + timedelta(days=1))
    payments.pay_by_hand(
        Bill.objects.get(), how="cash", provider="desk", membership=None, actor=SYSTEM, now=LATER
    )
    assert not seen(hour).may_undo
    with pytest.raises(AlreadyBilled):
        undo(hour)
    hour.appointment.refresh_from_db()
    assert hour.appointment.status == "no_show"


def test_a_time_that_was_given_away_is_not_taken_back(hour):
    say(hour)
    a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=a_patient(hour.clinic, "Per Lie"),
        starts_in=timedelta(minutes=0),
        now=LATER,
    )
    with pytest.raises(Overtaken):
        undo(hour)
    assert Bill.objects.get().status == "open"


def test_a_secretary_may_say_it_and_the_page_shows_it(hour):
    secretary = a_member(hour.clinic, "secretary")
    hour.clinician = secretary
    say(hour)
    assert Charge.objects.get().accepted_by == secretary
