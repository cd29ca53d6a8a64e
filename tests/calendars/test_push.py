"""The clinic's own calendar server: a real one, and what it is left with."""

from datetime import timedelta

import pytest

from blikk.calendars import caldav, push
from blikk.calendars.caldav import CalDav
from blikk.calendars.models import CalendarServer, PushedEntry
from blikk.calendars.services import remove_server
from blikk.clinics.services import end_membership
from blikk.journeys import booking
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import new_id
from blikk.kernel.times import local
from blikk.scheduling.services import hand_over
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, staff
from tests.calendars.conftest import Kept, set_up
from tests.calendars.reading import CLOSED_OF_FILE, both, first_reader
from tests.timetables import a_drop_in

pytestmark = pytest.mark.django_db


def an_hour(kept: Kept, **more):
    return a_booked_hour(kept.clinic, clinician=kept.member, **{"starts_in": timedelta(hours=3), **more})


def move(kept: Kept, hour, **by: int):
    hour.appointment.refresh_from_db()
    starts = local(hour.appointment.starts_at + timedelta(**by), kept.clinic.zone)
    where = {"day": starts.date(), "at": starts.time(), "minutes": 20}
    version = hour.appointment.version
    act = {"actor": staff(kept.member), "now": kept.clock.now}
    booking.move(kept.clinic, hour.appointment.public_id, version=version, **where, **act)
    hour.appointment.refresh_from_db()


def cancel(kept: Kept, hour):
    hour.appointment.refresh_from_db()
    act = {"actor": staff(kept.member), "now": kept.clock.now}
    booking.cancel(kept.clinic, hour.appointment.public_id, version=hour.appointment.version, **act)


def the_entry(kept: Kept):
    (text,) = kept.there().values()
    (read,) = both(text)
    return read.properties


def test_a_booked_hour_stands_in_the_calendar_and_says_nothing_about_whose_it_is(kept):
    hour = an_hour(kept)
    assert kept.push() == 1
    (text,) = kept.there().values()
    read = the_entry(kept)
    assert first_reader(text)[0] <= CLOSED_OF_FILE - {"METHOD"}, "a server refuses a file with a method"
    assert read["SUMMARY"] == "Videokonsultasjon"
    assert (read["CLASS"], read["TRANSP"], read["STATUS"]) == ("PRIVATE", "OPAQUE", "CONFIRMED")
    assert read["DTSTART"] == hour.appointment.starts_at
    assert read["URL"] == "http://localhost:8000/dag/?dag=2026-11-24"
    for secret in (hour.patient.given_name, hour.patient.family_name, "ola.hansen", "Nordmann", "/m#"):
        assert secret not in text
    assert kept.calendar.pushed_at == kept.clock.now
    assert kept.calendar.fault == ""


def test_a_move_changes_the_same_entry_and_cancelling_takes_it_away(kept):
    hour = an_hour(kept)
    kept.push()
    (name,) = kept.there()
    move(kept, hour, hours=2)
    kept.push()
    assert list(kept.there()) == [name]
    assert the_entry(kept)["DTSTART"] == hour.appointment.starts_at
    assert the_entry(kept)["SEQUENCE"] == 1
    cancel(kept, hour)
    kept.push()
    assert kept.there() == {}
    assert not PushedEntry.objects.exists()


def test_what_has_not_changed_is_not_sent_again(kept, monkeypatch):
    an_hour(kept)
    kept.push()
    asked = []
    monkeypatch.setattr(CalDav, "_ask", lambda *_, **__: asked.append(1))
    kept.push()
    assert asked == []


def test_an_hour_given_to_a_colleague_goes_over_to_their_calendar(kept):
    colleague = a_member(kept.clinic, name="Anders Lunde")
    other = kept.server.make_calendar(new_id())
    kept.arrange(**{colleague.public_id: other})
    hour = an_hour(kept)
    kept.push()
    assert (len(kept.there()), len(kept.server.files(other))) == (1, 0)
    hour.appointment.refresh_from_db()
    hand_over(
        kept.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        clinician=colleague,
        actor=SYSTEM,
        now=kept.clock.now,
    )
    kept.push()
    assert (len(kept.there()), len(kept.server.files(other))) == (0, 1)


