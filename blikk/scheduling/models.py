"""The timetable and its exceptions, the days of a drop-in queue, held slots, and appointments."""

from django.db import models
from django.db.models import F, Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.models import Moving, Opaque
from blikk.patients.models import Patient
from blikk.scheduling.states import (
    AppointmentStatus,
    OpeningStatus,
    PeriodStatus,
    TaskStatus,
    TurnStatus,
)


class Form(models.TextChoices):
    """How the patient and the clinician are to meet."""

    VIDEO = "video"
    IN_PERSON = "in_person"
    TEXT = "text"


class Kind(models.TextChoices):
    """What a period of the timetable is for."""

    BOOKED = "booked"
    DROP_IN = "drop_in"


class BookedBy(models.TextChoices):
    """Who may take a free slot: only those who work here, or patients too."""

    STAFF = "staff"
    BOTH = "both"


class Period(Moving):
    """A stretch of a weekday that comes round every week, on the clinic's own wall clock."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="periods")
    clinicians = models.ManyToManyField(Membership, related_name="periods")
    kind = models.CharField(max_length=10, choices=Kind)
    # How the booked hours are held; a queue is always on video.
    form = models.CharField(max_length=20, choices=Form, default=Form.VIDEO)
    name = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=PeriodStatus, default=PeriodStatus.RUNNING)
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # the last day
    on_holidays = models.BooleanField(default=False)
    slot_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    ahead_days = models.PositiveSmallIntegerField(default=60)
    booked_by = models.CharField(max_length=10, choices=BookedBy, default=BookedBy.STAFF)
    last_entry = models.TimeField(null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)  # None: as many as come
    expected_minutes = models.PositiveSmallIntegerField(default=10)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "status", "weekday"])]
        constraints = [
            models.CheckConstraint(name="period_is_on_a_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(name="period_ends_after_its_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(
                name="period_is_valid_for_a_while",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="period_of_booked_hours_has_slots_and_drop_in_a_last_entry",
                condition=Q(kind="booked", slot_minutes__gt=0, last_entry__isnull=True, capacity__isnull=True)
                | Q(
                    kind="drop_in",
                    slot_minutes__isnull=True,
                    last_entry__gte=F("starts"),
                    last_entry__lte=F("ends"),
                    expected_minutes__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="period_of_drop_in_is_on_video", condition=Q(kind="booked") | Q(form="video")
            ),
            models.CheckConstraint(
                name="period_retired_at_a_time",
                condition=Q(status="retired", retired_at__isnull=False)
                | Q(status="running", retired_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Period {self.public_id}"


class AbsenceKind(models.TextChoices):
    """Why nobody is there; colleagues see it, patients never do."""

    HOLIDAY = "holiday"
    SICK = "sick"
    CLOSED = "closed"
    OTHER = "other"


class Absence(Opaque):
    """An exception to the timetable: one clinician is away, or the whole clinic is closed."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="absences")
    clinician = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="absences"
    )  # None: the whole clinic
    kind = models.CharField(max_length=10, choices=AbsenceKind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back: it no longer counts

    class Meta:
        indexes = [models.Index(fields=["clinic", "starts_at"])]
        constraints = [
            models.CheckConstraint(name="absence_has_a_length", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return f"Absence {self.public_id}"


class ClosedBecause(models.TextChoices):
    """Why the queue of a day takes nobody in any more."""

    TIME = "time"
    STAFF = "staff"
    NOBODY = "nobody"


class Opening(Moving):
    """One day of a drop-in period: the queue of that day. Made by the first who needs it."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="openings")
    period = models.ForeignKey(Period, models.PROTECT, related_name="openings")
    day = models.DateField()
    status = models.CharField(max_length=10, choices=OpeningStatus, default=OpeningStatus.OPEN)
    opens_at = models.DateTimeField()
    last_entry_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    zone = models.CharField(max_length=40)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=10, choices=ClosedBecause, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "day"]), models.Index(fields=["status", "closes_at"])]
        constraints = [
            models.UniqueConstraint(fields=["period", "day"], name="one_opening_of_a_period_per_day"),
            models.CheckConstraint(
                name="opening_closes_after_its_last_entry",
                condition=Q(closes_at__gt=F("opens_at"))
                & Q(last_entry_at__gte=F("opens_at"))
                & Q(last_entry_at__lte=F("closes_at")),
            ),
            models.CheckConstraint(
                name="opening_closed_for_a_reason",
                condition=(Q(status="closed", closed_at__isnull=False) & ~Q(closed_because=""))
                | Q(status="open", closed_at__isnull=True, closed_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Opening {self.public_id}"


class Series(Opaque):
    """Appointments that were booked together, some weeks apart."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="series")
    every_weeks = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"Series {self.public_id}"


class Appointment(Moving):
    """A stretch of a clinician's time that a patient was promised.

    That two of a clinician's appointments never overlap is kept by the database (migration 0003). One that
    came about in a drop-in queue is exempt: it lasts as long as it lasts.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    clinician = models.ForeignKey(Membership, models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=40)
    form = models.CharField(max_length=20, choices=Form, default=Form.VIDEO)
    status = models.CharField(max_length=20, choices=AppointmentStatus, default=AppointmentStatus.BOOKED)
    period = models.ForeignKey(
        Period, models.PROTECT, null=True, blank=True, related_name="appointments"
    )  # whose slot it took
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="appointments")
    drop_in = models.BooleanField(default=False)
    # Several people talk together who know each other by first name or alias only. A time, and not a flag: SQLite
    # would build the table anew for a flag, and lose the guard against overlaps (migration 0003).
    group_since = models.DateTimeField(null=True, blank=True)
    booked_by_patient = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # When somebody said that the patient did not come.
    missed_at = models.DateTimeField(null=True, blank=True)

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
    def is_group(self) -> bool:
        """Whether the people in it see first names or aliases only."""
        return self.group_since is not None

    @property
    def minutes(self) -> int:
        """How long it is meant to last."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class SlotHold(Opaque):
    """A free slot that is kept for somebody while they decide; it falls free by itself."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="slot_holds")
    clinician = models.ForeignKey(Membership, models.PROTECT, related_name="slot_holds")
    period = models.ForeignKey(Period, models.PROTECT, related_name="slot_holds")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_until = models.DateTimeField()
    holder = models.CharField(max_length=64)  # the digest of a browser's secret
    appointment = models.ForeignKey(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="slot_holds"
    )
    created_at = models.DateTimeField()
    let_go_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinician", "starts_at"]), models.Index(fields=["clinic", "holder"])]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "starts_at"],
                condition=Q(let_go_at__isnull=True),
                name="one_running_hold_per_slot",
            ),
            models.CheckConstraint(name="slot_hold_has_a_length", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="slot_hold_that_became_an_appointment_is_let_go",
                condition=Q(appointment__isnull=True) | Q(let_go_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"SlotHold {self.public_id}"


class Judgement(models.TextChoices):
    """What a clinician thinks of holding an hour on video; the program thinks nothing."""

    VIDEO = "video"
    BEGIN = "begin"
    IN_PERSON = "in_person"


class Suitability(Opaque):
    """What spoke for and against video when somebody looked, and the clinician's judgement. Never changed: the
    newest counts, and the older ones stay."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="suitabilities")
    number = models.PositiveSmallIntegerField()
    points = models.JSONField(default=list)
    judgement = models.CharField(max_length=10, choices=Judgement, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    place = models.CharField(max_length=10)

    class Meta:
        verbose_name_plural = "suitabilities"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "number"], name="suitability_is_noted_in_order"),
        ]

    def __str__(self) -> str:
        return f"Suitability {self.public_id}"


class Turn(Moving):
    """That an hour is to be held in person instead: why, and the times that the patient may choose between."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="turns")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="turns")  # the one on video
    # The physical one: the same appointment, or a new one where people had talked already.
    meeting = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="meeting_of")
    status = models.CharField(max_length=12, choices=TurnStatus)
    reason = models.CharField(max_length=20)
    words = models.CharField(max_length=500, blank=True)  # for staff alone
    place = models.CharField(max_length=10)
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(status="offered"), name="one_open_offer_per_appointment"
            ),
            models.CheckConstraint(
                name="turn_settled_at_a_time",
                condition=Q(status="offered", settled_at__isnull=True)
                | (~Q(status="offered") & Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Turn {self.public_id}"


class OfferedTime(Opaque):
    """One of the times that a patient may choose between."""

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="times")
    clinician = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(name="offered_time_has_a_length", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return f"OfferedTime {self.public_id}"


class Task(Moving):
    """Something that a member of staff is to find out or do about an appointment, until it is done."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="tasks")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="tasks")
    holder = models.ForeignKey(Membership, models.PROTECT, related_name="tasks")
    what = models.CharField(max_length=300)
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=TaskStatus, default=TaskStatus.OPEN)
    set_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "status", "due_on"])]
        constraints = [
            models.CheckConstraint(
                name="task_done_at_a_time",
                condition=Q(status="done", done_at__isnull=False) | Q(status="open", done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Task {self.public_id}"
