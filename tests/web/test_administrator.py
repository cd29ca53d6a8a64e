"""The administrators' pages: settings, members, and the record."""

import ast
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.utils.html import escape

import blikk
from blikk.audit.models import Entry
from blikk.clinics.models import Membership
from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Message
from blikk.patients.services import register
from blikk.web.audit_words import ACTS, BEGINNINGS, GROUPS, LOOKS
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient
from tests.people import signed_in

SETTINGS = {
    "name": "Fjordgløtt legesenter",
    "sender_label": "Kontoret",
    "phone": "55 55 01 00",
    "language": "nn",
    "zone": "Europe/Oslo",
    "opens_before_minutes": "15",
    "asks_birth_date": "on",
}
PER = {
    "name": "Per Persen",
    "email": "per@example.no",
    "role": "clinician",
    "title": "Lege",
    "language": "nb",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def boss():
    return a_member(a_clinic(), "administrator", "Anne Administrator")


@pytest.fixture
def page(boss):
    return signed_in(boss)


def text(response):
    return response.content.decode()


def test_settings_are_saved_and_shown(page, boss):
    assert page.post("/klinikk/", SETTINGS).url == "/klinikk/"
    boss.clinic.refresh_from_db()
    clinic = boss.clinic
    assert (clinic.sender_label, clinic.language, clinic.opens_before_minutes) == ("Kontoret", "nn", 15)
    assert (clinic.asks_birth_date, clinic.always_asks_code, clinic.relay_only) == (True, False, False)
    assert 'value="Kontoret"' in text(page.get("/klinikk/"))


def test_a_wrong_setting_keeps_what_was_typed_and_says_beside_the_field_what_to_mend(page, boss):
    answer = page.post("/klinikk/", {**SETTINGS, "phone": "ring meg", "sender_label": "Nytt navn"})
    body = text(answer)
    assert answer.status_code == 422
    assert 'value="ring meg"' in body
    assert 'value="Nytt navn"' in body
    assert 'id="id_phone_error"' in body
    assert 'href="#id_phone"' in body
    assert 'aria-invalid="true"' in body
    boss.clinic.refresh_from_db()
    assert boss.clinic.sender_label == "Legekontoret"


def test_the_page_warns_that_the_sender_is_seen_in_messages(page):
    assert "SMS" in text(page.get("/klinikk/"))


def test_a_new_member_gets_a_link_and_the_link_stands_in_no_page(page, boss):
    answer = page.post("/klinikk/ansatte/ny", PER, follow=True)
    assert "Per Persen har fått tilgang." in text(answer)
    message = Message.objects.get()
    assert (message.to, message.channel, message.clinic_id) == ("per@example.no", "email", boss.clinic_id)
    key = message.body.partition("/konto/passord/velg#")[2].split()[0]
    assert key not in text(answer)
    member = Membership.objects.get(user__email="per@example.no")
    assert (member.role, member.title, member.clinic_id) == ("clinician", "Lege", boss.clinic_id)
    assert page.get("/klinikk/").status_code == 200


def test_somebody_who_works_elsewhere_already_gets_no_link_for_a_password(page):
    colleague = a_member(a_clinic())
    page.post("/klinikk/ansatte/ny", {**PER, "email": colleague.user.email})
    assert "velg#" not in Message.objects.get().body


def test_the_same_person_twice_is_said_beside_the_address(page, boss):
    answer = page.post("/klinikk/ansatte/ny", {**PER, "email": boss.user.email})
    assert answer.status_code == 422
    assert 'id="id_email_error"' in text(answer)
    assert f'value="{boss.user.email}"' in text(answer)
    assert not Message.objects.exists()


def test_what_is_not_asked_for_cannot_be_set(page, boss):
    other = a_clinic()
    page.post("/klinikk/ansatte/ny", {**PER, "clinic": other.pk, "is_staff": "on", "is_superuser": "on"})
    member = Membership.objects.get(user__email="per@example.no")
    assert member.clinic_id == boss.clinic_id
    assert not member.user.is_staff
    assert not member.user.is_superuser


def test_a_member_is_changed_and_let_out(page, boss):
    member = a_member(boss.clinic)
    path = f"/klinikk/ansatte/{member.public_id}"
    assert page.post(path, {"role": "secretary", "hpr_number": "1234567"}).url == "/klinikk/ansatte/"
    member.refresh_from_db()
    assert (member.role, member.hpr_number) == ("secretary", "1234567")
    assert page.get(f"{path}/slutt").status_code == 200
    assert page.post(f"{path}/slutt").url == "/klinikk/ansatte/"
    assert page.get(path).status_code == 404


def test_the_last_administrator_is_told_why_they_stay(page, boss):
    path = f"/klinikk/ansatte/{boss.public_id}"
    changed = page.post(path, {"role": "secretary"})
    assert changed.status_code == 422
    assert "minst én administrator" in text(changed)
    assert "minst én administrator" in text(page.post(f"{path}/slutt"))
    boss.refresh_from_db()
    assert boss.ended_at is None


def shown(response):
    """The lines of the record as they stand in the table."""
    return text(response).partition("<tbody>")[2].partition("</tbody>")[0]


def test_the_record_is_searched_by_patient_by_person_and_by_act(page, boss):
    clinic = boss.clinic
    kari, siri = a_member(clinic, name="Kari Nordmann"), a_member(clinic, name="Siri Solberg")
    a_booked_hour(clinic, clinician=kari, patient=a_patient(clinic, "Ola Hansen"))
    a_booked_hour(clinic, clinician=siri, patient=a_patient(clinic, "Petra Berg"))
    everything = shown(page.get("/klinikk/logg"))
    assert "Ola Hansen" in everything
    assert "Petra Berg" in everything
    by_patient = shown(page.post("/klinikk/logg", {"patient": "Ola"}))
    assert "Ola Hansen" in by_patient
    assert "Time bestilt" in by_patient
    assert "Petra Berg" not in by_patient
    by_person = shown(page.post("/klinikk/logg", {"person": "siri"}))
    assert "Siri Solberg" in by_person
    assert "Kari Nordmann" not in by_person
    looks = shown(page.post("/klinikk/logg", {"group": "looks"}))
    assert "Så i loggen" in looks
    assert "Time bestilt" not in looks
    assert shown(page.post("/klinikk/logg", {"patient": "finnes ikke"})) == ""


def test_each_look_at_the_record_is_recorded(page, boss):
    page.get("/klinikk/logg")
    page.post("/klinikk/logg", {"patient": "Ola"})
    looks = Entry.objects.filter(act="audit.looked_at")
    assert looks.count() == 2
    assert '"by_patient":true' in looks.last().details
    assert {look.actor_id for look in looks} == {boss.user.public_id}


def test_the_record_is_turned_over_page_by_page_without_gaps(page, boss):
    clinic = boss.clinic
    for number in range(60):
        register(
            clinic,
            given_name="Pasient",
            family_name=f"Nummer{number:02d}",
            birth_on=date(1980, 1, 1),
            actor=SYSTEM,
            now=NOW,
        )
    first = page.get("/klinikk/logg")
    before = text(first).partition('name="before" value="')[2].partition('"')[0]
    second = page.post("/klinikk/logg", {"before": before})
    both = shown(first) + shown(second)
    assert all(both.count(f"Pasient Nummer{number:02d}") == 1 for number in range(60))


def test_the_record_of_another_clinic_is_not_shown(page):
    strangers = a_clinic("Strandgata legevakt")
    a_booked_hour(strangers, patient=a_patient(strangers, "Fremmed Pasient"))
    for search in ({}, {"patient": "Fremmed"}, {"person": "Kari"}):
        assert "Fremmed" not in shown(page.post("/klinikk/logg", search))


def test_no_name_that_is_searched_for_stands_in_an_address(page):
    answer = page.post("/klinikk/logg", {"patient": "Ola Hansen"})
    assert answer.status_code == 200
    assert "?" not in text(answer).partition("<main")[2].replace(escape("?"), "").partition("</main>")[0]


def recorded_acts():
    """What the code writes into the record, read from its calls."""
    for path in Path(blikk.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            place = {"record": 0, "looked_at": 0, "record_at": 1, "_looked": 1, "_record": 0}.get(name)
            if place is None or len(node.args) <= place:
                continue
            for part in ast.walk(node.args[place]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.strip("."):
                    ending = LOOKS if name in {"looked_at", "_looked"} else ""
                    yield f"{part.value}{ending}"


def test_every_act_in_the_record_has_words():
    recorded = {act for act in recorded_acts() if act != LOOKS}
    assert {"patient.looked_at", "appointment.booked", "account.signed_in"} <= recorded
    # Of some only the beginning stands in the code; what it goes on with is a state.
    begun = {act for act in recorded if act.endswith(".")}
    assert all(any(known.startswith(act) for known in ACTS) for act in begun)
    assert recorded - begun - ACTS.keys() == set()


def test_every_act_belongs_to_a_group():
    beginnings = tuple(beginning for group in BEGINNINGS.values() for beginning in group)
    assert {group for group, _ in GROUPS} == BEGINNINGS.keys() | {"looks"}
    assert {act for act in ACTS if not act.startswith(beginnings) and not act.endswith(LOOKS)} == set()
