"""Acts on what a clinic shows to everybody: its public page, and notices from the authorities."""

import re
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.text import slugify

from blikk.audit.services import record
from blikk.bus import announce
from blikk.clinics import queries
from blikk.clinics.models import PLACES, AuthorityNotice, Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound

PROFILE = (
    "is_public",
    "about",
    "can_by_video",
    "cannot_by_video",
    "cost_words",
    "website",
    "address",
    "help_kinds",
    "allows_self_booking",
    "alert_after_minutes",
)
MOST_KINDS = 12
LONGEST_KIND = 60
LONGEST_ALERT = 120
LONGEST_IN_RECORD = 200
_UNSEEN = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_is_address = URLValidator(schemes=["https", "http"])


@transaction.atomic
def change_profile(clinic: Clinic, values: dict[str, Any], *, actor: Actor, now: datetime) -> Clinic:
    """Change what the clinic's public page says and allows. Raises Invalid, field by field.

    `help_kinds` is given as labels, one each; a label that stays keeps its short name, so that who has chosen it
    already is still understood.
    """
    current = Clinic.objects.select_for_update().get(pk=clinic.pk)
    given = {name: values[name] for name in PROFILE if name in values}
    _require_usable(given)
    if "help_kinds" in given:
        given["help_kinds"] = _kinds(given["help_kinds"], current.help_kinds)
    changed = {name: value for name, value in given.items() if value != getattr(current, name)}
    for name, value in changed.items():
        record(
            "clinic.setting_changed",
            actor=actor,
            about=current,
            clinic_id=current.pk,
            now=now,
            setting=name,
            before=_short(getattr(current, name)),
            after=_short(value),
        )
        setattr(current, name, value)
    if changed:
        current.save(update_fields=list(changed))
        announce(f"clinic:{current.public_id}", "clinic")
    return current


@transaction.atomic
def put_up_notice(
    clinic: Clinic | None, values: dict[str, Any], *, actor: Actor, now: datetime
) -> AuthorityNotice:
    """Put a word from the authorities on the pages where it matters; without a clinic, on those of everybody.

    Raises Invalid, field by field.
    """
    notice = AuthorityNotice(clinic=clinic, created_at=now, **_usable_notice(values))
    notice.save(force_insert=True)
    _note_notice("clinic.notice_put_up", notice, actor=actor, now=now)
    return notice


@transaction.atomic
def change_notice(
    clinic: Clinic, notice_id: str, values: dict[str, Any], *, actor: Actor, now: datetime
) -> AuthorityNotice:
    """Change a notice that the clinic has put up. Raises NotFound or Invalid."""
    notice = _own(clinic, notice_id)
    for name, value in _usable_notice(values).items():
        setattr(notice, name, value)
    notice.save()
    _note_notice("clinic.notice_changed", notice, actor=actor, now=now)
    return notice


@transaction.atomic
def take_down_notice(clinic: Clinic, notice_id: str, *, actor: Actor, now: datetime) -> AuthorityNotice:
    """Take a notice of the clinic off every page. Raises NotFound."""
    notice = _own(clinic, notice_id)
    notice.taken_down_at = now
    notice.save(update_fields=["taken_down_at"])
    _note_notice("clinic.notice_taken_down", notice, actor=actor, now=now)
    return notice


@transaction.atomic
def take_down_everywhere(notice_id: str, *, actor: Actor, now: datetime) -> AuthorityNotice:
    """Take a notice of the installation off every clinic's pages. Raises NotFound."""
    notice = AuthorityNotice.objects.filter(
        clinic__isnull=True, taken_down_at__isnull=True, public_id=notice_id
    ).first()
    if notice is None:
        raise NotFound
    notice.taken_down_at = now
    notice.save(update_fields=["taken_down_at"])
    _note_notice("clinic.notice_taken_down", notice, actor=actor, now=now)
    return notice


def _own(clinic: Clinic, notice_id: str) -> AuthorityNotice:
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    notice = queries.find_notice(clinic, notice_id)
    if notice is None:
        raise NotFound
    return notice


def _note_notice(act: str, notice: AuthorityNotice, *, actor: Actor, now: datetime) -> None:
    record(
        act,
        actor=actor,
        about=notice,
        clinic_id=notice.clinic_id,
        now=now,
        title=notice.title,
    )
    if notice.clinic is not None:
        announce(f"clinic:{notice.clinic.public_id}", "clinic")


def _usable_notice(values: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    title, words = str(values.get("title", "")).strip(), str(values.get("words", "")).strip()
    link = str(values.get("link", "") or "").strip()
    starts: date = values["valid_from"]
    ends: date | None = values.get("valid_to")
    places = [place for place in PLACES if place in values.get("places", ())]
    for name, text in (("title", title), ("words", words)):
        if not text:
            wrong[name] = "missing"
        elif _UNSEEN.search(text):
            wrong[name] = "unreadable"
    if link and not _leads_somewhere(link):
        wrong["link"] = "not_a_web_address"
    if ends is not None and ends < starts:
        wrong["valid_to"] = "ends_before_it_starts"
    if not places:
        wrong["places"] = "missing"
    if wrong:
        raise Invalid(**wrong)
    return {
        "title": title[:120],
        "words": words[:1000],
        "link": link,
        "valid_from": starts,
        "valid_to": ends,
        "places": places,
    }


def _require_usable(values: dict[str, Any]) -> None:
    wrong = {
        name: "unreadable" for name, text in values.items() if isinstance(text, str) and _UNSEEN.search(text)
    }
    website = values.get("website", "")
    if website and not _leads_somewhere(website):
        wrong["website"] = "not_a_web_address"
    if not 1 <= int(values.get("alert_after_minutes", 1)) <= LONGEST_ALERT:
        wrong["alert_after_minutes"] = "unknown"
    labels = values.get("help_kinds", [])
    if len(labels) > MOST_KINDS:
        wrong["help_kinds"] = "too_many_kinds"
    elif any(len(label) > LONGEST_KIND or _UNSEEN.search(label) for label in labels):
        wrong["help_kinds"] = "too_long_kind"
    if wrong:
        raise Invalid(**wrong)


def _leads_somewhere(address: str) -> bool:
    try:
        _is_address(address)
    except ValidationError:
        return False
    return len(address) <= 200


def _kinds(labels: list[str], before: list[dict[str, str]]) -> list[dict[str, str]]:
    known = {kind["label"]: kind["slug"] for kind in before}
    kinds: list[dict[str, str]] = []
    for label in dict.fromkeys(" ".join(label.split()) for label in labels):
        if not label:
            continue
        taken = {kind["slug"] for kind in kinds} | (set(known.values()) - {known.get(label, "")})
        slug = known.get(label) or _free_slug(label, taken)
        kinds.append({"slug": slug, "label": label})
    return kinds


def _free_slug(label: str, taken: set[str]) -> str:
    base = slugify(label)[:36] or "kind"
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _short(value: Any) -> str | int | bool:
    if isinstance(value, bool | int):
        return value
    text = ", ".join(kind["label"] for kind in value) if isinstance(value, list) else str(value)
    return text[:LONGEST_IN_RECORD]
