"""Questions about appointments."""

from datetime import date, datetime

from django.db.models import QuerySet

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.errors import NotFound
from blikk.kernel.times import day_bounds
from blikk.scheduling.models import Appointment, Form
from blikk.scheduling.states import FILLS_TIME


def of(clinic: Clinic) -> QuerySet[Appointment]:
    """The clinic's appointments, each with its patient and clinician."""
    return Appointment.objects.filter(clinic=clinic).select_related("patient", "clinician__user")


def get(clinic: Clinic, appointment_id: str) -> Appointment:
    """The appointment of that name at this clinic; raises NotFound."""
    appointment = of(clinic).filter(public_id=appointment_id).first()
    if appointment is None:
        raise NotFound
    return appointment


def on_day(clinic: Clinic, day: date, *, clinician: Membership | None = None) -> QuerySet[Appointment]:
    """The appointments that start on a day of the clinic's own calendar, by time; one in writing has no time."""
    start, end = day_bounds(day, clinic.zone)
    found = of(clinic).filter(starts_at__gte=start, starts_at__lt=end).exclude(form=Form.TEXT)
    if clinician is not None:
        found = found.filter(clinician=clinician)
    return found.order_by("starts_at", "pk")


def next_of(appointment: Appointment, *, after: datetime) -> Appointment | None:
    """The hour that the same patient has next at the same clinic."""
    coming = of(appointment.clinic).filter(
        patient=appointment.patient, starts_at__gt=after, status__in=FILLS_TIME
    )
    return coming.exclude(pk=appointment.pk).order_by("starts_at").first()
