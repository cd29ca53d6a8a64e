import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from blikk.audit.models import Entry as Line
from blikk.calendars.models import CalendarFeed, CalendarServer, ServerCalendar
from blikk.calendars.services import open_feed
from blikk.clinics.models import Membership
from blikk.journeys import booking
from blikk.kernel.actors import SYSTEM
from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.transports.inbox import InboxTransport
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, staff
from tests.calendars.conftest import allowed as allowed
from tests.calendars.reading import CLOSED_OF_FEED, both, first_reader
from tests.people import signed_in
from tests.timetables import a_drop_in

pytestmark = pytest.mark.django_db
NOBODYS = "/kalender/" + "A" * 43 + ".ics"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member():
    return a_member(a_clinic())


def at(secret: str) -> str:
    return f"/kalender/{secret}.ics"


def a_feed(member: Membership) -> str:
    return at(open_feed(member, actor=SYSTEM, now=NOW))


def hours(member: Membership, number: int) -> list:
    return [
        a_booked_hour(member.clinic, clinician=member, starts_in=timedelta(hours=n + 1))
        for n in range(number)
    ]


def test_a_feed_shows_when_a_clinician_works_and_nothing_about_whom_they_see(member):
    (hour,) = hours(member, 1)
    a_booked_hour(member.clinic, clinician=a_member(member.clinic), starts_in=timedelta(hours=2))
    answer = Client().get(a_feed(member))
    text = answer.content.decode()
    (read,) = both(text)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert first_reader(text)[0] == CLOSED_OF_FEED
    assert read.properties["SUMMARY"] == "Videokonsultasjon"
    assert (read.properties["CLASS"], read.properties["TRANSP"]) == ("PRIVATE", "OPAQUE")
    assert read.properties["URL"] == "http://localhost:8000/dag/?dag=2026-11-24"
    assert read.alarms == ()
    for secret in ("Ola", "Hansen", "hansen", "Nordmann", "Fjordgløtt", "/m#", hour.appointment.public_id):
        assert secret not in text


def test_the_link_of_an_entry_needs_sign_in_and_shows_the_right_day(member):
    a_booked_hour(member.clinic, clinician=member, starts_in=timedelta(days=3))
    (read,) = both(Client().get(a_feed(member)).content.decode())
    path = str(read.properties["URL"]).removeprefix("http://localhost:8000")
    assert Client().get(path)["Location"].startswith("/inn/")
    assert "27. november" in signed_in(member).get(path).content.decode()


@pytest.mark.parametrize(("language", "words"), [("nn", "Videokonsultasjon"), ("en", "Video consultation")])
def test_a_feed_is_in_the_clinicians_language(member, language, words):
    member.user.language = language
    member.user.save()
    hours(member, 1)
    (read,) = both(Client().get(a_feed(member)).content.decode())
    assert read.properties["SUMMARY"] == words


def test_a_moved_hour_is_the_same_entry_and_a_cancelled_one_is_gone(member):
    (hour,) = hours(member, 1)
    feed = a_feed(member)
    (before,) = both(Client().get(feed).content.decode())
    act = {"actor": staff(member), "now": NOW}
    moved = {"day": NOW.date(), "at": NOW.replace(hour=20).time(), "minutes": 30}
    booking.move(hour.clinic, hour.appointment.public_id, version=1, **moved, **act)
    (after,) = both(Client().get(feed).content.decode())
    assert after.properties["UID"] == before.properties["UID"]
    assert after.properties["SEQUENCE"] > before.properties["SEQUENCE"]
    assert after.properties["DTSTART"] != before.properties["DTSTART"]
    booking.cancel(hour.clinic, hour.appointment.public_id, version=2, **act)
    assert both(Client().get(feed).content.decode()) == []


def test_drop_in_periods_stand_in_the_feed_of_those_who_serve_them(member):
    a_drop_in(member.clinic, member)
    read = both(Client().get(a_feed(member)).content.decode())
    assert {each.properties["SUMMARY"] for each in read} == {"Drop-in på video"}
    assert both(Client().get(a_feed(a_member(member.clinic))).content.decode()) == []


