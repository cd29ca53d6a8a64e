"""The words of what is sent about a bill, and of what a payment is called: nothing about health, and no name."""

from dataclasses import dataclass
from datetime import datetime

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
