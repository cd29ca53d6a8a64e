"""Acts on a clinic: its settings, and who works there."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

import phonenumbers
from django.db import IntegrityError, transaction

from blikk.accounts.eid import is_missing as missing_eid
from blikk.accounts.models import User
from blikk.accounts.services import open_account, topic_of
from blikk.audit.services import record
from blikk.bus import announce
from blikk.clinics import queries
from blikk.clinics.labels import has_link, neutral, questions_about
from blikk.clinics.models import AlertBy, Clinic, Membership, Role
from blikk.clinics.policies import require_another_administrator
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.media.services import has_relay

SETTINGS = (
    "name",
    "sender_label",
    "phone",
    "zone",
    "language",
    "opens_before_minutes",
    "relay_only",
    "asks_birth_date",
    "always_asks_code",
    "keeps_card_mark",
    "offers_eid",
    "hides_start",
)
LONGEST_EARLY = 240
_HPR = re.compile(r"[0-9]{7,9}")
# Signs that are not seen, or that turn the text around them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Added:
    """A new member; `needs_password` says that the person cannot sign in before they choose one."""

    membership: Membership
    needs_password: bool


@dataclass(frozen=True, slots=True)
class Post:
    """What a member does at the clinic."""

    role: str
    title: str = ""
    profession: str = ""
    hpr_number: str = ""


@transaction.atomic
def open_clinic(
    *, name: str, slug: str, phone: str, sender_label: str, actor: Actor, now: datetime
) -> Clinic:
    """Open a clinic that nobody works at yet."""
    clinic = Clinic.objects.create(name=name, slug=slug, phone=phone, sender_label=sender_label)
    record("clinic.opened", actor=actor, about=clinic, clinic_id=clinic.pk, now=now)
    return clinic


@transaction.atomic
def change_settings(
    clinic: Clinic,
    values: dict[str, str | int | bool],
    *,
    is_sure: bool = False,
    actor: Actor,
    now: datetime,
) -> Clinic:
    """Change how the clinic presents itself and lets people in. The record says which settings, old and new.

    Raises Invalid, field by field; a new sender label that could say too much is refused until somebody `is_sure`.
    """
    _require_usable(values)
    current = Clinic.objects.select_for_update().get(pk=clinic.pk)
    label = str(values.get("sender_label", current.sender_label))
    if label != current.sender_label and not is_sure and (asked := questions_about(label)):
        raise Invalid(sender_label=asked[0])
    changed = {n: values[n] for n in SETTINGS if n in values and values[n] != getattr(current, n)}
    for name, value in changed.items():
        record(
            "clinic.setting_changed",
            actor=actor,
            about=current,
            clinic_id=current.pk,
            now=now,
            setting=name,
            before=getattr(current, name),
            after=value,
        )
        setattr(current, name, value)
    if changed:
        current.save(update_fields=list(changed))
    return current


@transaction.atomic
def add_member(
    clinic: Clinic, *, email: str, name: str, post: Post, language: str, actor: Actor, now: datetime
) -> Added:
    """Let a person in who works here, in one role. Raises Invalid (`email: works_here`)."""
    _require_post(post)
    user = open_account(email=email, name=name, language=language, actor=actor, now=now)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                clinic=clinic,
                user=user,
                role=post.role,
                title=post.title,
                profession=post.profession,
                hpr_number=post.hpr_number,
            )
    except IntegrityError as fault:
        raise Invalid(email="works_here") from fault
    record("member.added", actor=actor, about=membership, clinic_id=clinic.pk, now=now, role=post.role)
    return Added(membership, needs_password=not user.has_usable_password())


@transaction.atomic
def change_member(clinic: Clinic, member_id: str, post: Post, *, actor: Actor, now: datetime) -> Membership:
    """Change what a member does here; open pages of the member close when the role changes.

    Raises NotFound or LastAdministrator.
    """
    _require_post(post)
    membership = _lock(clinic, member_id)
    before = membership.role
    if before != post.role:
        require_another_administrator(membership)
    membership.role = post.role
    membership.title = post.title
    membership.profession = post.profession
    if membership.hpr_number != post.hpr_number:
        membership.hpr_number, membership.hpr_proven_at = post.hpr_number, None
    membership.save(update_fields=["role", "title", "profession", "hpr_number", "hpr_proven_at"])
    record(
        "member.changed",
        actor=actor,
        about=membership,
        clinic_id=clinic.pk,
        now=now,
        before=before,
        after=post.role,
    )
    if before != post.role:
        _tell(membership.user, clinic, "membership_changed")
    return membership


@transaction.atomic
def take_hpr_number(membership: Membership, number: str, *, actor: Actor, now: datetime) -> Membership:
    """Note the number that HelseID vouches for; it counts more than what somebody typed."""
    before = membership.hpr_number
    membership.hpr_number, membership.hpr_proven_at = number, now
    membership.save(update_fields=["hpr_number", "hpr_proven_at"])
    if before != number:
        clinic_id = membership.clinic_id
        changed = {"before": before, "after": number}
        record(
            "member.hpr_from_helse_id", actor=actor, about=membership, clinic_id=clinic_id, now=now, **changed
        )
    return membership


@transaction.atomic
def end_membership(clinic: Clinic, member_id: str, *, actor: Actor, now: datetime) -> Membership:
    """Let a person out who no longer works here; their open pages close at once.

    Raises NotFound or LastAdministrator.
    """
    membership = _lock(clinic, member_id)
    require_another_administrator(membership)
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    record("member.ended", actor=actor, about=membership, clinic_id=clinic.pk, now=now)
    _tell(membership.user, clinic, "membership_ended")
    return membership


@transaction.atomic
def choose_alerts(membership: Membership, *, by: str, actor: Actor, now: datetime) -> Membership:
    """Choose how one hears that somebody waits and was told nothing.

    Raises Invalid (`alert_by`): unknown, or phone_missing for an SMS to who has proven no phone.
    """
    if by not in AlertBy.values:
        raise Invalid(alert_by="unknown")
    if by in {AlertBy.SMS, AlertBy.BOTH} and not membership.user.phone:
        raise Invalid(alert_by="phone_missing")
    before = membership.alert_by
    if by == before:
        return membership
    membership.alert_by = by
    membership.save(update_fields=["alert_by"])
    record(
        "member.alerts_chosen",
        actor=actor,
        about=membership,
        clinic_id=membership.clinic_id,
        now=now,
        before=before,
        after=by,
    )
    return membership


def _lock(clinic: Clinic, member_id: str) -> Membership:
    """Find a member while nobody else changes the clinic's members: two administrators cannot end each other."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    membership = queries.find_member(clinic, member_id)
    if membership is None:
        raise NotFound
    return membership


