"""Phrases: words that are often written, one clinician's own or the clinic's, with fields that are filled in."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Membership
from blikk.documentation.models import Phrase
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound, Overtaken

LONGEST_NAME = 60
LONGEST_TEXT = 2000
MOST = 60


class Field(models.TextChoices):
    """What a phrase can have filled in."""

    PATIENT = "patient"
    BORN = "born"
    DATE = "date"
    TIME = "time"
    CLINICIAN = "clinician"
    NEXT = "next"


def phrases_for(membership: Membership) -> list[Phrase]:
    """What somebody picks from while writing: their own first, then the clinic's."""
    found = Phrase.objects.filter(clinic=membership.clinic_id).filter(
        Q(membership=membership) | Q(membership__isnull=True)
    )
    return sorted(found, key=lambda one: (one.membership_id is None, one.order, one.pk))


def find(clinic: Clinic, phrase_id: str, *, membership: Membership) -> Phrase:
    """One's own phrase or one of the clinic's. Raises NotFound, also for somebody else's."""
    found = Phrase.objects.filter(clinic=clinic, public_id=phrase_id).first()
    if found is None or found.membership_id not in {None, membership.pk}:
        raise NotFound
    return found


@transaction.atomic
def add(
    clinic: Clinic,
    *,
    name: str,
    text: str,
    is_shared: bool,
    names: Mapping[str, str],
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Phrase:
    """Make a phrase, last in its list. Raises Invalid (`name`, `text`); `names` are the fields in people's words."""
    hold(clinic.pk)
    owner = None if is_shared else membership
    here = list(Phrase.objects.filter(clinic=clinic, membership=owner))
    if len(here) >= MOST:
        raise Invalid(name="enough_phrases")
    _require_usable(name, text, names)
    order = max((one.order for one in here), default=-1) + 1
    made = Phrase.objects.create(
        clinic=clinic, membership=owner, name=_line(name), text=_clean(text), order=order
    )
    _record("phrase.added", made, actor=actor, now=now)
    return made


@transaction.atomic
def alter(
    clinic: Clinic,
    phrase_id: str,
    *,
    name: str,
    text: str,
    version: int,
    names: Mapping[str, str],
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Phrase:
    """Change a phrase; what was written with it before stays. Raises NotFound, Overtaken, Invalid (`name`, `text`)."""
    hold(clinic.pk)
    phrase = find(clinic, phrase_id, membership=membership)
    _require_usable(name, text, names)
    fresh = {"name": _line(name), "text": _clean(text), "version": version + 1}
    if Phrase.objects.filter(pk=phrase.pk, version=version).update(**fresh) != 1:
        raise Overtaken
    phrase.refresh_from_db()
    _record("phrase.changed", phrase, actor=actor, now=now)
    return phrase


@transaction.atomic
def delete(clinic: Clinic, phrase_id: str, *, membership: Membership, actor: Actor, now: datetime) -> None:
    """Take a phrase away. Raises NotFound."""
    hold(clinic.pk)
    phrase = find(clinic, phrase_id, membership=membership)
    _record("phrase.deleted", phrase, actor=actor, now=now)
    phrase.delete()


@transaction.atomic
def move_up(clinic: Clinic, phrase_id: str, *, membership: Membership, actor: Actor, now: datetime) -> None:
    """Let it stand before the one that stands before it; the first stays first. Raises NotFound."""
    hold(clinic.pk)
    phrase = find(clinic, phrase_id, membership=membership)
    here = list(Phrase.objects.filter(clinic=clinic, membership=phrase.membership_id))
    at = here.index(phrase)
    if at == 0:
        return
    here[at - 1], here[at] = here[at], here[at - 1]
    for place, one in enumerate(here):
        Phrase.objects.filter(pk=one.pk).update(order=place)
    _record("phrase.moved", phrase, actor=actor, now=now)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A phrase with its fields filled in; `values` by the fields' names in people's words."""
    return _FIELD.sub(lambda found: values.get(_key(found), found[0]), text)


_FIELD = re.compile(r"\{([^{}\n]{1,40})\}")


def _key(found: re.Match[str]) -> str:
    return found[1].strip().lower()


def unknown_fields(text: str, names: Mapping[str, str]) -> Sequence[str]:
    """What stands in braces and is no field."""
    known = {name.lower() for name in names.values()}
    return [found[1] for found in _FIELD.finditer(text) if _key(found) not in known]


def _require_usable(name: str, text: str, names: Mapping[str, str]) -> None:
    faults = {}
    if not _line(name) or len(_line(name)) > LONGEST_NAME:
        faults["name"] = "too_long" if _line(name) else "missing"
    if not _clean(text) or len(_clean(text)) > LONGEST_TEXT:
        faults["text"] = "too_long" if _clean(text) else "missing"
    elif unknown_fields(text, names):
        faults["text"] = "unknown_field"
    if faults:
        raise Invalid(**faults)


def _line(name: str) -> str:
    return " ".join(name.split())


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _record(act: str, phrase: Phrase, *, actor: Actor, now: datetime) -> None:
    record(
        act,
        actor=actor,
        about=phrase,
        clinic_id=phrase.clinic_id,
        now=now,
        name=phrase.name,
        is_shared=phrase.membership_id is None,
    )
