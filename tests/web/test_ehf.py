"""Invoices to organisations as EHF on the desk's page: downloaded, or handed over to an access point."""

import base64
from xml.etree import ElementTree

import pytest
import time_machine

from blikk.audit.models import Entry
from blikk.journeys import invoices
from blikk.kernel.actors import SYSTEM
from blikk.settlement import invoicing
from blikk.settlement.models import Invoice
from tests.builders import NOW, a_member
from tests.people import signed_in
from tests.settlement.invoicing import a_payer, a_talk, invoiced, issues_invoices
from tests.settlement.paying import a_bill

pytestmark = pytest.mark.django_db
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hour():
    hour = a_talk()
    issues_invoices(hour.clinic)
    return hour


@pytest.fixture
def invoice(hour):
    bill = a_bill(hour)
    invoicing.let_pay(bill, a_payer(hour.clinic), reference="Sak 17", actor=SYSTEM, now=NOW)
    bill.refresh_from_db()
    return invoices.issue(bill, actor=SYSTEM, now=NOW)


@pytest.fixture
def desk(hour):
    return signed_in(a_member(hour.clinic, "secretary"))


def at(invoice: Invoice, rest: str) -> str:
    return f"/betalinger/{invoice.bill.public_id}/faktura/{invoice.number}/{rest}"


def test_the_desk_downloads_the_invoice_with_the_paper_inside(hour, desk, invoice):
    answer = desk.get(at(invoice, "ehf.xml"))
    assert answer["Content-Type"] == "application/xml"
    assert answer["Content-Disposition"] == f'attachment; filename="974760673-{invoice.number}.xml"'
    root = ElementTree.fromstring(answer.content)  # noqa: S314 (ours)
    [inside] = root.iter(f"{CBC}EmbeddedDocumentBinaryObject")
    assert base64.b64decode(inside.text).startswith(b"%PDF")
    assert Entry.objects.filter(about__contains=invoice.public_id).exists()


def test_nothing_of_the_patient_is_in_it(hour, desk, invoice):
    root = ElementTree.fromstring(desk.get(at(invoice, "ehf.xml")).content)  # noqa: S314 (ours)
    for element in list(root.iter()):
        if element.tag == f"{CBC}EmbeddedDocumentBinaryObject":
            element.text = ""
    whole = ElementTree.tostring(root, encoding="unicode")
    assert "Sak 17" in whole
    patient = hour.patient
    for hidden in (patient.given_name, patient.family_name, "1944", hour.clinician.name):
        assert hidden not in whole


def test_an_invoice_to_a_person_is_no_ehf(hour, desk, invoice):
    assert desk.get(at(invoice, "ehf.xml")).status_code == 200
    theirs = invoiced(a_talk(hour.clinic))
    assert desk.get(at(theirs.invoice, "ehf.xml")).status_code == 404
    page = desk.get(f"/betalinger/{theirs.bill.public_id}").content.decode()
    assert 'data-test="ehf"' not in page


def test_without_an_access_point_there_is_only_the_file(desk, invoice):
    page = desk.get(f"/betalinger/{invoice.bill.public_id}").content.decode()
    assert 'data-test="ehf"' in page
    assert 'data-test="ehf-send"' not in page
    assert "kunne ikke leveres" in desk.post(at(invoice, "ehf"), follow=True).content.decode()
    invoice.refresh_from_db()
    assert invoice.sent_by != "peppol"


def test_it_is_handed_over_and_that_is_said(desk, invoice, settings, tmp_path):
    settings.BLIKK_PEPPOL_FOLDER = str(tmp_path)
    page = desk.post(at(invoice, "ehf"), follow=True).content.decode()
    assert "levert til aksesspunktet" in page
    assert "Levert til aksesspunktet som EHF" in page
    [file] = tmp_path.iterdir()
    assert file.name == f"974760673-{invoice.number}.xml"
    assert Entry.objects.filter(act="invoice.handed_over").count() == 1


def test_a_folder_that_is_away_notes_nothing_and_says_what_to_do(desk, invoice, settings, tmp_path):
    settings.BLIKK_PEPPOL_FOLDER = str(tmp_path / "away")
    page = desk.post(at(invoice, "ehf"), follow=True).content.decode()
    assert "kunne ikke leveres" in page
    invoice.refresh_from_db()
    assert invoice.sent_by != "peppol"
    assert not Entry.objects.filter(act="invoice.handed_over").exists()


def test_a_payer_without_a_reference_is_said_where_it_can_be_mended(desk, hour, invoice):
    paper = invoice.paper.replace("Sak 17", "")
    Invoice.objects.filter(pk=invoice.pk).update(paper=paper)
    page = desk.get(at(invoice, "ehf.xml"), follow=True).content.decode()
    assert "må ha betalerens referanse" in page
