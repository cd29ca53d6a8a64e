"""Acts on what comes in from a journal system: how it is read, and the journal's last word about each appointment."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.documentation.ehr.incoming import Said
from blikk.documentation.incoming_tables import Feed, RecordAppointment
from blikk.documentation.smart.persons import RecordPerson, kept, to_keep
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import digest

# Who acts where nobody here does: the journal system, whose word is carried out.
FROM_RECORD = Actor("system", "journal")
# What is said of a word that cannot be used, until there is one that can.
FAULTS = frozenset({"unreadable", "no_patient"})
EVERY = timedelta(seconds=60)
LEASE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=1)
MOST_CODES = 50
# How long something that nobody has looked at stands on the day page after its hour.
SHOWN_FOR = timedelta(days=2)


def feed_of(clinic: Clinic) -> Feed | None:
    """How a clinic reads appointments from its journal system; None where nobody has said."""
    return Feed.objects.filter(clinic=clinic).first()


@transaction.atomic
def change_feed(
    clinic: Clinic,
    *,
    is_on: bool,
    codes: Sequence[str],
    ahead_days: int,
    invites: bool,
    actor: Actor,
    now: datetime,
) -> Feed:
    """Say whether and which appointments come in; everything is read anew with the new rules. Raises Invalid."""
    hold(clinic.pk)
    if len(codes) > MOST_CODES or any(len(code) > 200 or not code.isprintable() for code in codes):
        raise Invalid(codes="unreadable")
    feed = feed_of(clinic) or Feed(clinic=clinic)
    feed.is_on, feed.codes, feed.ahead_days, feed.invites = is_on, list(codes), ahead_days, invites
    feed.read_until, feed.next_at, feed.attempts, feed.fault, feed.fault_at = None, now, 0, "", None
    feed.save()
    record("clinic.record_feed_changed", actor=actor, about=feed, clinic_id=clinic.pk, now=now, is_on=is_on)
    return feed


def lease_due(worker: str, *, now: datetime) -> Feed | None:
    """Take one feed that is due, for this worker alone; None where none is."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = Feed.objects.filter(free, is_on=True, next_at__lte=now).order_by("next_at")
    found = due.select_related("clinic").first()
    if found is None:
        return None
    rows = Feed.objects.filter(free, pk=found.pk, is_on=True)
    return found if rows.update(leased_by=worker, lease_until=now + LEASE) == 1 else None


def done_reading(feed: Feed, *, read_until: datetime | None, swept: bool, now: datetime) -> None:
    """Note how far it was read; unless the rules were changed meanwhile, and all is to be read again."""
    Feed.objects.filter(pk=feed.pk).update(
        leased_by="", lease_until=None, read_at=now, attempts=0, fault="", fault_at=None
    )
    values = {"next_at": now + EVERY, **({"swept_at": now} if swept else {})}
    if read_until is not None:
        values["read_until"] = read_until
    Feed.objects.filter(pk=feed.pk, read_until=feed.read_until, next_at=feed.next_at).update(**values)


def failed_reading(feed: Feed, reason: str, *, wait: float, now: datetime) -> None:
    """Note that the journal system could not be read; it is tried again, later and later."""
    pause = max(min(EVERY * 2 ** min(feed.attempts, 10), LONGEST_WAIT), timedelta(seconds=wait))
    Feed.objects.filter(pk=feed.pk).update(
        leased_by="",
        lease_until=None,
        attempts=F("attempts") + 1,
        fault=reason[:40],
        fault_at=feed.fault_at or now,
        next_at=now + pause,
    )


def find_word(clinic: Clinic, server: str, record_id: str) -> RecordAppointment | None:
    return RecordAppointment.objects.filter(clinic=clinic, server=server, record_id=record_id).first()


def is_news(row: RecordAppointment | None, said: Said, *, now: datetime) -> bool:
    """Whether this may be a later word than the one that we have; what was never on video is none.

    A cancellation of what we have not heard of is kept: the word that it takes back may come after it. What is over
    and not known here never becomes an hour; it may have been one that was deleted, and does not come back.
    """
    if row is None:
        return said.is_video and (said.ends_at is None or said.ends_at > now)
    older = row.said_at is not None and said.updated_at is not None and said.updated_at < row.said_at
    return not older


