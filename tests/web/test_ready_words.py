"""Ready words: filled with the clinic's own times and links, and safe to show."""

from datetime import date, time

import pytest

from tests import builders, timetables
from tests.builders import NOW
from tests.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_tuesday")]


@pytest.fixture
def a_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def text(page: str, key: str) -> str:
    return page.split(f'data-test="text-{key}">')[1].split("</p>")[0]


def test_the_words_carry_the_clinics_own_times_and_links(settings):
    doctor = builders.a_member(builders.a_clinic(is_public=True))
    timetables.a_drop_in(doctor.clinic, doctor)
    timetables.a_drop_in(doctor.clinic, doctor, weekday=3)
    over = date(2026, 1, 31)
    timetables.a_drop_in(doctor.clinic, doctor, weekday=4, valid_to=over, starts=time(9), ends=time(12))
    page = signed_in(doctor).get("/ord/").content.decode()
    for key in ("switchboard", "website", "machine"):
        assert "tirsdag og torsdag 09:00–12:00" in text(page, key)
        assert "fredag" not in text(page, key)
    assert f"{settings.BLIKK_BASE_URL}/k/{doctor.clinic.slug}" in text(page, "sms")
    assert page.count("data-copy=") == 6
    assert "e-postadressen og mobilnummeret" in text(page, "helsenorge")
    assert "ikke åpen for alle" not in page


def test_the_badge_is_shown_as_text_and_not_as_a_page(settings):
    doctor = builders.a_member(builders.a_clinic(name='Nes "legevakt" <b>'))
    page = signed_in(doctor).get("/ord/").content.decode()
    assert "<iframe" not in page
    assert "&lt;iframe src=" in text(page, "badge")
    assert "Nes &quot;legevakt&quot; &lt;b&gt;" in text(page, "switchboard")


def test_a_clinic_without_drop_in_promises_none():
    doctor = builders.a_member(builders.a_clinic())
    timetables.a_period(doctor.clinic, doctor)
    page = signed_in(doctor).get("/ord/").content.decode()
    assert "drop-in" not in text(page, "switchboard").lower()
    assert "ikke åpen for alle" in page


def test_the_words_are_in_the_clinics_language_whoever_reads_them():
    doctor = builders.a_member(builders.a_clinic(language="nb"))
    page = signed_in(doctor).get("/ord/", headers={"Accept-Language": "en"}).content.decode()
    assert "Du har ringt" in text(page, "machine")
