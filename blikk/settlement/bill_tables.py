"""Bills."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.kernel.models import Moving
from blikk.kernel.secrets import EncryptedTextField
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment
from blikk.settlement.payer_tables import InvoiceSetup, Payer
from blikk.settlement.states import BillStatus


class BillKind(models.TextChoices):
    """What a bill is for."""

    CO_PAYMENT = "co_payment"
    PRIVATE = "private"
    MISSED = "missed"


class Bill(Moving):
    """What a patient is to pay for one conversation. Never changed after it is made: a wrong one is credited.

    Books are kept for years, so a bill outlives the patient and the conversation that it was about.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="bills")
    patient = models.ForeignKey(Patient, models.SET_NULL, null=True, related_name="bills")
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, related_name="bills")
    consultation = models.ForeignKey(Consultation, models.SET_NULL, null=True, related_name="bills")
    kind = models.CharField(max_length=12, choices=BillKind)
    status = models.CharField(max_length=10, choices=BillStatus, default=BillStatus.OPEN)
    # What the patient pays, in øre: the sum of the lines that are theirs.
    amount_ore = models.PositiveIntegerField()
    # What reminders have added; nothing unless the clinic has chosen so.
    fee_ore = models.PositiveIntegerField(default=0)
    # The organisation that pays instead of the patient, and what it wants to have on the invoice.
    payer = models.ForeignKey(Payer, models.PROTECT, null=True, blank=True, related_name="bills")
    payer_reference = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField()
    # Until then the patient pays without a fee, and no invoice is sent; from the first link on.
    free_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "opened_at"], name="bill_of_clinic"),
            models.Index(fields=["clinic", "settled_at"], name="bill_settled"),
            models.Index(
                fields=["clinic", "opened_at"],
                name="bill_outstanding",
                condition=Q(status__in=["open", "invoiced"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "kind"],
                condition=~Q(status__in=["credited", "refunded"]),
                name="one_bill_of_a_kind_about_an_appointment",
            ),
            models.CheckConstraint(name="bill_is_for_something", condition=Q(amount_ore__gt=0)),
            models.CheckConstraint(name="bill_of_a_known_kind", condition=Q(kind__in=BillKind.values)),
            models.CheckConstraint(
                name="bill_settled_at_a_time",
                condition=Q(status__in=["open", "invoiced"], settled_at__isnull=True)
                | (~Q(status__in=["open", "invoiced"]) & Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Bill {self.public_id} ({self.status})"

    @property
    def owed_ore(self) -> int:
        """What pays it whole, in øre."""
        return self.amount_ore + self.fee_ore

    def is_reminded_enough(self, times: int) -> bool:
        """Whether so many reminders are all that the clinic sends: then a person decides what happens."""
        setup: InvoiceSetup | None = getattr(self.clinic, "invoice_setup", None)
        return setup is not None and times >= setup.reminders_most


class BillRow(models.Model):
    """One line of a bill. What was done can tell of an illness, so the words are sealed."""

    bill = models.ForeignKey(Bill, models.CASCADE, related_name="rows")
    number = models.PositiveSmallIntegerField()
    code = EncryptedTextField(blank=True)
    text = EncryptedTextField()
    quantity = models.PositiveSmallIntegerField()
    amount_ore = models.PositiveIntegerField()
    payer = models.CharField(max_length=8)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["bill", "number"], name="one_bill_row_of_a_number"),
            models.CheckConstraint(
                name="bill_row_has_a_payer", condition=Q(payer__in=["patient", "state", "other"])
            ),
        ]

    def __str__(self) -> str:
        return f"BillRow {self.number} of {self.bill_id}"
