"""Bills to the state: written as the published description says, numbered without holes, credited whole."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.journeys import claiming
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.forgetting import Forgotten
from blikk.payments import claims
from blikk.payments.keeping import forget_charges
from blikk.payments.models import Claim, ClaimFile, PaymentRules
from blikk.settlement.models import Bill
from tests.builders import BORN, NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.documentation.conversations import numbered
from tests.helfo.schema import SCHEMA, fits
from tests.national_numbers import made
from tests.payments.charges import AT, Ended


class Claiming:
    """A clinic with one finished consultation that the state has a part in."""

    def __init__(self, **patient):
        self.clinic = a_clinic()
        self.clinician = a_member(self.clinic, hpr_number="9144889")
        self.administrator = a_member(self.clinic, "administrator", "Ada Administrator")
        self.finish(**patient)
        PaymentRules.objects.filter(clinic=self.clinic).update(practice_id="1000005649")

    def finish(self, *, has_number=True, after=0, name="Ola Hansen", **wanted):
        by = a_member(self.clinic, name=f"Dr. {name}", hpr_number="9144889") if after else self.clinician
        hour = a_booked_hour(
            self.clinic,
            clinician=by,
            patient=a_patient(self.clinic, name),
        )
        if has_number:
            numbered(hour, made(BORN, start=900 + after))
        ended = Ended(hour)
        ended.accept(**wanted)
        ended.close("charged" if not wanted.get("exemption") else "exempt")
        PaymentRules.objects.filter(clinic=self.clinic).update(practice_id="1000005649")
        return ended

    def make(self, now=AT):
        act = {"membership": self.administrator, "actor": staff(self.administrator), "now": now}
        return claiming.make_file(self.clinic, **act)

    def credit(self, claim, now=AT):
        return claiming.ask_credit(self.clinic, claim.public_id, actor=staff(self.administrator), now=now)

    def bills(self, file):
        return json.loads(ClaimFile.objects.get(pk=file.pk).body)["behandlerkrav"]["regninger"]


@given(st.integers(-1_000_000_00, 1_000_000_00))
def test_an_amount_reads_back_to_the_ore(ore):
    assert round(json.loads(json.dumps(claims.kroner(ore))) * 100) == ore
    assert len(repr(claims.kroner(ore)).partition(".")[2]) <= 2


@pytest.mark.django_db
def test_a_finished_consultation_becomes_a_bill_in_the_described_form():
    one = Claiming()
    file = one.make()
    whole = json.loads(ClaimFile.objects.get().body)
    assert fits(whole, SCHEMA)
    assert not fits({**whole, "mer": 1}, SCHEMA)
    assert (whole["praksisId"], whole["behandlerkrav"]["belop"]) == ("1000005649", 15.0)
    (bill,) = one.bills(file)
    assert bill["tidspunkt"] == "2026-11-24T10:00:00+01:00"
    assert bill["regningsnummer"] == "1"
    assert bill["takster"] == [{"kode": "2ae", "antall": 1, "belop": 15.0}]
    assert bill["diagnoser"] == [{"kodeverk": "2.16.578.1.12.4.1.1.7170", "kode": "R05"}]
    assert bill["utforendeBehandler"] == {"id": "9144889", "type": "HPR"}
    assert bill["pasient"]["identifikasjon"]["type"] == "FNR"
    assert (bill["betaltEgenandel"], bill["kreditering"]) == (False, False)
    assert json.loads(Entry.objects.get(act="claim_file.made").details) == {"count": 1, "sum_ore": 1500}


@pytest.mark.django_db
def test_whose_co_payment_is_waived_has_it_claimed_with_the_reason():
    one = Claiming(exemption="A", reason="Smitte")
    (bill,) = one.bills(one.make())
    assert (bill["arsakFriEgenandel"], bill["belop"]) == ("A", 175.0)


@pytest.mark.django_db
def test_numbers_go_up_without_holes_and_a_file_that_fails_uses_none():
    one = Claiming()
    one.make()
    with pytest.raises(Invalid) as nothing:
        one.make()
    assert nothing.value.fields == {"file": "nothing_to_claim"}
    one.finish(name="Kari Lund", after=1)
    one.finish(name="Per Vik", after=2)
    one.make()
    assert list(Claim.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert PaymentRules.objects.get(clinic=one.clinic).last_number == 3


@pytest.mark.django_db
def test_what_is_missing_is_told_and_waits_without_holding_up_the_others():
    one = Claiming(has_number=False)
    assert [ready.lacks for ready in claiming.ready_of(one.clinic)] == [("number",)]
    one.finish(name="Kari Lund", after=1)
    assert len(one.bills(one.make())) == 1
    one.clinician.hpr_number = ""
    one.clinician.save(update_fields=["hpr_number"])
    assert [ready.lacks for ready in claiming.ready_of(one.clinic)] == [("number", "hpr")]


@pytest.mark.django_db
def test_that_the_co_payment_is_paid_is_told_once_and_never_taken_back():
    one = Claiming()
    one.make()
    Bill.objects.update(status="paid", settled_at=NOW)
    (told,) = one.bills(one.make())
    assert (told["betaltEgenandel"], told["korrigeringBetaltEgenandel"]) == (True, True)
    assert told["regningsnummer"] == "1"
    assert fits(json.loads(ClaimFile.objects.last().body), SCHEMA)
    Bill.objects.update(status="refunded")
    with pytest.raises(Invalid):
        one.make()
    assert Claim.objects.get().is_paid


@pytest.mark.django_db
def test_a_bill_is_credited_whole_and_once():
    one = Claiming()
    one.make()
    claim = Claim.objects.get()
    first = one.bills(claim.file)[0]
    for _ in range(2):
        one.credit(claim)
    (credit,) = one.bills(one.make())
    assert (credit["kreditering"], credit["belop"], credit["takster"][0]["belop"]) == (True, -15.0, -15.0)
    assert (credit["guid"], credit["regningsnummer"]) == (first["guid"], first["regningsnummer"])
    assert ClaimFile.objects.last().sum_ore == -1500
    with pytest.raises(Invalid):
        one.make()


@pytest.mark.django_db
def test_what_is_older_than_three_years_is_not_credited():
    one = Claiming()
    one.make()
    with pytest.raises(Invalid) as old:
        one.credit(Claim.objects.get(), now=NOW + timedelta(days=3 * 365 + 1))
    assert old.value.fields == {"claim": "too_old_to_credit"}


@pytest.mark.django_db
def test_another_clinic_cannot_tell_that_a_file_or_a_bill_is_there():
    one, other = Claiming(), a_clinic("Elvebakken")
    file, who = one.make(), {"actor": staff(one.administrator), "now": AT}
    for act, name in (
        (claiming.take_file, file.public_id),
        (claiming.ask_credit, Claim.objects.get().public_id),
    ):
        with pytest.raises(NotFound):
            act(other, name, **who)
        assert act(one.clinic, name, **who)
    assert Entry.objects.filter(act="claim_file.looked_at").count() == 1


@pytest.mark.django_db
def test_without_a_practice_no_file_is_made():
    one = Claiming()
    PaymentRules.objects.update(practice_id="")
    with pytest.raises(Invalid) as missing:
        one.make()
    assert missing.value.fields == {"practice_id": "missing"}
    assert not ClaimFile.objects.exists()


@pytest.mark.django_db
def test_old_claims_go_with_their_charges_except_where_a_credit_is_to_be_sent():
    one = Claiming()
    one.make()
    one.finish(name="Kari Lund", after=1)
    one.make()
    one.credit(Claim.objects.get(number=2))
    gone = Forgotten()
    forget_charges(one.clinic, gone, AT + timedelta(days=1))
    assert list(Claim.objects.values_list("number", flat=True)) == [2]
    assert ClaimFile.objects.count() == 1
