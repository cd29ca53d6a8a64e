"""The estimate is true often enough, and narrow enough to be of use."""

import random

import pytest

from blikk.waiting_room.estimate import estimate
from tests.waiting_room.days import a_day, days, hit_rate, width_ratio

DAYS = 1000


@pytest.fixture(scope="module")
def told():
    return days(DAYS)


def test_over_a_thousand_days_the_wait_falls_in_the_range_in_four_of_five_cases(told):
    assert hit_rate(told) >= 0.8
    assert hit_rate([one for one in told if one.wait >= 1]) >= 0.8


def test_the_range_is_no_wider_than_three_fifths_of_the_wait(told):
    assert width_ratio(told) <= 0.6


def test_other_days_than_those_it_was_tuned_on_are_no_different():
    other = days(300, seed=20261124)
    assert hit_rate(other) >= 0.8
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
