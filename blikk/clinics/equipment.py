"""A member of staff's own equipment: what they found when they tried it, and who at the clinic has tried."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.models import Clinic, EquipmentCheck, Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid

WELL, UNTRIED = "ok", "not_tried"
_DEVICE = {"denied", "denied_by_system", "in_use", "missing", "in_app_browser", "unsupported", "failed"}
# What can be found about each part. Whatever a page says otherwise is refused, so that no words get into the record.
FINDINGS: dict[str, frozenset[str]] = {
    "camera": frozenset({WELL, UNTRIED, *_DEVICE}),
    "microphone": frozenset({WELL, UNTRIED, *_DEVICE}),
    "sound": frozenset({WELL, UNTRIED, "no_tone"}),
    "network": frozenset({WELL, UNTRIED, "no_relay"}),
    "echo": frozenset({"none", "echo", "unmeasured", UNTRIED}),
    "light": frozenset({WELL, "dark", "backlit", "bright", UNTRIED}),
}
# A conversation can be held: light is advice, and not everybody's loudspeaker can be measured.
_NEEDED = ("camera", "microphone", "network")


@transaction.atomic
def note_check(
    membership: Membership, *, found: Mapping[str, object], actor: Actor, now: datetime
) -> EquipmentCheck:
    """Note what a member of staff found when they tried their equipment; the last time counts.

    Raises Invalid (`found`: unknown).
    """
    if set(found) != set(FINDINGS) or any(found[part] not in known for part, known in FINDINGS.items()):
        raise Invalid(found="unknown")
    kept = {part: str(found[part]) for part in FINDINGS}
    is_well = all(kept[part] == WELL for part in _NEEDED) and kept["echo"] != "echo"
    check, _ = EquipmentCheck.objects.update_or_create(
        membership=membership, defaults={"checked_at": now, "found": kept, "is_well": is_well}
    )
    record(
        "member.equipment_checked",
        actor=actor,
        about=membership,
        clinic_id=membership.clinic_id,
        now=now,
        **kept,
    )
    return check


def last_check(membership: Membership) -> EquipmentCheck | None:
    """When this member of staff last tried their equipment."""
    return EquipmentCheck.objects.filter(membership=membership).first()


def checks_of(clinic: Clinic) -> dict[int, EquipmentCheck]:
    """The last check of everybody who works at the clinic, by the key of the membership."""
    rows = EquipmentCheck.objects.filter(membership__clinic=clinic, membership__ended_at__isnull=True)
    return {row.membership_id: row for row in rows}
