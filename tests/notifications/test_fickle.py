import pytest

from blikk.notifications.reports import use_kept
from tests.fickle import INVITATIONS, NOW, Fate, send_all

pytestmark = pytest.mark.django_db


def require_a_fickle_transport(fate: Fate) -> None:
    assert fate.asked > INVITATIONS
    assert len(fate.statuses) == INVITATIONS


def test_five_thousand_invitations_to_a_transport_that_honours_keys_arrive_exactly_once_each():
    fate = send_all(honours_key=True)
    require_a_fickle_transport(fate)
    assert len(fate.arrived) == INVITATIONS
    assert set(fate.arrived.values()) == {1}
    assert set(fate.statuses.values()) == {"sent", "delivered"}
    assert fate.shown == frozenset()
    assert use_kept(now=NOW) == []


def test_five_thousand_invitations_without_keys_are_not_lost_nor_doubled_and_what_nobody_knows_is_shown():
    fate = send_all(honours_key=False)
    require_a_fickle_transport(fate)
    assert fate.lost == []
    assert fate.doubled == []
    assert set(fate.statuses.values()) == {"sent", "delivered", "uncertain"}
    assert set(fate.unsure) == fate.shown
    assert INVITATIONS * 0.15 < len(fate.unsure) < INVITATIONS * 0.35
    assert all(fate.arrived[key] == 1 for key, status in fate.statuses.items() if status != "uncertain")
