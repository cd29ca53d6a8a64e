"""An invoice or credit note as UBL 2.1 by the rules of Peppol BIS Billing 3.0 and of Norway (EHF Billing 3.0).

It says what the paper says, and nothing of the patient: the payer knows its own reference.
"""

import base64
import re
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from blikk.kernel.check_digits import is_org_number
from blikk.kernel.errors import Refused
from blikk.settlement.invoice_paper import InvoicePaper, PaperLine

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
CAC = f"{UBL}:CommonAggregateComponents-2"
CBC = f"{UBL}:CommonBasicComponents-2"
BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
# Organisations in Brønnøysund, as identifiers of Peppol.
ORGANISATION = "0192"
LARGEST_PDF = 5 * 1024 * 1024
# An exempt supply, and what is no supply that the law is about.
EXEMPT, OUTSIDE = "E", "O"
_WHY = {
    EXEMPT: "Unntatt fra merverdiavgift: helsetjenester, merverdiavgiftsloven § 3-2",
    OUTSIDE: "Utenfor merverdiavgiftsloven",
}
for _kind in ("Invoice", "CreditNote"):
    register_namespace(_kind.lower(), f"{UBL}:{_kind}-2")
register_namespace("cac", CAC)
register_namespace("cbc", CBC)


class NotForPeppol(Refused):
    """The invoice cannot be sent in this way."""

    code = "not_for_peppol"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def document(paper: InvoicePaper, *, pdf: bytes = b"") -> bytes:
    """Build the document, with the paper itself inside if it is given. Raises NotForPeppol."""
    _check(paper, pdf)
    kind = "Invoice" if paper.kind == "invoice" else "CreditNote"
    root = Element(f"{{{UBL}:{kind}-2}}{kind}")
    _head(root, paper)
    if pdf:
        _attach(root, paper, pdf)
    seller, buyer = paper.seller, paper.buyer
    vat = _category(paper)
    party = _party(root, "AccountingSupplierParty", seller.name, seller.org_number, seller.address)
    if seller.is_in_vat_register and vat != OUTSIDE:
        _scheme(party, f"NO{seller.org_number}MVA", "VAT")
    if seller.is_in_business_register:
        _scheme(party, "Foretaksregisteret", "TAX")
    _legal(party, seller.name, seller.org_number)
    party = _party(root, "AccountingCustomerParty", buyer.name, buyer.org_number, buyer.address)
    _legal(party, buyer.name, buyer.org_number)
    _text(_cac(root, "Delivery"), "ActualDeliveryDate", paper.served_on.isoformat())
    if paper.kind == "invoice":
        _means(root, paper)
    _totals(root, paper, vat)
    for number, line in enumerate(paper.lines, 1):
        _line(root, paper, number, line, vat)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _check(paper: InvoicePaper, pdf: bytes) -> None:
    if not is_org_number(paper.buyer.org_number):
        raise NotForPeppol("payer_is_no_organisation")
    if not is_org_number(paper.seller.org_number):
        raise NotForPeppol("seller_is_no_organisation")
    if not _plain(paper.buyer.reference):
        raise NotForPeppol("payer_reference_missing")
    if re.search(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)", paper.buyer.reference):
        raise NotForPeppol("payer_reference_is_a_person")
    if not paper.lines or sum(line.amount_ore for line in paper.lines) != paper.total_ore:
        raise NotForPeppol("lines_do_not_add_up")
    if len(pdf) > LARGEST_PDF:
        raise NotForPeppol("too_large")


def _category(paper: InvoicePaper) -> str:
    """Why there is no VAT. One that is outside the law stands alone on an invoice, so both together are exempt.

    To call it exempt a seller must name a register that it is in.
    """
    seller = paper.seller
    is_named = seller.is_in_vat_register or seller.is_in_business_register
    return EXEMPT if is_named and any(line.vat == "health" for line in paper.lines) else OUTSIDE


def _head(root: Element, paper: InvoicePaper) -> None:
    is_invoice = paper.kind == "invoice"
    _text(root, "CustomizationID", BILLING)
    _text(root, "ProfileID", PROFILE)
    _text(root, "ID", str(paper.number))
    _text(root, "IssueDate", paper.issued_on.isoformat())
    if is_invoice and paper.due_on:
        _text(root, "DueDate", paper.due_on.isoformat())
    _text(root, "InvoiceTypeCode" if is_invoice else "CreditNoteTypeCode", "380" if is_invoice else "381")
    _text(root, "DocumentCurrencyCode", "NOK")
    _text(root, "BuyerReference", paper.buyer.reference)
    if not is_invoice and paper.credits_number is not None:
        before = _cac(_cac(root, "BillingReference"), "InvoiceDocumentReference")
        _text(before, "ID", str(paper.credits_number))
        if paper.credits_issued_on:
            _text(before, "IssueDate", paper.credits_issued_on.isoformat())


