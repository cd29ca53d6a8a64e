"""Paying: the link that goes out, the page behind it, and what the patient presses there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast

from django.conf import settings
from django.db import transaction

from blikk.audit.services import named
from blikk.clinics.models import Clinic
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.queries import find_presented as find_invited
from blikk.invitations.words import sender_of
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import NotFound
from blikk.notifications import services as outbox
from blikk.patients import queries as patients
from blikk.patients.contact_points import verified_channels
from blikk.settlement import invoice_queries as invoicing
from blikk.settlement import links, payments, queries
from blikk.settlement.errors import NoSuchWay
from blikk.settlement.lines import BillLine
from blikk.settlement.link_tables import TRIES
from blikk.settlement.models import Bill, Invoice, PayDevice, PayLink, Payment
from blikk.settlement.states import OUTSTANDING, PENDING
from blikk.settlement.words import Words, called, pay_link

Step = Literal["birth_date", "locked", "pay", "checking", "paid", "refunded", "credited"]
# A link goes out by itself a little after the bill was made: the charge can be mended in the meantime.
PAUSE = timedelta(seconds=20)
# What was billed before anybody set up payments is not suddenly sent out.
NOT_OLDER = timedelta(days=2)
# What is sent about a bill: of these only the newest waits in the outbox, for its link alone works.
MESSAGES = ("pay_link", "invoice_link", "invoice_reminder")


@dataclass(frozen=True, slots=True)
class PayPlace:
    """Where a browser stands at a bill. Of the bill itself there is nothing before the proof."""

    link: PayLink
    step: Step
    tries_left: int
    # What is to be paid, and what of it is for reminders.
    amount_ore: int = 0
    fee_ore: int = 0
    # The invoice and its credit note.
    papers: Sequence[Invoice] = ()
    # Whether what is not paid in time becomes an invoice.
    issues_invoices: bool = False
    lines: tuple[BillLine, ...] = ()
    ways: tuple[str, ...] = ()
    address: str = ""
    # By which way the latest attempt was, and where it is.
    way: str = ""
    payment: str = ""
    # How the latest attempt ended: failed, expired, cancelled; empty otherwise.
    ended: str = ""
    fault: str = ""


def open_link(token: str, *, device_secret: str, now: datetime) -> PayLink:
    """Look behind a link. Raises NotFound."""
    return links.open_link(token, device_secret=device_secret, now=now)


def place_of(link_id: str, device_secret: str) -> PayPlace:
    """Where this browser stands. Changes nothing. Raises NotFound for who never presented the link."""
    device = links.find_presented(link_id, device_secret)
    link, bill = device.link, device.link.bill
    left = max(TRIES - link.tries, 0)
    if device.proven_at is None:
        return PayPlace(link, "birth_date" if left else "locked", left)
    latest = Payment.objects.filter(bill=bill).order_by("-pk").first()
    is_live = latest is not None and latest.status in ("created", "redirected", "pushed")
    return PayPlace(
        link,
        _step(bill, latest),
        left,
        amount_ore=bill.owed_ore,
        fee_ore=bill.fee_ore,
        papers=invoicing.papers_of(bill),
        issues_invoices=invoicing.issues_invoices(bill.clinic_id),
        lines=tuple(line for line in queries.lines_of(bill) if line.payer == "patient"),
        ways=queries.ways_of(bill.clinic_id, ore=bill.owed_ore),
        way=latest.provider if latest else "",
        address=latest.address if latest and is_live else "",
        payment=latest.status if latest else "",
        ended=latest.status if latest and latest.status in ("failed", "expired", "cancelled") else "",
        fault=latest.fault if latest else "",
    )


def _step(bill: Bill, latest: Payment | None) -> Step:
    if bill.status not in OUTSTANDING:
        return cast("Step", bill.status)
    is_under_way = latest is not None and latest.status in (
        *PENDING,
        "authorised",
        "capturing",
        "captured",
    )
    return "checking" if is_under_way else "pay"


def answer_birth_date(link_id: str, device_secret: str, *, born: date, where: str, now: datetime) -> bool:
    """Answer whose link it is; False if it was wrong."""
    device = links.find_presented(link_id, device_secret)
    return links.answer_birth_date(device, born=born, where=where, now=now)


def pay(link_id: str, device_secret: str, *, way: str, flow: str, where: str, now: datetime) -> Payment:
    """Begin to pay: lead the patient to Vipps or to the page for cards, or send a push to their registered phone.

    Raises NotFound, NoSuchWay, NotPayable or BeingPaid.
    """
    device = _proven(link_id, device_secret)
    bill = device.link.bill
    can = way in queries.ways_of(bill.clinic_id, ore=bill.owed_ore)
    if not can or flow not in (("redirect", "push") if way == "vipps" else ("redirect",)):
        raise NoSuchWay
    phone = patients.contact(bill.patient, "phone") if flow == "push" and bill.patient else ""
    if flow == "push" and not phone:
        raise NoSuchWay
    actor = Actor("patient", device.link.public_id, where)
    return payments.begin(bill, provider=way, flow=flow, phone=phone, actor=actor, now=now)


def look_again(link_id: str, device_secret: str, *, now: datetime) -> Payment | None:
    """The patient is back and waits: have what is under way looked at now. Raises NotFound."""
    device = _proven(link_id, device_secret)
    return payments.hurry(device.link.bill, now=now)


def _proven(link_id: str, device_secret: str) -> PayDevice:
    device = links.find_presented(link_id, device_secret)
    if device.proven_at is None:
        raise NotFound
    return device


@transaction.atomic
def pay_after_talk(invitation_id: str, device_secret: str, *, now: datetime) -> PayLink:
    """Lead the patient from the page after the conversation to the bill; they have proven themself. Raises NotFound."""
    invitation, device = find_invited(invitation_id, device_secret)
    bill = _owed(invitation)
    if bill is None or not (device.trusted_at or device.birth_date_at):
        raise NotFound
    link = PayLink.objects.filter(bill=bill, ended_at__isnull=True).first()
    if link is None:
        actor = Actor("patient", invitation.public_id)
        link, _ = links.make_link(bill, sent_by="page", language=invitation.language, actor=actor, now=now)
    links.prove(link, device_secret=device_secret, now=now)
    return link


def owed_after_talk(invitation_id: str, device_secret: str) -> tuple[Invitation, bool]:
    """Whose page it is, and whether there is something to pay. Raises NotFound."""
    invitation, device = find_invited(invitation_id, device_secret)
    is_proven = bool(device.trusted_at or device.birth_date_at)
    return invitation, is_proven and _owed(invitation) is not None


def takes_money(clinic: Clinic) -> bool:
    """Whether patients of this clinic can pay from a page."""
    return bool(queries.ways_of(clinic.pk))


def _owed(invitation: Invitation) -> Bill | None:
    if invitation.role != PersonRole.PATIENT or invitation.appointment is None:
        return None
    owed = Bill.objects.filter(appointment=invitation.appointment, status__in=OUTSTANDING, payer__isnull=True)
    return owed.filter(patient=invitation.appointment.patient).order_by("pk").first()


def send_link(bill: Bill, *, actor: Actor, now: datetime) -> str:
    """Send the patient a link to pay by; says by which channel, empty where there is no verified way to them."""

    def words(link: str, language: str) -> Words:
        free_until = Bill.objects.values_list("free_until", flat=True).get(pk=bill.pk) or now
        return pay_link(bill.clinic, language=language, link=link, free_until=free_until)

    return send(bill, "pay_link", words, actor=actor, now=now)


@transaction.atomic
def send(bill: Bill, kind: str, said: Callable[[str, str], Words], *, actor: Actor, now: datetime) -> str:
    """Send the patient a new link to a bill in these words; says by which channel, empty where none is sure.

    An organisation that pays is sent nothing. The link before this one leads nowhere any more.
    """
    patient = bill.patient if bill.payer_id is None else None
    channels = verified_channels(patient, ("sms", "email")) if patient else ()
    channel = cast("outbox.Channel | None", next(iter(channels), None))
    if patient is None or channel is None:
        return ""
    link, secret = links.make_link(bill, sent_by=channel, language=patient.language, actor=actor, now=now)
    words = said(f"{settings.BLIKK_BASE_URL}/b#{secret}", patient.language)
    for each in MESSAGES:
        outbox.withdraw(about=named(bill), kind=each, now=now)
    outbox.queue(
        clinic_id=bill.clinic_id,
        kind=kind,
        key=f"pay:{link.public_id}",
        channel=channel,
        to=patients.contact(patient, "phone" if channel == "sms" else "email"),
        language=patient.language,
        subject=words.subject,
        body=words.body,
        about=named(bill),
        sender=sender_of(bill.clinic, channel),
        now=now,
    )
    return channel


def send_due_links(*, now: datetime) -> int:
    """Send the links of new bills; says how many."""
    sent = 0
    for bill in queries.without_a_link(before=now - PAUSE, since=now - NOT_OLDER):
        sent += bool(send_link(bill, actor=SYSTEM, now=now))
    return sent


def words_of(payment: Payment) -> tuple[str, str]:
    """Where the patient comes back to, and what the payment is called at the provider."""
    return f"{settings.BLIKK_BASE_URL}/b/tilbake/{payment.public_id}", called(payment.bill)


def came_back(payment_id: str, device_secret: str) -> tuple[Payment, PayLink | None]:
    """Which payment somebody comes back from, and the page that this browser may see. Raises NotFound."""
    payment = Payment.objects.select_related("clinic").filter(public_id=payment_id).first()
    if payment is None:
        raise NotFound
    link = PayLink.objects.filter(bill=payment.bill_id, ended_at__isnull=True).first()
    try:
        return payment, links.find_presented(link.public_id, device_secret).link if link else None
    except NotFound:
        return payment, None
