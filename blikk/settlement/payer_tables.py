"""Organisations that pay for patients, and what a clinic's invoices say of the clinic."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.kernel.models import Opaque


class KidKind(models.TextChoices):
    """How the bank checks a KID."""

    MOD10 = "mod10"
    MOD11 = "mod11"


class Payer(Opaque):
    """A municipality, an insurer or another organisation that pays for patients of a clinic."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="payers")
    name = models.CharField(max_length=120)
    org_number = models.CharField(max_length=9)
    address = models.CharField(max_length=200)
    # What they ask to have on every invoice: «deres ref.»; one bill can have another.
    reference = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "org_number"],
                condition=Q(ended_at__isnull=True),
                name="one_payer_of_a_number_and_clinic",
            ),
        ]

    def __str__(self) -> str:
        return f"Payer {self.public_id}"

    @property
    def peppol_id(self) -> str:
        """Where it takes invoices, in the scheme of Norwegian organisation numbers."""
        return f"0192:{self.org_number}"


class InvoiceSetup(Opaque):
    """Who a clinic is on its invoices, what it has agreed with its bank, and how long its patients have to pay."""

    clinic = models.OneToOneField(Clinic, models.PROTECT, related_name="invoice_setup")
    # Whether bills that are not paid in time become invoices by themselves.
    is_on = models.BooleanField(default=False)
    # Bills that were opened before are not suddenly sent out.
    on_since = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=120)
    org_number = models.CharField(max_length=9)
    is_in_vat_register = models.BooleanField(default=False)
    is_in_business_register = models.BooleanField(default=False)
    address = models.CharField(max_length=200)
    # Eleven digits.
    account = models.CharField(max_length=11)
    kid_length = models.PositiveSmallIntegerField(default=10)
    kid_check = models.CharField(max_length=5, choices=KidKind, default=KidKind.MOD10)
    kid_prefix = models.CharField(max_length=15, blank=True)
    due_days = models.PositiveSmallIntegerField(default=14)
    reminders_most = models.PositiveSmallIntegerField(default=1)
    takes_reminder_fee = models.BooleanField(default=False)
    # The number of the newest invoice or credit note: one series, without holes.
    last_number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="invoice_gives_time_to_pay", condition=Q(due_days__gte=14)),
            models.CheckConstraint(name="invoice_has_an_account", condition=~Q(account="")),
            models.CheckConstraint(name="invoice_reminds_twice_at_most", condition=Q(reminders_most__lte=2)),
        ]

    def __str__(self) -> str:
        return f"InvoiceSetup {self.public_id}"
