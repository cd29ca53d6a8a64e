"""The office's plan: written together, every version kept, nobody written over."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.clinics import plan, support
from blikk.clinics.models import PlanVersion
from blikk.clinics.plan import HEADINGS, LONGEST, SITTING
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from tests import builders
from tests.builders import NOW, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari():
    return builders.a_member(builders.a_clinic(), "secretary", "Kari Nordmann")


def write(member, words, version, *, heading="organisation", now=NOW):
    return plan.write(
        member.clinic, heading, words=words, version=version, membership=member, actor=staff(member), now=now
    )


def test_what_is_written_stands_with_who_and_when(kari):
    write(kari, "Kari ser til køen.", 0)
    part = plan.part_of(kari.clinic, "organisation")
    assert (part.words, part.version, part.by, part.at) == ("Kari ser til køen.", 1, "Kari Nordmann", NOW)
    assert [each.heading for each in plan.plan_of(kari.clinic)] == list(HEADINGS)


def test_the_second_of_two_who_write_at_once_is_told_and_nothing_is_lost(kari):
    ola = builders.a_member(kari.clinic, "clinician", "Ola Lie")
    write(kari, "Kari ser til køen.", 0)
    with pytest.raises(Overtaken):
        write(ola, "Ola ser til køen.", 0)
    assert plan.part_of(kari.clinic, "organisation").words == "Kari ser til køen."
    write(ola, "Ola ser til køen.", 1)
    kept = plan.versions_of(kari.clinic, "organisation")
    assert [(each.by, each.words) for each in kept] == [
        ("Ola Lie", "Ola ser til køen."),
        ("Kari Nordmann", "Kari ser til køen."),
    ]


def test_one_sitting_is_one_version_and_one_line_in_the_record(kari):
    for number in range(5):
        write(kari, "x" * (number + 1), number, now=NOW + timedelta(seconds=number))
    assert PlanVersion.objects.count() == 1
    assert Entry.objects.filter(act="plan.written").count() == 1
    write(kari, "i morgen", 5, now=NOW + SITTING + timedelta(seconds=1))
    assert [each.words for each in plan.versions_of(kari.clinic, "organisation")] == ["i morgen", "xxxxx"]


def test_a_sitting_ends_when_a_colleague_writes(kari):
    ola = builders.a_member(kari.clinic, "clinician", "Ola Lie")
    write(kari, "en", 0)
    write(ola, "to", 1)
    write(kari, "tre", 2)
    assert [each.words for each in plan.versions_of(kari.clinic, "organisation")] == ["tre", "to", "en"]


def test_another_clinic_sees_nothing_of_it(kari):
    other = builders.a_member(builders.a_clinic("Strandgata legevakt"), "secretary")
    write(kari, "Kari ser til køen.", 0)
    assert plan.part_of(other.clinic, "organisation").words == ""
    assert list(plan.versions_of(other.clinic, "organisation")) == []
    assert write(other, "Vårt eget", 0).version == 1
    assert plan.part_of(kari.clinic, "organisation").words == "Kari ser til køen."


def test_a_heading_that_the_plan_does_not_have_is_not_there(kari):
    for ask in (plan.part_of, plan.versions_of):
        with pytest.raises(NotFound):
            ask(kari.clinic, "gossip")
    with pytest.raises(NotFound):
        write(kari, "x", 0, heading="gossip")


def test_a_part_has_an_end(kari):
    assert write(kari, "x" * LONGEST, 0).version == 1
    with pytest.raises(Invalid):
        write(kari, "x" * (LONGEST + 1), 1)


def test_whom_to_call_is_kept_in_order_and_empty_lines_fall_away(kari):
    rows = [
        {"name": "", "phone": "", "hours": ""},
        {"name": "Kari", "phone": "55 55 01 00", "hours": "8–16"},
        {"name": "IT", "phone": "+47 900 00 000", "hours": ""},
    ]
    clinic = support.change_contacts(kari.clinic, rows, actor=staff(kari), now=NOW)
    assert [each["name"] for each in clinic.support_contacts] == ["Kari", "IT"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"name": "Kari", "phone": "", "hours": ""}, "phone_1"),
        ({"name": "Kari", "phone": "ring meg", "hours": ""}, "phone_1"),
        ({"name": "", "phone": "55550100", "hours": ""}, "name_1"),
        ({"name": "x" * 81, "phone": "55550100", "hours": ""}, "name_1"),
    ],
)
def test_a_contact_that_cannot_be_called_is_refused_beside_its_field(kari, row, field):
    with pytest.raises(Invalid) as refused:
        support.change_contacts(kari.clinic, [row], actor=staff(kari), now=NOW)
    assert field in refused.value.fields
