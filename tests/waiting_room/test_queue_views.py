"""What those who serve a queue, and everybody outside, are told of it."""

from datetime import timedelta
from itertools import pairwise

import pytest

from blikk.consultations.models import Consultation
from blikk.journeys import door, queue, talk
from blikk.waiting_room import queries, services
from blikk.waiting_room.queries import queue_of, queues_of, summaries_of
from blikk.waiting_room.rehearsal import AtWork
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, staff, waiting
from tests.queues import WHERE, a_queue, an_opening, away_from_page, enter, waiting_guests

pytestmark = pytest.mark.django_db


def test_a_row_says_where_the_person_is_and_whether_they_can_be_taken():
    opening, (doctor,), (first, second, third) = a_queue()
    door.step_away(first.view.invitation, first.device, where=WHERE, now=NOW)
    away_from_page(second)
    fourth = enter(opening, "Ny Gjest")
    rows = queue_of(opening, now=NOW).rows
    assert [(row.place, row.status, row.is_connected, row.is_ready) for row in rows] == [
        (1, "away", True, False),
        (2, "waiting", False, False),
        (3, "waiting", True, True),
        (4, "at_the_door", False, False),
    ]
    assert (rows[0].name, rows[0].since, rows[3].phone) == (first.name, NOW, fourth.phone)
    assert rows[0].wait_low is None
    queue.serve(opening.clinic, opening.public_id, membership=doctor, actor=staff(doctor), now=NOW)
    shown = queue_of(opening, now=NOW)
    highs = [row.wait_high or 0 for row in shown.rows]
    assert highs == sorted(highs)
    assert shown.wait is not None
    assert shown.wait.high >= highs[-1] > 0
    assert third.look().wait_high == shown.rows[2].wait_high


def test_colleagues_see_who_serves_whom():
    opening, (doctor, colleague), (first, *_) = a_queue(servers=2)
    act = {"actor": staff(doctor), "now": NOW}
    queue.take_next(opening.clinic, opening.public_id, membership=doctor, **act)
    queue.serve(opening.clinic, opening.public_id, membership=colleague, **act)
    queue.set_status(opening.clinic, opening.public_id, status="pause", membership=colleague, **act)
    serving = {row.membership: row for row in queue_of(opening, now=NOW).serving}
    assert (serving[doctor.public_id].status, serving[doctor.public_id].with_name) == ("busy", first.name)
    assert (serving[colleague.public_id].status, serving[colleague.public_id].with_name) == ("pause", "")
    assert queries.pace_of(opening, now=NOW).servers == 1


def test_the_estimate_knows_nothing_of_other_queues_and_other_days():
    opening, (doctor,), _ = a_queue(1)
    yesterday = an_opening(
        opening.clinic, clinicians=(doctor,), opens_in=timedelta(hours=-25), lasts=timedelta(hours=30)
    )
    waiting_guests(yesterday, 1)
    act = {"actor": staff(doctor), "now": NOW}
    taken = queue.take_next(opening.clinic, yesterday.public_id, membership=doctor, **act)
    end = NOW + timedelta(minutes=40)
    talk.end(opening.clinic, taken.public_id, membership=doctor, actor=staff(doctor), now=end)
    assert queries.pace_of(yesterday, now=end).lengths == (40.0,)
    assert queries.pace_of(opening, now=end).lengths == ()


def test_many_queues_with_many_people_cost_as_many_queries_as_one(django_assert_num_queries):
    clinic = a_clinic()
    doctor = a_member(clinic)
    openings = [an_opening(clinic, name=f"Kø {n}", clinicians=(doctor,)) for n in range(3)]
    for opening in openings:
        waiting_guests(opening, 4)
        services.start_serving(opening, doctor, actor=staff(doctor), now=NOW)
    for some in (openings[:1], openings):
        with django_assert_num_queries(6):
            shown = queues_of(some, now=NOW)
        assert [len(queue_.rows) for queue_ in shown.values()] == [4] * len(some)
        with django_assert_num_queries(5):
            summaries = summaries_of(some, now=NOW)
        assert {(one.waiting, one.servers) for one in summaries.values()} == {(4, 1)}


def test_everybody_outside_is_told_the_length_and_the_wait_and_no_more():
    opening, (doctor,), _ = a_queue(2)
    before = summaries_of([opening], now=NOW)[opening.public_id]
    assert (before.waiting, before.wait) == (2, None)
    queue.serve(opening.clinic, opening.public_id, membership=doctor, actor=staff(doctor), now=NOW)
    assert summaries_of([opening], now=NOW)[opening.public_id].wait.high > 0


def test_a_booked_hour_comes_before_the_queue_and_the_wait_says_so():
    opening, (doctor,), _ = a_queue(3)
    queue.serve(opening.clinic, opening.public_id, membership=doctor, actor=staff(doctor), now=NOW)
    before = queries.pace_of(opening, now=NOW).wait(2)
    hour = a_booked_hour(opening.clinic, clinician=doctor, starts_in=timedelta(minutes=5), minutes=30)
    during = queries.pace_of(opening, now=NOW)
    assert during.at_work == (AtWork(hours=((5.0, 30.0),)),)
    assert during.wait(2).high > before.high + 20
    assert during.wait(0).low == 0
    view = waiting(hour)
    later = NOW + timedelta(minutes=8)
    talk.admit(hour.clinic, view.arrival, membership=doctor, actor=staff(doctor), now=NOW)
    pace = queries.pace_of(opening, now=later)
    assert pace.at_work == (AtWork(engaged=27.0),)
    assert pace.wait(0).low > 10


def test_a_colleague_with_an_hour_does_not_hold_up_the_other():
    opening, (doctor, colleague), _ = a_queue(1, servers=2)
    for one in (doctor, colleague):
        queue.serve(opening.clinic, opening.public_id, membership=one, actor=staff(one), now=NOW)
    a_booked_hour(opening.clinic, clinician=doctor, starts_in=timedelta(minutes=1), minutes=30)
    assert queries.pace_of(opening, now=NOW).wait(0).high <= 2


def test_what_is_shown_does_not_move_from_second_to_second():
    opening, (doctor,), _ = a_queue(3)
    queue.take_next(opening.clinic, opening.public_id, membership=doctor, actor=staff(doctor), now=NOW)
    a_booked_hour(opening.clinic, clinician=doctor, starts_in=timedelta(minutes=20), minutes=30)
    ranges = [queries.pace_of(opening, now=NOW + timedelta(seconds=20 * tick)).wait(1) for tick in range(24)]
    for before, after in pairwise(ranges):
        assert before.low - 1 <= after.low <= before.low
    happened = NOW + timedelta(minutes=8)
    assert len(queries.pace_of(opening, now=happened).moments) == 5
    talk_of = Consultation.objects.get()
    talk.end(opening.clinic, talk_of.public_id, membership=doctor, actor=staff(doctor), now=happened)
    assert len(queries.pace_of(opening, now=happened).moments) == 1
