"""Files of claims on their way: sent once, found again after silence, refused with reasons, followed until paid."""

import json
from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.journeys import claiming
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.payments import filing
from blikk.payments.deliveries import deliver_once
from blikk.payments.models import Claim, ClaimFile, PaymentRules
from blikk.settlement.models import Bill
from tests.builders import NOW, a_clinic, staff
from tests.helfo.server import LIST, ORGANISATION, PRACTICE, SEND, StandIn
from tests.payments.charges import AT
from tests.payments.test_claims import Claiming

pytestmark = pytest.mark.django_db


class Sending(Claiming):
    """A clinic whose files go by themselves, and time that passes."""

    def __init__(self, helfo: StandIn, **patient):
        super().__init__(**patient)
        self.helfo, self.now = helfo, AT

    def finish(self, **wanted):
        ended = super().finish(**wanted)
        self.rules(organisation=ORGANISATION, sends_claims=True)
        return ended

    def rules(self, **values):
        PaymentRules.objects.filter(clinic=self.clinic).update(**values)

    def later(self, **how):
        self.now += timedelta(**how)

    def work(self, worker="w", times=1):
        return sum(deliver_once(worker, clock=lambda: self.now) for _ in range(times))

    def work_for(self, **how):
        """Let time pass as the worker would have it."""
        until = self.now + timedelta(**how)
        while self.now < until:
            while self.work():
                pass
            self.later(seconds=15)

    def file(self):
        return ClaimFile.objects.filter(clinic=self.clinic).latest("pk")

    def act(self, act, file=None, **more):
        who = {"actor": staff(self.administrator), "now": self.now}
        return act(self.clinic, (file or self.file()).public_id, **more, **who)


@pytest.fixture
def one(helfo):
    return Sending(helfo)


def acts():
    return list(
        Entry.objects.filter(act__startswith="claim_file.").order_by("pk").values_list("act", flat=True)
    )


def test_a_file_goes_by_itself_sealed_for_helfo_and_proven_by_helse_id(one):
    one.make()
    assert (one.file().status, one.work()) == ("sending", 1)
    (kept,) = one.helfo.messages.values()
    assert kept == json.loads(one.file().body)
    assert (one.file().status, one.file().message_id) == ("delivered", *one.helfo.messages)
    assert acts() == ["claim_file.made", "claim_file.delivered"]
    assert one.helfo.tokens == 1


def test_what_is_decided_and_paid_is_read_back_bill_for_bill(one):
    one.finish(name="Kari Lund", after=1)
    one.make()
    remark = {"nummer": 766, "tekst": "Regningen er datert fram i tid."}
    one.helfo.decide["2"] = ("avvist", [remark])
    one.helfo.is_decided = False
    one.work(times=2)
    assert (one.file().control, Claim.objects.filter(answer="").count()) == ("kontrolleres", 2)
    one.helfo.is_decided, one.helfo.payout = True, "sendt_til_utbetaling"
    one.later(seconds=20)
    one.work()
    first, second = Claim.objects.order_by("number")
    assert (first.answer, second.answer) == ("approved", "rejected")
    assert json.loads(second.remarks) == [{"code": "766", "text": "Regningen er datert fram i tid."}]
    one.helfo.payout = "utbetalt"
    one.later(hours=2)
    one.work()
    file = one.file()
    assert (file.payout, file.paid_ore, str(file.paid_on)) == ("utbetalt", 3000, "2026-11-27")
    assert file.next_at is None


@pytest.mark.parametrize("fault", ["taken_and_silent", "taken_and_500"])
def test_an_answer_that_is_lost_after_the_file_was_taken_is_found_and_nothing_sent_twice(one, fault):
    one.make()
    one.helfo.fails(SEND, fault)
    one.work()
    assert one.file().status == "uncertain"
    one.work_for(minutes=5)
    assert one.file().status == "delivered"
    assert one.helfo.times(SEND) == len(one.helfo.messages) == len(one.helfo.bills) == 1
    assert one.file().message_id in one.helfo.messages


