"""Acts on starts from a journal system: who may begin one, whose it is, and who is whom there."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from blikk.accounts.models import User
from blikk.audit.services import record
from blikk.clinics.models import Clinic
from blikk.documentation.launch_tables import Launch, LaunchIssuer, RecordPatient, RecordUser
from blikk.documentation.smart.addresses import read_base, read_origin
from blikk.documentation.smart.faults import LaunchFault, Why
from blikk.documentation.smart.keys import new_key
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import digest, same
from blikk.patients.models import Patient

LASTS = timedelta(minutes=10)
# How much longer it waits for a person who has something to decide or to book.
WAITS = timedelta(minutes=30)
KEPT_FOR = timedelta(days=1)
LONGEST_LAUNCH = 2000


@transaction.atomic
def register_issuer(
    clinic: Clinic,
    *,
    issuer: str,
    client_id: str,
    label: str,
    framed_by: str = "",
    actor: Actor,
    now: datetime,
) -> LaunchIssuer:
    """Let a journal system start Blikk at this clinic; said again, it gets the new particulars.

    Raises Invalid, field by field.
    """
    base, origin = read_base(issuer), read_origin(framed_by)
    values = {"client_id": client_id.strip(), "label": label.strip()}
    if missing := {name: "missing" for name, value in values.items() if not value}:
        raise Invalid(**missing)
    found = LaunchIssuer.objects.filter(clinic=clinic, issuer=base, ended_at__isnull=True).first()
    row = found or LaunchIssuer(clinic=clinic, issuer=base, added_at=now)
    if not row.sealed_key:
        new_key(row)
    row.client_id, row.label, row.framed_by = values["client_id"][:120], values["label"][:60], origin
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise Invalid(issuer="already_registered") from fault
    record("launch.issuer_registered", actor=actor, about=row, clinic_id=clinic.pk, now=now, issuer=base)
    return row


@transaction.atomic
def end_issuer(clinic: Clinic, issuer_id: str, *, actor: Actor, now: datetime) -> None:
    """Let a journal system start Blikk no more. Raises NotFound."""
    rows = LaunchIssuer.objects.filter(clinic=clinic, public_id=issuer_id, ended_at__isnull=True)
    row = rows.first()
    if row is None or rows.update(ended_at=now) != 1:
        raise NotFound
    record("launch.issuer_ended", actor=actor, about=row, clinic_id=clinic.pk, now=now, issuer=row.issuer)


def issuers_of(clinic: Clinic) -> Sequence[LaunchIssuer]:
    """The journal systems that may start Blikk at a clinic."""
    return list(LaunchIssuer.objects.filter(clinic=clinic, ended_at__isnull=True).order_by("label", "pk"))


def registered(issuer: str) -> Sequence[LaunchIssuer]:
    """Where an address is registered; compared sign by sign, so that no likeness is enough."""
    rows = LaunchIssuer.objects.filter(
        issuer=issuer, ended_at__isnull=True, clinic__is_practice=False
    ).select_related("clinic")
    return [row for row in rows.order_by("clinic__name", "pk") if row.issuer == issuer]


def open_launch(issuer: str, launch: str, *, browser: str, now: datetime) -> Launch:
    """Begin a start, for one browser. Raises LaunchFault: unknown_issuer, wrong_state."""
    if not registered(issuer):
        raise LaunchFault(Why.UNKNOWN_ISSUER)
    if not 0 < len(launch) <= LONGEST_LAUNCH:
        raise LaunchFault(Why.WRONG_STATE, "no launch")
    return Launch.objects.create(
        issuer=issuer,
        browser_digest=digest(browser),
        kept=json.dumps({"launch": launch}),
        made_at=now,
        expires_at=now + LASTS,
    )


def get_launch(launch_id: str, *, browser: str, now: datetime) -> Launch:
    """A start that is not over, of this browser. Raises LaunchFault: wrong_state, too_late."""
    found = Launch.objects.select_related("user", "clinic").filter(public_id=launch_id).first()
    return _of_browser(found, browser, now)


def find_by_state(state: str, *, browser: str, now: datetime) -> Launch:
    """The start that an answer belongs to. Raises LaunchFault, alike for unknown and for another browser's."""
    found = Launch.objects.select_related("user", "clinic").filter(state_digest=digest(state)).first()
    return _of_browser(found, browser, now)


def _of_browser(found: Launch | None, browser: str, now: datetime) -> Launch:
    if found is None or not browser or not same(found.browser_digest, digest(browser)):
        raise LaunchFault(Why.WRONG_STATE)
    if now > found.expires_at:
        raise LaunchFault(Why.TOO_LATE)
    return found


@transaction.atomic
def send_off(
    launch: Launch, *, user: User, clinic: Clinic, state: str, kept: Mapping[str, Any], now: datetime
) -> None:
    """Note whose start it is and what its answer is read with; once. Raises LaunchFault (`replayed`)."""
    rows = Launch.objects.filter(pk=launch.pk, used_at__isnull=True, state_digest__isnull=True)
    if rows.update(user=user, clinic=clinic, state_digest=digest(state), kept=json.dumps(kept)) != 1:
        raise LaunchFault(Why.REPLAYED, "begun before")
    del now


