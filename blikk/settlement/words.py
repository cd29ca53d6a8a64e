"""The words of what is sent about a bill, and of what a payment is called: nothing about health, and no name."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats, translation
from django.utils.translation import gettext

from blikk.clinics.labels import neutral
from blikk.clinics.models import Clinic
from blikk.kernel.times import local
from blikk.settlement.models import Bill, BillKind

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Words:
    """A message, ready to be sent."""

    subject: str
    body: str


def called(bill: Bill) -> str:
    """What a payment is called in the patient's bank, in Vipps and in settlement files."""
    with translation.override(bill.clinic.language):
        sender = neutral(bill.clinic.sender_label)
        if bill.kind == BillKind.CO_PAYMENT:
            words = gettext("Egenandel %(sender)s") % {"sender": sender}
        else:
            words = gettext("Betaling %(sender)s") % {"sender": sender}
    return words[:LONGEST]


def pay_link(clinic: Clinic, *, language: str, link: str, free_until: datetime) -> Words:
    """That there is something to pay. Not what for, and not how much."""
    with translation.override(language):
        until = local(free_until, clinic.zone)
        fields = {
            "sender": neutral(clinic.sender_label),
            "link": link,
            "day": formats.date_format(until, "j. F"),
            "time": formats.time_format(until, "H:i"),
        }
        subject = gettext("Betaling til %(sender)s") % fields
        body = (
            gettext("%(sender)s: Her kan du betale: %(link)s Uten gebyr til %(day)s klokken %(time)s.")
            % fields
        )
    return Words(subject, body)


def invoice_link(clinic: Clinic, *, language: str, link: str, due_on: date) -> Words:
    """That there is an invoice, and until when it is to be paid. Not what for, and not how much."""
    with translation.override(language):
        fields = _fields(clinic, link, due_on)
        subject = gettext("Faktura fra %(sender)s") % fields
        body = (
            gettext("%(sender)s: Du har fått en faktura. Se den og betal her: %(link)s Frist: %(day)s.")
            % fields
        )
    return Words(subject, body)


def reminder_link(clinic: Clinic, *, language: str, link: str, due_on: date) -> Words:
    """That an invoice is not paid. Who has paid it by now need do nothing."""
    with translation.override(language):
        fields = _fields(clinic, link, due_on)
        subject = gettext("Påminnelse om faktura fra %(sender)s") % fields
        body = (
            gettext(
                "%(sender)s: Vi har ikke fått betaling for en faktura. Se den og betal her: %(link)s"
                " Ny frist: %(day)s. Har du betalt, kan du se bort fra dette."
            )
            % fields
        )
    return Words(subject, body)


def _fields(clinic: Clinic, link: str, due_on: date) -> dict[str, str]:
    return {
        "sender": neutral(clinic.sender_label),
        "link": link,
        "day": formats.date_format(due_on, "j. F"),
    }