@pytest.mark.parametrize("fault", ["hang_up", "500"])
def test_a_file_that_did_not_arrive_goes_again_once_that_is_known(one, fault):
    one.make()
    one.helfo.fails(SEND, fault)
    one.work()
    assert one.file().status == "uncertain"
    assert not one.helfo.messages
    one.work_for(minutes=5)
    assert (one.file().status, len(one.helfo.bills)) == ("delivered", 1)
    assert acts()[1:] == [
        "claim_file.uncertain",
        "claim_file.not_there",
        "claim_file.delivered",
        "claim_file.answered",
    ]


def test_a_worker_that_died_after_sending_leaves_a_file_that_is_looked_for_first(one):
    one.make()
    file = one.file()
    filing.about_to_post(file, now=AT)
    one.helfo.messages["00000000-0000-4000-a000-000000000001"] = json.loads(file.body)
    one.work_for(minutes=1)
    assert (one.file().status, one.helfo.times(SEND)) == ("delivered", 0)


def test_one_that_is_sent_again_all_the_same_is_refused_as_a_duplicate_and_counts_as_there(one):
    one.make()
    one.helfo.messages["00000000-0000-4000-a000-000000000001"] = json.loads(one.file().body)
    one.helfo.fails(LIST, "500")
    one.work_for(minutes=5)
    assert one.file().status == "delivered"
    assert len(one.helfo.bills) == 1


def test_what_helfo_had_and_answered_before_is_not_taken_for_delivered_anew(one):
    one.make()
    one.work(times=2)
    file = one.file()
    file.pk, file.public_id, file.message_id = None, "another-file", ""
    file.status, file.settled_at, file.posted_at, file.next_at = "sending", None, None, one.now
    file.save()
    one.work_for(seconds=30)
    assert (one.file().status, len(one.helfo.bills)) == ("refused", 1)
    assert json.loads(one.file().remarks)[0]["code"] == "DUPLIKAT_KRAV"


def test_an_old_token_is_changed_for_a_new_one_in_the_same_turn(one):
    one.make()
    one.work(times=2)
    one.helfo.forget_tokens()
    one.finish(name="Kari Lund", after=1)
    one.make(now=AT + timedelta(minutes=1))
    one.later(minutes=1)
    one.work(times=3)
    assert (one.file().status, one.helfo.tokens, len(one.helfo.bills)) == ("delivered", 2, 2)


def test_the_other_sides_own_number_is_put_into_the_proof(one):
    one.helfo.nonce = "a-number"
    one.make()
    one.work()
    assert one.file().status == "delivered"


def test_without_a_token_nothing_is_sent_and_the_file_waits_with_its_reason(one):
    one.make()
    one.helfo.fails("/connect/token", *["500"] * 3)
    one.work_for(seconds=20)
    assert (one.file().status, one.file().fault, one.file().posted_at) == ("sending", "no_token", None)
    one.work_for(minutes=5)
    assert one.file().status == "delivered"


def test_a_refused_file_says_why_and_goes_again_by_the_practice_that_is_right(one):
    one.helfo.practice = "2000000001"
    one.make()
    one.work()
    file = one.file()
    assert (file.status, file.fault) == ("refused", "refused")
    assert json.loads(file.remarks)[0]["code"] == "UKJENT_PRAKSISID"
    assert not one.helfo.messages
    one.rules(practice_id="2000000001")
    one.act(filing.ask_sending, version=file.version)
    one.work(times=2)
    assert (one.file().status, one.file().remarks) == ("delivered", "")
    assert [bill["regningsnummer"] for bill in one.helfo.bills] == ["1"]


def test_who_has_no_contract_is_told_and_nothing_is_lost(one):
    one.rules(organisation="974761076")
    one.make()
    one.work()
    assert (one.file().status, one.file().fault) == ("sending", "not_allowed")
    one.rules(organisation=ORGANISATION)
    one.act(filing.ask_sending)
    one.work()
    assert one.file().status == "delivered"


