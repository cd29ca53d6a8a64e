from collections import Counter
from datetime import timedelta

from blikk.calendars import push
from blikk.calendars.models import CalendarFeed, ServerCalendar
from blikk.calendars.services import open_feed
from blikk.kernel.actors import SYSTEM
from tests.builders import NOW, a_booked_hour, a_member
from tests.calendars.conftest import allowed as allowed
from tests.calendars.conftest import set_up
from tests.races.racing import race


def test_two_workers_at_one_calendar_put_every_entry_once(clinic, allowed, monkeypatch):
    member = a_member(clinic)
    path = allowed.make_calendar("races")
    set_up(allowed, clinic, {member.public_id: path})
    for number in range(5):
        a_booked_hour(clinic, clinician=member, starts_in=timedelta(hours=number + 1))
    asked: Counter[str] = Counter()
    put = push.CalDav.put

    def counting(self, place, *args, **more):
        asked[place] += 1
        return put(self, place, *args, **more)

    monkeypatch.setattr(push.CalDav, "put", counting)
    done = race(*(lambda name=name: push.push_once(name, clock=lambda: NOW) for name in ("a", "b", "c")))
    assert sorted(finish.given for finish in done) == [0, 0, 1]
    assert len(allowed.files(path)) == 5
    assert set(asked.values()) == {1}
    assert ServerCalendar.objects.get().fault == ""


def test_two_presses_on_a_new_address_leave_one_that_works(clinic):
    member = a_member(clinic)
    race(*(lambda: open_feed(member, actor=SYSTEM, now=NOW) for _ in range(4)))
    assert CalendarFeed.objects.filter(closed_at__isnull=True).count() == 1
    assert CalendarFeed.objects.count() == 4
