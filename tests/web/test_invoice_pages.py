"""Invoices as patients, the desk and administrators meet them: pages, papers, files from the bank."""

import subprocess
from datetime import timedelta

import pytest
import time_machine
import weasyprint  # type: ignore[import-untyped]
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.journeys import invoices
from blikk.kernel import press
from blikk.kernel.actors import SYSTEM
from blikk.settlement import invoicing, links, services
from blikk.settlement.invoice_setup import invoices_of
from blikk.settlement.models import BankEntry, Invoice, InvoiceSetup, Payer, Reminder
from tests import verapdf
from tests.builders import NOW, a_clinic, a_member
from tests.people import signed_in
from tests.settlement.bank_giro import an_ocr_file, item
from tests.settlement.invoicing import a_payer, a_talk, days, invoiced, issues_invoices
from tests.settlement.paying import a_bill
from tests.web.walk import with_device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def one():
    return invoiced()


def at_work(one) -> Client:
    """Somebody at the desk who has just signed in."""
    return signed_in(a_member(one.hour.clinic, "secretary", "Siri Skranke"))


@pytest.fixture
def desk(one):
    return at_work(one)


def text(response) -> str:
    return response.content.decode()


def words_in(pdf: bytes, tmp_path) -> str:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, check=True)
    return told.stdout.decode()


def at_the_link(one) -> tuple[Client, str]:
    """A browser that has shown whose the bill is."""
    link, secret = links.make_link(one.bill, sent_by="sms", language="nb", actor=SYSTEM, now=NOW)
    device = one.hour.device
    links.prove(links.open_link(secret, device_secret=device, now=NOW), device_secret=device, now=NOW)
    return with_device(one.hour), link.public_id


def test_the_patient_sees_how_to_pay_the_invoice_and_can_keep_it(one):
    client, link = at_the_link(one)
    page = text(client.get(reverse("pay", args=[link])))
    for told in (one.invoice.kid, "8601\xa011\xa017947", "8. desember 2026", "Last ned faktura"):
        assert told in page
    paper = client.get(reverse("pay_paper", args=[link, one.invoice.number]))
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"] == 'attachment; filename="faktura-1.pdf"'
    assert "no-store" in paper["Cache-Control"]


def test_a_browser_that_has_not_shown_whose_it_is_gets_no_paper(one):
    link, secret = links.make_link(one.bill, sent_by="sms", language="nb", actor=SYSTEM, now=NOW)
    links.open_link(secret, device_secret=one.hour.device, now=NOW)
    path = reverse("pay_paper", args=[link.public_id, 1])
    assert with_device(one.hour).get(path).status_code == 404
    links.prove(
        links.open_link(secret, device_secret=one.hour.device, now=NOW),
        device_secret=one.hour.device,
        now=NOW,
    )
    assert with_device(one.hour).get(path).status_code == 200
    assert with_device(one.hour).get(reverse("pay_paper", args=[link.public_id, 2])).status_code == 404


def test_before_the_invoice_the_page_says_until_when_it_is_free():
    hour = a_talk()
    issues_invoices(hour.clinic)
    bill = a_bill(hour)
    link, secret = links.make_link(bill, sent_by="sms", language="nb", actor=SYSTEM, now=NOW)
    links.prove(
        links.open_link(secret, device_secret=hour.device, now=NOW), device_secret=hour.device, now=NOW
    )
    page = text(with_device(hour).get(reverse("pay", args=[link.public_id])))
    assert "Gratis å betale her til 26. november" in page
    invoices.issue(bill, actor=SYSTEM, now=NOW)
    again, secret = links.make_link(bill, sent_by="sms", language="nb", actor=SYSTEM, now=NOW)
    links.prove(
        links.open_link(secret, device_secret=hour.device, now=NOW), device_secret=hour.device, now=NOW
    )
    page = text(with_device(hour).get(reverse("pay", args=[again.public_id])))
    assert "Gratis å betale her til" not in page
    assert "Last ned faktura" in page


def test_the_paper_has_what_an_invoice_must_have_and_no_diagnosis(one, desk, tmp_path):
    path = reverse("bill_paper", args=[one.bill.public_id, 1])
    said = words_in(desk.get(path).content, tmp_path)
    for told in (
        "Faktura",
        "Fjordgløtt legesenter AS",
        "974 760 673",
        "Ola Hansen",
        "24.11.2026",
        "08.12.2026",
        "2ad",
        "Konsultasjon",
        "179,00 kr",
        "8601 11 17947",
        one.invoice.kid,
        "§ 3-2",
    ):
        assert told in said.replace("\xa0", " ")
    assert "MVA" not in said
    assert Entry.objects.filter(act="invoice.looked_at").count() == 1


