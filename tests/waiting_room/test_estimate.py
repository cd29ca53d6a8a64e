"""The estimate is true often enough, and narrow enough to be of use."""

import random
from itertools import pairwise

import pytest

from blikk.waiting_room.estimate import Range, Waits, estimate
from blikk.waiting_room.queries import Moment, Pace
from blikk.waiting_room.queries.places import SILENCE
from blikk.waiting_room.rehearsal import PLACES, AtWork
from tests.waiting_room.days import a_day, days, hit_rate, width_ratio

DAYS = 1000


@pytest.fixture(scope="module")
def told():
    return days(DAYS)


def test_over_a_thousand_days_the_wait_falls_in_the_range_in_four_of_five_cases(told):
    assert hit_rate(told) >= 0.8
    assert hit_rate([one for one in told if one.wait >= 1]) >= 0.8


def test_booked_hours_in_between_make_it_no_less_true_and_no_wider(told):
    among = [one for one in told if one.among_hours]
    assert len(among) > len(told) / 2
    assert hit_rate(among) >= 0.8
    assert width_ratio(among) <= 0.6


def test_the_range_is_no_wider_than_three_fifths_of_the_wait(told):
    assert width_ratio(told) <= 0.6


def test_other_days_than_those_it_was_tuned_on_are_no_different():
    other = days(300, seed=20261124)
    assert hit_rate(other) >= 0.79
    assert width_ratio(other) <= 0.62


def test_a_range_that_is_made_up_is_found_out():
    """Positive control: the measure sees an estimate that ignores the length of the queue."""
    dice = random.Random(3)
    told = [one for _ in range(50) for one in a_day(dice)]
    hits = sum(5 <= one.wait <= 15 for one in told) / len(told)
    assert hits < 0.5


def test_nobody_serves_nobody_knows():
    assert estimate(0, 0, [], 10) is None


def test_whoever_finds_somebody_free_waits_a_moment():
    wait = estimate(0, 2, [], 10, running=[3])
    assert wait is not None
    assert (wait.low, wait.high) == (0, 2)


@pytest.mark.parametrize("ahead", range(0, 30, 3))
def test_more_people_take_longer_and_more_servers_less(ahead):
    first, behind = (
        estimate(ahead, 1, [10] * 5, 10, running=[4]),
        estimate(ahead + 1, 1, [10] * 5, 10, running=[4]),
    )
    helped = estimate(ahead, 3, [10] * 5, 10, running=[4, 4, 4])
    assert first.low <= first.high
    assert first.high < behind.high
    assert helped.high <= first.high


def test_what_was_measured_counts_more_than_what_was_expected():
    assert estimate(5, 1, [20] * 30, 10, running=[1]).low > estimate(5, 1, [], 10, running=[1]).high


HOURS = ((25.0, 20.0), (60.0, 20.0))


def shown_at(minute: float, ahead: int, *, hours: tuple[tuple[float, float], ...] = HOURS) -> Range:
    """What is shown so long after the last thing that happened: then somebody had been inside for three minutes."""
    step = SILENCE.total_seconds() / 60
    moments = []
    for at in (number * step for number in range(int(minute // step) + 1)):
        later = tuple((begins - at, lasts) for begins, lasts in hours)
        moments.append(Moment(minute - at, (AtWork(talking=3 + at, hours=later),)))
    wait = Pace(tuple(moments), lengths=(9.0, 12.0, 7.0)).wait(ahead)
    assert wait is not None
    return wait


@pytest.mark.parametrize("ahead", range(6))
@pytest.mark.parametrize("hours", [(), HOURS])
def test_until_something_happens_the_near_end_only_counts_down(ahead, hours):
    times = [number / 4 for number in range(80)]
    ranges = [shown_at(time, ahead, hours=hours) for time in times]
    for before, after in pairwise(ranges):
        assert before.low - 1 <= after.low <= before.low


@pytest.mark.parametrize("ahead", range(6))
def test_between_two_looks_at_a_silence_both_ends_only_count_down(ahead):
    for first in (0.0, 2.0, 8.0):
        ranges = [shown_at(first + number / 10, ahead) for number in range(20)]
        for before, after in pairwise(ranges):
            assert (before.low - after.low, before.high - after.high) in {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_conversation_that_goes_on_and_on_moves_the_far_end_and_says_so_in_time():
    assert shown_at(18, 1).high > shown_at(1, 1).high
    assert shown_at(18, 1).low == 0


def test_an_hour_that_begins_after_ones_turn_is_in_nobodys_way():
    free, far, near = (estimate_among(0, ((begins, 30.0),) if begins else ()) for begins in (0.0, 200.0, 7.0))
    assert far.high <= free.high + 2
    assert near.high > far.high + 20


def test_an_hour_that_comes_before_ones_turn_takes_its_time():
    """Somebody is inside until the hour begins: whoever is next is let in when it is over, and hardly before."""
    wait = estimate_among(0, ((1.0, 30.0),), talking=4.0)
    assert 20 <= wait.low <= 36 <= wait.high


def test_who_is_in_a_booked_hour_comes_back_when_it_is_over():
    found = Waits((AtWork(engaged=12.0),), (), 10).after(0)
    assert found is not None
    assert 7 <= found[0] <= 12 <= found[1] <= 20
    two = Waits((AtWork(engaged=12.0), AtWork()), (), 10).after(0)
    assert two is not None
    assert two[1] <= 2


@pytest.mark.parametrize("ahead", [0, 7, 8, 20, PLACES - 1, PLACES, PLACES + 40])
def test_who_stands_further_back_is_never_told_less(ahead):
    at_work = (AtWork(talking=2.0, hours=HOURS), AtWork(engaged=8.0))
    one, next_ = (Waits(at_work, (), 10).after(place) for place in (ahead, ahead + 1))
    assert one is not None
    assert next_ is not None
    assert one[0] <= next_[0]
    assert one[1] <= next_[1]


def estimate_among(
    ahead: int, hours: tuple[tuple[float, float], ...], *, talking: float | None = 4.0
) -> Range:
    wait = Pace((Moment(0.0, (AtWork(talking=talking, hours=hours),)),), lengths=(10.0,) * 8).wait(ahead)
    assert wait is not None
    return wait
