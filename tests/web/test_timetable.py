"""The timetable's pages: the week, its periods, where they are put, and who is away."""

import re
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.notifications.models import Message
from blikk.scheduling.models import Absence, Appointment, Period
from tests import builders, timetables
from tests.builders import NOW
from tests.people import signed_in
from tests.timetables import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_tuesday")]


@pytest.fixture
def a_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def clinician():
    return builders.a_member(builders.a_clinic())


def typed(clinician, **more: object) -> dict[str, object]:
    return {
        "kind": "booked",
        "name": "Timer på video",
        "weekday": 2,
        "starts": "09:00",
        "ends": "11:30",
        "valid_from": TODAY.isoformat(),
        "clinicians": [clinician.public_id],
        "slot_minutes": 20,
        "buffer_minutes": 5,
        "ahead_days": 30,
        "booked_by": "both",
        **more,
    }


def drop_in(clinician, **more: object) -> dict[str, object]:
    asked = {"kind": "drop_in", "last_entry": "11:00", "capacity": 12, "expected_minutes": 8, **more}
    return typed(clinician, **asked)


def test_the_week_shows_periods_holidays_and_those_booked(clinician):
    timetables.a_period(clinician.clinic, clinician)
    builders.a_booked_hour(clinician.clinic, clinician=clinician, starts_in=timedelta(hours=1))
    page = signed_in(clinician).get("/timeliste/").content.decode()
    assert "Timer på video" in page
    assert 'data-from="540" data-to="720"' in page
    assert "Ola Hansen" in page
    may = signed_in(clinician).get("/timeliste/?uke=2027-05-17").content.decode()
    assert "Grunnlovsdag" in may
    assert "Helligdag, ikke åpent" not in page


def test_another_clinic_sees_nothing_of_the_week(clinician):
    timetables.a_period(clinician.clinic, clinician)
    stranger = builders.a_member(builders.a_clinic("Skogli"), name="Tone Vik")
    assert "Timer på video" not in signed_in(stranger).get("/timeliste/?hvem=alle").content.decode()
    assert "Timer på video" in signed_in(clinician).get("/timeliste/?hvem=alle").content.decode()


def test_a_period_of_booked_hours_is_laid_in(clinician):
    answer = signed_in(clinician).post("/timeliste/periode/ny", typed(clinician))
    assert answer.status_code == 302
    period = Period.objects.get()
    assert (period.slot_minutes, period.buffer_minutes, period.booked_by) == (20, 5, "both")
    assert list(period.clinicians.all()) == [clinician]


