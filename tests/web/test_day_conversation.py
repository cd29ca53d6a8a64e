"""The conversation beside its notes, and the close-out: for the clinician who leads it, and nobody else."""

import json
import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from blikk.consultations.models import Consultation
from blikk.documentation.models import Note
from blikk.invitations.models import Invitation
from blikk.journeys import talk
from tests import builders
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour():
    return builders.a_booked_hour(now=timezone.now())


@pytest.fixture
def consultation(hour) -> str:
    return builders.admitted(hour, now=timezone.now())


def end(hour, consultation: str) -> None:
    actor = builders.staff(hour.clinician)
    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=actor, now=timezone.now())


def keep(client, consultation: str, words: str, version: int):
    return client.post(
        reverse("note", args=[consultation]),
        json.dumps({"free_text": words, "note_version": version}),
        content_type="application/json",
        headers={"Origin": settings.BLIKK_BASE_URL},
    )


@pytest.mark.parametrize("name", ["conversation", "conversation_side"])
def test_the_column_says_who_where_and_how_to_ring(hour, consultation, name):
    page = signed_in(hour.clinician).get(reverse(name, args=[consultation])).content.decode()
    for words in ("Ola Hansen", "17.05.1944", 'href="tel:+4790123456"', "(82 år)", 'id="note"'):
        assert words in page


@pytest.mark.parametrize("name", ["conversation", "conversation_side", "conversation_people", "close_out"])
def test_a_colleague_and_a_stranger_find_nothing(hour, consultation, name):
    address = reverse(name, args=[consultation])
    colleague = builders.a_member(hour.clinic, name="Per Lie")
    stranger = builders.a_member(builders.a_clinic("Skogli"), name="Tone Vik")
    assert signed_in(colleague).get(address).status_code == 404
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(hour.clinician).get(address).status_code in {200, 302}


def test_the_note_is_kept_while_it_is_written(hour, consultation):
    client = signed_in(hour.clinician)
    first = keep(client, consultation, "Hoste", 1)
    assert first.status_code == 200
    assert keep(client, consultation, "Hoste og feber", first.json()["version"]).status_code == 200
    assert Note.objects.get().free_text == "Hoste og feber"
    assert "Hoste og feber" in client.get(reverse("conversation", args=[consultation])).content.decode()


def test_a_note_from_another_window_is_not_written_over(hour, consultation):
    client = signed_in(hour.clinician)
    assert keep(client, consultation, "Fra det ene vinduet", 1).status_code == 200
    assert keep(client, consultation, "Fra det andre", 1).status_code == 409
    assert Note.objects.get().free_text == "Fra det ene vinduet"


def test_somebody_can_be_asked_in_while_people_talk(hour, consultation):
    client = signed_in(hour.clinician)
    address = reverse("conversation_companion", args=[consultation])
    typed = {"role": "interpreter", "name": "Zeynep Aydin", "phone": "", "email": "", "language": "nb"}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert 'value="Zeynep Aydin"' in refused.content.decode()
    assert "Skriv inn et telefonnummer eller en e-postadresse" in refused.content.decode()
    about = {"spoken": "tyrkisk", "qualification": "C", "read_back": "on"}
    invited = client.post(address, {**typed, **about, "phone": "90 00 00 31"})
    assert invited.status_code == 200
    assert Invitation.objects.filter(role="interpreter", phone="+4790000031").exists()


def test_an_ended_conversation_leads_to_its_close_out(hour, consultation):
    client = signed_in(hour.clinician)
    page = reverse("conversation", args=[consultation])
    closing = reverse("close_out", args=[consultation])
    assert client.get(page).status_code == 200
    assert client.get(closing)["Location"] == page
    end(hour, consultation)
    assert client.get(page)["Location"] == closing
    assert client.get(closing).status_code == 200


def test_the_draft_says_when_how_and_who(hour, consultation):
    end(hour, consultation)
    page = signed_in(hour.clinician).get(reverse("close_out", args=[consultation])).content.decode()
    draft = page[page.index('data-test="note-draft"') :].split("</p>")[0]
    for words in (
        "Konsultasjon",
        "Form: video",
        " kl. ",
        "minutt",
        "Ola Hansen (pasient",
        "Kari Nordmann",
    ):
        assert words in draft


def closing_post(consultation: str, **more: str) -> dict[str, str]:
    found = Consultation.objects.get(public_id=consultation)
    note = Note.objects.get()
    return {
        "version": str(found.version),
        "note_version": str(note.version),
        "free_text": "Ro og fred.",
        **more,
    }


DECIDED = {"outcome": "completed", "follow_up": "none", "fee": "no_charge", "done": "1"}


def test_one_press_signs_and_finishes(hour, consultation):
    end(hour, consultation)
    client = signed_in(hour.clinician)
    address = reverse("close_out", args=[consultation])
    answer = client.post(address, closing_post(consultation, **DECIDED))
    assert answer["Location"] == reverse("day")
    note = Note.objects.get()
    assert note.status == "signed"
    assert "Form: video" in note.signed_text
    assert note.signed_text.endswith("Ro og fred.\n\nDet er ikke avtalt oppfølging.")
    assert Consultation.objects.get().status == "closed_out"
    assert "Ikke gjort ferdig" not in client.get("/dag/").content.decode()


def test_a_missing_decision_keeps_what_was_written_and_signs_nothing(hour, consultation):
    end(hour, consultation)
    client = signed_in(hour.clinician)
    posted = closing_post(consultation, **{**DECIDED, "fee": ""})
    answer = client.post(reverse("close_out", args=[consultation]), posted)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Ro og fred." in page
    assert "Fyll ut dette feltet." in page
    assert Note.objects.get().status == "draft"


def test_a_signed_note_is_never_changed(hour, consultation):
    end(hour, consultation)
    client = signed_in(hour.clinician)
    address = reverse("close_out", args=[consultation])
    answer = client.post(address, closing_post(consultation, sign="1", follow_up="in_person"))
    assert re.search(r"value=\"in_person\"[^>]*checked", answer.content.decode())
    signed = Note.objects.get().signed_text
    client.post(address, closing_post(consultation, sign="1", free_text="Noe annet"))
    assert keep(client, consultation, "Noe annet", Note.objects.get().version).status_code == 409
    assert Note.objects.get().signed_text == signed
    assert "Noe annet" not in signed
    assert client.post(address, closing_post(consultation, **DECIDED)).status_code == 302
    assert Consultation.objects.get().status == "closed_out"