def use_up(launch: Launch, *, now: datetime) -> Mapping[str, Any]:
    """Take what the answer is read with; the second who comes with the same answer gets nothing."""
    if Launch.objects.filter(pk=launch.pk, used_at__isnull=True).update(used_at=now, kept="") != 1:
        raise LaunchFault(Why.REPLAYED)
    launch.used_at = now
    kept: Mapping[str, Any] = json.loads(launch.kept)
    return kept


def settle(launch: Launch, result: str, *, kept: Mapping[str, Any] | None = None) -> None:
    """Note how far it came, and what is needed to go on."""
    launch.result, launch.kept = result, json.dumps(kept) if kept else ""
    if kept:
        launch.expires_at += WAITS
    Launch.objects.filter(pk=launch.pk).update(result=result, kept=launch.kept, expires_at=launch.expires_at)


def said_in(launch: Launch, *, at: Sequence[str]) -> Mapping[str, Any]:
    """What was read for a start that waits for its person. Raises LaunchFault (`replayed`) where it waits no more."""
    if launch.result not in at or not launch.kept:
        raise LaunchFault(Why.REPLAYED, "over")
    kept: Mapping[str, Any] = json.loads(launch.kept)
    return kept


def is_bound(user: User, issuer: str, fhir_user: str) -> bool | None:
    """Whether the two were shown to be the same; False where either is bound to another, None where neither is."""
    key = digest(fhir_user)
    mine = RecordUser.objects.filter(user=user, issuer=issuer).first()
    theirs = RecordUser.objects.filter(issuer=issuer, fhir_user_digest=key).first()
    if mine is None and theirs is None:
        return None
    return mine is not None and same(mine.fhir_user_digest, key)


@transaction.atomic
def bind(user: User, issuer: str, fhir_user: str, *, clinic: Clinic, actor: Actor, now: datetime) -> None:
    """Bind an account and a journal's user to each other. Raises LaunchFault (`other_user`)."""
    if is_bound(user, issuer, fhir_user) is False:
        raise LaunchFault(Why.OTHER_USER, "bound to another")
    try:
        with transaction.atomic():
            RecordUser.objects.get_or_create(
                user=user, issuer=issuer, defaults={"fhir_user_digest": digest(fhir_user), "bound_at": now}
            )
    except IntegrityError as fault:
        raise LaunchFault(Why.OTHER_USER, "bound to another") from fault
    record("launch.user_bound", actor=actor, about=user, clinic_id=clinic.pk, now=now, issuer=issuer)


@transaction.atomic
def unbind(user: User, *, clinic_id: int | None, actor: Actor, now: datetime) -> None:
    """Let no journal's user be this account any more."""
    count, _ = RecordUser.objects.filter(user=user).delete()
    if count:
        record("launch.user_unbound", actor=actor, about=user, clinic_id=clinic_id, now=now)


def bound_of(user: User) -> Sequence[RecordUser]:
    """The journal systems in which it is known who somebody is."""
    return list(RecordUser.objects.filter(user=user).order_by("bound_at"))


def link_patient(
    clinic: Clinic, server: str, record_id: str, patient: Patient, *, actor: Actor, now: datetime
) -> None:
    """Keep which patient of ours a patient of a journal is; a later decision takes the place of an earlier one."""
    found = RecordPatient.objects.filter(clinic=clinic, server=server, record_id=record_id).first()
    if found is not None and found.patient_id == patient.pk:
        return
    RecordPatient.objects.update_or_create(
        clinic=clinic,
        server=server,
        record_id=record_id,
        defaults={"patient": patient, "linked_at": now},
    )
    record("launch.patient_linked", actor=actor, about=patient, clinic_id=clinic.pk, now=now)


def linked_patient(clinic: Clinic, server: str, record_id: str) -> Patient | None:
    """The patient whom somebody once found to be this one of a journal."""
    rows = RecordPatient.objects.filter(clinic=clinic, server=server, record_id=record_id)
    found = rows.select_related("patient").first()
    return found.patient if found else None


def note_refused(why: Why, *, issuer: str, clinic_id: int | None, actor: Actor | None, now: datetime) -> None:
    """Record a start that came to nothing: why, and by whom if anybody was signed in."""
    record(
        "launch.refused",
        actor=actor or SYSTEM,
        about="launch",
        clinic_id=clinic_id,
        now=now,
        why=str(why),
        issuer=issuer[:200],
    )


def forget_old(*, now: datetime) -> int:
    """Throw away starts that nobody comes back to; says how many."""
    count, _ = Launch.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    # What was read for a decision that nobody took is not kept beyond the start itself.
    Launch.objects.filter(expires_at__lt=now).update(kept="")
    return count
