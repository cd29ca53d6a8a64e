"""The lives of an appointment, of a period of the timetable, and of one day of a drop-in queue."""

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


class PeriodStatus(models.TextChoices):
    """Whether a period of the timetable still comes round every week."""

    RUNNING = "running"
    RETIRED = "retired"


PERIOD = Moves({PeriodStatus.RUNNING: frozenset({PeriodStatus.RETIRED})})


class OpeningStatus(models.TextChoices):
    """Whether the queue of one day takes people in."""

    OPEN = "open"
    CLOSED = "closed"


OPENING = Moves(
    {
        OpeningStatus.OPEN: frozenset({OpeningStatus.CLOSED}),
        OpeningStatus.CLOSED: frozenset({OpeningStatus.OPEN}),
    }
)
