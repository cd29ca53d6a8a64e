"""Invoices as EHF: held against the published schema of UBL 2.1 and the rules of EN 16931, Peppol and Norway."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blikk.settlement.invoice_paper import Buyer, InvoicePaper, PaperLine, Seller
from blikk.settlement.peppol.delivery import Folder, NotHandedOver
from blikk.settlement.peppol.document import NotForPeppol, document
from tests.peppol import a_checker

SELLER = Seller("Fjordgløtt legesenter AS", "974760673", "Storgata 1, 0155 Oslo", "86011117947", False, True)
BUYER = Buyer("Fjordgløtt kommune", "Rådhusplassen 1\n0037 Oslo", "958935420", "Bestilling 7")
LINES = (PaperLine("2ad", "Konsultasjon", 1, 17_900), PaperLine("2cd", "Tillegg for tid", 3, 10_000))
PAPER = InvoicePaper(
    kind="invoice",
    number=1001,
    issued_on=date(2026, 11, 24),
    served_on=date(2026, 11, 20),
    seller=SELLER,
    buyer=BUYER,
    lines=LINES,
    total_ore=27_900,
    due_on=date(2026, 12, 8),
    kid="1234567897",
)
NOTE = replace(
    PAPER,
    kind="credit_note",
    number=1002,
    due_on=None,
    kid="",
    credits_number=1001,
    credits_issued_on=date(2026, 11, 24),
)
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    with a_checker(tmp_path_factory.mktemp("peppol")) as checker:
        yield checker


def rules(found) -> set[str]:
    return {each.rule for each in found}


def said(xml: bytes, tag: str) -> list[str]:
    root = ElementTree.fromstring(xml)  # noqa: S314 (ours)
    return [each.text or "" for each in root.iter(f"{CBC}{tag}")]


def test_an_invoice_and_its_credit_note_break_no_rule(checker):
    assert checker.faults(document(PAPER)) == []
    assert checker.faults(document(NOTE)) == []
    assert checker.faults(document(PAPER, pdf=b"%PDF-1.7 a paper")) == []


def test_a_seller_in_the_vat_register_is_named_by_its_number_there(checker):
    xml = document(replace(PAPER, seller=replace(SELLER, is_in_vat_register=True)))
    assert checker.faults(xml) == []
    assert "NO974760673MVA" in said(xml, "CompanyID")
    assert "Foretaksregisteret" in said(xml, "CompanyID")


def test_a_seller_in_no_register_claims_none_and_norway_only_warns(checker):
    xml = document(replace(PAPER, seller=replace(SELLER, is_in_business_register=False)))
    assert [(each.severity, each.rule) for each in checker.faults(xml)] == [("warning", "NO-R-002")]
    assert "Foretaksregisteret" not in said(xml, "CompanyID")


@pytest.mark.parametrize("is_registered", [True, False])
def test_a_missed_hour_is_outside_the_law_and_stands_alone_or_beside_what_is_exempt(checker, is_registered):
    seller = replace(SELLER, is_in_vat_register=is_registered)
    missed = PaperLine("", "Ikke møtt", 1, 21_200, "outside")
    alone = document(replace(PAPER, seller=seller, lines=(missed,), total_ore=21_200))
    both = document(replace(PAPER, seller=seller, lines=(*LINES, missed), total_ore=49_100))
    assert checker.faults(alone) == []
    assert checker.faults(both) == []
    assert said(alone, "TaxExemptionReasonCode") == ["VATEX-EU-O"]
    assert "§ 3-2" in said(both, "TaxExemptionReason")[0]


def test_what_must_stand_there_stands_there():
    xml = document(PAPER)
    for tag, text in {
        "ID": "1001",
        "IssueDate": "2026-11-24",
        "DueDate": "2026-12-08",
        "ActualDeliveryDate": "2026-11-20",
        "InvoiceTypeCode": "380",
        "PaymentID": "1234567897",
        "BuyerReference": "Bestilling 7",
        "PayableAmount": "279.00",
        "EndpointID": "958935420",
        "PaymentMeansCode": "30",
        "CityName": "Oslo",
        "PostalZone": "0037",
        "StreetName": "Rådhusplassen 1",
    }.items():
        assert text in said(xml, tag), tag
    assert "86011117947" in said(xml, "ID")
    assert "1001" in said(document(NOTE), "ID")
    assert said(document(NOTE), "CreditNoteTypeCode") == ["381"]


BROKEN = {
    "PEPPOL-COMMON-R041": lambda xml: xml.replace(b">958935420<", b">958935421<"),
    "PEPPOL-EN16931-R003": lambda xml: xml.replace(
        b"<cbc:BuyerReference>Bestilling 7</cbc:BuyerReference>", b""
    ),
    "BR-CO-10": lambda xml: xml.replace(b">100.00<", b">100.01<", 1),
    "BR-E-10": lambda xml: (
        xml.replace(b"TaxExemptionReason>", b"Note>")
        .replace(b"<cbc:Note>", b"<!-- ")
        .replace(b"</cbc:Note>", b" -->")
    ),
    "NO-R-002": lambda xml: xml.replace(b"Foretaksregisteret", b"Et annet register"),
    "XSD": lambda xml: xml.replace(b"cbc:DueDate", b"cbc:DueDay"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_rules_are_really_asked(checker, rule):
    whole = document(PAPER)
    broken = BROKEN[rule](whole)
    assert broken != whole
    assert rule in rules(checker.faults(broken))


LINE = st.builds(
    PaperLine,
    st.sampled_from(["", "2ad", "615"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
        lambda text: any(sign.isalpha() for sign in text)
    ),
    st.integers(1, 30),
    st.integers(0, 500_000),
    st.sampled_from(["health", "outside"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINE, min_size=1, max_size=6),
    in_vat=st.booleans(),
    kind=st.sampled_from([PAPER, NOTE]),
    address=st.text(max_size=60),
)
def test_whatever_stands_on_a_paper_breaks_no_rule_and_adds_up_to_the_ore(
    checker, lines, in_vat, kind, address
):
    total = sum(line.amount_ore for line in lines)
    paper = replace(
        kind,
        lines=tuple(lines),
        total_ore=total,
        seller=replace(SELLER, is_in_vat_register=in_vat),
        buyer=replace(BUYER, address=address),
    )
    xml = document(paper)
    assert checker.faults(xml) == []
    ore = [round(float(each) * 100) for each in said(xml, "LineExtensionAmount")]
    # The sum stands first, then the lines.
    assert (ore[0], sum(ore[1:])) == (total, total)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"buyer": replace(BUYER, org_number="")}, "payer_is_no_organisation"),
        ({"buyer": replace(BUYER, org_number="958935421")}, "payer_is_no_organisation"),
        ({"seller": replace(SELLER, org_number="123456789")}, "seller_is_no_organisation"),
        ({"buyer": replace(BUYER, reference="  ")}, "payer_reference_missing"),
        ({"buyer": replace(BUYER, reference="Gjelder 170544 12345")}, "payer_reference_is_a_person"),
        ({"total_ore": 27_901}, "lines_do_not_add_up"),
        ({"lines": ()}, "lines_do_not_add_up"),
    ],
)
def test_what_peppol_cannot_take_is_said_and_not_sent(change, code):
    assert document(replace(PAPER, buyer=replace(BUYER, reference="Sak 12345678901234")))
    with pytest.raises(NotForPeppol) as refusal:
        document(replace(PAPER, **change))
    assert refusal.value.why == code


def test_a_folder_has_a_document_whole_or_not_at_all_and_once(tmp_path):
    way = Folder(str(tmp_path))
    for _ in range(2):
        way.hand_over(b"<a/>", name="974760673-1001.xml")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [
        ("974760673-1001.xml", b"<a/>")
    ]
    with pytest.raises(NotHandedOver):
        Folder(str(tmp_path / "away")).hand_over(b"<a/>", name="1.xml")