def test_credit_notes_and_reminders_are_papers_of_their_own(one, desk, tmp_path):
    invoicing.remind(one.invoice, actor=SYSTEM, now=days(28))
    reminder = desk.get(reverse("bill_reminder", args=[one.bill.public_id, 1, 1]))
    assert reminder["Content-Disposition"] == 'attachment; filename="purring-1-1.pdf"'
    said = words_in(reminder.content, tmp_path)
    assert "Purring" in said
    assert "05.01.2027" in said
    services.credit(one.again(), why="desk", actor=SYSTEM, now=days(29))
    said = words_in(desk.get(reverse("bill_paper", args=[one.bill.public_id, 2])).content, tmp_path)
    assert "Kreditnota" in said
    assert "1 (24.11.2026)" in said
    assert "Kontonummer" not in said
    for number, which in ((9, 0), (1, 2)):
        args = [one.bill.public_id, number, which] if which else [one.bill.public_id, number]
        name = "bill_reminder" if which else "bill_paper"
        assert desk.get(reverse(name, args=args)).status_code == 404


def test_every_paper_is_the_archives_variant_whatever_was_written(one, desk, tmp_path):
    InvoiceSetup.objects.update(name="Åse & Sønn <b>", address="مرحبا \U0001f600 " + "x" * 150)
    two = invoices.issue(a_bill(one.hour, kind="private"), address="</style>", actor=SYSTEM, now=NOW)
    invoicing.remind(one.invoice, actor=SYSTEM, now=days(28))
    services.credit(two.bill, why="desk", actor=SYSTEM, now=NOW)
    papers = [tmp_path / f"{at}.pdf" for at in range(5)]
    bill, other = one.bill.public_id, two.bill.public_id
    paths = [
        reverse("bill_paper", args=[bill, 1]),
        reverse("bill_reminder", args=[bill, 1, 1]),
        reverse("bill_paper", args=[other, two.number]),
        reverse("bill_paper", args=[other, two.number + 1]),
    ]
    for paper, path in zip(papers, paths, strict=False):
        paper.write_bytes(desk.get(path).content)
    # What claims nothing, so that we see that something can fail.
    papers[4].write_bytes(weasyprint.HTML(string="<p>Faktura</p>").write_pdf())
    flavour = press.ARCHIVE.removeprefix("pdf/a-")
    assert verapdf.verdicts(*papers, flavour=flavour) == ["PASS"] * 4 + ["FAIL"]


def test_the_list_says_how_far_each_bill_is_and_can_be_narrowed(one, desk):
    other = a_bill(one.hour, 30_000, kind="private")
    page = text(desk.get("/betalinger/"))
    assert "Faktura 1, frist 8. desember" in page
    assert "2 regninger, 479,00" in page
    only = text(desk.get("/betalinger/?vis=open"))
    assert other.public_id in only
    assert one.bill.public_id not in only
    with time_machine.travel(days(15), tick=False):
        assert "Faktura 1, forfalt 8. desember" in text(at_work(one).get("/betalinger/?vis=overdue"))
    invoicing.remind(one.invoice, actor=SYSTEM, now=days(28))
    with time_machine.travel(days(50), tick=False):
        desk = at_work(one)
        page = text(desk.get("/betalinger/?vis=decide"))
        assert "Avgjør hva som skjer videre" in page
        assert "Alle purringene er sendt" in text(desk.get(reverse("bill", args=[one.bill.public_id])))


def test_one_press_makes_what_is_due(one, desk):
    a_bill(one.hour, 30_000, kind="private")
    assert "make-due" not in text(desk.get("/betalinger/"))
    with time_machine.travel(days(28), tick=False):
        desk = at_work(one)
        assert "fakturaer 1, purringer 1" in text(desk.get("/betalinger/"))
        assert "2 papirer er laget." in text(desk.post(reverse("make_due"), follow=True))
        assert "make-due" not in text(desk.get("/betalinger/"))
    assert (Invoice.objects.count(), Reminder.objects.count()) == (2, 1)


def test_the_desk_makes_an_invoice_at_once_with_an_address(one, desk):
    other = a_bill(one.hour, 30_000, kind="private")
    one.hour.patient.contact_points.update(retired_at=NOW)
    at = reverse("bill", args=[other.public_id])
    told = text(desk.post(at, {"act": "invoice", "address": "Fjellveien 3, 5003 Bergen"}, follow=True))
    assert "Skriv den ut og send den." in told
    assert "Faktura 2, frist 8. desember" in told
    assert "gjort opp" in text(desk.post(at, {"act": "invoice"}, follow=True))
    assert Invoice.objects.count() == 2


def test_without_an_account_the_desk_is_told_why_there_is_no_invoice():
    hour = a_talk()
    bill = a_bill(hour)
    client = signed_in(a_member(hour.clinic, "secretary"))
    at = reverse("bill", args=[bill.public_id])
    assert 'data-test="no-account"' in text(client.get(at))
    assert "Det lages ingen fakturaer av seg selv" in text(client.get("/betalinger/"))
    assert "ikke lagt inn konto" in text(client.post(at, {"act": "invoice"}, follow=True))
    issues_invoices(hour.clinic)
    assert 'data-test="no-account"' not in text(client.get(at))