def test_a_drop_in_period_is_laid_in_and_asks_for_nothing_of_the_other_kind(clinician):
    answer = signed_in(clinician).post("/timeliste/periode/ny", drop_in(clinician, slot_minutes="tull"))
    assert answer.status_code == 302
    period = Period.objects.get()
    assert (period.last_entry, period.capacity, period.slot_minutes) == (time(11, 0), 12, None)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"ends": "08:00"}, "ends", "Slutten er før starten."),
        ({"name": ""}, "name", "Fyll ut dette feltet."),
        ({"starts": "25:00"}, "starts", "Skriv klokkeslettet slik"),
        ({"slot_minutes": "3"}, "slot_minutes", "minst 5"),
        ({"slot_minutes": "200"}, "slot_minutes", "Timen er lengre enn perioden."),
        ({"valid_to": "2020-01-01"}, "valid_to", "Slutten er før starten."),
        ({"clinicians": []}, "clinicians", "Velg minst én."),
    ],
)
def test_what_is_wrong_with_a_period_stands_beside_the_field(clinician, wrong, field, words):
    browser = signed_in(clinician)
    answer = browser.post("/timeliste/periode/ny", typed(clinician, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert words in page
    if field != "name":
        assert 'value="Timer på video"' in page
    assert browser.post("/timeliste/periode/ny", typed(clinician)).status_code == 302


def test_an_entry_after_the_end_is_refused_beside_it(clinician):
    browser = signed_in(clinician)
    answer = browser.post("/timeliste/periode/ny", drop_in(clinician, last_entry="12:00"))
    assert answer.status_code == 422
    assert "Dette må være mellom start og slutt" in answer.content.decode()
    assert browser.post("/timeliste/periode/ny", drop_in(clinician)).status_code == 302


def test_two_periods_of_one_clinician_do_not_overlap(clinician):
    browser = signed_in(clinician)
    assert browser.post("/timeliste/periode/ny", typed(clinician)).status_code == 302
    answer = browser.post("/timeliste/periode/ny", typed(clinician, starts="11:00", ends="12:00"))
    assert answer.status_code == 422
    assert "allerede en periode da" in answer.content.decode()
    after = typed(clinician, starts="11:30", ends="12:30")
    assert browser.post("/timeliste/periode/ny", after).status_code == 302


def test_a_period_is_changed_in_a_plain_form(clinician):
    period = timetables.a_period(clinician.clinic, clinician)
    browser = signed_in(clinician)
    address = reverse("period", args=[period.public_id])
    page = browser.get(address).content.decode()
    assert 'value="09:00"' in page
    asked = typed(clinician, weekday=4, version=period.version)
    assert browser.post(address, asked).status_code == 302
    period.refresh_from_db()
    assert (period.weekday, period.ends) == (4, time(11, 30))
    assert browser.post(address, asked).status_code == 409


def test_a_period_is_put_elsewhere_by_hand(clinician):
    period = timetables.a_period(clinician.clinic, clinician)
    browser = signed_in(clinician)
    address = reverse("period_move", args=[period.public_id])
    place = {"weekday": 3, "starts": "10:15", "ends": "13:00", "version": period.version}
    answer = browser.post(address, place)
    assert answer.status_code == 200
    assert 'data-from="615" data-to="780"' in answer.content.decode()
    period.refresh_from_db()
    assert (period.weekday, period.starts) == (3, time(10, 15))
    assert browser.post(address, place).status_code == 409


def test_a_period_put_over_another_stays_where_it_was_and_the_page_says_why(clinician):
    timetables.a_period(clinician.clinic, clinician)
    other = timetables.a_period(clinician.clinic, clinician, starts=time(13), ends=time(14))
    address = reverse("period_move", args=[other.public_id])
    place = {"weekday": TODAY.weekday(), "starts": "11:00", "ends": "12:30", "version": other.version}
    answer = signed_in(clinician).post(address, place)
    assert answer.status_code == 422
    assert "allerede en periode da" in answer.content.decode()
    assert Period.objects.get(pk=other.pk).starts == time(13)


def test_a_period_is_taken_out_and_what_is_booked_stays(clinician):
    period = timetables.a_period(clinician.clinic, clinician)
    hour = builders.a_booked_hour(clinician.clinic, clinician=clinician, starts_in=timedelta(hours=1))
    browser = signed_in(clinician)
    browser.post(reverse("period_retire", args=[period.public_id]), {"version": period.version})
    page = browser.get("/timeliste/?uke=2026-12-01").content.decode()
    assert "Timer på video" not in page
    hour.appointment.refresh_from_db()
    assert hour.appointment.status == "booked"


def away(who: str, **more: object) -> dict[str, object]:
    day = TODAY.isoformat()
    return {"who": who, "kind": "sick", "from_day": day, "to_day": day, "from_at": "", "to_at": "", **more}


def test_an_absence_asks_what_becomes_of_those_booked_and_does_it(clinician):
    clinic = clinician.clinic
    colleague = builders.a_member(clinic, name="Per Lie")
    first = builders.a_booked_hour(clinic, clinician=clinician, starts_in=timedelta(hours=1))
    second = builders.a_booked_hour(
        clinic, clinician=clinician, patient=first.patient, starts_in=timedelta(hours=2)
    )
    browser = signed_in(clinician)
    answer = browser.post("/timeliste/fravaer/nytt", away(clinician.public_id))
    page = browser.get(answer["Location"]).content.decode()
    assert page.count("Ola Hansen") >= 2
    assert Message.objects.filter(kind="cancelled").count() == 0
    chosen = {
        f"time-{first.appointment.public_id}": "cancel",
        f"time-{second.appointment.public_id}": f"colleague:{colleague.public_id}",
    }
    assert browser.post(answer["Location"], chosen).status_code == 302
    first.appointment.refresh_from_db()
    second.appointment.refresh_from_db()
    assert first.appointment.status == "cancelled"
    assert second.appointment.clinician == colleague
    assert Message.objects.filter(kind="cancelled").count() == 1


def test_a_colleague_who_is_busy_is_refused_beside_the_hour_and_nothing_is_done(clinician):
    clinic = clinician.clinic
    colleague = builders.a_member(clinic, name="Per Lie")
    mine = builders.a_booked_hour(clinic, clinician=clinician, starts_in=timedelta(hours=1))
    builders.a_booked_hour(clinic, clinician=colleague, patient=mine.patient, starts_in=timedelta(hours=1))
    browser = signed_in(clinician)
    address = browser.post("/timeliste/fravaer/nytt", away(clinician.public_id))["Location"]
    field = f"time-{mine.appointment.public_id}"
    answer = browser.post(address, {field: f"colleague:{colleague.public_id}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}_error"' in page
    assert "Behandleren har en annen time da" in page
    assert Appointment.objects.get(pk=mine.appointment.pk).clinician == clinician


def test_ten_who_are_hit_are_moved_with_one_press_each_to_another_slot(clinician):
    clinic = clinician.clinic
    colleague = builders.a_member(clinic, name="Per Lie")
    timetables.a_period(clinic, clinician)
    timetables.a_period(clinic, colleague)
    hours = [
        builders.a_booked_hour(
            clinic,
            clinician=clinician,
            patient=builders.a_patient(clinic, f"Pasient Nummer{number}"),
            starts_in=timedelta(minutes=20 * number),
        )
        for number in range(1, 11)
    ]
    browser = signed_in(builders.a_member(clinic, "secretary", "Siv Bakke"))
    address = browser.post("/timeliste/fravaer/nytt", away(clinician.public_id))["Location"]
    page = browser.get(address).content.decode()
    assert page.count('data-test="hit"') == 10
    assert page.count('href="tel:+4790123456"') == 10
    assert "Flytt 10 til første forslag" in page
    proposals = dict(re.findall(r'name="(proposal-[^"]+)" value="([^"]+)"', page))
    assert len(set(proposals.values())) == len(proposals) == 10
    # One by itself, with the button of its row; the others stay.
    one = hours[0].appointment
    browser.post(address, {f"time-{one.public_id}": proposals[f"proposal-{one.public_id}"], **proposals})
    one.refresh_from_db()
    assert one.starts_at.date() > TODAY or one.clinician == colleague
    assert Message.objects.filter(kind__startswith="moved").count() == 1
    page = browser.get(address).content.decode()
    assert "Pasient Nummer1 har nå time" in page
    assert page.count('data-test="hit"') == 9
    rest = dict(re.findall(r'name="(proposal-[^"]+)" value="([^"]+)"', page))
    browser.post(address, {"all": "1", **rest})
    assert Message.objects.filter(kind__startswith="moved").count() == 10
    assert "Ingen har time i fraværet" in browser.get(address).content.decode()
    taken = [Appointment.objects.get(pk=hour.appointment.pk) for hour in hours]
    assert len({(each.starts_at, each.clinician) for each in taken}) == 10


def test_an_hour_that_somebody_else_has_seen_to_is_not_touched_again(clinician):
    timetables.a_period(clinician.clinic, clinician)
    hour = builders.a_booked_hour(clinician.clinic, clinician=clinician, starts_in=timedelta(hours=1))
    browser = signed_in(clinician)
    address = browser.post("/timeliste/fravaer/nytt", away(clinician.public_id))["Location"]
    press = {f"time-{hour.appointment.public_id}": "cancel"}
    browser.post(address, press)
    browser.get(address)
    browser.post(address, press)
    assert "Ingen timer ble endret" in browser.get(address).content.decode()
    assert Message.objects.filter(kind="cancelled").count() == 1


def test_the_page_of_an_hour_offers_free_slots_and_says_that_its_clinician_is_away(clinician):
    clinic = clinician.clinic
    timetables.a_period(clinic, clinician)
    hour = builders.a_booked_hour(clinic, clinician=clinician, starts_in=timedelta(hours=1))
    address = f"/time/{hour.appointment.public_id}"
    browser = signed_in(clinician)
    page = browser.get(address).content.decode()
    assert 'data-test="is-away"' not in page
    slot = re.findall(r'name="slot" value="([^"]+)"', page)[0]
    browser.post("/timeliste/fravaer/nytt", away(clinician.public_id))
    page = browser.get(address).content.decode()
    assert 'data-test="is-away"' in page
    assert f'value="{slot}"' not in page
    refused = browser.post(f"{address}/ledig", {"slot": slot, "version": 1})
    assert refused.status_code == 422
    slot = re.findall(r'name="slot" value="([^"]+)"', page)[0]
    moved = browser.post(f"{address}/ledig", {"slot": slot, "version": 1})
    assert "Timen er flyttet" in moved.content.decode()
    assert Message.objects.filter(kind="moved").count() == 1
    hour.appointment.refresh_from_db()
    assert hour.appointment.starts_at.date() > TODAY


def test_an_open_queue_that_is_left_with_nobody_is_named(clinician):
    opening = timetables.an_opening(clinician.clinic, clinician)
    browser = signed_in(clinician)
    address = browser.post("/timeliste/fravaer/nytt", away(clinician.public_id))["Location"]
    assert reverse("queue_opening", args=[opening.public_id]) in browser.get(address).content.decode()
    browser.post(reverse("queue_close", args=[opening.public_id]))
    assert reverse("queue_opening", args=[opening.public_id]) not in browser.get(address).content.decode()


def test_an_absence_that_ends_before_it_begins_is_refused(clinician):
    browser = signed_in(clinician)
    wrong = away(clinician.public_id, to_day=(TODAY - timedelta(days=2)).isoformat())
    answer = browser.post("/timeliste/fravaer/nytt", wrong)
    assert answer.status_code == 422
    assert 'id="id_to_day_error"' in answer.content.decode()
    assert Absence.objects.count() == 0
    assert browser.post("/timeliste/fravaer/nytt", away("alle")).status_code == 302
    assert Absence.objects.get().clinician is None


def test_an_absence_that_is_over_lets_the_timetable_hold_again(clinician):
    timetables.a_period(clinician.clinic, clinician)
    browser = signed_in(clinician)
    address = browser.post("/timeliste/fravaer/nytt", away(clinician.public_id))["Location"]
    assert "Borte" in browser.get("/timeliste/").content.decode()
    browser.post(f"{address}/slutt")
    assert "Borte" not in browser.get("/timeliste/").content.decode()


def test_a_look_at_the_week_is_recorded_once_in_ten_minutes(clinician):
    browser = signed_in(clinician)
    for _ in range(3):
        browser.get("/timeliste/deler")
    assert Entry.objects.filter(act="timetable.looked_at").count() == 1


def test_a_full_week_costs_as_many_queries_as_an_empty_one(django_assert_max_num_queries):
    seen = []
    for count in (1, 6):
        clinic = builders.a_clinic()
        people = [builders.a_member(clinic, name=f"Lege {number}") for number in range(count)]
        for number, one in enumerate(people):
            timetables.a_period(clinic, one)
            builders.a_booked_hour(
                clinic,
                clinician=one,
                patient=builders.a_patient(clinic, f"Pasient Nummer{number}"),
                starts_in=timedelta(hours=1),
            )
        browser = signed_in(people[0])
        browser.get("/timeliste/?hvem=alle")
        with django_assert_max_num_queries(40) as queries:
            page = browser.get("/timeliste/?hvem=alle").content.decode()
        assert page.count("Timer på video</span>") == count
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_a_week_that_does_not_exist_is_this_week(clinician):
    browser = signed_in(clinician)
    this_week = browser.get("/timeliste/").context["week"].iso
    assert browser.get("/timeliste/?uke=i-fjor").context["week"].iso == this_week
    assert browser.get("/timeliste/?uke=0001-01-01").context["week"].iso == this_week
    assert this_week == date(2026, 11, 23).isoformat()
