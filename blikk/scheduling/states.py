"""The lives of an appointment, of what is to become of it, of a period, and of one day of a drop-in queue."""

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
        # Said too early, and taken back the same day.
        AppointmentStatus.NO_SHOW: frozenset({AppointmentStatus.BOOKED}),
        # Who sat in the digital waiting room and is to come in person instead has not come there yet.
        AppointmentStatus.ARRIVED: frozenset(
            {AppointmentStatus.BOOKED, AppointmentStatus.FULFILLED, AppointmentStatus.CANCELLED}
        ),
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


class TurnStatus(models.TextChoices):
    """Whether it is settled when an hour is held in person instead of on video."""

    OFFERED = "offered"
    SETTLED = "settled"
    TAKEN_BACK = "taken_back"


TURN = Moves(
    {
        TurnStatus.OFFERED: frozenset({TurnStatus.SETTLED, TurnStatus.TAKEN_BACK}),
        TurnStatus.SETTLED: frozenset({TurnStatus.TAKEN_BACK}),
    }
)


class TaskStatus(models.TextChoices):
    """Whether something is still to be done."""

    OPEN = "open"
    DONE = "done"


TASK = Moves({TaskStatus.OPEN: frozenset({TaskStatus.DONE}), TaskStatus.DONE: frozenset({TaskStatus.OPEN})})
