"""A clinic that issues invoices, and one that is overdue."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from blikk.clinics.models import Clinic
from blikk.journeys import invoices
from blikk.kernel.actors import SYSTEM
from blikk.settlement import bank, invoicing, links
from blikk.settlement.bank_files import read
from blikk.settlement.invoice_setup import Organisation, Terms, add_payer, set_terms
from blikk.settlement.models import Bill, Invoice, InvoiceSetup, Payer
from tests.builders import NOW, Hour, a_booked_hour, admitted
from tests.settlement.paying import a_bill

TERMS = Terms("Fjordgløtt legesenter AS", "974760673", "Storgata 1, 0155 Oslo", "86011117947")


def issues_invoices(clinic: Clinic, **more: object) -> InvoiceSetup:
    return set_terms(clinic, replace(TERMS, **more), actor=SYSTEM, now=NOW)  # type: ignore[arg-type]


def a_payer(clinic: Clinic) -> Payer:
    typed = Organisation("Fjordgløtt kommune", "958935420", "Rådhusplassen 1, 0037 Oslo", "Bestilling 7")
    return add_payer(clinic, typed, actor=SYSTEM, now=NOW)


@dataclass
class Invoiced:
    """A bill and its invoice."""

    hour: Hour
    bill: Bill
    invoice: Invoice

    def again(self) -> Bill:
        return Bill.objects.get(pk=self.bill.pk)


def a_talk(clinic: Clinic | None = None) -> Hour:
    hour = a_booked_hour(clinic) if clinic else a_booked_hour()
    admitted(hour)
    return hour


def invoiced(hour: Hour | None = None, *, now: datetime = NOW, **terms: object) -> Invoiced:
    hour = hour or a_talk()
    issues_invoices(hour.clinic, **terms)
    bill = a_bill(hour)
    invoice = invoices.issue(bill, actor=SYSTEM, now=now)
    return Invoiced(hour, Bill.objects.get(pk=bill.pk), invoice)


def days(count: float) -> datetime:
    return NOW + timedelta(days=count)


def things_of_invoices(ended: Hour, device: str) -> dict[str, str]:
    """An overdue invoice with its papers and a link that a browser has opened, a strange payment, and a payer."""
    clinic = ended.clinic
    issues_invoices(clinic)
    bill = a_bill(ended, 30_000, kind="private")
    invoice = invoicing.issue(bill, actor=SYSTEM, now=NOW)
    invoicing.remind(invoice, actor=SYSTEM, now=days(28))
    link, secret = links.make_link(bill, sent_by="sms", language="nb", actor=SYSTEM, now=NOW)
    links.prove(links.open_link(secret, device_secret=device, now=NOW), device_secret=device, now=NOW)
    file = read(f"Dato;KID;Beløp\n2026-12-01;{clinic.pk}99;1,00".encode())
    [entry] = bank.take_file(clinic, file, membership=None, actor=SYSTEM, now=NOW)
    theirs = a_bill(ended, 40_000, kind="missed")
    invoicing.let_pay(theirs, a_payer(clinic), reference="Sak 1", actor=SYSTEM, now=NOW)
    ehf = invoicing.issue(theirs, actor=SYSTEM, now=NOW)
    return {
        "bill_ehf": f"{theirs.public_id}/{ehf.number}",
        "bill_ehf_send": f"{theirs.public_id}/{ehf.number}",
        "bill_paper": f"{bill.public_id}/{invoice.number}",
        "bill_reminder": f"{bill.public_id}/{invoice.number}/1",
        "pay_paper": f"{link.public_id}/{invoice.number}",
        "pay_reminder": f"{link.public_id}/{invoice.number}/1",
        "bank_entry": entry.public_id,
        "payer": a_payer(clinic).public_id,
    }
