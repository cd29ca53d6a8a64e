"""The signed note on its page: read, put right, copied for the journal, and on paper."""

import subprocess
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.documentation import paper
from blikk.documentation.models import Note, NoteCopied, NoteVersion
from blikk.journeys import closing
from blikk.kernel.times import local
from tests.builders import a_member
from tests.documentation.test_close_out import After
from tests.people import signed_in

pytestmark = pytest.mark.django_db
ORIGIN = settings.BLIKK_ORIGINS[0]
TICKS = ("known_patient", "known_diagnosis", "work_ability", "is_sound")


@pytest.fixture
def after():
    return After()


def at(name, after):
    return reverse(name, args=[after.id])


def test_a_correction_stands_above_the_version_that_it_corrects(after):
    after.sign()
    client = signed_in(after.hour.clinician)
    form = client.get(at("note_correct", after)).content.decode()
    assert "Holdt på video." in form
    sent = {"text": "Holdt på telefon.", "reason": "Skrev feil", "number": "1"}
    answer = client.post(at("note_correct", after), sent)
    assert answer["Location"] == at("close_out", after)
    page = client.get(at("close_out", after)).content.decode()
    newest, older = page.index("Holdt på telefon."), page.index("Holdt på video.")
    assert newest < older
    for words in ("Versjon 2, rettet og signert av Kari Nordmann", "Grunn til rettelsen: Skrev feil"):
        assert words in page


def test_a_correction_without_a_reason_keeps_what_was_typed(after):
    after.sign()
    client = signed_in(after.hour.clinician)
    answer = client.post(at("note_correct", after), {"text": "Ny tekst", "reason": " ", "number": "1"})
    assert answer.status_code == 422
    assert "Ny tekst" in answer.content.decode()
    assert NoteVersion.objects.count() == 1


def test_a_correction_from_an_old_window_overwrites_nothing(after):
    after.sign()
    client = signed_in(after.hour.clinician)
    sent = {"text": "Først", "reason": "Grunn", "number": "1"}
    client.post(at("note_correct", after), sent)
    answer = client.post(at("note_correct", after), {**sent, "text": "Sist"})
    assert answer.status_code == 409
    assert Note.objects.get().signed_text == "Først"


def test_that_the_text_was_copied_is_recorded_and_stands_on_the_page(after):
    after.sign()
    client = signed_in(after.hour.clinician)
    page = client.get(at("close_out", after)).content.decode()
    assert "Kopiert til journalen" not in page
    assert "Signert av Kari Nordmann" in page[page.index('id="for-journal"') :].split("</p>")[0]
    for _ in range(2):
        sent = {"number": 1}
        answer = client.post(
            at("note_taken", after), sent, content_type="application/json", headers={"Origin": ORIGIN}
        )
        assert answer.json() == {"number": 1}
    assert NoteCopied.objects.count() == 1
    assert Entry.objects.filter(act="note.copied").count() == 2
    assert "Kopiert til journalen av Kari Nordmann" in client.get(at("close_out", after)).content.decode()


@pytest.mark.parametrize("number", [2, 99, -1])
def test_a_version_that_is_not_there_is_not_copied(after, number):
    after.sign()
    client = signed_in(after.hour.clinician)
    headers = {"Origin": ORIGIN}
    sent = {"content_type": "application/json", "headers": headers}
    assert client.post(at("note_taken", after), {"number": number}, **sent).status_code == 404
    assert not NoteCopied.objects.exists()


def test_a_draft_is_neither_copied_nor_printed(after):
    client = signed_in(after.hour.clinician)
    assert client.post(at("note_pdf", after)).status_code == 409
    assert not NoteCopied.objects.exists()
    assert client.get(at("note_correct", after)).status_code == 404


def test_the_pdf_reads_back_with_heading_version_signer_and_page_numbers(after, tmp_path):
    closing.write_note(
        after.hour.clinic, after.id, free_text="Blåbær & <fjær>\n" * 90, version=1, **after.act, now=after.now
    )
    after.sign(2)
    answer = signed_in(after.hour.clinician).post(at("note_pdf", after))
    assert answer["Content-Type"] == "application/pdf"
    assert "Ola" not in answer["Content-Disposition"]
    file = tmp_path / "note.pdf"
    file.write_bytes(answer.content)
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, check=True
    ).stdout.decode()
    assert text.count("Blåbær & <fjær>") == 90
    for words in ("Notat fra konsultasjon", "Ola Hansen, født 17.05.1944", "Holdt på video.", "Side 1 av 3"):
        assert words in text
    assert "Signert av Kari Nordmann" in text
    assert text.count("Ola Hansen · versjon 1") == 3
    assert Entry.objects.filter(act="note.copied").count() == 1


def test_where_no_pdf_can_be_made_there_is_a_page_to_print(after, monkeypatch):
    def cannot():
        raise paper.NoPaper

    monkeypatch.setattr(paper, "_press", cannot)
    after.sign()
    answer = signed_in(after.hour.clinician).post(at("note_pdf", after))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Denne serveren kan ikke lage PDF" in page
    assert "Holdt på video." in page


def post_signing(after, **ticks):
    sent = {"free_text": "", "note_version": "1", "version": str(after.ended.version), "sign": "1", **ticks}
    signed_in(after.hour.clinician).post(at("close_out", after), sent)
    return Note.objects.get()


def test_what_was_weighed_for_a_sick_note_is_kept_as_a_code_and_in_the_text(after):
    note = post_signing(after, sick_note="on", **dict.fromkeys(TICKS[:3], "on"))
    assert note.sick_note == {**dict.fromkeys(TICKS, True), "is_sound": False}
    assert note.form == "video"
    assert "Sykmelding: pasienten er kjent fra før; diagnosen er kjent" in note.signed_text
    assert "er ikke vurdert som forsvarlig" in note.signed_text


def test_without_a_sick_note_nothing_is_said_of_one(after):
    note = post_signing(after, is_sound="on")
    assert note.sick_note is None
    assert "Sykmelding" not in note.signed_text


def test_the_administrator_gets_the_form_of_each_consultation_as_a_file_without_names(after):
    note = post_signing(after, sick_note="on", known_patient="on")
    client = signed_in(a_member(after.hour.clinic, "administrator"))
    day = local(note.consultation.opened_at, after.hour.clinic.zone).date()
    answer = client.get(reverse("note_forms"), {"fra": f"{day}", "til": f"{day}"})
    assert answer["Content-Type"].startswith("text/csv")
    _head, line = answer.content.decode().splitlines()
    assert line == f"{after.id};{day};video;ja;ja;nei;nei;nei"
    assert "Hansen" not in answer.content.decode()
    assert Entry.objects.filter(act="note.forms.looked_at").count() == 1
    before = day - timedelta(days=1)
    empty = client.get(reverse("note_forms"), {"fra": f"{before}", "til": f"{before}"})
    assert len(empty.content.decode().splitlines()) == 1


def test_days_in_the_wrong_order_give_no_file(after):
    client = signed_in(a_member(after.hour.clinic, "administrator"))
    answer = client.get(reverse("note_forms"), {"fra": "2026-11-26", "til": "2026-11-25"})
    assert answer.status_code == 422
    assert "Den siste dagen kan ikke være før den første." in answer.content.decode()
    assert not Entry.objects.filter(act="note.forms.looked_at").exists()
