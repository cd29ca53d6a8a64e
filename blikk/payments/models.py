"""Tariffs and prices with their days, what a clinic has decided about payment, and the charges."""

from django.db import models
from django.db.models import F, Q

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.kernel.models import Moving, Opaque
from blikk.kernel.secrets import EncryptedTextField
from blikk.patients.models import Patient
from blikk.payments.exemptions import CODES
from blikk.payments.states import ChargeStatus, FileStatus
from blikk.scheduling.models import Appointment


class Tariff(models.Model):
    """A national tariff from one day to another, as a source told it. The same for every clinic."""

    field = models.CharField(max_length=6)
    code = models.CharField(max_length=20)
    text = models.CharField(max_length=1000)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    # In øre; empty where the source does not tell.
    fee_ore = models.PositiveIntegerField(null=True, blank=True)
    reimbursement_ore = models.PositiveIntegerField(null=True, blank=True)
    copay_ore = models.PositiveIntegerField()
    own_ore = models.PositiveIntegerField(default=0)
    # What else the row says: repetitions, combinations, what it requires, what it is proposed for.
    rules = models.JSONField(default=dict)
    source = models.CharField(max_length=400)
    source_on = models.DateField()
    taken_in_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["field", "valid_from"])]
        constraints = [
            models.UniqueConstraint(fields=["field", "code", "valid_from"], name="one_tariff_from_a_day"),
            models.CheckConstraint(
                name="tariff_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.code} from {self.valid_from}"


class Ceiling(models.Model):
    """What one person pays in co-payments in a year at most, as a source told it."""

    year = models.PositiveSmallIntegerField(unique=True)
    amount_ore = models.PositiveIntegerField()
    source = models.CharField(max_length=400)
    source_on = models.DateField()

    def __str__(self) -> str:
        return f"ceiling of {self.year}"


class DiagnosisCode(models.Model):
    """A code that a claim may give for what somebody came for, from a dated code file."""

    system = models.CharField(max_length=12)
    code = models.CharField(max_length=12)
    text = models.CharField(max_length=300)
    search = models.CharField(max_length=320)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=400)
    source_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["system", "code"])]
        constraints = [
            models.UniqueConstraint(fields=["system", "code", "valid_from"], name="one_diagnosis_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


class ClaimForm(models.TextChoices):
    """In which form a clinic's claims are written."""

    KUHR = "kuhr"
    BKM = "bkm"


class PaymentRules(models.Model):
    """How a clinic is paid. Without a row, or with `is_on` off, nothing about money is decided in Blikk."""

    clinic = models.OneToOneField(Clinic, models.PROTECT, related_name="payment_rules")
    is_on = models.BooleanField(default=False)
    # Private practice charges by its own prices, and claims nothing.
    is_private = models.BooleanField(default=False)
    field = models.CharField(max_length=6, default="LE")
    # What it costs not to come, since when it costs so much, and what it costs to cancel too late.
    missed_ore = models.PositiveIntegerField(default=0)
    missed_since = models.DateTimeField(null=True, blank=True)
    late_ore = models.PositiveIntegerField(default=0)
    # Whom the state knows the clinic as (praksisId), and how far its bills are numbered.
    practice_id = models.CharField(max_length=20, blank=True)
    last_number = models.PositiveIntegerField(default=0)
    # On whose behalf it is asked and claimed: the number in Enhetsregisteret.
    organisation = models.CharField(max_length=9, blank=True)
    claim_form = models.CharField(max_length=4, choices=ClaimForm, default=ClaimForm.KUHR)
    # Whether files go to Helfo by themselves, where the installation has a client for that.
    sends_claims = models.BooleanField(default=False)
    # A municipality's physiotherapists claim without a diagnosis.
    is_municipal = models.BooleanField(default=False)
    # How it is settled, in the clinic's own words; blank for the general ones.
    settled_how = models.TextField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"PaymentRules of {self.clinic_id}"


class MemberRates(models.Model):
    """By which tariffs a clinician is paid, where it differs from the clinic."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="rates")
    field = models.CharField(max_length=6)
    is_specialist = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"MemberRates of {self.membership_id}"


class PrivatePrice(Opaque):
    """A price of a private practice, from a day until it is replaced."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="private_prices")
    name = models.CharField(max_length=120)
    # For how long a conversation; empty where it does not matter.
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    price_ore = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "valid_to"])]
        constraints = [
            models.CheckConstraint(
                name="price_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"PrivatePrice {self.public_id}"


class ChargeKind(models.TextChoices):
    """What a charge is for."""

    CO_PAYMENT = "co_payment"
    PRIVATE = "private"
    MISSED = "missed"


class Charge(Moving):
    """What was decided about the money of one consultation, or of an appointment that was missed.

    The books are kept for years, so a charge outlives the patient and the conversation that it was about.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="charges")
    patient = models.ForeignKey(Patient, models.SET_NULL, null=True, related_name="charges")
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, related_name="charges")
    consultation = models.ForeignKey(
        Consultation, models.SET_NULL, null=True, blank=True, related_name="charges"
    )
    kind = models.CharField(max_length=12, choices=ChargeKind)
    status = models.CharField(max_length=12, choices=ChargeStatus, default=ChargeStatus.ACCEPTED)
    field = models.CharField(max_length=6, blank=True)
    exemption = models.CharField(max_length=1, blank=True)
    exemption_reason = EncryptedTextField(blank=True)
    # [{"system": …, "code": …}], as it stands in the claim; sealed, for it tells of an illness.
    diagnoses = EncryptedTextField(blank=True)
    patient_ore = models.PositiveIntegerField()
    # Empty where a tariff does not say what the state pays.
    state_ore = models.PositiveIntegerField(null=True, blank=True)
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "accepted_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(status="accepted"),
                name="one_charge_stands_for_an_appointment",
            ),
            models.CheckConstraint(
                name="charge_withdrawn_at_a_time",
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="charge_exempt_by_a_known_code", condition=Q(exemption__in=["", *CODES])
            ),
        ]

    def __str__(self) -> str:
        return f"Charge {self.public_id} ({self.status})"


class ChargeRow(models.Model):
    """One line of a charge with the amounts as they were on the day; a later tariff changes nothing in it."""

    charge = models.ForeignKey(Charge, models.CASCADE, related_name="rows")
    number = models.PositiveSmallIntegerField()
    # What was done can tell of an illness.
    code = EncryptedTextField()
    text = EncryptedTextField()
    times = models.PositiveSmallIntegerField()
    fee_ore = models.PositiveIntegerField(null=True, blank=True)
    reimbursement_ore = models.PositiveIntegerField(null=True, blank=True)
    copay_ore = models.PositiveIntegerField(default=0)
    own_ore = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["charge", "number"], name="one_charge_row_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"ChargeRow {self.number} of {self.charge_id}"


class ClaimFile(Moving):
    """Bills to the state as they were written to one file, where it is, and what was answered."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="claim_files")
    status = models.CharField(max_length=12, choices=FileStatus, default=FileStatus.MADE)
    form = models.CharField(max_length=4, choices=ClaimForm, default=ClaimForm.KUHR)
    count = models.PositiveIntegerField()
    # Credits count against it.
    sum_ore = models.IntegerField()
    body = EncryptedTextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    # Set before it is sent and committed, so that whoever comes after a worker that died looks before sending again.
    posted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # What it is called at the receiver.
    message_id = models.CharField(max_length=64, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=20, blank=True)
    # [{"code": …, "text": …}] about the file as a whole, in the receiver's words, which may name a patient.
    remarks = EncryptedTextField(blank=True)
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    control = models.CharField(max_length=40, blank=True)
    payout = models.CharField(max_length=40, blank=True)
    paid_ore = models.IntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "made_at"]), models.Index(fields=["next_at"])]
        constraints = [
            models.CheckConstraint(
                name="claim_file_settled_at_a_time",
                condition=Q(status__in=["delivered", "refused", "by_hand"], settled_at__isnull=False)
                | Q(status__in=["made", "sending", "uncertain"], settled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="claim_file_uncertain_once_posted",
                condition=~Q(status="uncertain") | Q(posted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"ClaimFile {self.public_id} ({self.status})"


class ClaimAnswer(models.TextChoices):
    """What the state decided about a bill."""

    NONE = ""
    APPROVED = "approved"
    REJECTED = "rejected"


class Claim(Opaque):
    """One bill to the state: numbered without holes, said once to be paid, credited whole or not at all."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="claims")
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="claim")
    number = models.PositiveIntegerField()
    guid = models.CharField(max_length=36, unique=True)
    # The bill as it was sent; a credit is the same one again.
    body = EncryptedTextField()
    amount_ore = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    # Whether the state has been told that the patient has paid. Never taken back.
    is_paid = models.BooleanField(default=False)
    # The file that it stands in; the newest, where it was rejected and sent again by the same number.
    file = models.ForeignKey(ClaimFile, models.PROTECT, related_name="claims")
    answer = models.CharField(max_length=8, choices=ClaimAnswer, default=ClaimAnswer.NONE, blank=True)
    remarks = EncryptedTextField(blank=True)
    resend_asked_at = models.DateTimeField(null=True, blank=True)
    credit_asked_at = models.DateTimeField(null=True, blank=True)
    credited_in = models.ForeignKey(ClaimFile, models.PROTECT, null=True, blank=True, related_name="credited")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="one_claim_of_a_number"),
            models.CheckConstraint(
                name="claim_credited_after_it_was_asked",
                condition=Q(credited_in__isnull=True) | Q(credit_asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_sent_again_once_rejected",
                condition=Q(resend_asked_at__isnull=True) | Q(answer="rejected"),
            ),
        ]

    def __str__(self) -> str:
        return f"Claim {self.number} of {self.clinic_id}"
