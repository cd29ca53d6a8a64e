"""Who is who on the pages: the clinician's line, the patient's card, and what the note says of both."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from blikk.clinics import cards
from blikk.consultations.identity_tables import IdentityCheck
from blikk.journeys import closing, door, talk
from blikk.kernel.actors import SYSTEM
from blikk.waiting_room.models import Showing
from blikk.web.presenters.note_draft import drafted
from tests import builders as b
from tests import identities as i
from tests.companions import Guest, come, invited
from tests.kernel.test_pictures import with_place
from tests.people import signed_in
from tests.web.walk import ORIGIN, with_device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(b.NOW, tick=False):
        yield


def at(hour: b.Hour, what: str) -> str:
    return f"/samtale/{i.consultation_of(hour).public_id}/{what}"


def say(client: Client, hour: b.Hour, **said: str) -> Any:
    typed = {"participant": i.patient_in(hour).public_id, "replaces": "", **said}
    return client.post(at(hour, "identitet"), typed)


def ask(hour: b.Hour, **said: str) -> Any:
    path = f"/m/{hour.invitation.public_id}/vis-kort"
    body = json.dumps(said)
    return with_device(hour).post(path, body, content_type="application/json", headers={"Origin": ORIGIN})


def faces(hour: b.Hour) -> dict[str, Any]:
    answer = with_device(hour).get(f"/m/{hour.invitation.public_id}/kort")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def admit_guest(hour: b.Hour, guest: Guest) -> None:
    actor = b.staff(hour.clinician)
    talk.admit(hour.clinic, guest.arrival, membership=hour.clinician, actor=actor, now=b.NOW)


def sit(hour: b.Hour) -> None:
    door.arrive(hour.invitation.public_id, hour.device, where="192.0.2.7", now=b.NOW)


def note(hour: b.Hour, language: str = "nb") -> str:
    return drafted(closing.draft_of(i.consultation_of(hour)), language)


def test_the_line_of_a_new_patient_offers_each_way_with_its_key():
    hour = i.talking()
    page = signed_in(hour.clinician).get(at(hour, "ved-siden")).content.decode()
    assert "Ny pasient. Identiteten er ikke bekreftet." in page
    for key in "klu":
        assert f'data-key-press="{key}"' in page
    assert 'data-key-press="e"' not in page, "eID is offered to who has proven it, and to nobody else"
    assert "Fire siste tegn" not in page


def test_a_card_that_is_right_is_one_press_and_stands_on_the_line_and_in_the_note():
    hour = i.talking()
    answer = say(signed_in(hour.clinician), hour, method="card")
    assert answer.status_code == 200
    assert "Legitimasjon vist i bildet" in answer.content.decode()
    assert "Pasienten viste legitimasjon i bildet kl. 10:00." in note(hour)


def test_kind_and_last_four_signs_are_asked_for_and_kept_where_the_clinic_wants_them():
    hour = i.talking()
    hour.clinic.keeps_card_mark = True
    hour.clinic.save()
    client = signed_in(hour.clinician)
    assert "Fire siste tegn" in client.get(at(hour, "identitet")).content.decode()
    wrong = say(client, hour, method="card", card_kind="passport", card_last_four="12")
    assert wrong.status_code == 422
    assert "Skriv de fire siste" in wrong.content.decode()
    say(client, hour, method="card", card_kind="passport", card_last_four="12ab")
    assert "viste legitimasjon i bildet (pass, slutter på 12AB) kl." in note(hour)


def test_knowing_the_patient_is_in_ones_own_name_whatever_the_page_says():
    hour = i.talking()
    say(signed_in(hour.clinician), hour, method="known", known_by="Statsministeren", known="met")
    assert not IdentityCheck.objects.exists(), "nobody at the clinic has met this patient"
    say(signed_in(hour.clinician), hour, method="known")
    assert IdentityCheck.objects.get().known_by == "Kari Nordmann"
    assert "kjent fra før av Kari Nordmann" in note(hour)


def test_a_known_patient_stands_as_known_before_anybody_presses():
    first = i.talking()
    i.finished(first)
    hour = i.again(first, clinician=b.a_member(first.clinic, name="Anders Lunde"))
    page = signed_in(hour.clinician).get(at(hour, "identitet")).content.decode()
    assert "Kjent fra før" in page
    assert "Kari Nordmann møtte pasienten" in page
    assert "ikke bekreftet i denne samtalen. Kjent fra før av Kari Nordmann" in note(hour)
    say(signed_in(hour.clinician), hour, method="known", known="met")
    assert IdentityCheck.objects.get().known_by == "Kari Nordmann"


def test_an_exception_keeps_what_was_typed_when_something_is_missing():
    hour = i.talking()
    client = signed_in(hour.clinician)
    half = say(client, hour, method="exception", words="Sønnen er der, og jeg kjenner stemmen")
    assert half.status_code == 422
    assert "Sønnen er der, og jeg kjenner stemmen" in half.content.decode()
    whole = say(client, hour, method="exception", reason="vouched_for", words="Sønnen er der")
    assert "Ikke bekreftet, med en grunn" in whole.content.decode()
    assert "ikke bekreftet. En annen går god for pasienten: Sønnen er der" in note(hour)


def test_the_second_of_two_answers_is_told_and_sees_the_first():
    hour = i.talking()
    client = signed_in(hour.clinician)
    say(client, hour, method="card")
    late = say(client, hour, method="exception", reason="urgent", words="Ord")
    assert late.status_code == 409
    assert "Noen andre svarte akkurat nå" in late.content.decode()
    assert "Legitimasjon vist i bildet" in late.content.decode()


def test_an_interpreter_may_be_identified_too_and_need_not_be():
    hour = i.talking()
    guest = come(invited(hour, "Amina Noor", role="interpreter").invitation)
    admit_guest(hour, guest)
    client = signed_in(hour.clinician)
    line = client.get(at(hour, "identitet")).content.decode()
    assert "Amina Noor har vist legitimasjon" in line
    interpreter = i.consultation_of(hour).participants.get(role="interpreter").public_id
    say(client, hour, method="card", participant=interpreter)
    assert "Amina Noor (tolk) viste legitimasjon i bildet" in note(hour)


def test_the_patient_asks_who_it_is_and_the_clinician_answers_both_ways_recorded():
    hour = i.talking()
    client = signed_in(hour.clinician)
    assert ask(hour).json()["door"]["showing"] == "asked"
    assert "Pasienten vil se hvem du er." in client.get(at(hour, "identitet")).content.decode()
    assert client.post(at(hour, "vist")).status_code == 200
    assert ask(hour, answer="seen").json()["door"]["showing"] == "seen"
    assert "Pasienten har sett hvem du er." in client.get(at(hour, "identitet")).content.decode()
    assert "Behandleren viste hvem det er, og pasienten bekreftet det." in note(hour)


def test_who_waits_may_ask_already_and_who_does_not_wait_may_not():
    hour = b.a_booked_hour()
    b.proven(hour)
    assert ask(hour).json()["door"]["showing"] == ""
    assert not Showing.objects.exists()
    sit(hour)
    assert ask(hour).json()["door"]["showing"] == "asked"
    assert ask(hour, answer="kanskje").json()["door"]["showing"] == "asked"


def test_the_card_is_shown_from_the_waiting_room_on_and_not_before():
    hour = b.a_booked_hour()
    cards.change_card(
        hour.clinician, title="Fastlege", profession="Lege", hpr_number="7654321", actor=SYSTEM, now=b.NOW
    )
    cards.set_photo(hour.clinician, with_place(), actor=SYSTEM, now=b.NOW)
    b.proven(hour)
    assert faces(hour)["cards"] == []
    sit(hour)
    (card,) = faces(hour)["cards"]
    assert (card["name"], card["title"], card["profession"], card["hpr"]) == (
        "Kari Nordmann",
        "Fastlege",
        "Lege",
        "7654321",
    )
    assert card["photo"].startswith("data:image/jpeg;base64,")


def test_the_card_is_of_who_lets_the_patient_in_and_not_of_who_had_the_hour():
    hour = b.a_booked_hour()
    colleague = b.a_member(hour.clinic, name="Anders Lunde")
    view = b.waiting(hour)
    assert faces(hour)["cards"][0]["name"] == "Kari Nordmann"
    talk.admit(hour.clinic, view.arrival, membership=colleague, actor=b.staff(colleague), now=b.NOW)
    assert [card["name"] for card in faces(hour)["cards"]] == ["Anders Lunde"]


def test_the_words_of_the_late_script_come_in_the_patients_language():
    hour = b.a_booked_hour()
    hour.invitation.language = "en"
    hour.invitation.save()
    b.open_link(hour)
    assert faces(hour)["words"]["Hvem er behandleren?"] == "Who is the clinician?"


def test_the_first_page_of_the_patient_names_no_card():
    hour = b.a_booked_hour()
    b.proven(hour)
    page = with_device(hour).get(f"/m/{hour.invitation.public_id}").content.decode()
    assert "Kari Nordmann" not in page
    assert "built/beside" in page


def test_the_line_asks_the_database_as_often_for_many_as_for_one():
    def asked(hour: b.Hour) -> int:
        client = signed_in(hour.clinician)
        client.get(at(hour, "identitet"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(at(hour, "identitet")).status_code == 200
        return len(queries)

    alone = i.talking()
    crowded = i.talking()
    for number in range(2):
        guest = come(invited(crowded, f"Tolk {number}", f"+479000010{number}", role="interpreter").invitation)
        admit_guest(crowded, guest)
    i.identified(crowded)
    assert asked(crowded) <= asked(alone)


def test_the_end_takes_the_buttons_away():
    hour = i.talking()
    i.finished(hour)
    line = signed_in(hour.clinician).get(at(hour, "identitet")).content.decode()
    assert "data-key-press" not in line
    assert (
        door.door_of(hour.invitation.public_id, hour.device, now=b.NOW + timedelta(minutes=6)).step == "ended"
    )