def has_unseen_signs(words: str) -> bool:
    """Whether a text has signs that are not seen, or that turn the text around them."""
    return bool(_UNSEEN.search(words))


def _require_usable(values: dict[str, str | int | bool]) -> None:
    wrong: dict[str, str] = {}
    try:
        number = phonenumbers.parse(str(values.get("phone", "")), "NO")
        if "phone" in values and not phonenumbers.is_possible_number(number):
            wrong["phone"] = "not_a_phone"
    except phonenumbers.NumberParseException:
        if "phone" in values:
            wrong["phone"] = "not_a_phone"
    if "zone" in values and values["zone"] not in available_timezones():
        wrong["zone"] = "unknown"
    if not 0 <= int(values.get("opens_before_minutes", 0)) <= LONGEST_EARLY:
        wrong["opens_before_minutes"] = "unknown"
    if values.get("offers_eid") and missing_eid():
        wrong["offers_eid"] = "no_eid"
    if values.get("relay_only") and not has_relay():
        wrong["relay_only"] = "no_relay"
    if any(_UNSEEN.search(str(values.get(name, ""))) for name in ("name", "sender_label")) or not neutral(
        str(values.get("sender_label", "ok"))
    ):
        wrong["sender_label"] = "unreadable"
    if has_link(str(values.get("sender_label", ""))):
        wrong["sender_label"] = "has_a_link"
    if wrong:
        raise Invalid(**wrong)


def _require_post(post: Post) -> None:
    if post.role not in Role.values:
        raise Invalid(role="unknown")
    if post.hpr_number and not _HPR.fullmatch(post.hpr_number):
        raise Invalid(hpr_number="not_an_hpr_number")


def _tell(user: User, clinic: Clinic, event: str) -> None:
    announce(topic_of(user), event, clinic=clinic.public_id)
