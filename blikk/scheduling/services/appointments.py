"""Acts on appointments."""

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from blikk.audit.services import Detail, hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Happening, Membership
from blikk.clinics.webhooks.services import reference, tell
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.kernel.moves import change
from blikk.kernel.times import wall_time
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Form, Period, Series
from blikk.scheduling.policies import FURTHEST, LATE_BY, LONGEST, SHORTEST
from blikk.scheduling.queries import get, why_not
from blikk.scheduling.states import APPOINTMENT, FILLS_TIME, AppointmentStatus


@transaction.atomic
def book(
    clinic: Clinic,
    *,
    patient: Patient,
    clinician: Membership,
    day: date,
    at: time,
    minutes: int,
    series: Series | None = None,
    form: str = Form.VIDEO,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Promise a patient a stretch of a clinician's time.

    Raises Invalid (`starts_at`): in the past, over another appointment, while the clinician is away, while
    somebody holds that time to decide, or in an hour that does not exist.
    """
    starts_at, ends_at = stretch(clinic, day, at, minutes, now)
    return promise(
        clinic,
        patient=patient,
        clinician=clinician,
        starts_at=starts_at,
        ends_at=ends_at,
        series=series,
        form=form,
        actor=actor,
        now=now,
    )


@transaction.atomic
def promise(
    clinic: Clinic,
    *,
    patient: Patient,
    clinician: Membership,
    starts_at: datetime,
    ends_at: datetime,
    period: Period | None = None,
    series: Series | None = None,
    holder: str = "",
    by_patient: bool = False,
    form: str = Form.VIDEO,
    status: AppointmentStatus = AppointmentStatus.BOOKED,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Promise a patient a stretch that is known as moments. Raises Invalid (`starts_at`) where it is not free."""
    hold(clinic.pk)
    require_free(clinician, starts_at, ends_at, holder=holder, now=now)
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                clinic=clinic,
                patient=patient,
                clinician=clinician,
                starts_at=starts_at,
                ends_at=ends_at,
                zone=clinic.zone,
                period=period,
                series=series,
                booked_by_patient=by_patient,
                form=form,
                status=status,
                created_at=now,
            )
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    record("appointment.booked", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def move(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    day: date,
    at: time,
    minutes: int,
    clinician: Membership | None = None,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Give a booked appointment another time, with another clinician where one is named.

    Raises as `book`; Overtaken if it was changed meanwhile.
    """
    hold(clinic.pk)
    appointment = _booked(clinic, appointment_id, version, "moved")
    starts_at, ends_at = stretch(clinic, day, at, minutes, now)
    before, clinician = appointment.clinician, clinician or appointment.clinician
    require_free(clinician, starts_at, ends_at, but=appointment, now=now)
    try:
        with transaction.atomic():
            change(appointment, starts_at=starts_at, ends_at=ends_at, clinician=clinician)
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    to: dict[str, Detail] = {}
    if clinician != before:
        to = {"before": before.public_id, "after": clinician.public_id}
    record("appointment.moved", actor=actor, about=appointment, clinic_id=clinic.pk, now=now, **to)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def hand_over(
    clinic: Clinic,
    appointment_id: str,
    *,
    version: int,
    clinician: Membership,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Let a colleague have an appointment that is not held yet, at the same time; the patient may have come.

    Raises Invalid (`clinician`): taken, absent or held; Overtaken if it was changed meanwhile.
    """
    hold(clinic.pk)
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status not in FILLS_TIME or appointment.drop_in:
        raise IllegalMove(appointment.status, "handed_over")
    before = appointment.clinician
    if clinician == before:
        return appointment
    problem = why_not(clinician, appointment.starts_at, appointment.ends_at, now=now)
    if problem:
        raise Invalid(clinician=problem)
    try:
        with transaction.atomic():
            change(appointment, clinician=clinician)
    except IntegrityError as fault:
        raise Invalid(clinician="taken") from fault
    record(
        "appointment.handed_over",
        actor=actor,
        about=appointment,
        clinic_id=clinic.pk,
        now=now,
        before=before.public_id,
        after=clinician.public_id,
    )
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def make_group(
    clinic: Clinic, appointment_id: str, *, version: int, is_group: bool, actor: Actor, now: datetime
) -> Appointment:
    """Let an appointment be a group, whose members see no full names of each other, or be none any more."""
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status not in FILLS_TIME:
        raise IllegalMove(appointment.status, "group")
    if appointment.is_group != is_group:
        change(appointment, group_since=now if is_group else None)
        act = "appointment.made_group" if is_group else "appointment.made_single"
        record(act, actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
        announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def cancel(clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime) -> Appointment:
    """Cancel an appointment that has not been held."""
    appointment = get(clinic, appointment_id)
    APPOINTMENT.make(appointment, AppointmentStatus.CANCELLED, version=version, cancelled_at=now)
    record("appointment.cancelled", actor=actor, about=appointment, clinic_id=clinic.pk, now=now)
    announce(f"day:{clinic.public_id}", "day")
    return appointment


@transaction.atomic
def arrive(appointment: Appointment, *, actor: Actor, now: datetime) -> Appointment:
    """Note that the patient has come; a second time is no news."""
    if appointment.status == AppointmentStatus.BOOKED:
        APPOINTMENT.make(appointment, AppointmentStatus.ARRIVED)
        record(
            "appointment.arrived", actor=actor, about=appointment, clinic_id=appointment.clinic_id, now=now
        )
        tell(
            appointment.clinic_id,
            Happening.ARRIVED,
            about=appointment.public_id,
            names={"appointment": reference("Appointment", appointment.public_id)},
            now=now,
        )
    return appointment


@transaction.atomic
def fulfil(appointment: Appointment, *, actor: Actor, now: datetime) -> Appointment:
    """Note that the appointment was held."""
    APPOINTMENT.make(appointment, AppointmentStatus.FULFILLED)
    record("appointment.fulfilled", actor=actor, about=appointment, clinic_id=appointment.clinic_id, now=now)
    return appointment


def require_free(
    clinician: Membership,
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: Appointment | None = None,
    holder: str = "",
    now: datetime,
) -> None:
    """Refuse a stretch in which the clinician cannot be booked: Invalid (`starts_at`: taken, absent or held)."""
    problem = why_not(clinician, starts_at, ends_at, but=but, holder=holder, now=now)
    if problem:
        raise Invalid(starts_at=problem)


def _booked(clinic: Clinic, appointment_id: str, version: int, act: str) -> Appointment:
    appointment = get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    if appointment.status != AppointmentStatus.BOOKED:
        raise IllegalMove(appointment.status, act)
    return appointment


def stretch(clinic: Clinic, day: date, at: time, minutes: int, now: datetime) -> tuple[datetime, datetime]:
    """The moments of a typed time. Raises Invalid where nobody can be booked then, whoever it is."""
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid(minutes="unlikely_length")
    starts_at = wall_time(day, at, clinic.zone)
    if starts_at < now - LATE_BY:
        raise Invalid(starts_at="in_the_past")
    if starts_at > now + FURTHEST:
        raise Invalid(starts_at="too_far_ahead")
    return starts_at, starts_at + timedelta(minutes=minutes)
