"""The signed note on its page: read, put right, copied for the journal, and on paper."""

import json
import subprocess
from datetime import timedelta

import pytest
import weasyprint  # type: ignore[import-untyped]
from django.conf import settings
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.clinics.models import Membership
from blikk.documentation import paper
from blikk.documentation.ehr import notes as sent_to_record
from blikk.documentation.fhir.systems import JOURNAL_NOTE
from blikk.documentation.models import Note, NoteCopied, NoteVersion, Phrase
from blikk.documentation.services import set_rules
from blikk.journeys import closing, talk
from blikk.kernel import press
from blikk.kernel.times import local
from blikk.patients import numbers
from tests import verapdf
from tests.builders import a_booked_hour, a_member, admitted
from tests.documentation.test_close_out import After
from tests.national_numbers import made
from tests.people import signed_in
from tests.web.walk import with_device

pytestmark = pytest.mark.django_db
ORIGIN = settings.BLIKK_ORIGINS[0]
HPR = "9144897"
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
    page = answer.content.decode()
    assert "Notatet ble rettet i et annet vindu" in page
    assert "Først" in page
    assert "Sist" in page, "what was typed is not lost"
    assert Note.objects.get().signed_text == "Først"
    again = {**sent, "text": "Først og sist", "number": "2"}
    assert client.post(at("note_correct", after), again).status_code == 302
    assert Note.objects.get().signed_text == "Først og sist"


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
        raise press.NoPaper

    monkeypatch.setattr(press, "_press", cannot)
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
    assert note.sick_note == {**dict.fromkeys(TICKS, True), "is_sound": False, "examined_later": False}
    assert note.form == "video"
    assert "Sykmelding: pasienten er kjent fra før; diagnosen er kjent" in note.signed_text
    assert "er ikke vurdert som forsvarlig" in note.signed_text
    assert "undersøkes senere" not in note.signed_text


def test_a_sick_note_with_an_examination_later_says_so_in_the_text_and_as_a_code(after):
    page = signed_in(after.hour.clinician).get(at("close_out", after)).content.decode()
    assert json.dumps("pasienten skal undersøkes senere")[1:-1] in page, "the script has the sentence"
    note = post_signing(after, sick_note="on", examined_later="on")
    assert note.sick_note == {**dict.fromkeys(TICKS, False), "examined_later": True}
    assert "; pasienten skal undersøkes senere." in note.signed_text


def test_without_a_sick_note_nothing_is_said_of_one(after):
    note = post_signing(after, is_sound="on")
    assert note.sick_note is None
    assert "Sykmelding" not in note.signed_text


def test_the_administrator_gets_the_form_of_each_consultation_as_a_file_without_names(after):
    Membership.objects.filter(pk=after.hour.clinician.pk).update(hpr_number=HPR)
    note = post_signing(after, sick_note="on", known_patient="on")
    client = signed_in(a_member(after.hour.clinic, "administrator"))
    day = local(note.consultation.opened_at, after.hour.clinic.zone).date()
    answer = client.get(reverse("note_forms"), {"fra": f"{day}", "til": f"{day}"})
    assert answer["Content-Type"].startswith("text/csv")
    _head, line = answer.content.decode().splitlines()
    assert line == f"{after.id};{day};video;ja;ja;nei;nei;nei;nei;10:00;10:15;{HPR};15;;"
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


def test_what_is_chosen_for_afterwards_ends_the_note_and_the_page_shows_it_before(after):
    page = signed_in(after.hour.clinician).get(at("close_out", after)).content.decode()
    assert "Pasienten tar kontakt ved behov." in page, "the script has each choice's sentence"
    note = post_signing(after, outcome="in_person_needed", follow_up="patient_makes_contact", sick_note="on")
    lines = note.signed_text.splitlines()
    assert lines[0].startswith("Konsultasjon 24. november 2026 kl. 10:00–10:15 (15 minutter). Form: video.")
    assert lines[1].startswith("Til stede: Kari Nordmann (behandler")
    assert lines[-2:] == ["Pasienten trenger å møte opp.", "Pasienten tar kontakt ved behov."]
    assert lines[-3].startswith("Sykmelding: pasienten er ikke kjent fra før")


def test_the_next_hour_is_named_where_it_is_booked(after):
    a_booked_hour(
        after.hour.clinic,
        clinician=after.hour.clinician,
        patient=after.hour.patient,
        starts_in=timedelta(days=7),
    )
    note = post_signing(after, follow_up="new_appointment")
    last = note.signed_text.splitlines()[-1]
    assert last == "Pasienten skal ha ny time. Timen er bestilt til tirsdag 1. desember kl. 10:00."


def test_a_clinic_that_writes_nynorsk_has_its_notes_in_nynorsk_whatever_the_pages_are_in(after):
    administrator = signed_in(a_member(after.hour.clinic, "administrator"))
    assert administrator.post(reverse("note_rules"), {"language": "nn"}).status_code == 302
    assert administrator.post(reverse("note_rules"), {"language": "en"}).status_code == 422
    note = post_signing(after, follow_up="patient_makes_contact")
    assert "Til stades:" in note.signed_text
    assert note.signed_text.endswith("Pasienten tek kontakt ved behov.")


