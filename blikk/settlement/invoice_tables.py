"""Invoices and credit notes, their reminders, and what came to the account."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.models import Opaque
from blikk.kernel.secrets import EncryptedTextField
from blikk.settlement.bill_tables import Bill
from blikk.settlement.payment_tables import Payment


class InvoiceKind(models.TextChoices):
    """Which way the money goes."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Invoice(Opaque):
    """An invoice, or the credit note of one. Never changed after it is issued; the bill says whether it is paid."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="invoices")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=11, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    # Ascending without holes in the clinic; credit notes are in the same series.
    number = models.PositiveIntegerField()
    credits = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="credit_note")
    issued_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    kid = models.CharField(max_length=25, blank=True)
    amount_ore = models.PositiveIntegerField()
    # Everything that stands on it (`invoice_paper.InvoicePaper`): what was done can tell of an illness.
    paper = EncryptedTextField()
    issued_at = models.DateTimeField()
    # How it went: by sms or email; empty where it is printed at the desk.
    sent_by = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "due_on"], name="invoice_due")]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="one_invoice_of_a_number"),
            models.UniqueConstraint(
                fields=["clinic", "kid"], condition=~Q(kid=""), name="one_invoice_of_a_kid"
            ),
            models.UniqueConstraint(
                fields=["bill"], condition=Q(kind="invoice"), name="one_invoice_of_a_bill"
            ),
            models.CheckConstraint(name="invoice_is_for_something", condition=Q(amount_ore__gt=0)),
            models.CheckConstraint(
                name="invoice_is_due_and_credit_note_credits",
                condition=(Q(kind="invoice", due_on__isnull=False, credits__isnull=True) & ~Q(kid=""))
                | Q(kind="credit_note", due_on__isnull=True, credits__isnull=False, kid=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Invoice {self.number} ({self.kind})"


class Reminder(Opaque):
    """That an invoice was reminded of, with a new day to pay by."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="reminders")
    number = models.PositiveSmallIntegerField()
    made_on = models.DateField()
    due_on = models.DateField()
    fee_ore = models.PositiveIntegerField(default=0)
    # How it went; empty where it is printed at the desk.
    sent_by = models.CharField(max_length=10, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "number"], name="one_reminder_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"Reminder {self.number} of {self.invoice_id}"


class BankFile(Opaque):
    """A file of payments from the bank that was taken in, once."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="bank_files")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=3)
    count = models.PositiveIntegerField()
    sum_ore = models.BigIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "digest"], name="one_bank_file_once"),
        ]

    def __str__(self) -> str:
        return f"BankFile {self.public_id}"


class BankOutcome(models.TextChoices):
    """What came of a payment to the account."""

    PAID = "paid"
    UNKNOWN_KID = "unknown_kid"
    OTHER_AMOUNT = "other_amount"
    NOT_OWED = "not_owed"
    BEING_PAID = "being_paid"
    REVERSED = "reversed"


class BankEntry(Opaque):
    """One payment to the account. What pays no bill stays here until a person says what became of it."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="bank_entries")
    file = models.ForeignKey(BankFile, models.PROTECT, null=True, related_name="entries")
    # A digest of what makes it this payment and no other, so that it is taken once from whatever file.
    key = models.CharField(max_length=64)
    paid_on = models.DateField()
    kid = models.CharField(max_length=25, blank=True)
    amount_ore = models.BigIntegerField()
    outcome = models.CharField(max_length=12, choices=BankOutcome)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="bank_entries")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, blank=True, related_name="bank_entry")
    taken_at = models.DateTimeField()
    # When somebody said what became of the money, and what; empty where it paid an invoice.
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    cleared_how = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "bank entries"
        indexes = [
            models.Index(
                fields=["clinic", "paid_on"],
                name="bank_entry_unclear",
                condition=~Q(outcome="paid") & Q(cleared_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="one_bank_entry_once"),
            models.CheckConstraint(
                name="bank_entry_that_pays_has_a_payment",
                condition=Q(outcome="paid", payment__isnull=False)
                | (~Q(outcome="paid") & Q(payment__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"BankEntry {self.public_id} ({self.outcome})"
