"""The charge at the close-out: proposed from what was really held, accepted once, with its bill."""

from datetime import date, timedelta

import pytest

from blikk.audit.models import Entry
from blikk.journeys import charging
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.payments import decisions, queries
from blikk.payments.combinations import Pick
from blikk.payments.errors import NotCharged
from blikk.payments.models import Charge, Tariff
from blikk.settlement.models import Bill
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.documentation.conversations import a_full_conversation
from tests.payments.charges import AT, TODAY, Ended, charges_here, rates

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(Invalid) as fault:
        act()
    return fault.value.fields


def test_an_ordinary_video_consultation_is_charged_with_one_acceptance():
    ended = Ended()
    shown = ended.reckon()
    assert [pick.code for pick in shown.picks] == ["2ae"]
    assert (shown.total.patient_ore, shown.total.state_ore) == (16000, 1500)
    assert shown.oldest.code == "2ae"
    charge = ended.accept()
    assert (charge.patient_ore, charge.state_ore, charge.exemption) == (16000, 1500, "")
    assert [(line.code, line.times) for line in queries.lines_of(charge)] == [("2ae", 1)]
    bill = Bill.objects.get(consultation=ended.talk)
    assert (bill.kind, bill.amount_ore, bill.status) == ("co_payment", 16000, "open")
    assert [(row.payer, row.amount_ore) for row in bill.rows.all()] == [("patient", 16000), ("state", 1500)]
    acts = set(Entry.objects.filter(chain=ended.hour.clinic.pk).values_list("act", flat=True))
    assert {"charge.accepted", "bill.opened"} <= acts


def test_the_length_that_was_really_talked_counts():
    ended = Ended(minutes=36)
    assert [(one.code, one.times) for one in ended.reckon().picks] == [("2ae", 1), ("2cd", 2)]
    # What the state pays for the addition is in no source, and is not made into nothing.
    assert (ended.reckon().total.patient_ore, ended.reckon().total.state_ore) == (18000, None)


def test_who_was_there_and_by_what_it_was_held_are_read_from_the_record():
    hour = a_full_conversation()
    charges_here(hour.clinic)
    rates()
    decisions.change_trade(
        hour.clinician, field="LE", is_specialist=True, actor=staff(hour.clinician), now=NOW
    )
    occasion = charging.reckon(hour.appointment.consultation, charging.Wanted()).occasion
    assert (occasion.form, occasion.part, occasion.minutes) == ("phone", "day", 15)
    assert (occasion.has_interpreter, occasion.has_relatives, occasion.is_specialist) == (True, True, True)


def test_a_child_pays_nothing_and_the_state_pays_it_all():
    clinic = a_clinic()
    child = a_patient(clinic, "Liv Dahl", birth_on=date(2015, 3, 14))
    ended = Ended(a_booked_hour(clinic, patient=child))
    shown = ended.reckon()
    assert (shown.exemption, shown.asks_reason) == ("B", False)
    charge = ended.accept()
    assert (charge.patient_ore, charge.state_ore, charge.exemption) == (0, 17500, "B")
    assert not Bill.objects.exists()
    assert ended.close("exempt").fee == "exempt"


def test_an_infectious_disease_gives_the_right_to_reimbursement_with_its_reason():
    ended = Ended()
    assert refused(lambda: ended.accept(exemption="A")) == {"reason": "missing"}
    charge = ended.accept(exemption="A", reason="Påvist korona i går")
    assert (charge.patient_ore, charge.state_ore) == (0, 17500)
    assert Charge.objects.get().exemption_reason == "Påvist korona i går"
    # The reason tells of an illness: neither the log nor the table can be read for it.
    assert "korona" not in Entry.objects.get(act="charge.accepted").details


def test_an_exemption_that_the_trade_does_not_have_is_refused():
    ended = Ended()
    clinician = ended.hour.clinician
    trade = {"is_specialist": False, "actor": staff(clinician), "now": NOW}
    decisions.change_trade(clinician, field="PS", **trade)
    assert refused(lambda: ended.accept(exemption="Y", reason="Skade"))["exemption"] == "unknown"
    decisions.change_trade(clinician, field="LE", **trade)
    assert refused(lambda: ended.accept(exemption="X", reason="x")) == {"exemption": "unknown"}
    assert ended.accept(exemption="Y", reason="Yrkesskade").exemption == "Y"


def test_codes_that_cannot_stand_together_are_not_accepted():
    ended = Ended()
    both = (Pick("2ae"), Pick("2ad"))
    assert [one.why for one in ended.reckon(picks=both).faults] == ["not_together"]
    assert refused(lambda: ended.accept(picks=both)) == {"codes": "codes_do_not_fit"}
    assert refused(lambda: ended.accept(picks=())) == {"codes": "missing"}
    assert not Charge.objects.exists()
    assert not Bill.objects.exists()


def test_only_the_sum_that_was_shown_is_accepted():
    ended = Ended()
    seen = ended.reckon().seen
    Tariff.objects.filter(code="2ae").update(copay_ore=17000)
    assert refused(lambda: ended.accept(seen=seen)) == {"codes": "sum_is_new"}
    assert ended.accept().patient_ore == 17000


