"""The nightly deletion at a clinic: in batches, each whole or not at all, so that it can be killed and gone on with."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial

from django.db import Error, transaction

from blikk.audit import trimming
from blikk.audit.services import hold
from blikk.clinics import deletions
from blikk.clinics.models import Clinic, Deletion, KeptKind
from blikk.clinics.retention import cuts_of
from blikk.documentation.keeping import forget_unused
from blikk.journeys.errors import SomethingIsLeft
from blikk.journeys.keeping import due, forgetting
from blikk.journeys.keeping.books import BOOKS, Forget
from blikk.kernel.errors import Overtaken
from blikk.kernel.forgetting import Forgotten, empty_the_journal, give_up_soon, overwrite_what_is_deleted
from blikk.kernel.times import local
from blikk.notifications.keeping import forget_settled
from blikk.waiting_room.keeping import forget_days

Clock = Callable[[], datetime]

BATCH = 20
# Nobody is expected at this hour, and every day has it: summer time begins and ends after it or before.
AT_HOUR = 4
# Messages about things that go by themselves, sooner than any visit.
_SHORT_LIVED = (
    "patients.ContactRequest",
    "invitations.PhoneProof",
    "invitations.LostLink",
    "accounts.User",
    "clinics.Clinic",
    "clinics.Membership",
    "scheduling.Opening",
)


def night_of(clinic: Clinic, *, now: datetime) -> date | None:
    """Which night it is at a clinic, from four o'clock on; None before."""
    there = local(now, clinic.zone)
    return there.date() if there.hour >= AT_HOUR else None


def keep(clinic: Clinic, *, worker: str, clock: Clock) -> Deletion | None:
    """Delete what is due at a clinic tonight; None where it is done, not yet night, or another worker does it."""
    night = night_of(clinic, now=clock())
    if night is None or deletions.is_done(clinic, night):
        return None
    run = deletions.claim(clinic, night, worker=worker, now=clock())
    if run is None:
        return None
    overwrite_what_is_deleted()
    try:
        for step in (_visits, _places, _patients, _companions, _rest):
            run = step(run, clock)
        run = _let_entries_go(run, clock)
        run = deletions.finish(run, now=clock())
    except Overtaken:
        return None
    empty_the_journal()
    return run


def _visits(run: Deletion, clock: Clock) -> Deletion:
    clinic = run.clinic
    before = cuts_of(clinic, now=clock())[KeptKind.VISIT]

    def forget(key: int) -> Forgotten | None:
        rows = due.visits_due(clinic, before=before).filter(pk=key)
        locked = rows.select_for_update(of=("self",), skip_locked=True).select_related("patient").first()
        if locked is None or not due.is_there(locked):
            return None
        return forgetting.forget_visit(clinic, locked, now=clock())

    keys = list(due.visits_due(clinic, before=before).values_list("pk", flat=True))
    return _in_batches(run, keys, forget, clock, name="visits")


def _places(run: Deletion, clock: Clock) -> Deletion:
    clinic = run.clinic
    before = cuts_of(clinic, now=clock())[KeptKind.VISIT]

    def forget(key: int) -> Forgotten | None:
        rows = due.places_due(clinic, before=before).filter(pk=key).select_related("patient")
        found = rows.select_for_update(of=("self",), skip_locked=True).first()
        return forgetting.forget_place(clinic, found, now=clock()) if found else None

    keys = list(due.places_due(clinic, before=before).values_list("pk", flat=True))
    return _in_batches(run, keys, forget, clock, name="visits")


def _patients(run: Deletion, clock: Clock) -> Deletion:
    clinic = run.clinic
    before = cuts_of(clinic, now=clock())[KeptKind.PATIENT]

    def forget(key: int) -> Forgotten | None:
        rows = due.patients_due(clinic, before=before).filter(pk=key)
        found = rows.select_for_update(of=("self",), skip_locked=True).first()
        return forgetting.forget_patient(clinic, found, now=clock()) if found else None

    keys = list(due.patients_due(clinic, before=before).values_list("pk", flat=True))
    return _in_batches(run, keys, forget, clock, name="patients")


