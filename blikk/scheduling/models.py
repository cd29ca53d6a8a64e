"""Appointments."""

from django.db import models
from django.db.models import F, Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.models import Moving
from blikk.patients.models import Patient
from blikk.scheduling.states import AppointmentStatus


class Form(models.TextChoices):
    """How the patient and the clinician are to meet."""

    VIDEO = "video"
    IN_PERSON = "in_person"


class Appointment(Moving):
    """A stretch of a clinician's time that a patient was promised.

    That two of a clinician's appointments never overlap is kept by the database (migration 0002).
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    clinician = models.ForeignKey(Membership, models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=40)
    form = models.CharField(max_length=20, choices=Form, default=Form.VIDEO)
    status = models.CharField(max_length=20, choices=AppointmentStatus, default=AppointmentStatus.BOOKED)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "starts_at"]),
            models.Index(fields=["clinician", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(name="appointment_has_a_length", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="appointment_cancelled_at_a_time",
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"Appointment {self.public_id}"

    @property
    def minutes(self) -> int:
        """How long it is meant to last."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)
