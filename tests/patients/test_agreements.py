"""Standing agreements: one person with many, found again, in force for a while, ended for a reason."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients import queries
from blikk.patients.agreements import (
    LONGEST_NAME,
    Person,
    Terms,
    agree,
    change_agreement,
    checked,
    end_agreement,
)
from blikk.patients.models import Agreement, Companion
from blikk.patients.services import clean_name
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff
from tests.companions import a_person, agreed

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def hour():
    return a_booked_hour()


def terms(**more):
    return Terms(**{"role": "relative", "from_on": TODAY, "until_on": None, "agreed_on": TODAY, **more})


def refused(hour, **asked):
    values = {"terms": terms(), "person": a_person(), **asked}
    with pytest.raises(Invalid) as fault:
        agree(
            hour.clinic,
            hour.patient.public_id,
            by="Kari",
            actor=staff(hour.clinician),
            now=NOW,
            **values,
        )
    return fault.value.fields


def test_an_agreement_says_who_what_when_and_who_wrote_it_down(hour):
    made = agreed(hour, role="guardian", ground="appointed")
    assert (made.companion.name, made.role, made.ground) == ("Liv Hansen", "guardian", "appointed")
    assert (made.recorded_by, made.agreed_on) == ("Kari Nordmann", date(2026, 1, 1))
    assert made.companion.phone_state == "read_back"
    assert Entry.objects.filter(act="agreement.made", about__endswith=made.public_id).exists()


def test_a_carer_who_helps_two_patients_is_one_person_with_two_agreements(hour):
    agreed(hour, "Nina Dahl", role="carer")
    second = agreed(hour, "nina  DAHL", role="carer", patient=a_patient(hour.clinic, "Per Vik"))
    assert Companion.objects.count() == 1
    assert second.companion.agreements.count() == 2


def test_the_same_number_with_another_name_is_asked_about(hour):
    agreed(hour, "Nina Dahl", role="carer")
    assert refused(hour, person=a_person("Ola Dahl")) == {"name": "other_name"}
    agree(
        hour.clinic,
        hour.patient.public_id,
        terms=terms(role="carer"),
        person=a_person("Ola Dahl"),
        is_another=True,
        by="Kari",
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert sorted(Companion.objects.values_list("name", flat=True)) == ["Nina Dahl", "Ola Dahl"]


def test_the_same_person_has_one_agreement_at_a_time_with_a_patient(hour):
    first = agreed(hour)
    assert refused(hour) == {"name": "already_agreed"}
    end_agreement(
        hour.clinic, first.public_id, because="withdrawn", by="Kari", actor=staff(hour.clinician), now=NOW
    )
    agreed(hour)
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"terms": terms(until_on=TODAY - timedelta(days=1))}, "until_on", "ends_before_it_starts"),
        ({"terms": terms(agreed_on=TODAY + timedelta(days=2))}, "agreed_on", "in_the_future"),
        ({"terms": terms(ground="parental")}, "ground", "only_for_guardians"),
        ({"terms": terms(role="patient")}, "role", "unknown"),
        ({"terms": terms(extent="all")}, "extent", "unknown"),
        ({"terms": terms(words="x" * 301)}, "words", "too_long"),
        ({"person": a_person("\u202e\x00")}, "name", "missing"),
        ({"person": a_person("x" * 81)}, "name", "too_long"),
        ({"person": a_person(phone="123")}, "phone", "not_a_phone"),
        ({"person": a_person(phone="")}, "phone", "no_way_to_reach"),
        ({"person": a_person(read_back=False)}, "read_back", "not_read_back"),
        ({"person": a_person(), "terms": terms(role="interpreter")}, "spoken", "missing"),
        (
            {
                "person": a_person(spoken="arabisk", qualification="Z"),
                "terms": terms(role="interpreter"),
            },
            "qualification",
            "unknown",
        ),
        ({"person": None}, "name", "missing"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(hour, asked, field, code):
    assert refused(hour, **asked)[field] == code
    assert not Agreement.objects.exists()


def test_one_that_has_run_out_or_not_begun_is_not_offered(hour):
    agreed(hour, "Gammel Avtale", "+4790000041", until_on=TODAY - timedelta(days=1))
    agreed(hour, "Ny Avtale", "+4790000042", from_on=TODAY)
    later = agreed(hour, "Senere Avtale", "+4790000043", from_on=TODAY)
    Agreement.objects.filter(pk=later.pk).update(from_on=TODAY + timedelta(days=1))
    assert [one.companion.name for one in queries.agreements_on(hour.patient, TODAY)] == ["Ny Avtale"]


def test_an_ended_agreement_says_why_and_is_offered_no_more(hour):
    made, actor = agreed(hour), staff(hour.clinician)
    with pytest.raises(Invalid):
        end_agreement(hour.clinic, made.public_id, because="", by="Kari", actor=actor, now=NOW)
    ended = end_agreement(hour.clinic, made.public_id, because="no_longer", by="Kari", actor=actor, now=NOW)
    assert (ended.ended_because, ended.ended_by) == ("no_longer", "Kari")
    assert queries.agreements_on(hour.patient, TODAY) == []
    with pytest.raises(Invalid):
        end_agreement(hour.clinic, made.public_id, because="mistake", by="Kari", actor=actor, now=NOW)


def test_a_new_number_holds_in_all_the_agreements_of_a_person(hour):
    first = agreed(hour, "Nina Dahl", role="carer")
    second = agreed(hour, "Nina Dahl", role="carer", patient=a_patient(hour.clinic, "Per Vik"))
    changed = change_agreement(
        hour.clinic,
        first.public_id,
        person=a_person("Nina Dahl", "90 00 00 99"),
        until_on=TODAY + timedelta(days=30),
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert changed.until_on == TODAY + timedelta(days=30)
    second.refresh_from_db()
    assert second.companion.phone == "+4790000099"
    assert second.until_on is None
    with pytest.raises(Invalid):
        change_agreement(
            hour.clinic,
            first.public_id,
            person=a_person("Nina Dahl"),
            until_on=first.from_on - timedelta(days=1),
            actor=staff(hour.clinician),
            now=NOW,
        )


def test_another_clinic_cannot_see_that_an_agreement_exists(hour):
    made, other = agreed(hour), a_clinic("Skogli")
    assert queries.get_agreement(hour.clinic, made.public_id) == made
    for ask in (
        queries.get_agreement,
        lambda clinic, _: queries.get_companion(clinic, made.companion.public_id),
    ):
        with pytest.raises(NotFound):
            ask(other, made.public_id)
    assert queries.search_companions(hour.clinic, "liv") == [made.companion]
    assert queries.search_companions(other, "liv") == []
    with pytest.raises(NotFound):
        agree(
            other,
            a_patient(other).public_id,
            terms=terms(),
            companion_id=made.companion.public_id,
            by="Tone",
            actor=staff(a_member(other)),
            now=NOW,
        )


def test_the_database_refuses_what_the_rooms_would(hour):
    made = agreed(hour)
    for wrong in (
        {"until_on": made.from_on - timedelta(days=1)},
        {"ended_at": NOW},
        {"ground": "parental"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(pk=made.pk).update(**wrong)


@given(st.text(max_size=90))
def test_no_name_keeps_a_sign_that_steers_the_screen(typed):
    if not 0 < len(clean_name(typed)) <= LONGEST_NAME:
        with pytest.raises(Invalid):
            checked(Person(typed, "90 00 00 11", read_back=True), role="relative")
        return
    kept = checked(Person(typed, "90 00 00 11", read_back=True), role="relative").name
    assert 0 < len(kept) <= 80
    assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in kept)
    assert not set(kept) & set(
        "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def test_age_counts_whole_years():
    born = date(2010, 11, 24)
    assert queries.age_on(born, date(2022, 11, 23)) == 11
    assert queries.age_on(born, date(2022, 11, 24)) == 12
