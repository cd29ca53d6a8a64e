"""What a clinic shows to everybody."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from blikk.audit.models import Entry
from blikk.clinics import profile, queries
from blikk.clinics.models import STANDARD_HELP, AuthorityNotice
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from tests.builders import NOW, a_clinic

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
WORDS = {
    "title": "Luftveisinfeksjoner",
    "words": "Har du feber, be om video først.",
    "link": "https://www.fhi.no/",
    "valid_from": TODAY,
    "valid_to": None,
    "places": ["public"],
}


@pytest.fixture
def clinic():
    return a_clinic()


def change(clinic, **values):
    return profile.change_profile(clinic, values, actor=SYSTEM, now=NOW)


def put_up(clinic, **values):
    return profile.put_up_notice(clinic, {**WORDS, **values}, actor=SYSTEM, now=NOW)


def test_a_clinic_has_no_public_page_before_it_says_so(clinic):
    with pytest.raises(NotFound):
        queries.public_clinic(clinic.slug)
    change(clinic, is_public=True)
    assert queries.public_clinic(clinic.slug) == clinic


def test_each_changed_setting_is_written_down_and_an_unchanged_one_is_not(clinic):
    change(clinic, about="Vi er fire leger.", alert_after_minutes=10)
    entry = Entry.objects.get(act="clinic.setting_changed")
    assert '"setting":"about"' in entry.details
    assert '"after":"Vi er fire leger."' in entry.details


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"website": "javascript:alert(1)"}, {"website": "not_a_web_address"}),
        ({"website": "kommune.no"}, {"website": "not_a_web_address"}),
        ({"about": "Velkommen\u202e"}, {"about": "unreadable"}),
        ({"alert_after_minutes": 0}, {"alert_after_minutes": "unknown"}),
        ({"help_kinds": [f"Hjelp {n}" for n in range(13)]}, {"help_kinds": "too_many_kinds"}),
        ({"help_kinds": ["x" * 61]}, {"help_kinds": "too_long_kind"}),
    ],
)
def test_what_cannot_stand_on_a_page_is_refused_field_by_field(clinic, values, fault):
    with pytest.raises(Invalid) as refusal:
        change(clinic, **values)
    assert refusal.value.fields == fault
    clinic.refresh_from_db()
    assert (clinic.website, clinic.about, clinic.help_kinds) == ("", "", [])


def test_lines_are_kept_as_they_were_typed(clinic):
    change(clinic, can_by_video="Resept\r\nSykmelding", website="https://kommune.no/lege")
    clinic.refresh_from_db()
    assert clinic.can_by_video.splitlines() == ["Resept", "Sykmelding"]


def test_a_clinic_without_a_list_helps_with_what_every_clinic_helps_with(clinic):
    assert [kind.slug for kind in queries.help_kinds(clinic)] == list(STANDARD_HELP)


def test_a_kind_of_help_that_stays_keeps_its_short_name(clinic):
    clinic = change(clinic, help_kinds=["Resept", "Sår og skader", "Sar og skader", " ", "Resept"])
    slugs = {kind.label: kind.slug for kind in queries.help_kinds(clinic)}
    assert len(set(slugs.values())) == 3
    clinic = change(clinic, help_kinds=["Sar og skader", "Noe nytt", "Resept"])
    after = {kind.label: kind.slug for kind in queries.help_kinds(clinic)}
    assert after["Resept"] == slugs["Resept"]
    assert after["Sar og skader"] == slugs["Sar og skader"]
    assert after["Noe nytt"] not in slugs.values()


def test_a_notice_stands_on_its_own_pages_in_its_own_days(clinic):
    put_up(clinic, valid_from=TODAY, valid_to=TODAY + timedelta(days=1), places=["public", "staff"])
    for place, day, stands in (
        ("public", TODAY - timedelta(days=1), False),
        ("public", TODAY, True),
        ("staff", TODAY + timedelta(days=1), True),
        ("patient", TODAY, False),
        ("public", TODAY + timedelta(days=2), False),
    ):
        assert bool(queries.notices_for(clinic, place, on=day)) is stands, (place, day)


def test_a_notice_of_the_installation_stands_first_everywhere_and_one_of_a_clinic_only_there(clinic):
    put_up(clinic, title="Vårt")
    put_up(None, title="Alles", valid_from=TODAY - timedelta(days=9))
    assert [n.title for n in queries.notices_for(clinic, "public", on=TODAY)] == ["Alles", "Vårt"]
    assert [n.title for n in queries.notices_for(a_clinic(), "public", on=TODAY)] == ["Alles"]


def test_a_notice_that_is_taken_down_is_gone_and_cannot_be_changed(clinic):
    notice = put_up(clinic)
    profile.take_down_notice(clinic, notice.public_id, actor=SYSTEM, now=NOW)
    assert queries.notices_for(clinic, "public", on=TODAY) == []
    with pytest.raises(NotFound):
        profile.change_notice(clinic, notice.public_id, WORDS, actor=SYSTEM, now=NOW)


def test_a_clinic_can_change_its_own_notices_only(clinic):
    mine, everybodys = put_up(clinic), put_up(None)
    changed = profile.change_notice(clinic, mine.public_id, {**WORDS, "title": "Nytt"}, actor=SYSTEM, now=NOW)
    assert changed.title == "Nytt"
    for notice in (everybodys, put_up(a_clinic())):
        with pytest.raises(NotFound):
            profile.take_down_notice(clinic, notice.public_id, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"title": " "}, {"title": "missing"}),
        ({"words": "Hei\u200b"}, {"words": "unreadable"}),
        ({"link": "data:text/html,x"}, {"link": "not_a_web_address"}),
        ({"valid_to": TODAY - timedelta(days=1)}, {"valid_to": "ends_before_it_starts"}),
        ({"places": ["nowhere"]}, {"places": "missing"}),
    ],
)
def test_a_notice_that_cannot_be_shown_is_refused_field_by_field(clinic, values, fault):
    with pytest.raises(Invalid) as refusal:
        put_up(clinic, **values)
    assert refusal.value.fields == fault
    assert put_up(clinic)


def test_the_database_knows_no_notice_that_ends_before_it_begins(clinic):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityNotice.objects.create(
            clinic=clinic,
            title="x",
            words="x",
            valid_from=date(2026, 2, 1),
            valid_to=date(2026, 1, 1),
            created_at=NOW,
        )
