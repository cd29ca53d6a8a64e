"""What patients are told before they join: shown on the way, in a version that is written down, or by word of mouth."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from blikk.audit.models import Entry
from blikk.clinics.information import write_own
from blikk.invitations.models import Information
from blikk.journeys import talk
from blikk.kernel.actors import SYSTEM
from blikk.web import information
from tests import builders as b
from tests import identities as i
from tests.people import signed_in
from tests.web.test_identity import at, note
from tests.web.walk import ORIGIN, with_device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(b.NOW, tick=False):
        yield


@pytest.fixture
def hour() -> b.Hour:
    hour = b.a_booked_hour()
    b.proven(hour)
    return hour


def arrive(hour: b.Hour, version: object) -> Any:
    path = f"/m/{hour.invitation.public_id}/arrive"
    body = json.dumps({"found": {}, "information": version})
    return with_device(hour).post(path, body, content_type="application/json", headers={"Origin": ORIGIN})


def page_of(hour: b.Hour, what: str = "") -> str:
    return with_device(hour).get(f"/m/{hour.invitation.public_id}{what}").content.decode()


def test_the_words_of_a_version_never_change():
    assert set(information.FINGERPRINTS) == set(information.TEXTS)
    for version, fingerprint in information.FINGERPRINTS.items():
        assert information.fingerprint(version) == fingerprint, (
            f"The words of {version} changed. Leave them as they were, and add the new words as a new version."
        )
    assert information.CURRENT in information.TEXTS


def test_a_changed_word_would_be_found(monkeypatch):
    text = information.TEXTS["2026-11"]
    changed = information.Text("Noe annet", text.short_along, text.parts)
    monkeypatch.setattr(information, "TEXTS", {"2026-11": changed})
    assert information.fingerprint("2026-11") != information.FINGERPRINTS["2026-11"]


def test_the_short_words_stand_beside_the_button_and_the_long_ones_behind(hour):
    page = page_of(hour)
    assert "Samtalen blir ikke tatt opp." in page
    assert f'href="/m/{hour.invitation.public_id}/personvern"' in page
    assert f'"information": "{information.version_now(0)}"' in page
    long = page_of(hour, "/personvern")
    for heading in ("Hvem som har ansvaret", "Rettighetene dine", "Det er frivillig"):
        assert heading in long
    assert "print.css" in long


def test_going_in_writes_down_the_time_and_the_version_once(hour):
    arrive(hour, information.version_now(0))
    arrive(hour, information.version_now(0))
    shown = Information.objects.get()
    assert (shown.version, shown.language, shown.at) == ("2026-11.0", "nb", b.NOW)
    entry = Entry.objects.get(act="invitation.information_shown")
    assert entry.actor_kind == "patient"
    assert '"version":"2026-11.0"' in entry.details


@pytest.mark.parametrize(
    "said", [None, "", "1999-01.0", "2026-11", "2026-11.7", "2026-11.-1", 7, ["2026-11.0"]]
)
def test_what_no_page_of_ours_can_have_shown_is_not_written_down_and_stops_nobody(hour, said):
    assert arrive(hour, said).json()["door"]["step"] == "waiting"
    assert not Information.objects.exists()


def test_the_clinics_own_lines_are_a_version_of_their_own(hour):
    boss = signed_in(b.a_member(hour.clinic, "administrator"))
    lines = "Personvernombud: Anne Vik\npersonvern@fjordglott.no"
    assert boss.post("/klinikk/informasjon", {"words": lines}).status_code == 302
    assert "2026-11.1" in boss.get("/klinikk/informasjon").content.decode()
    assert "Personvernombud: Anne Vik" in page_of(hour, "/personvern")
    arrive(hour, "2026-11.1")
    assert Information.objects.get().version == "2026-11.1"
    boss.post("/klinikk/informasjon", {"words": "Personvernombud: Per Li"})
    assert "2026-11.2" in page_of(hour)


def test_the_same_words_again_are_no_new_version(hour):
    first = write_own(hour.clinic, "En linje ", actor=SYSTEM, now=b.NOW)
    again = write_own(hour.clinic, "En linje", actor=SYSTEM, now=b.NOW)
    assert first == again


def test_hidden_signs_in_the_clinics_own_lines_are_refused(hour):
    boss = signed_in(b.a_member(hour.clinic, "administrator"))
    answer = boss.post("/klinikk/informasjon", {"words": "Ring \u202e55 55"})
    assert answer.status_code == 422
    assert "skjulte tegn" in answer.content.decode()


def test_before_the_proof_the_long_page_does_not_say_which_clinic_it_is():
    hour = b.a_booked_hour()
    write_own(hour.clinic, "Personvernombud ved Fjordgløtt", actor=SYSTEM, now=b.NOW)
    b.open_link(hour)
    long = page_of(hour, "/personvern")
    assert "Rettighetene dine" in long
    assert "Fjordgløtt" not in long


def test_the_page_for_everybody_is_there_with_the_clinics_page_and_not_without():
    clinic = b.a_clinic(slug="fjord", is_public=True)
    hidden = b.a_clinic(slug="skjult")
    assert "Rettighetene dine" in Client().get(f"/k/{clinic.slug}/personvern").content.decode()
    assert Client().get(f"/k/{hidden.slug}/personvern").status_code == 404


def test_told_by_word_of_mouth_on_the_hours_page_with_who_and_when_and_taken_back(hour):
    client = signed_in(b.a_member(hour.clinic, "secretary", name="Siri Solberg"))
    name = hour.appointment.public_id
    client.post(f"/time/{name}/informert")
    client.post(f"/time/{name}/informert")
    told = Information.objects.get()
    assert (told.how, told.by_name, told.at) == ("orally", "Siri Solberg", b.NOW)
    assert "Informert muntlig av Siri Solberg" in client.get(f"/time/{name}").content.decode()
    client.post(f"/time/{name}/informert", {"take_back": "1"})
    assert "Informert muntlig av" not in client.get(f"/time/{name}").content.decode()
    assert Information.objects.get().taken_back_at == b.NOW


def test_the_note_says_what_was_shown_and_told():
    hour = b.a_booked_hour()
    b.proven(hour)
    arrival = arrive(hour, "2026-11.0").json()["door"]["arrival"]
    actor = b.staff(hour.clinician)
    talk.admit(hour.clinic, arrival, membership=hour.clinician, actor=actor, now=b.NOW)
    assert signed_in(hour.clinician).post(at(hour, "informert")).status_code == 200
    words = note(hour)
    assert (
        "Pasienten fikk vist informasjonen om video (utgave 2026-11.0) tirsdag 24. november kl. 10:00."
        in words
    )
    assert "Pasienten ble informert muntlig" in words
    assert "The patient was informed orally" in note(hour, "en")


def test_in_the_conversation_one_key_says_that_the_patient_was_told():
    hour = i.talking()
    client = signed_in(hour.clinician)
    assert 'data-key-press="i"' in client.get(at(hour, "identitet")).content.decode()
    assert 'data-key-press="i"' not in client.post(at(hour, "informert")).content.decode()