def test_a_rate_that_changes_later_changes_nothing_that_was_accepted():
    ended = Ended()
    charge = ended.accept()
    Tariff.objects.all().update(copay_ore=1)
    assert queries.lines_of(charge)[0].copay_ore == 16000


def test_a_day_without_a_rate_proposes_nothing():
    ended = Ended()
    Tariff.objects.update(valid_to=TODAY - timedelta(days=1))
    assert ended.reckon().picks == ()
    assert refused(lambda: ended.accept()) == {"codes": "missing"}


def test_the_diagnosis_is_asked_at_the_close_out_and_found_by_words():
    ended = Ended()
    assert refused(lambda: ended.accept(diagnosis="")) == {"diagnosis": "diagnosis_missing"}
    assert refused(lambda: ended.accept(diagnosis="zzz")) == {"diagnosis": "diagnosis_missing"}
    several = ended.reckon(diagnosis="l")
    assert len(several.candidates) > 1
    assert refused(lambda: ended.accept(diagnosis="l")) == {"diagnosis": "choose_diagnosis"}
    assert [one.code for one in ended.reckon(diagnosis="hoste").diagnoses] == ["R05"]
    charge = ended.accept(diagnosis="R05, R74")
    assert Charge.objects.get(pk=charge.pk).diagnoses == (
        '[{"system": "icpc2", "code": "R05"}, {"system": "icpc2", "code": "R74"}]'
    )


def test_a_charge_stands_once_and_can_be_taken_back_until_the_close_out():
    ended = Ended()
    ended.accept()
    with pytest.raises(Overtaken):
        ended.accept(exemption="A", reason="x")
    assert (Charge.objects.count(), Bill.objects.count()) == (1, 1)
    ended.take_back()
    assert Bill.objects.get().status == "credited"
    with pytest.raises(NotCharged):
        ended.take_back()
    assert ended.accept(exemption="A", reason="Smitte").patient_ore == 0
    ended.close("charged")
    with pytest.raises(IllegalMove):
        ended.take_back()


def test_a_charge_that_somebody_changed_meanwhile_is_not_taken_back():
    ended = Ended()
    ended.accept()
    with pytest.raises(Overtaken):
        ended.take_back(version=2)
    assert Bill.objects.get().status == "open"


def test_the_close_out_and_the_charge_say_the_same():
    ended = Ended()
    assert refused(lambda: ended.close("charged")) == {"fee": "nothing_charged"}
    ended.accept()
    assert refused(lambda: ended.close("no_charge")) == {"fee": "charge_stands"}
    assert ended.close("charged").fee == "charged"


def test_without_a_charge_the_fee_is_decided_elsewhere_as_before():
    ended = Ended()
    assert ended.close("charged_elsewhere").fee == "charged_elsewhere"


def test_a_clinic_that_charges_elsewhere_has_nothing_here():
    ended = Ended(is_on=False)
    with pytest.raises(NotCharged):
        ended.reckon()


def test_a_private_practice_charges_by_its_own_prices_of_the_day():
    ended = Ended(is_private=True)
    clinic = ended.hour.clinic
    act = {"actor": staff(ended.hour.clinician), "now": NOW}
    old = {"name": "Samtale", "minutes": 45, "price_ore": 90000, "valid_from": date(2026, 1, 1)}
    decisions.set_price(clinic, **old, **act)
    decisions.set_price(clinic, **{**old, "price_ore": 95000, "valid_from": TODAY}, **act)
    (price,) = queries.prices_on(clinic, TODAY)
    assert [one.price_ore for one in queries.prices_on(clinic, TODAY - timedelta(days=1))] == [90000]
    assert refused(lambda: ended.accept()) == {"price": "missing"}
    charge = ended.accept(price=price.public_id, diagnosis="")
    assert (charge.kind, charge.patient_ore, charge.state_ore) == ("private", 95000, 0)
    assert Bill.objects.get().kind == "private"
    same = {**old, "valid_from": TODAY}
    assert refused(lambda: decisions.set_price(clinic, **same, **act)) == {"valid_from": "price_from_then"}


def test_a_missed_appointment_has_its_fee_also_for_who_is_exempt():
    clinic = a_clinic()
    child = a_patient(clinic, "Liv Dahl", birth_on=date(2015, 3, 14))
    ended = Ended(a_booked_hour(clinic, patient=child), missed_ore=21200)
    charge = ended.accept(kind="missed", diagnosis="")
    assert (charge.kind, charge.patient_ore, charge.state_ore, charge.exemption) == ("missed", 21200, 0, "")
    bill = Bill.objects.get()
    assert (bill.kind, bill.amount_ore, bill.rows.get().text) == ("missed", 21200, "Ikke møtt")


def test_who_did_not_lead_the_conversation_cannot_tell_that_it_exists():
    ended = Ended()
    other = a_member(ended.hour.clinic, name="Per Annen")
    with pytest.raises(NotFound):
        charging.accept(
            ended.hour.clinic,
            ended.id,
            wanted=charging.Wanted(diagnosis="R05"),
            seen=ended.reckon().seen,
            membership=other,
            actor=staff(other),
            now=AT,
        )
    assert ended.accept()
