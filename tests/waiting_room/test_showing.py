"""The patient asks who the clinician is: what is asked, shown and answered, in whatever order."""

import itertools

import pytest

from blikk.audit.models import Entry
from blikk.kernel.errors import IllegalMove, NotFound, Overtaken
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.models import Arrival, Showing
from blikk.waiting_room.states import SHOWING, ShowingStatus
from tests import builders as b
from tests.identities import patient_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour() -> b.Hour:
    hour = b.a_booked_hour()
    b.waiting(hour)
    return hour


def arrival_of(hour: b.Hour) -> Arrival:
    return Arrival.objects.select_related("clinic").get(appointment=hour.appointment)


def asked(hour: b.Hour) -> Showing:
    return waiting_room.ask_to_see(arrival_of(hour), actor=patient_actor(hour), now=b.NOW)


def shown(hour: b.Hour) -> Showing:
    return waiting_room.show(arrival_of(hour), by=hour.clinician, actor=b.staff(hour.clinician), now=b.NOW)


def answered(hour: b.Hour, answer: str) -> Showing:
    return waiting_room.answer_showing(arrival_of(hour), answer=answer, actor=patient_actor(hour), now=b.NOW)


def test_asked_shown_and_seen_is_recorded_both_ways(hour):
    asked(hour)
    shown(hour)
    seen = answered(hour, "seen")
    assert (seen.status, seen.shown_by, seen.answered_at) == ("seen", hour.clinician, b.NOW)
    acts = list(Entry.objects.filter(act__contains="who_it_is").values_list("act", "actor_kind"))
    assert acts == [
        ("arrival.asked_who_it_is", "patient"),
        ("arrival.shown_who_it_is", "staff"),
        ("arrival.answered_who_it_is", "patient"),
    ]


def test_a_clinician_may_show_it_without_being_asked(hour):
    assert shown(hour).status == "shown"
    assert Showing.objects.get().asked_at is None


def test_who_is_not_sure_may_ask_again_and_change_their_mind(hour):
    asked(hour)
    shown(hour)
    answered(hour, "unsure")
    assert asked(hour).status == "asked"
    shown(hour)
    answered(hour, "unsure")
    assert answered(hour, "seen").status == "seen"


def test_asking_and_answering_twice_changes_nothing(hour):
    assert asked(hour).version == asked(hour).version
    shown(hour)
    assert answered(hour, "seen").version == answered(hour, "seen").version
    assert asked(hour).status == "seen"


def test_nothing_is_answered_before_it_was_shown(hour):
    with pytest.raises(NotFound):
        answered(hour, "seen")
    asked(hour)
    with pytest.raises(IllegalMove):
        answered(hour, "seen")
    shown(hour)
    with pytest.raises(NotFound):
        answered(hour, "kanskje")


@pytest.mark.parametrize(
    ("current", "target"), list(itertools.product(ShowingStatus, ShowingStatus)), ids=str
)
def test_only_the_moves_in_the_table_can_be_made(hour, current, target):
    times = {"asked_at": b.NOW, "shown_at": b.NOW, "shown_by": hour.clinician}
    over = {"answered_at": b.NOW} if current in {"seen", "unsure"} else {}
    showing = Showing.objects.create(arrival=arrival_of(hour), status=current, **times, **over)
    changes = {"answered_at": b.NOW if target in {"seen", "unsure"} else None}
    if SHOWING.allows(current, target):
        SHOWING.make(showing, target, **changes)
        assert Showing.objects.get().status == target
    else:
        with pytest.raises(IllegalMove):
            SHOWING.make(showing, target, **changes)


def test_what_was_seen_is_never_taken_back_and_nothing_skips_being_shown():
    assert ShowingStatus.SEEN not in SHOWING.table
    assert not SHOWING.allows(ShowingStatus.ASKED, ShowingStatus.SEEN)


def test_a_stale_move_is_told(hour):
    asked(hour)
    stale = Showing.objects.get()
    shown(hour)
    with pytest.raises(Overtaken):
        SHOWING.make(stale, ShowingStatus.SHOWN, shown_at=b.NOW, shown_by=hour.clinician)