def test_a_rejected_bill_goes_again_by_its_own_name_and_number(one):
    one.helfo.decide["1"] = ("avvist", [{"nummer": "710", "tekst": "Frikort er ikke registrert."}])
    one.make()
    one.work(times=2)
    claim = Claim.objects.get()
    assert claim.answer == "rejected"
    with pytest.raises(Invalid) as no:
        one.credit(claim)
    assert no.value.fields == {"claim": "rejected_is_not_credited"}
    who = {"actor": staff(one.administrator), "now": one.now}
    for _ in range(2):
        claiming.ask_again(one.clinic, claim.public_id, **who)
    one.helfo.decide.clear()
    one.make()
    assert ClaimFile.objects.latest("pk").sum_ore == 1500
    one.work_for(minutes=1)
    claim.refresh_from_db()
    assert (claim.answer, claim.file_id, claim.resend_asked_at) == ("approved", one.file().pk, None)
    first, second = one.helfo.bills
    # The same message twice would be taken for a mistake.
    assert second == {**first, "merknad": "Sendt på nytt 24.11.2026"}
    with pytest.raises(Invalid):
        claiming.ask_again(one.clinic, claim.public_id, **who)


def test_a_credit_that_is_rejected_leaves_the_bill_as_it_was(one):
    one.make()
    one.work(times=2)
    one.credit(Claim.objects.get(), now=one.now)
    one.helfo.decide["1"] = ("avvist", [{"nummer": "1", "tekst": "Finnes ikke."}])
    one.make(now=one.now)
    one.work_for(minutes=1)
    claim = Claim.objects.get()
    assert (claim.answer, claim.credit_asked_at, claim.credited_in) == ("approved", None, None)
    assert json.loads(claim.remarks) == [{"code": "1", "text": "Finnes ikke."}]


def test_that_a_co_payment_is_paid_is_answered_beside_the_bill(one):
    one.make()
    one.work(times=2)
    Bill.objects.update(status="paid", settled_at=NOW)
    one.helfo.decide["1"] = ("avvist", [{"nummer": "9", "tekst": "Alt betalt."}])
    one.make(now=one.now)
    one.work_for(minutes=1)
    assert Claim.objects.get().answer == "approved"
    assert json.loads(one.file().remarks) == [{"code": "9", "text": "Alt betalt.", "number": "1"}]


def test_without_a_client_files_are_made_to_take_along_and_said_to_be_handed_in(one, settings):
    settings.BLIKK_PROVIDERS = {}
    one.make()
    assert (one.file().status, one.work()) == ("made", 0)
    with pytest.raises(Invalid) as no:
        one.act(filing.ask_sending, version=1)
    assert no.value.fields == {"file": "cannot_be_sent"}
    one.act(filing.by_hand, version=1)
    assert one.file().status == "by_hand"
    with pytest.raises(IllegalMove):
        one.act(filing.by_hand, version=2)


def test_what_is_taken_along_is_not_sent_as_well(one):
    one.make()
    file = one.file()
    one.act(filing.by_hand, version=file.version)
    assert one.work_for(minutes=1) is None
    assert not one.helfo.messages
    with pytest.raises(IllegalMove):
        one.act(filing.ask_sending, version=one.file().version)


def test_what_has_left_is_not_said_to_be_handed_in_by_hand(one):
    one.make()
    filing.about_to_post(one.file(), now=AT)
    with pytest.raises(IllegalMove):
        one.act(filing.by_hand, version=2)
    stale = one.file()
    filing.about_to_post(one.file(), now=AT)
    with pytest.raises(Overtaken):
        filing.about_to_post(stale, now=AT)


def test_another_clinic_cannot_send_a_file_or_tell_that_it_is_there(one):
    one.make()
    other, who = a_clinic("Elvebakken"), {"actor": staff(one.administrator), "now": AT}
    for act in (filing.ask_sending, filing.by_hand):
        with pytest.raises(NotFound):
            act(other, one.file().public_id, version=1, **who)
    claim = Claim.objects.get()
    with pytest.raises(NotFound):
        claiming.ask_again(other, claim.public_id, **who)


def test_the_practices_of_an_organisation_can_be_asked_for(one):
    from blikk.payments.helfo import kuhr

    with kuhr.line_for(ORGANISATION) as line:
        assert kuhr.practices(line, now=AT) == {PRACTICE: "ok"}