@transaction.atomic
def keep_word(
    clinic: Clinic,
    server: str,
    said: Said,
    *,
    person: RecordPerson | None,
    hpr_number: str,
    now: datetime,
) -> RecordAppointment | None:
    """Keep the journal's word, if it is a later one; the same word twice changes nothing."""
    hold(clinic.pk)
    row = find_word(clinic, server, said.id)
    if not is_news(row, said, now=now):
        return row
    row = row or RecordAppointment(clinic=clinic, server=server, record_id=said.id, first_at=now)
    whole = json.dumps(to_keep(person), sort_keys=True) if person else ""
    times = [at.timestamp() if at else 0 for at in (said.starts_at, said.ends_at)]
    word = [said.is_planned, said.is_video, said.fault, *times, hpr_number, said.patient, digest(whole)]
    row.said_at, row.said_digest = said.updated_at, digest(json.dumps(word))
    if said.fault:
        # What cannot be read takes nothing away: the word before it stands, and the day page says so.
        row.save()
        notice(row, said.fault, now=now)
        return row
    if row.pk and row.notice in FAULTS:
        notice(row, "", now=now)
    row.is_planned, row.is_video = said.is_planned, said.is_video
    if said.is_planned:
        row.starts_at, row.ends_at, row.hpr_number = said.starts_at, said.ends_at, hpr_number
        if row.patient_ref and row.patient_ref != said.patient:
            row.patient = None
        row.patient_ref, row.person = said.patient, whole
    row.save()
    return row


def person_of(row: RecordAppointment) -> RecordPerson | None:
    """The patient as the journal has them."""
    return kept(json.loads(row.person)) if row.person else None


def notice(row: RecordAppointment, code: str, *, now: datetime, before_at: datetime | None = None) -> None:
    """Have the day page say something about it; said already, it stands as it is, also where somebody has seen it."""
    if row.notice == code:
        return
    row.notice, row.noticed_at, row.seen_at, row.before_at = code, now if code else None, None, before_at
    row.save(update_fields=["notice", "noticed_at", "seen_at", "before_at"])
    if code:
        record(
            "incoming.noticed",
            actor=FROM_RECORD,
            about=row,
            clinic_id=row.clinic_id,
            now=now,
            notice=code,
        )
    announce(f"day:{row.clinic.public_id}", "day")


@transaction.atomic
def note_seen(row: RecordAppointment, *, actor: Actor, now: datetime) -> None:
    """Take what is said about it off the day page: somebody has seen it."""
    if RecordAppointment.objects.filter(pk=row.pk, seen_at__isnull=True).update(seen_at=now):
        record("incoming.seen", actor=actor, about=row, clinic_id=row.clinic_id, now=now, notice=row.notice)
        announce(f"day:{row.clinic.public_id}", "day")


def get_word(clinic: Clinic, public_id: str) -> RecordAppointment:
    """What came in, by its name here. Raises NotFound."""
    found = _with(RecordAppointment.objects.filter(clinic=clinic, public_id=public_id)).first()
    if found is None:
        raise NotFound
    return found


def notices_of(
    clinic: Clinic, *, clinician: Membership | None = None, now: datetime
) -> list[RecordAppointment]:
    """What the day page says about hours from the journal, soonest first, in one query."""
    rows = RecordAppointment.objects.filter(clinic=clinic, seen_at__isnull=True).exclude(notice="")
    rows = rows.filter(Q(starts_at__isnull=True) | Q(ends_at__gt=now - SHOWN_FOR))
    if clinician is not None:
        rows = rows.filter(Q(clinician=clinician) | Q(clinician__isnull=True))
    return list(_with(rows).order_by("starts_at", "pk")[:50])


def undone(clinic: Clinic, server: str, *, now: datetime, ahead: timedelta) -> list[RecordAppointment]:
    """Those whose hour here is not as the journal says, or whose patient is not invited yet."""
    is_other = ~Q(said_digest=F("done_digest")) | Q(appointment__isnull=False, ends_at__gt=now) & ~Q(
        appointment__version=F("done_version")
    )
    waits = Q(is_planned=True, is_invited=False, starts_at__gt=now, appointment__isnull=False)
    rows = RecordAppointment.objects.filter(is_other | waits, clinic=clinic, server=server)
    rows = rows.filter(Q(is_planned=False) | Q(appointment__isnull=False) | Q(starts_at__lte=now + ahead))
    return list(_with(rows).order_by("starts_at", "pk"))


def to_look_after(clinic: Clinic, server: str, *, now: datetime, most: int = 300) -> list[RecordAppointment]:
    """Hours to come that the journal should still know of, soonest first."""
    rows = RecordAppointment.objects.filter(
        clinic=clinic, server=server, is_planned=True, starts_at__gt=now, appointment__isnull=False
    )
    return list(_with(rows).order_by("starts_at", "pk")[:most])


def _with(rows: "QuerySet[RecordAppointment]") -> "QuerySet[RecordAppointment]":
    return rows.select_related(
        "clinic", "patient", "clinician__user", "appointment__patient", "appointment__clinician__user"
    )
