"""Acts on payments to the clinic's account: see what each would pay, and take them in once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import digest
from blikk.kernel.moves import change
from blikk.settlement.bank_files import Read, Row
from blikk.settlement.errors import BeingPaid, FileTaken, NotPayable
from blikk.settlement.invoicing import is_in_hand
from blikk.settlement.models import BankEntry, BankFile, BankOutcome, Bill, Invoice, Payment, Provider
from blikk.settlement.payments import pay_by_hand
from blikk.settlement.states import OUTSTANDING

CLEARED = ("sent_back", "put_right", "not_ours")
_O = BankOutcome


@dataclass(frozen=True, slots=True)
class Match:
    """What a payment to the account would do: an outcome, or None where it was taken in before."""

    row: Row
    outcome: BankOutcome | None
    invoice: Invoice | None


def is_taken(clinic: Clinic, file: Read) -> bool:
    """Whether this very file was taken in before."""
    return BankFile.objects.filter(clinic=clinic, digest=file.digest).exists()


def preview(clinic: Clinic, file: Read) -> list[Match]:
    """What taking a file in would do, payment by payment. Changes nothing."""
    keys = [row.key for row in file.rows]
    taken = set(BankEntry.objects.filter(clinic=clinic, key__in=keys).values_list("key", flat=True))
    kids = {row.kid for row in file.rows if row.kid}
    rows = Invoice.objects.filter(clinic=clinic, kid__in=kids).select_related("bill__patient")
    invoices = {one.kid: one for one in rows}
    in_hand = {one.bill_id for one in invoices.values() if is_in_hand(one.bill)}
    paid: set[int] = set()
    found = []
    for row in file.rows:
        invoice = invoices.get(row.kid)
        if row.key in taken:
            found.append(Match(row, None, invoice))
            continue
        outcome = _outcome(row.amount_ore, invoice)
        if invoice is not None and outcome == _O.PAID:
            if invoice.bill_id in in_hand:
                outcome = _O.BEING_PAID
            elif invoice.bill_id in paid:
                outcome = _O.NOT_OWED
            else:
                paid.add(invoice.bill_id)
        found.append(Match(row, outcome, invoice))
    return found


def _outcome(amount_ore: int, invoice: Invoice | None) -> BankOutcome:
    if invoice is None:
        return _O.UNKNOWN_KID
    if amount_ore <= 0:
        return _O.REVERSED
    if invoice.bill.status not in OUTSTANDING:
        return _O.NOT_OWED
    # Without the fee of a reminder that crossed it on the way, it pays as well.
    return _O.PAID if amount_ore in (invoice.bill.owed_ore, invoice.amount_ore) else _O.OTHER_AMOUNT


@transaction.atomic
def take_file(
    clinic: Clinic, file: Read, *, membership: Membership | None, actor: Actor, now: datetime
) -> list[BankEntry]:
    """Take a file in: each payment once, whatever comes of it. Raises FileTaken for the same file again."""
    hold(clinic.pk)
    if is_taken(clinic, file):
        raise FileTaken
    kept = BankFile.objects.create(
        clinic=clinic,
        digest=file.digest,
        kind=file.kind,
        count=len(file.rows),
        sum_ore=file.sum_ore,
        taken_at=now,
        taken_by=membership,
    )
    made = [
        entry
        for row in file.rows
        if (entry := _take(clinic, row, kept, membership=membership, actor=actor, now=now)) is not None
    ]
    record(
        "bank.file_taken",
        actor=actor,
        about=kept,
        clinic_id=clinic.pk,
        now=now,
        count=len(file.rows),
        new=len(made),
        sum_ore=file.sum_ore,
    )
    return made


@transaction.atomic
def take_one(
    clinic: Clinic,
    *,
    kid: str,
    amount_ore: int,
    paid_on: date,
    nonce: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> BankEntry:
    """Take one payment in by hand. `nonce` is of the page it was typed on: pressed twice it is one payment.

    Raises Invalid where nothing has this KID, for then a digit was typed wrong.
    """
    hold(clinic.pk)
    key = digest(f"hand:{nonce}")
    before = BankEntry.objects.filter(clinic=clinic, key=key).first()
    if before is not None:
        return before
    if not Invoice.objects.filter(clinic=clinic, kid=kid).exclude(kid="").exists():
        raise Invalid(kid="unknown_kid")
    if amount_ore <= 0:
        raise Invalid(amount="not_an_amount")
    made = _take(
        clinic, Row(paid_on, kid, amount_ore, key), None, membership=membership, actor=actor, now=now
    )
    if made is None:
        raise NotFound
    return made


def _take(
    clinic: Clinic,
    row: Row,
    file: BankFile | None,
    *,
    membership: Membership | None,
    actor: Actor,
    now: datetime,
) -> BankEntry | None:
    if BankEntry.objects.filter(clinic=clinic, key=row.key).exists():
        return None
    invoice = (
        Invoice.objects.filter(clinic=clinic, kid=row.kid).exclude(kid="").select_related("bill").first()
    )
    outcome, payment = _outcome(row.amount_ore, invoice), None
    if invoice is not None and outcome == _O.PAID:
        outcome, payment = _pay(invoice.bill, row.amount_ore, membership=membership, actor=actor, now=now)
    entry = BankEntry.objects.create(
        clinic=clinic,
        file=file,
        key=row.key,
        paid_on=row.paid_on,
        kid=row.kid,
        amount_ore=row.amount_ore,
        outcome=outcome,
        invoice=invoice,
        payment=payment,
        taken_at=now,
    )
    _record(entry, actor=actor, now=now)
    return entry


def _pay(
    bill: Bill, amount_ore: int, *, membership: Membership | None, actor: Actor, now: datetime
) -> tuple[BankOutcome, Payment | None]:
    try:
        with transaction.atomic():
            if bill.fee_ore and amount_ore == bill.amount_ore:
                # Only together with the payment: what is refused lets nobody off.
                change(bill, fee_ore=0)
            paid = pay_by_hand(
                bill, how="transfer", provider=Provider.BANK, membership=membership, actor=actor, now=now
            )
    except BeingPaid:
        return _O.BEING_PAID, None
    except NotPayable:
        return _O.NOT_OWED, None
    return _O.PAID, paid


@transaction.atomic
def clear(
    clinic: Clinic, entry_id: str, *, how: str, membership: Membership, actor: Actor, now: datetime
) -> BankEntry:
    """Say what became of a payment that paid nothing. A second time changes nothing. Raises NotFound, Invalid."""
    hold(clinic.pk)
    entry = BankEntry.objects.filter(clinic=clinic, public_id=entry_id).exclude(outcome=_O.PAID).first()
    if entry is None:
        raise NotFound
    if how not in CLEARED:
        raise Invalid(how="unknown")
    if entry.cleared_at is None:
        entry.cleared_at, entry.cleared_by, entry.cleared_how = now, membership, how
        entry.save(update_fields=["cleared_at", "cleared_by", "cleared_how"])
        record("bank.entry_cleared", actor=actor, about=entry, clinic_id=clinic.pk, now=now, how=how)
    return entry


def waiting_entries() -> Sequence[BankEntry]:
    """Payments that met another one under way, and that nobody has explained."""
    rows = BankEntry.objects.filter(outcome=_O.BEING_PAID, cleared_at__isnull=True, invoice__isnull=False)
    return list(rows.select_related("invoice__bill", "clinic").order_by("pk")[:50])


@transaction.atomic
def try_again(entry: BankEntry, *, now: datetime) -> bool:
    """See whether the other payment came to something: then this one is not owed, otherwise it pays."""
    hold(entry.clinic_id)
    entry = BankEntry.objects.select_related("invoice__bill").get(pk=entry.pk)
    if entry.outcome != _O.BEING_PAID or entry.invoice is None or entry.cleared_at is not None:
        return False
    outcome, payment = _outcome(entry.amount_ore, entry.invoice), None
    if outcome == _O.PAID:
        outcome, payment = _pay(entry.invoice.bill, entry.amount_ore, membership=None, actor=SYSTEM, now=now)
    if outcome == _O.BEING_PAID:
        return False
    entry.outcome, entry.payment = outcome, payment
    entry.save(update_fields=["outcome", "payment"])
    _record(entry, actor=SYSTEM, now=now)
    return True


def _record(entry: BankEntry, *, actor: Actor, now: datetime) -> None:
    record(
        "bank.entry_taken",
        actor=actor,
        about=entry,
        clinic_id=entry.clinic_id,
        now=now,
        outcome=str(entry.outcome),
        ore=entry.amount_ore,
    )
