"""Who works at a clinic."""

import pytest

from blikk.audit.models import Entry
from blikk.bus import hub
from blikk.clinics import queries, services
from blikk.clinics.errors import LastAdministrator
from blikk.clinics.models import Clinic, Membership
from blikk.clinics.services import Post
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from tests.builders import NOW, a_clinic, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic()


def add(clinic, email="per@example.no", **more):
    post = Post(role=more.pop("role", "clinician"), **more)
    return services.add_member(
        clinic, email=email, name="Per Persen", post=post, language="nb", actor=SYSTEM, now=NOW
    )


@pytest.fixture
def told(monkeypatch):
    said = []
    monkeypatch.setattr(hub, "publish", lambda topic, payload: said.append((topic, payload)))
    return said


def test_a_new_person_gets_an_account_that_needs_a_password(clinic):
    added = add(clinic)
    assert added.needs_password
    assert not added.membership.user.has_usable_password()
    assert Entry.objects.filter(chain=clinic.pk, act="member.added").count() == 1


def test_somebody_with_an_account_keeps_it_at_a_second_clinic(clinic):
    member = a_member(a_clinic())
    added = add(clinic, member.user.email.upper())
    assert added.membership.user == member.user
    assert not added.needs_password
    assert {m.clinic for m in queries.memberships_of(member.user)} == {member.clinic, clinic}


def test_nobody_works_twice_at_one_clinic(clinic):
    add(clinic)
    with pytest.raises(Invalid) as fault:
        add(clinic)
    assert fault.value.fields == {"email": "works_here"}
    assert Membership.objects.filter(clinic=clinic).count() == 1


def test_somebody_who_left_can_come_back(clinic):
    first = add(clinic).membership
    services.end_membership(clinic, first.public_id, actor=SYSTEM, now=NOW)
    assert add(clinic).membership.pk != first.pk


def test_who_leaves_is_told_at_once_on_open_pages(clinic, told, django_capture_on_commit_callbacks):
    member = add(clinic).membership
    with django_capture_on_commit_callbacks(execute=True):
        services.end_membership(clinic, member.public_id, actor=SYSTEM, now=NOW)
    topic, payload = told[-1]
    assert topic == f"user:{member.user.public_id}"
    assert (payload["event"], payload["clinic"]) == ("membership_ended", clinic.public_id)
    assert queries.memberships_of(member.user) == []


def test_a_new_role_closes_open_pages_and_a_new_title_does_not(
    clinic, told, django_capture_on_commit_callbacks
):
    member = add(clinic).membership
    with django_capture_on_commit_callbacks(execute=True):
        services.change_member(clinic, member.public_id, Post("clinician", "Fastlege"), actor=SYSTEM, now=NOW)
    assert told == []
    with django_capture_on_commit_callbacks(execute=True):
        services.change_member(clinic, member.public_id, Post("secretary"), actor=SYSTEM, now=NOW)
    assert told[-1][1]["event"] == "membership_changed"


@pytest.mark.parametrize("act", ["end", "change"])
def test_the_last_administrator_stays(clinic, act):
    only = a_member(clinic, "administrator")

    def go():
        if act == "end":
            services.end_membership(clinic, only.public_id, actor=SYSTEM, now=NOW)
        else:
            services.change_member(clinic, only.public_id, Post("secretary"), actor=SYSTEM, now=NOW)

    with pytest.raises(LastAdministrator):
        go()
    a_member(clinic, "administrator", "Anna To")
    go()


def test_another_clinics_member_cannot_be_found_or_touched(clinic):
    stranger = a_member(a_clinic())
    assert queries.find_member(clinic, stranger.public_id) is None
    with pytest.raises(NotFound):
        services.end_membership(clinic, stranger.public_id, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        services.change_member(clinic, stranger.public_id, Post("administrator"), actor=SYSTEM, now=NOW)
    stranger.refresh_from_db()
    assert (stranger.ended_at, stranger.role) == (None, "clinician")


@pytest.mark.parametrize("number", ["12", "1234567890", "12345a7"])
def test_a_number_that_is_no_hpr_number_is_refused(clinic, number):
    with pytest.raises(Invalid) as fault:
        add(clinic, hpr_number=number)
    assert fault.value.fields == {"hpr_number": "not_an_hpr_number"}


def test_a_role_that_does_not_exist_is_refused(clinic):
    with pytest.raises(Invalid):
        add(clinic, role="owner")


def test_changed_settings_are_recorded_with_before_and_after(clinic):
    services.change_settings(
        clinic, {"sender_label": "Kontoret", "phone": clinic.phone}, actor=SYSTEM, now=NOW
    )
    entry = Entry.objects.get(act="clinic.setting_changed")
    assert '"after":"Kontoret"' in entry.details and '"before":"Legekontoret"' in entry.details
    assert Clinic.objects.get(pk=clinic.pk).sender_label == "Kontoret"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phone": "ring meg"}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"opens_before_minutes": 100000}, "opens_before_minutes"),
        ({"sender_label": "Kontor\u202egro"}, "sender_label"),
        ({"name": "To\nlinjer"}, "sender_label"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_beside_their_field(clinic, values, field):
    with pytest.raises(Invalid) as fault:
        services.change_settings(clinic, values, actor=SYSTEM, now=NOW)
    assert field in fault.value.fields
    assert not Entry.objects.exists()


def test_what_is_no_setting_is_not_changed(clinic):
    services.change_settings(clinic, {"slug": "x", "public_id": "y"}, actor=SYSTEM, now=NOW)
    assert Clinic.objects.get(pk=clinic.pk).slug == clinic.slug
