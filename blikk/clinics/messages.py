"""How a clinic writes to its patients: the sender of an SMS, reminders, and what a patient may do from the link."""

from datetime import datetime
from typing import Any

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.labels import LONGEST_SMS_SENDER, has_link, neutral, questions_about
from blikk.clinics.models import CancelsOnline, Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.gsm import BASIC

RULES = ("sms_sender", "reminder_minutes", "cancels_online", "cancel_until_hours")
MOST_REMINDERS = 3
SOONEST, FURTHEST = 15, 14 * 24 * 60
LONGEST_NOTICE = 14 * 24


@transaction.atomic
def change_message_rules(
    clinic: Clinic, values: dict[str, Any], *, is_sure: bool = False, actor: Actor, now: datetime
) -> Clinic:
    """Change how the clinic writes to its patients. The record says what, old and new.

    Raises Invalid, field by field; a sender that names an illness is refused until somebody `is_sure`.
    """
    _require_usable(values, is_sure=is_sure)
    current = Clinic.objects.select_for_update().get(pk=clinic.pk)
    changed = {n: values[n] for n in RULES if n in values and values[n] != getattr(current, n)}
    for name, value in changed.items():
        record(
            "clinic.setting_changed",
            actor=actor,
            about=current,
            clinic_id=current.pk,
            now=now,
            setting=name,
            before=_plain(getattr(current, name)),
            after=_plain(value),
        )
        setattr(current, name, value)
    if changed:
        current.save(update_fields=list(changed))
    return current


def _require_usable(values: dict[str, Any], *, is_sure: bool) -> None:
    wrong: dict[str, str] = {}
    sender = values.get("sms_sender", "")
    if len(sender) > LONGEST_SMS_SENDER:
        wrong["sms_sender"] = "too_long_sender"
    elif has_link(sender) or neutral(sender) != sender or any(sign not in BASIC for sign in sender):
        wrong["sms_sender"] = "not_a_sender"
    elif "names_an_illness" in questions_about(sender) and not is_sure:
        wrong["sms_sender"] = "names_an_illness"
    minutes = values.get("reminder_minutes", [])
    if len(minutes) > MOST_REMINDERS or not all(SOONEST <= each <= FURTHEST for each in minutes):
        wrong["reminder_minutes"] = "unlikely"
    if values.get("cancels_online", CancelsOnline.AT_ONCE) not in CancelsOnline.values:
        wrong["cancels_online"] = "unknown"
    if not 0 <= values.get("cancel_until_hours", 0) <= LONGEST_NOTICE:
        wrong["cancel_until_hours"] = "unlikely"
    if wrong:
        raise Invalid(**wrong)


def _plain(value: Any) -> str | int:
    return value if isinstance(value, int) else str(value)
