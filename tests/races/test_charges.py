"""Two windows at one charge: it is accepted once, with one bill; of taking back and closing out one wins."""

from functools import partial

import pytest

from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.payments import filing
from blikk.payments.errors import NotCharged
from blikk.payments.models import Charge, Claim
from blikk.settlement.models import Bill
from tests.helfo.server import SEND
from tests.payments.charges import Ended
from tests.payments.test_claims import Claiming
from tests.payments.test_deliveries import Sending
from tests.races.racing import only_winner, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_charge_is_accepted_once_with_one_bill():
    for _ in range(4):
        ended = Ended()
        seen = ended.reckon(diagnosis="R05").seen
        accept = partial(ended.accept, seen=seen)
        only_winner(race(accept, accept, accept), Overtaken)
        assert Charge.objects.filter(clinic=ended.hour.clinic).count() == 1
        assert Bill.objects.filter(clinic=ended.hour.clinic).count() == 1


def test_an_acceptance_is_taken_back_once():
    for _ in range(4):
        ended = Ended()
        ended.accept()
        only_winner(race(ended.take_back, ended.take_back), Overtaken, NotCharged, IllegalMove)
        assert Bill.objects.get(clinic=ended.hour.clinic).status == "credited"


def test_what_is_closed_out_as_charged_has_a_charge_that_stands():
    for _ in range(4):
        ended = Ended()
        ended.accept()
        closed, taken = race(partial(ended.close, "charged"), ended.take_back)
        assert closed.has_won != taken.has_won
        assert isinstance(closed.refusal or taken.refusal, Invalid | Overtaken | IllegalMove)
        status = Charge.objects.get(clinic=ended.hour.clinic).status
        assert status == ("accepted" if closed.has_won else "withdrawn")


def test_two_files_at_once_bill_nobody_twice_and_leave_no_hole():
    one = Claiming()
    one.finish(name="Kari Lund", after=1)
    only_winner(race(one.make, one.make), Invalid)
    assert list(Claim.objects.filter(clinic=one.clinic).values_list("number", flat=True)) == [1, 2]


def test_two_workers_send_a_file_once(helfo):
    one = Sending(helfo)
    one.make()
    work = partial(one.work, times=1)
    outcomes = race(work, work, work)
    assert all(outcome.has_won for outcome in outcomes)
    assert (helfo.times(SEND), len(helfo.bills)) == (1, 1)
    assert one.file().status == "delivered"


def test_a_file_is_sent_or_handed_in_by_hand_and_not_both(helfo):
    one = Sending(helfo)
    one.make()
    by_hand = partial(one.act, filing.by_hand, file=one.file(), version=1)
    race(by_hand, one.work)
    sent = one.file().status == "delivered"
    assert (one.file().status, len(helfo.bills)) == (("delivered", 1) if sent else ("by_hand", 0))
