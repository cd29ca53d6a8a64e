"""Holding a free slot for a patient while they decide, and turning it into an appointment."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Form, SlotHold
from blikk.scheduling.queries import find_slot
from blikk.scheduling.queries.slots import By
from blikk.scheduling.services.appointments import promise

HELD_FOR = timedelta(minutes=10)
# However often it is renewed, nobody keeps a slot from others for longer.
HELD_AT_MOST = timedelta(minutes=30)
# Holds that are over are of no use to anybody; those that became an appointment go too.
KEPT_FOR = timedelta(days=2)


@transaction.atomic
def hold_slot(
    clinic: Clinic,
    slot: str,
    *,
    holder: str,
    by: By = "patient",
    form: str = Form.VIDEO,
    actor: Actor,
    now: datetime,
) -> SlotHold:
    """Keep a free slot for one holder for ten minutes; the one that they held before falls free.

    Held again by the same holder, it is kept on, half an hour in all. Raises NotFound for what is no slot,
    Invalid (`starts_at: taken`) for one that is not free.
    """
    hold(clinic.pk)
    free = find_slot(clinic, slot, by=by, form=form, holder=holder, now=now)
    mine = SlotHold.objects.filter(clinic=clinic, holder=holder, let_go_at__isnull=True)
    kept = mine.filter(clinician=free.clinician, starts_at=free.starts_at, held_until__gt=now).first()
    mine.exclude(pk=kept.pk if kept else 0).update(let_go_at=now)
    if kept is not None:
        kept.held_until = max(kept.held_until, min(now + HELD_FOR, kept.created_at + HELD_AT_MOST))
        kept.save(update_fields=["held_until"])
        return kept
    over = SlotHold.objects.filter(clinician=free.clinician, let_go_at__isnull=True, held_until__lte=now)
    over.update(let_go_at=now)
    try:
        with transaction.atomic():
            kept = SlotHold.objects.create(
                clinic=clinic,
                clinician=free.clinician,
                period=free.period,
                starts_at=free.starts_at,
                ends_at=free.ends_at,
                held_until=now + HELD_FOR,
                holder=holder,
                created_at=now,
            )
    except IntegrityError as fault:
        raise Invalid(starts_at="taken") from fault
    record("slot.held", actor=actor, about=kept, clinic_id=clinic.pk, now=now)
    announce(f"slots:{clinic.public_id}", "slots")
    return kept


@transaction.atomic
def let_go(held: SlotHold, *, now: datetime) -> SlotHold:
    """Give a held slot free; a second time is no news."""
    if SlotHold.objects.filter(pk=held.pk, let_go_at__isnull=True).update(let_go_at=now):
        held.let_go_at = now
        announce(f"slots:{held.clinic.public_id}", "slots")
    return held


@transaction.atomic
def book_held(
    clinic: Clinic, held: SlotHold, *, patient: Patient, by_patient: bool = True, actor: Actor, now: datetime
) -> Appointment:
    """Promise a patient the slot that is held for them.

    A hold that ran out still counts while nobody else took the slot. Raises Invalid (`starts_at`): taken, held
    by another, absent, or in the past.
    """
    hold(clinic.pk)
    held.refresh_from_db()
    if held.appointment_id is not None:
        raise Invalid(starts_at="taken")
    if held.starts_at <= now:
        raise Invalid(starts_at="in_the_past")
    appointment = promise(
        clinic,
        patient=patient,
        clinician=held.clinician,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        period=held.period,
        holder=held.holder,
        by_patient=by_patient,
        actor=actor,
        now=now,
    )
    held.appointment, held.let_go_at = appointment, held.let_go_at or now
    held.save(update_fields=["appointment", "let_go_at"])
    announce(f"slots:{clinic.public_id}", "slots")
    return appointment


@transaction.atomic
def forget_holds(*, now: datetime) -> int:
    """Delete holds that have long been over; says how many."""
    return SlotHold.objects.filter(held_until__lt=now - KEPT_FOR).delete()[0]
