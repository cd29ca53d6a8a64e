"""How a clinic takes money, each attempt to pay a bill, and what providers told us."""

from django.db import models
from django.db.models import F, Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.ids import digest, new_secret
from blikk.kernel.models import Moving, Opaque
from blikk.kernel.secrets import ClinicSealedField, EncryptedTextField
from blikk.settlement.bill_tables import Bill
from blikk.settlement.states import HOLDING, UNDER_WAY, PaymentStatus


def new_reference() -> str:
    """What a payment is called at a provider, in settlement files too: random, letters and digits alone."""
    return digest(new_secret())[:32]


class Provider(models.TextChoices):
    """By what a bill was paid."""

    VIPPS = "vipps"
    CARD = "card"
    DESK = "desk"
    BANK = "bank"


class Flow(models.TextChoices):
    """How the patient gets to where they approve a payment; empty where nobody has to."""

    REDIRECT = "redirect"
    PUSH = "push"


class MoneySetup(Opaque):
    """By which ways a clinic is paid, and who it is there."""

    clinic = models.OneToOneField(Clinic, models.PROTECT, related_name="money_setup")
    uses_vipps = models.BooleanField(default=False)
    vipps_serial = models.CharField(max_length=6, blank=True)
    vipps_client_id = models.CharField(max_length=60, blank=True)
    vipps_client_secret = ClinicSealedField(blank=True)
    vipps_subscription_key = ClinicSealedField(blank=True)
    # The name of our webhook there, and what its calls are signed with: both come from Vipps.
    vipps_webhook = models.CharField(max_length=60, blank=True)
    vipps_webhook_secret = ClinicSealedField(blank=True)
    vipps_seen_at = models.DateTimeField(null=True, blank=True)
    # Cards, through Stripe: no money moves by a key for trials.
    uses_card = models.BooleanField(default=False)
    card_is_trial = models.BooleanField(default=False)
    stripe_key = ClinicSealedField(blank=True)
    stripe_webhook = models.CharField(max_length=60, blank=True)
    stripe_webhook_secret = ClinicSealedField(blank=True)
    card_seen_at = models.DateTimeField(null=True, blank=True)
    # Whether a link goes to the patient by itself, and for how many hours it is without a fee.
    sends_links = models.BooleanField(default=True)
    free_hours = models.PositiveSmallIntegerField(default=48)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_is_free_for_a_day_or_two", condition=Q(free_hours__gte=24, free_hours__lte=48)
            ),
            models.CheckConstraint(
                name="vipps_is_used_by_somebody",
                condition=Q(uses_vipps=False) | ~(Q(vipps_serial="") | Q(vipps_client_id="")),
            ),
        ]

    def __str__(self) -> str:
        return f"MoneySetup {self.public_id}"


class Payment(Moving):
    """One attempt to pay a whole bill, by one way. What is true of the money is what the provider says."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="payments")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="payments")
    status = models.CharField(max_length=10, choices=PaymentStatus, default=PaymentStatus.CREATED)
    provider = models.CharField(max_length=6, choices=Provider)
    flow = models.CharField(max_length=8, choices=Flow, blank=True)
    reference = models.CharField(max_length=50, unique=True, default=new_reference)
    amount_ore = models.PositiveIntegerField()
    captured_ore = models.PositiveIntegerField(default=0)
    refunded_ore = models.PositiveIntegerField(default=0)
    # What the provider calls it, and where the patient goes to approve.
    there = models.CharField(max_length=100, blank=True)
    address = EncryptedTextField(blank=True)
    # Where a push goes; gone once it went.
    phone = EncryptedTextField(blank=True)
    begun_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)
    # At the desk: by cash, terminal or transfer, and who took it.
    how = models.CharField(max_length=10, blank=True)
    taken_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Why it is not further yet, or ended; empty while all is as it should be.
    fault = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], name="payment_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["clinic", "captured_at"], name="payment_captured"),
            models.Index(fields=["clinic", "refunded_at"], name="payment_refunded"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bill"],
                condition=Q(status__in=[str(one) for one in HOLDING]),
                name="one_payment_at_a_time_of_a_bill",
            ),
            models.CheckConstraint(
                name="payment_gives_back_no_more_than_it_took",
                condition=Q(refunded_ore__lte=F("captured_ore")),
            ),
            models.CheckConstraint(
                name="payment_took_money_at_a_time",
                condition=Q(captured_ore=0, captured_at__isnull=True)
                | Q(captured_ore__gt=0, captured_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_captured_took_money",
                condition=~Q(status__in=["captured", "refunding", "refunded"]) | Q(captured_ore__gt=0),
            ),
            models.CheckConstraint(
                name="payment_under_way_is_looked_at",
                condition=~Q(status__in=[str(one) for one in UNDER_WAY]) | Q(next_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Payment {self.public_id} ({self.status})"


class Told(models.Model):
    """That a provider told us of something, once. It only makes us look: what is true is asked for."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="+")
    provider = models.CharField(max_length=6, choices=Provider)
    # A digest of what it says, so that the same thing twice is one.
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    # Empty where there is no such payment here.
    payment = models.ForeignKey(Payment, models.SET_NULL, null=True, blank=True, related_name="told")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "told"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "provider", "key"], name="told_once"),
        ]

    def __str__(self) -> str:
        return f"Told {self.name}"