def _companions(run: Deletion, clock: Clock) -> Deletion:
    clinic = run.clinic
    before = cuts_of(clinic, now=clock())[KeptKind.PATIENT]

    def forget(key: int) -> Forgotten | None:
        found = due.companions_due(clinic, before=before).filter(pk=key).first()
        gone = Forgotten()
        if found:
            forgetting.forget_companion(found, gone)
        return gone

    keys = list(due.companions_due(clinic, before=before).values_list("pk", flat=True))
    return _in_batches(run, keys, forget, clock)


def _rest(run: Deletion, clock: Clock) -> Deletion:
    """What is about no visit and no patient by a reference, and may name one all the same; and old books."""
    clinic, cuts = run.clinic, cuts_of(run.clinic, now=clock())
    before = cuts[KeptKind.VISIT]
    sweeps: list[Callable[[Forgotten], None]] = [
        partial(forget_days, clinic, before=before),
        partial(forget_unused, clinic, before=before),
        partial(forget_settled, clinic.pk, _SHORT_LIVED, before=before),
        *(partial(_forget_book, clinic, forget, before=cuts[kind]) for kind, forget in BOOKS),
    ]
    for sweep in sweeps:
        try:
            run = _one_sweep(run, sweep, clock)
        except Error:
            run = deletions.count(run, Forgotten(), postponed=1, now=clock())
    return run


def _forget_book(clinic: Clinic, forget: Forget, gone: Forgotten, *, before: datetime) -> None:
    forget(clinic, gone, before)


def _one_sweep(run: Deletion, sweep: Callable[[Forgotten], None], clock: Clock) -> Deletion:
    with transaction.atomic():
        hold(run.clinic_id)
        give_up_soon()
        gone = Forgotten()
        sweep(gone)
        return deletions.count(run, gone, now=clock())


def _in_batches(
    run: Deletion,
    keys: list[int],
    forget: Callable[[int], Forgotten | None],
    clock: Clock,
    *,
    name: str = "",
) -> Deletion:
    """Delete these, some at a time. Where somebody works with one of them, that one is left for another night."""
    for some in _parts(keys):
        try:
            run = _one_batch(run, some, forget, clock, name=name)
        except (Error, SomethingIsLeft):
            for key in some:
                try:
                    run = _one_batch(run, [key], forget, clock, name=name)
                except (Error, SomethingIsLeft):
                    run = deletions.count(run, Forgotten(), postponed=1, now=clock())
    return run


def _one_batch(
    run: Deletion, keys: list[int], forget: Callable[[int], Forgotten | None], clock: Clock, *, name: str
) -> Deletion:
    with transaction.atomic():
        # First the chain, as every act that locks several rows does; and rather give up than wait for who waits for us.
        hold(run.clinic_id)
        give_up_soon()
        made = [one for key in keys if (one := forget(key)) is not None]
        whole = Forgotten()
        for one in made:
            whole.add(one)
        done = {name: len(made)} if name else {}
        return deletions.count(run, whole, **done, postponed=len(keys) - len(made), now=clock())


def _parts(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _let_entries_go(run: Deletion, clock: Clock) -> Deletion:
    """Anchor the record's old entries and delete them; the chain proves itself from there on."""
    try:
        trim(run.clinic_id, before=cuts_of(run.clinic, now=clock())[KeptKind.AUDIT], now=clock())
    except Error:
        return deletions.count(run, Forgotten(), postponed=1, now=clock())
    return run


def trim(clinic_id: int | None, *, before: datetime, now: datetime) -> int:
    """Let the entries of one chain go that are older than a moment; says how many."""
    trimming.anchor(clinic_id, before=before, now=now)
    count = 0
    while some := trimming.let_go(clinic_id, before=before):
        count += some
    return count
