"""The records of what was deleted: claimed by one worker at a time, and counted up as it is done."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from blikk.audit.services import record
from blikk.clinics.keeping_tables import Deletion, DeletionKind, DeletionStatus
from blikk.clinics.models import Clinic
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import Overtaken
from blikk.kernel.forgetting import Forgotten, added, linked

LEASE = timedelta(minutes=10)


def claim(clinic: Clinic, night: date, *, worker: str, now: datetime) -> Deletion | None:
    """Take on a clinic's night, or go on with one that was left; None where it is done or somebody else's.

    Who goes on tries again what was left before, so that is counted anew.
    """
    run, _ = Deletion.objects.get_or_create(
        clinic=clinic, night=night, kind=DeletionKind.NIGHT, defaults={"began_at": now}
    )
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(leased_by=worker)
    mine = Deletion.objects.filter(free, pk=run.pk, status=DeletionStatus.RUNNING)
    if mine.update(leased_by=worker, lease_until=now + LEASE, postponed=0) != 1:
        return None
    return Deletion.objects.select_related("clinic").get(pk=run.pk)


def asked(clinic: Clinic, *, on: date, now: datetime) -> Deletion:
    """Begin the record of what is deleted because somebody asked."""
    return Deletion.objects.create(clinic=clinic, night=on, kind=DeletionKind.ASKED, began_at=now)


@transaction.atomic
def count(
    run: Deletion, gone: Forgotten, *, visits: int = 0, patients: int = 0, postponed: int = 0, now: datetime
) -> Deletion:
    """Write down what the transaction deleted. Raises Overtaken if the run became somebody else's meanwhile."""
    current = Deletion.objects.select_for_update().get(pk=run.pk)
    if current.leased_by != run.leased_by or current.status != DeletionStatus.RUNNING:
        raise Overtaken
    days = [*gone.days, *filter(None, (current.first_on, current.last_on))]
    current.counts = added(current.counts, gone.counts)
    current.visits += visits
    current.patients += patients
    current.postponed += postponed
    current.first_on, current.last_on = (min(days), max(days)) if days else (None, None)
    current.digest = linked(current.digest, gone.names, gone.counts) if gone.counts else current.digest
    current.lease_until = now + LEASE if current.leased_by else None
    current.save()
    return current


@transaction.atomic
def finish(run: Deletion, *, actor: Actor = SYSTEM, now: datetime) -> Deletion:
    """Close the record, and put what it says into the chain that proves itself."""
    current = Deletion.objects.select_for_update().get(pk=run.pk)
    if current.leased_by != run.leased_by or current.status != DeletionStatus.RUNNING:
        raise Overtaken
    current.status, current.done_at = DeletionStatus.DONE, now
    current.leased_by, current.lease_until = "", None
    current.save()
    record(
        "keeping.deleted",
        actor=actor,
        about=current,
        clinic_id=current.clinic_id,
        now=now,
        rows=sum(current.counts.values()),
        visits=current.visits,
        patients=current.patients,
        digest=current.digest,
    )
    return current


def is_done(clinic: Clinic, night: date) -> bool:
    """Whether a clinic's night is over with."""
    rows = Deletion.objects.filter(clinic=clinic, night=night, kind=DeletionKind.NIGHT)
    return rows.filter(status=DeletionStatus.DONE).exists()


def newest_of(clinic: Clinic, *, most: int = 14) -> Sequence[Deletion]:
    """What was deleted lately, newest first."""
    return list(Deletion.objects.filter(clinic=clinic)[:most])


def clinics_that_keep() -> Sequence[Clinic]:
    """The clinics whose data are kept for a while; a place to practise in is emptied every day anyway."""
    return list(Clinic.objects.filter(is_practice=False).order_by("pk"))


def practice_keys() -> list[int]:
    """The places to practise in: what the record says of them goes when it is as old as everybody's."""
    return list(Clinic.objects.filter(is_practice=True).values_list("pk", flat=True))