def test_a_feed_that_has_not_changed_is_not_sent_again(member):
    (hour,) = hours(member, 1)
    feed, client = a_feed(member), Client()
    first = client.get(feed)
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(feed, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    booking.cancel(hour.clinic, hour.appointment.public_id, version=1, actor=staff(member), now=NOW)
    assert client.get(feed, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_feed_takes_as_many_queries_for_many_hours_as_for_one(member, django_assert_max_num_queries):
    a_drop_in(member.clinic, member)
    feed, client = a_feed(member), Client()
    client.get(feed)
    hours(member, 1)
    with django_assert_max_num_queries(6) as few:
        client.get(feed)
    hours_to_come = [timedelta(hours=n) for n in range(3, 9)]
    for starts_in in hours_to_come:
        a_booked_hour(member.clinic, clinician=member, starts_in=starts_in)
    with django_assert_max_num_queries(len(few)):
        assert client.get(feed).content.count(b"Videokonsultasjon\r\n") == 7


def test_a_wrong_secret_and_one_that_is_over_are_not_there(member):
    a_member(member.clinic, "administrator")
    feed, client = a_feed(member), Client()
    assert client.get(feed).status_code == 200
    nothing = client.get(NOBODYS)
    assert nothing.status_code == 404

    def is_not_there() -> bool:
        answer = client.get(feed)
        return (answer.status_code, len(answer.content)) == (404, len(nothing.content))

    Membership.objects.filter(pk=member.pk).update(role="secretary")
    assert is_not_there()
    Membership.objects.filter(pk=member.pk).update(role="clinician", ended_at=NOW)
    assert is_not_there()
    Membership.objects.filter(pk=member.pk).update(ended_at=None)
    assert client.get(feed).status_code == 200
    member.user.is_active = False
    member.user.save()
    assert is_not_there()
    member.user.is_active = True
    member.user.save()
    open_feed(member, actor=SYSTEM, now=NOW)
    assert is_not_there()


def test_a_feed_that_is_fetched_all_the_time_is_told_to_wait(member):
    feed, client = a_feed(member), Client()
    answers = {client.get(feed).status_code for _ in range(60)}
    refused = client.get(feed)
    assert answers == {200}
    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    other = a_feed(a_member(member.clinic))
    assert client.get(other).status_code == 200


def test_an_address_is_made_shown_once_replaced_and_closed(member):
    client = signed_in(member)
    made = client.post("/konto/kalender/ny").content.decode()
    address = re.search(r"http://localhost:8000(/kalender/[\w-]{43}\.ics)", made)
    assert address
    assert f'href="webcal://localhost:8000{address[1]}"' in made
    assert Client().get(address[1]).status_code == 200
    assert address[1] not in client.get("/konto/kalender").content.decode()
    assert CalendarFeed.objects.get().secret_digest not in made
    again = client.post("/konto/kalender/ny").content.decode()
    assert address[1] not in again
    assert Client().get(address[1]).status_code == 404
    newest = re.search(r"(/kalender/[\w-]{43}\.ics)", again)
    assert newest
    assert Client().get(newest[1]).status_code == 200
    assert client.post("/konto/kalender/steng").status_code == 302
    assert Client().get(newest[1]).status_code == 404
    assert client.post("/konto/kalender/steng").status_code == 404
    acts = [line.act for line in Line.objects.filter(act__startswith="calendar.").order_by("pk")]
    assert acts == ["calendar.feed_opened", "calendar.feed_replaced", "calendar.feed_closed"]
    kept = "".join(str(row) for row in Line.objects.values_list())
    assert address[1][10:53] not in kept


def test_the_page_says_when_a_calendar_last_asked(member):
    feed, client = a_feed(member), signed_in(member)
    assert "Ingen kalender har hentet timene ennå." in client.get("/konto/kalender").content.decode()
    Client().get(feed)
    assert "hentet timene sist" in client.get("/konto/kalender").content.decode()


# The clinic's own server


@pytest.fixture
def boss(member):
    return signed_in(a_member(member.clinic, "administrator"))


def typed(server, member, **more) -> dict[str, str]:
    given = {"origin": server.origin, "user": server.user, "password": server.password}
    return {**given, f"calendar_{member.public_id}": "/blikk/kari/", **more}


def test_without_a_server_that_the_operator_allows_there_is_nothing_to_type(boss):
    page = boss.get("/klinikk/kalender").content.decode()
    assert "BLIKK_CALDAV_HOSTS" in page
    assert 'name="origin"' not in page
    assert boss.post("/klinikk/kalender", {"origin": "https://10.0.0.1"}).status_code == 200
    assert not CalendarServer.objects.exists()


def test_an_administrator_sets_the_server_up_tries_it_and_ends_it(boss, member, allowed):
    path = allowed.make_calendar("fra-siden")
    sent = typed(allowed, member, **{f"calendar_{member.public_id}": path})
    assert boss.post("/klinikk/kalender", sent)["Location"] == "/klinikk/kalender"
    page = boss.get("/klinikk/kalender").content.decode()
    assert "Venter på å bli oppdatert" in page
    assert allowed.password not in page
    calendar = ServerCalendar.objects.get()
    tried = boss.post(f"/klinikk/kalender/{calendar.public_id}/prov", follow=True).content.decode()
    assert "Det virker." in tried
    assert allowed.files(path) == {}
    assert "virksomhetens egen server" in signed_in(member).get("/konto/kalender").content.decode()
    boss.post("/klinikk/kalender/slutt")
    assert ServerCalendar.objects.get().ended_at == NOW
    acts = set(Line.objects.filter(act__startswith="calendar.").values_list("act", flat=True))
    assert acts == {
        "calendar.server_set",
        "calendar.connected",
        "calendar.checked",
        "calendar.server_removed",
    }


def test_what_is_wrong_with_a_calendar_is_said_in_words(boss, member, allowed):
    boss.post("/klinikk/kalender", typed(allowed, member))
    calendar = ServerCalendar.objects.get()
    tried = boss.post(f"/klinikk/kalender/{calendar.public_id}/prov", follow=True).content.decode()
    assert tried.count("Det er ingen kalender på denne adressen.") == 2, "as news, and beside the calendar"
    assert "Blikk prøver igjen av seg selv." in signed_in(member).get("/konto/kalender").content.decode()


def test_the_password_is_kept_encrypted_and_an_empty_one_keeps_it(boss, member, allowed):
    boss.post("/klinikk/kalender", typed(allowed, member))
    assert boss.post("/klinikk/kalender", typed(allowed, member, password="")).status_code == 302
    assert CalendarServer.objects.get().password == allowed.password
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM calendars_calendarserver")
        assert cursor.fetchone()[0].startswith("v2:")


INSIDE = (
    *(
        "https://127.0.0.1",
        "https://localhost",
        "https://10.0.0.1",
        "https://192.168.1.1:8443",
        "https://[::1]",
    ),
    *("https://169.254.169.254", "https://0x7f000001", "https://2130706433", "https://[::ffff:127.0.0.1]"),
    *("https://kalender.example.no", "https://{host}.example.no", "https://example.no:443@{host}.no"),
    *(
        "https://{host}@127.0.0.1",
        "https://{host}#@127.0.0.1",
        "https://{host}/../x",
        "https://{host}\\@127.0.0.1",
    ),
    *(
        "http://{host}",
        "ftp://{host}",
        "file:///etc/passwd",
        "gopher://{host}",
        "{host}",
        "",
        "https://",
        "https://[::",
    ),
    *(
        "https://{host}:99999",
        "https://{host}:x",
        "https://{host}?a=b",
        "https://ａ.example.no",
        "https://{host}%00",
    ),
)


@pytest.mark.parametrize("address", INSIDE)
def test_no_other_server_can_be_named_than_those_the_operator_allows(boss, member, allowed, address):
    sent = typed(allowed, member, origin=address.replace("{host}", allowed.host))
    answer = boss.post("/klinikk/kalender", sent)
    assert answer.status_code == 422
    assert not CalendarServer.objects.exists()
    assert 'id="id_origin_error"' in answer.content.decode()
    assert "/blikk/kari/" in answer.content.decode(), "nothing typed is lost"


@pytest.mark.parametrize(
    "path", ["/", "kari/", "/../x/", "/a/%2e%2e/b/", "/a//b/", "/a?b/", "/a#b/", "/a%2fb/", "//x/y/"]
)
def test_a_calendars_address_leads_to_that_server_alone(boss, member, allowed, path):
    field = f"calendar_{member.public_id}"
    answer = boss.post("/klinikk/kalender", typed(allowed, member, **{field: path}))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    whole = typed(allowed, member, **{field: f"{allowed.origin}/blikk/kåre/"})
    assert boss.post("/klinikk/kalender", whole).status_code == 302
    assert ServerCalendar.objects.get().path == "/blikk/k%C3%A5re/"


def test_the_demos_inbox_gives_the_file_that_would_have_gone_with_an_email(member):
    a_booked_hour(member.clinic, clinician=member, channels=("sms", "email"))
    both_ways = {"sms": InboxTransport(), "email": InboxTransport()}
    dispatch_once("w", transports=both_ways, clock=lambda: NOW, tell=lambda news: None)
    page = Client().get("/innboks/").content.decode()
    (path,) = re.findall(r'href="(/innboks/[\w-]{22}/calendar\.ics)"', page)
    answer = Client().get(path)
    assert both(answer.content.decode())[0].properties["SUMMARY"] == "Avtale"
    assert answer["Content-Disposition"] == 'attachment; filename="calendar.ics"'
