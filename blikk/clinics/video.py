"""Which video solution is used: the clinic's, or a clinician's own choice."""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from blikk.audit.services import record
from blikk.clinics.models import Clinic, Membership, VideoKind, VideoSolution
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.sealing import Unreadable, bound_in, seal_text, unseal_text
from blikk.media.engines.external import read_address
from blikk.media.services import can_make_rooms, external_hosts

OWN = "own"
# Signs that are not seen, or that turn the text around them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def chosen(clinic: Clinic, membership: Membership | None = None) -> VideoSolution | None:
    """What the clinic, or one clinician, has chosen; None for nothing."""
    return VideoSolution.objects.filter(clinic=clinic, membership=membership).first()


def solution_of(clinic_id: int, membership_id: int | None) -> VideoSolution | None:
    """The other solution that a clinician's consultations are held in; None where that is Blikk itself.

    Without a clinician, as in a queue, it is the clinic's.
    """
    mine = Q(membership_id=membership_id) if membership_id else Q(pk__in=[])
    rows = VideoSolution.objects.filter(mine | Q(membership__isnull=True), clinic_id=clinic_id)
    found = sorted(rows, key=lambda one: one.membership_id is None)
    return None if not found or found[0].is_own else found[0]


def is_elsewhere(membership: Membership) -> bool:
    """Whether conversations that this clinician opens are held in another solution."""
    return solution_of(membership.clinic_id, membership.pk) is not None


@transaction.atomic
def choose(
    clinic: Clinic,
    membership: Membership | None = None,
    *,
    kind: str,
    supplier: str = "",
    address: str = "",
    key: str = "",
    actor: Actor,
    now: datetime,
) -> VideoSolution | None:
    """Choose the solution of a clinic or a clinician; an empty `kind` is "as before": Blikk, or the clinic's.

    Raises Invalid, field by field, and NotFound for somebody who does not work here.
    """
    if membership is not None and (membership.clinic_id != clinic.pk or membership.ended_at is not None):
        raise NotFound
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    before = chosen(clinic, membership)
    said_before, kept = _said(before), _kept_key(before)
    values = _values(kind, supplier, address, has_key=bool(key or kept))
    made = None
    if kind and not (kind == OWN and membership is None):
        made = before or VideoSolution(clinic=clinic, membership=membership)
        for name, value in {"is_own": False, "kind": "", "supplier": "", "address": "", **values}.items():
            setattr(made, name, value)
        made.sealed_key = _sealed(made, key.strip() or kept) if kind == VideoKind.WHEREBY else b""
        made.changed_at = now
        made.save()
    elif before is not None:
        before.delete()
    record(
        "clinic.video_chosen",
        actor=actor,
        about=membership or clinic,
        clinic_id=clinic.pk,
        now=now,
        before=said_before,
        after=_said(made),
    )
    return made


def _values(kind: str, supplier: str, address: str, *, has_key: bool) -> dict[str, str | bool]:
    if kind in {"", OWN}:
        return {"is_own": True}
    name = supplier.strip()
    faults: dict[str, str] = {}
    if kind not in VideoKind.values:
        raise Invalid(kind="unknown")
    if not name:
        faults["supplier"] = "missing"
    elif len(name) > 60 or _UNSEEN.search(name):
        faults["supplier"] = "unreadable"
    if kind == VideoKind.WHEREBY:
        if not has_key and not can_make_rooms():
            faults["key"] = "no_key"
        address = ""
    else:
        try:
            address = read_address(address, external_hosts(), is_template=kind == VideoKind.TEMPLATE)
        except Invalid as fault:
            faults |= fault.fields
    if faults:
        raise Invalid(**faults)
    return {"kind": kind, "supplier": name, "address": address}


def key_for(clinic_id: int, membership_id: int | None) -> str:
    """The clinic's own key to the supplier; empty where there is none, or where it cannot be read any more."""
    return _kept_key(solution_of(clinic_id, membership_id))


def _kept_key(solution: VideoSolution | None) -> str:
    if solution is None or not solution.sealed_key:
        return ""
    try:
        return unseal_text(bytes(solution.sealed_key), bound_to=_bound(solution))
    except Unreadable:
        return ""


def _sealed(solution: VideoSolution, key: str) -> bytes:
    return seal_text(key, bound_to=_bound(solution)) if key else b""


def _bound(solution: VideoSolution) -> str:
    return bound_in(VideoSolution, "sealed_key", solution.public_id)


def _said(solution: VideoSolution | None) -> str:
    """What the record says: never the address, which opens a room."""
    if solution is None:
        return ""
    return OWN if solution.is_own else f"{solution.kind} {solution.supplier}"
