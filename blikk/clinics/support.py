"""Whom the staff of a clinic call when something does not work."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid

MOST = 3
LONGEST = {"name": 80, "phone": 30, "hours": 80}
_PHONE = re.compile(r"\+?[0-9 ]{3,29}")


@transaction.atomic
def change_contacts(
    clinic: Clinic, contacts: Sequence[Mapping[str, str]], *, actor: Actor, now: datetime
) -> Clinic:
    """Say whom to call, in that order; empty lines fall away.

    Raises Invalid: `name_1: missing`, `phone_2: not_a_phone`, `hours_3: too_long` and the like.
    """
    kept = [
        {field: " ".join(one.get(field, "").split()) for field in LONGEST}
        for one in contacts
        if any(value.strip() for value in one.values())
    ]
    _require_usable(contacts)
    current = Clinic.objects.select_for_update().get(pk=clinic.pk)
    if kept != current.support_contacts:
        current.support_contacts = kept
        current.save(update_fields=["support_contacts"])
        record(
            "clinic.setting_changed",
            actor=actor,
            about=current,
            clinic_id=current.pk,
            now=now,
            setting="support_contacts",
            after=len(kept),
        )
    return current


def _require_usable(contacts: Sequence[Mapping[str, str]]) -> None:
    wrong: dict[str, str] = {}
    for number, one in enumerate(contacts[:MOST], start=1):
        if not any(value.strip() for value in one.values()):
            continue
        if not one.get("name", "").strip():
            wrong[f"name_{number}"] = "missing"
        if not _PHONE.fullmatch(one.get("phone", "").strip()):
            wrong[f"phone_{number}"] = "not_a_phone"
        for field, most in LONGEST.items():
            if len(one.get(field, "")) > most:
                wrong.setdefault(f"{field}_{number}", "too_long")
    if wrong:
        raise Invalid(**wrong)
