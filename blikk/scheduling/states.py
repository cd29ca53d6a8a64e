"""The life of an appointment."""

from django.db import models

from blikk.kernel.moves import Moves


class AppointmentStatus(models.TextChoices):
    """Where an appointment is in its life (FHIR R4 names)."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


APPOINTMENT = Moves(
    {
        AppointmentStatus.PROPOSED: frozenset({AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED}),
        AppointmentStatus.BOOKED: frozenset(
            {AppointmentStatus.ARRIVED, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW}
        ),
        AppointmentStatus.ARRIVED: frozenset({AppointmentStatus.FULFILLED, AppointmentStatus.CANCELLED}),
    }
)

# While in one of these states, an appointment fills its stretch of the clinician's time.
FILLS_TIME = (AppointmentStatus.PROPOSED, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