def test_words_from_another_window_are_shown_and_nothing_is_signed(after):
    closing.write_note(
        after.hour.clinic, after.id, free_text="Fra den andre", version=1, **after.act, now=after.now
    )
    sent = {"free_text": "Mine", "note_version": "1", "version": str(after.ended.version), "sign": "1"}
    answer = signed_in(after.hour.clinician).post(at("close_out", after), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Fra den andre" in page
    assert "Mine" in page
    assert Note.objects.get().status == "draft"


def test_the_number_stands_masked_on_paper_only_where_the_clinic_wants_it(after, tmp_path):
    after.sign()
    who = {"actor": after.act["actor"], "now": after.now}
    number = made(after.hour.patient.birth_on)
    numbers.type_in(after.hour.patient, number, **who)
    client = signed_in(after.hour.clinician)

    def text():
        (tmp_path / "note.pdf").write_bytes(client.post(at("note_pdf", after)).content)
        done = subprocess.run(["pdftotext", tmp_path / "note.pdf", "-"], capture_output=True, check=True)
        return done.stdout.decode()

    assert number[:6] not in text()
    set_rules(after.hour.clinic, language="nb", shows_number=True, **who)
    assert number[:6] in text()
    assert number[6:] not in text()


def test_verapdf_finds_the_papers_to_be_an_archives_pdf(after, tmp_path):
    after.sign()
    hard = "Førstegang <b>æøå</b> & «sitat» – مرحبا \U0001f600\n\n" + "Langt ord. " * 900 + "x" * 300
    papers = [tmp_path / name for name in ("first.pdf", "second.pdf", "sent.pdf", "plain.pdf")]
    client = signed_in(after.hour.clinician)
    papers[0].write_bytes(client.post(at("note_pdf", after)).content)
    sent = {"text": hard, "reason": "Feil </style> side", "number": "1"}
    client.post(at("note_correct", after), sent)
    papers[1].write_bytes(client.post(at("note_pdf", after)).content)
    newest = sent_to_record.versions_of(after.ended)[-1]
    papers[2].write_bytes(sent_to_record.pdf_of(after.ended, newest, kind=JOURNAL_NOTE))
    # What claims nothing, so that we see that something can fail.
    papers[3].write_bytes(weasyprint.HTML(string="<p>Notat</p>").write_pdf())
    flavour = paper.ARCHIVE.removeprefix("pdf/a-")
    assert verapdf.verdicts(*papers, flavour=flavour) == ["PASS", "PASS", "PASS", "FAIL"]


def test_phrases_stand_beside_the_note_with_their_fields_filled_in(after):
    client = signed_in(after.hour.clinician)
    sent = {"name": "Kontroll", "text": "{pasient} ({født}), {dato} kl. {klokkeslett}. Neste: {neste time}."}
    assert client.post(reverse("phrase_new"), {**sent, "text": "Hei {uke}"}).status_code == 422
    assert client.post(reverse("phrase_new"), sent).status_code == 302
    page = client.get(at("close_out", after)).content.decode()
    filled = "Ola Hansen (17.05.1944), 24. november 2026 kl. 10:00. Neste: [ingen time bestilt]."
    assert f'data-phrase="{filled}"' in page
    assert 'data-digit="1"' in page
    colleague = a_member(after.hour.clinic, name="Anders Lunde")
    assert "Kontroll" not in signed_in(colleague).get(reverse("phrases")).content.decode()


def test_phrases_are_changed_ordered_and_deleted_on_their_page(after):
    client = signed_in(after.hour.clinician)
    for name in ("En", "To"):
        client.post(reverse("phrase_new"), {"name": name, "text": "Tekst", "is_shared": "on"})
    one, two = Phrase.objects.order_by("order")
    client.post(reverse("phrase_up", args=[two.public_id]))
    page = client.get(reverse("phrases")).content.decode()
    assert page.index(">To<") < page.index(">En<")
    sent = {"name": "Én", "text": "Ny tekst", "version": "1"}
    assert client.post(reverse("phrase", args=[one.public_id]), sent).status_code == 302
    assert client.post(reverse("phrase", args=[one.public_id]), sent).status_code == 409
    client.post(reverse("phrase_delete", args=[two.public_id]))
    assert [one.name for one in Phrase.objects.all()] == ["Én"]


def test_nothing_of_the_note_reaches_the_patients_pages_or_frames(after):
    hour = a_booked_hour(after.hour.clinic, clinician=after.hour.clinician)
    talk_id = admitted(hour)
    secret = "Kanarifugl i notatet"
    closing.write_note(hour.clinic, talk_id, free_text=secret, version=1, **after.act, now=after.now)
    staff_page = signed_in(hour.clinician).get(reverse("conversation", args=[talk_id])).content.decode()
    assert secret in staff_page
    client = with_device(hour)
    for name in ("patient_page", "patient_faces", "patient_questions", "patient_information"):
        answer = client.get(reverse(name, args=[hour.invitation.public_id]))
        assert answer.status_code == 200
        assert secret not in answer.content.decode()
        assert "data-kept-key" not in answer.content.decode()
    talk.end(hour.clinic, talk_id, **after.act, now=after.now)
    closing.sign_note(hour.clinic, talk_id, version=2, drafted="x", **after.act, now=after.now)
    ended = client.get(reverse("patient_page", args=[hour.invitation.public_id])).content.decode()
    assert secret not in ended