def _attach(root: Element, paper: InvoicePaper, pdf: bytes) -> None:
    reference = _cac(root, "AdditionalDocumentReference")
    _text(reference, "ID", str(paper.number))
    inside = _text(
        _cac(reference, "Attachment"), "EmbeddedDocumentBinaryObject", base64.b64encode(pdf).decode()
    )
    inside.set("mimeCode", "application/pdf")
    inside.set("filename", f"{paper.number}.pdf")


def _party(root: Element, role: str, name: str, org_number: str, address: str) -> Element:
    party = _cac(_cac(root, role), "Party")
    _text(party, "EndpointID", org_number).set("schemeID", ORGANISATION)
    _text(_cac(party, "PartyName"), "Name", name)
    at = _cac(party, "PostalAddress")
    street, zone, city = _address(address)
    for tag, value in (("StreetName", street), ("CityName", city), ("PostalZone", zone)):
        if value:
            _text(at, tag, value)
    _text(_cac(at, "Country"), "IdentificationCode", "NO")
    return party


def _address(address: str) -> tuple[str, str, str]:
    """Street, postal code and place, from however it was written."""
    whole = ", ".join(part.strip() for part in _plain(address).splitlines() if part.strip())
    found = re.fullmatch(r"(?:(.*?)[, ]+)?(\d{4}) ([^,\d]+)", whole)
    return (found[1] or "", found[2], found[3].strip()) if found else (whole, "", "")


def _scheme(party: Element, number: str, scheme: str) -> None:
    tax = _cac(party, "PartyTaxScheme")
    _text(tax, "CompanyID", number)
    _text(_cac(tax, "TaxScheme"), "ID", scheme)


def _legal(party: Element, name: str, org_number: str) -> None:
    legal = _cac(party, "PartyLegalEntity")
    _text(legal, "RegistrationName", name)
    _text(legal, "CompanyID", org_number).set("schemeID", ORGANISATION)


def _means(root: Element, paper: InvoicePaper) -> None:
    means = _cac(root, "PaymentMeans")
    _text(means, "PaymentMeansCode", "30")
    _text(means, "PaymentID", paper.kid)
    _text(_cac(means, "PayeeFinancialAccount"), "ID", paper.seller.account)


def _totals(root: Element, paper: InvoicePaper, vat: str) -> None:
    total = _cac(root, "TaxTotal")
    _amount(total, "TaxAmount", 0)
    part = _cac(total, "TaxSubtotal")
    _amount(part, "TaxableAmount", paper.total_ore)
    _amount(part, "TaxAmount", 0)
    _tax(part, "TaxCategory", vat, says_why=True)
    sums = _cac(root, "LegalMonetaryTotal")
    for tag in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"):
        _amount(sums, tag, paper.total_ore)


def _line(root: Element, paper: InvoicePaper, number: int, line: PaperLine, vat: str) -> None:
    is_invoice = paper.kind == "invoice"
    one = _cac(root, "InvoiceLine" if is_invoice else "CreditNoteLine")
    _text(one, "ID", str(number))
    _text(one, "InvoicedQuantity" if is_invoice else "CreditedQuantity", str(line.quantity)).set(
        "unitCode", "C62"
    )
    _amount(one, "LineExtensionAmount", line.amount_ore)
    item = _cac(one, "Item")
    _text(item, "Name", _plain(line.text) or line.code or str(number))
    if _plain(line.code):
        _text(_cac(item, "SellersItemIdentification"), "ID", line.code)
    _tax(item, "ClassifiedTaxCategory", vat)
    # The whole line for so many: a price for one need not be whole øre.
    price = _cac(one, "Price")
    _amount(price, "PriceAmount", line.amount_ore)
    _text(price, "BaseQuantity", str(line.quantity)).set("unitCode", "C62")


def _tax(parent: Element, tag: str, vat: str, *, says_why: bool = False) -> None:
    category = _cac(parent, tag)
    _text(category, "ID", vat)
    if vat == EXEMPT:
        _text(category, "Percent", "0")
    if says_why:
        if vat == OUTSIDE:
            _text(category, "TaxExemptionReasonCode", "VATEX-EU-O")
        _text(category, "TaxExemptionReason", _WHY[vat])
    _text(_cac(category, "TaxScheme"), "ID", "VAT")


def _amount(parent: Element, tag: str, ore: int) -> None:
    _text(parent, tag, f"{ore // 100}.{ore % 100:02d}").set("currencyID", "NOK")


def _text(parent: Element, tag: str, text: str) -> Element:
    child = SubElement(parent, f"{{{CBC}}}{tag}")
    child.text = _plain(text)
    return child


def _plain(text: str) -> str:
    """Without signs that no XML can hold, such as those of a control key."""
    return "".join(
        sign for sign in text if sign in "\t\n" or (sign >= " " and sign not in "\ufffe\uffff")
    ).strip()


def _cac(parent: Element, tag: str) -> Element:
    return SubElement(parent, f"{{{CAC}}}{tag}")