def test_an_organisation_is_chosen_on_the_bill(one, desk):
    other, payer = a_bill(one.hour, 30_000, kind="private"), a_payer(one.hour.clinic)
    at = reverse("bill", args=[other.public_id])
    told = text(desk.post(at, {"act": "payer", "payer": payer.public_id, "reference": "Sak 1"}, follow=True))
    assert "Fjordgløtt kommune betaler." in told
    assert "Send lenken på nytt" not in told
    elsewhere = a_payer(a_clinic())
    assert desk.post(at, {"act": "payer", "payer": elsewhere.public_id}).status_code == 404
    assert "Pasienten betaler selv." in text(desk.post(at, {"act": "payer", "payer": ""}, follow=True))


def test_a_file_from_the_bank_is_shown_before_it_is_taken(one, desk):
    body = an_ocr_file(item(one.invoice.kid, 17_900), item("999", 100, number=2))
    chosen = {"act": "show", "file": SimpleUploadedFile("bank.txt", body)}
    shown = desk.post(reverse("bank"), chosen)
    assert "2 betalinger, 180,00" in text(shown)
    assert not BankEntry.objects.exists()
    take = {"act": "take", "kept": shown.context["kept"], "seen": shown.context["preview"].seen}
    stale = desk.post(reverse("bank"), {**take, "seen": "x"})
    assert "Se over listen på nytt" in text(stale)
    assert not BankEntry.objects.exists()
    assert "2 betalinger er registrert." in text(desk.post(reverse("bank"), take, follow=True))
    assert one.again().status == "paid"
    again = desk.post(reverse("bank"), {**chosen, "file": SimpleUploadedFile("bank.txt", body)})
    assert "Hentet inn før" in text(again)
    assert "bank-take" not in text(again)
    entry = BankEntry.objects.get(kid="999")
    assert "(1 må avklares)" in text(desk.get("/betalinger/")).replace("\n", "")
    clear = reverse("bank_clear", args=[entry.public_id])
    assert "Velg hva" in text(desk.post(clear, {"how": ""}, follow=True))
    assert "Notert." in text(desk.post(clear, {"how": "not_ours"}, follow=True))
    assert "må avklares" not in text(desk.get("/betalinger/"))


def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(one, desk):
    for body, words in (
        (b"", "Fyll ut"),
        (b"Hei", "kolonnene"),
        ("Dato;KID;Beløp\nx;1;2".encode(), "Linje 2"),
    ):
        answer = desk.post(reverse("bank"), {"act": "show", "file": SimpleUploadedFile("a.csv", body)})
        assert answer.status_code == 422
        assert words in text(answer)
    assert not BankEntry.objects.exists()
    assert desk.post(reverse("bank"), {"act": "take", "kept": "!", "seen": ""}).status_code == 422


def test_one_payment_is_typed_by_hand(one, desk):
    typed = {"act": "one", "kid": one.invoice.kid, "amount": "179,00", "paid_on": "24.11.2026", "nonce": "n"}
    wrong = desk.post(reverse("bank"), {**typed, "kid": "12344"})
    assert "Ingen faktura har denne KID-en" in text(wrong)
    assert "12344" in text(wrong)
    assert "Betaler fakturaen" in text(desk.post(reverse("bank"), typed, follow=True))
    desk.post(reverse("bank"), typed)
    assert (BankEntry.objects.count(), one.again().status) == (1, "paid")


def test_an_administrator_gives_account_and_days(one):
    client = signed_in(a_member(one.hour.clinic, "administrator", "Anne Admin"))
    at = reverse("invoice_setup")
    typed = {
        "is_on": "on",
        "name": "Fjordgløtt AS",
        "org_number": "974 760 673",
        "address": "Storgata 1",
        "account": "8601 11 17947",
        "kid_length": "12",
        "kid_check": "mod11",
        "kid_prefix": "",
        "free_hours": "24",
        "due_days": "21",
        "reminders_most": "2",
    }
    for wrong, words in (
        ({"account": "86011117948"}, "ikke et norsk kontonummer"),
        ({"org_number": "974760674"}, "ikke et organisasjonsnummer"),
        ({"due_days": "3"}, "mellom 14 og 60"),
        ({"kid_length": "99"}, "mellom 5 og 25"),
        ({"kid_length": "5", "kid_prefix": "123"}, "KID-en er for kort"),
    ):
        answer = client.post(at, {**typed, **wrong})
        assert answer.status_code == 422
        assert words in text(answer)
    assert "Lagret." in text(client.post(at, typed, follow=True))
    setup = invoices_of(one.hour.clinic)
    assert (setup.kid_check, setup.due_days, setup.takes_reminder_fee) == ("mod11", 21, False)
    assert "38" in text(client.get(at))
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        fresh = signed_in(a_member(one.hour.clinic, "administrator", "Berit Admin"))
        assert "ikke kjent ennå" in text(fresh.get(at))


def test_an_administrator_adds_and_ends_organisations(one):
    client = signed_in(a_member(one.hour.clinic, "administrator", "Anne Admin"))
    typed = {"name": "Bø kommune", "org_number": "958935420", "address": "Gata 1", "reference": ""}
    assert "ni sifre" in text(client.post(reverse("payers"), {**typed, "org_number": "1"}))
    assert "Bø kommune" in text(client.post(reverse("payers"), typed, follow=True))
    payer = Payer.objects.get()
    assert "Ingen ennå." in text(client.post(reverse("payer_end", args=[payer.public_id]), follow=True))