def test_drop_in_periods_stand_there_too(kept):
    a_drop_in(kept.clinic, kept.member)
    kept.push()
    read = [both(text)[0].properties["SUMMARY"] for text in kept.there().values()]
    assert set(read) == {"Drop-in på video"}
    assert len(read) == 9, "every Tuesday for sixty days"


@pytest.mark.parametrize("dies", ["before", "after"])
def test_whenever_the_worker_dies_there_is_one_entry_in_the_end(kept, monkeypatch, dies):
    an_hour(kept)
    put = CalDav.put

    def dying(self, *args, **more):
        if dies == "after":
            put(self, *args, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(CalDav, "put", dying)
    with pytest.raises(KeyboardInterrupt):
        kept.push()
    monkeypatch.setattr(CalDav, "put", put)
    assert len(kept.there()) == (1 if dies == "after" else 0)
    kept.push()
    assert kept.calendar.pushed_at is None, "the dead worker's lease still runs"
    kept.clock.later(seconds=120)
    kept.push()
    assert len(kept.there()) == 1
    assert kept.calendar.fault == ""


def test_what_somebody_changed_or_removed_there_is_put_right_with_the_next_change(kept):
    hour = an_hour(kept)
    kept.push()
    ((name, text),) = kept.there().items()
    with kept.server.client() as somebody:
        somebody.put(kept.path + name, content=text.replace("Videokonsultasjon", "Fri")).raise_for_status()
    move(kept, hour, hours=1)
    kept.push()
    assert the_entry(kept)["SUMMARY"] == "Videokonsultasjon"
    with kept.server.client() as somebody:
        somebody.delete(kept.path + name).raise_for_status()
    move(kept, hour, hours=1)
    kept.push()
    assert the_entry(kept)["DTSTART"] == hour.appointment.starts_at
    with kept.server.client() as somebody:
        somebody.put(kept.path + name, content=text).raise_for_status()
    cancel(kept, hour)
    kept.push()
    assert kept.there() == {}


def test_entries_of_others_in_the_same_calendar_are_left_alone(kept):
    hour = an_hour(kept)
    kept.push()
    ((name, text),) = kept.there().items()
    uid = name.removesuffix(".ics")
    with kept.server.client() as somebody:
        somebody.put(f"{kept.path}tann.ics", content=text.replace(uid, "tann")).raise_for_status()
    cancel(kept, hour)
    kept.push()
    assert set(kept.there()) == {"tann.ics"}


def test_a_server_that_is_down_is_tried_later_and_later_and_nothing_is_lost(kept):
    an_hour(kept)
    kept.server.stop()
    try:
        pauses = []
        for _ in range(4):
            kept.push()
            pauses.append(kept.calendar.next_at - kept.clock.now)
            kept.clock.now = kept.calendar.next_at
        assert kept.calendar.fault == "no_answer"
        assert kept.calendar.fault_at < kept.clock.now - timedelta(seconds=60), (
            "since when, not the last time"
        )
        assert pauses == sorted(pauses)
    finally:
        kept.server.start()
    kept.clock.now = kept.calendar.next_at
    kept.push()
    assert (len(kept.there()), kept.calendar.fault, kept.calendar.attempts) == (1, "", 0)


def test_a_wrong_password_and_a_wrong_place_are_told_apart(kept):
    an_hour(kept)
    set_up(kept.server, kept.clinic, {kept.member.public_id: kept.path}, password="feil")
    kept.push()
    assert kept.calendar.fault == "not_let_in"
    set_up(kept.server, kept.clinic, {kept.member.public_id: "/blikk/finnes-ikke/"}, now=kept.clock.now)
    kept.push()
    assert {c.path: c.fault for c in kept.member.server_calendars.filter(ended_at=None)} == {
        "/blikk/finnes-ikke/": "no_calendar"
    }


def test_a_calendar_that_moves_is_emptied_at_the_old_place_and_can_come_back(kept):
    an_hour(kept)
    kept.push()
    first, second = kept.path, kept.server.make_calendar(new_id())
    kept.path = second
    kept.arrange()
    kept.push()
    assert (len(kept.server.files(first)), len(kept.server.files(second))) == (0, 1)
    kept.path = first
    kept.arrange()
    kept.push()
    assert (len(kept.server.files(first)), len(kept.server.files(second))) == (1, 0)


def test_when_the_clinic_stops_the_hours_to_come_are_taken_away_and_the_password_is_forgotten(kept):
    an_hour(kept)
    kept.push()
    remove_server(kept.clinic, actor=SYSTEM, now=kept.clock.now)
    push.forget_old(now=kept.clock.now)
    assert CalendarServer.objects.get().password, "it is still needed to take them away"
    kept.push()
    assert kept.there() == {}
    push.forget_old(now=kept.clock.now)
    assert CalendarServer.objects.get().password == ""
    assert kept.push() == 0


def test_who_no_longer_works_here_has_no_hours_there(kept):
    a_member(kept.clinic, "administrator")
    an_hour(kept)
    kept.push()
    end_membership(kept.clinic, kept.member.public_id, actor=SYSTEM, now=kept.clock.now)
    kept.push()
    assert kept.there() == {}
    assert kept.calendar.emptied_at is not None


def test_an_hour_that_is_over_stays_where_it_is(kept):
    an_hour(kept)
    kept.push()
    kept.clock.later(days=2)
    kept.push()
    assert len(kept.there()) == 1


def test_one_entry_that_is_refused_does_not_hold_up_the_others(kept, monkeypatch):
    first, _second = an_hour(kept), an_hour(kept, starts_in=timedelta(hours=5), patient=None)
    ask, refused = CalDav._ask, []

    def particular(self, method, path, **more):
        answer = ask(self, method, path, **more) if refused and path not in refused else None
        refused.append(path) if not refused else None
        return answer or caldav.Answer(422, "", b"")

    monkeypatch.setattr(CalDav, "_ask", particular)
    kept.push()
    assert len(kept.there()) == 1
    assert kept.calendar.fault == "refused"
    monkeypatch.setattr(CalDav, "_ask", ask)
    kept.push()
    assert len(kept.there()) == 2
    assert kept.calendar.fault == ""
    assert first.appointment.status == "booked"


def test_trying_a_calendar_writes_to_it_for_real_and_leaves_nothing(kept):
    assert push.check(kept.calendar, now=NOW) == ""
    assert kept.there() == {}
    set_up(kept.server, kept.clinic, {kept.member.public_id: "/blikk/"})
    (elsewhere,) = kept.member.server_calendars.filter(ended_at=None)
    assert push.check(elsewhere, now=NOW) == "no_calendar", "a folder is no calendar"


def test_two_workers_do_not_work_on_one_calendar(kept):
    an_hour(kept)
    kept.clock.later(seconds=61)
    assert push._claim("one", now=kept.clock.now) is not None
    assert push._claim("two", now=kept.clock.now) is None
    kept.clock.later(seconds=121)
    assert push._claim("two", now=kept.clock.now) is not None


def test_two_clinicians_cannot_have_one_calendar(kept):
    colleague = a_member(kept.clinic)
    with pytest.raises(Invalid) as refused:
        kept.arrange(**{colleague.public_id: kept.path})
    assert set(refused.value.fields.values()) == {"calendar_in_use"}


def test_a_password_is_not_taken_along_to_another_server_or_name(kept):
    paths = {kept.member.public_id: kept.path}
    set_up(kept.server, kept.clinic, paths, password="")
    with pytest.raises(Invalid) as refused:
        set_up(kept.server, kept.clinic, paths, password="", user="sjefen")
    assert refused.value.fields == {"password": "missing"}
    kept.server.host, before = f"annet.example.no:{kept.server.host.partition(':')[2]}", kept.server.host
    try:
        with pytest.raises(Invalid) as refused:
            set_up(kept.server, kept.clinic, paths, password="")
    finally:
        kept.server.host = before
    assert refused.value.fields == {"password": "missing"}


def test_no_calendar_of_another_clinic_is_written_to(kept):
    elsewhere = a_clinic("Strandgata legevakt")
    a_booked_hour(elsewhere, starts_in=timedelta(hours=1))
    an_hour(kept)
    kept.push()
    assert len(kept.there()) == 1
