"""What comes in from a clinic's journal system: how far it has been read, and each appointment as it stands there."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.models import Opaque
from blikk.kernel.secrets import EncryptedTextField
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment


class Feed(Opaque):
    """That appointments come in from a clinic's journal system: which of them, how far ahead, how far it is read."""

    clinic = models.OneToOneField(Clinic, models.PROTECT, related_name="record_feed")
    is_on = models.BooleanField(default=False)
    # The codes that mean video there, one a row: "system|code", or a code alone. Empty: no-basis-virtual-service only.
    codes = models.JSONField(default=list)
    ahead_days = models.PositiveSmallIntegerField(default=60)
    # Whether the invitation goes out by itself as soon as there is a contact point that somebody verified.
    invites = models.BooleanField(default=True)
    # What was read last, by the server's own clock; empty before the first time.
    read_until = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    swept_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    fault_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="record_feed_due", condition=Q(is_on=True))]
        constraints = [
            models.CheckConstraint(
                name="record_feed_fault_has_a_time",
                condition=Q(fault="", fault_at__isnull=True) | (~Q(fault="") & Q(fault_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Feed {self.public_id}"


class RecordAppointment(Opaque):
    """An appointment of a journal system: the journal's last word about it, and what it is here."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="record_appointments")
    server = models.CharField(max_length=300)
    record_id = models.CharField(max_length=64)
    # The journal's last word: planned or cancelled, when, with whom and for whom.
    is_planned = models.BooleanField(default=False)
    is_video = models.BooleanField(default=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    hpr_number = models.CharField(max_length=9, blank=True)
    patient_ref = models.CharField(max_length=64, blank=True)
    # The patient as the journal has them, sealed, for as long as nobody here is known to be them.
    person = EncryptedTextField(blank=True)
    said_digest = models.CharField(max_length=64)
    said_at = models.DateTimeField(null=True, blank=True)
    # What it is here.
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="+")
    clinician = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, blank=True, related_name="record_appointment"
    )
    # The journal's word that was carried out here last, and the version that the appointment had after it.
    done_digest = models.CharField(max_length=64, blank=True)
    done_version = models.PositiveIntegerField(default=0)
    is_invited = models.BooleanField(default=False)
    # What the day page says, until it is put right or somebody has seen it.
    notice = models.CharField(max_length=30, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    before_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    first_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["clinic", "starts_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "server", "record_id"], name="one_row_per_appointment_of_a_record"
            ),
            models.CheckConstraint(
                name="record_appointment_notice_has_a_time",
                condition=Q(notice="", noticed_at__isnull=True)
                | (~Q(notice="") & Q(noticed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="record_appointment_that_is_planned_has_a_time",
                condition=Q(is_planned=False) | Q(starts_at__isnull=False, ends_at__gt=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"RecordAppointment {self.public_id}"
