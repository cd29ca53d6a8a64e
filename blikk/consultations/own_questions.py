"""Acts on the questions that a clinic asks in its own words."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.consultations.frame_lights import find_own_question, own_questions_of
from blikk.consultations.frame_questions import Worry
from blikk.consultations.models import OwnQuestion
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import new_id

LONGEST_WORDS = 140
# Each is one more press for somebody who waits.
MOST = 6


@transaction.atomic
def add(clinic: Clinic, *, words: str, worry: str, is_on: bool, actor: Actor, now: datetime) -> OwnQuestion:
    """Ask one question more. Raises Invalid (`words`, `worry`, `enough` for the whole)."""
    hold(clinic.pk)
    here = own_questions_of(clinic)
    if len(here) >= MOST:
        raise Invalid(words="enough_questions")
    made = _made(clinic, new_id(), words=words, worry=worry, is_on=is_on, order=_last(here) + 1, now=now)
    _record("frame.question_added", made, actor=actor, now=now)
    return made


@transaction.atomic
def change(
    clinic: Clinic, series: str, *, words: str, worry: str, is_on: bool, actor: Actor, now: datetime
) -> OwnQuestion:
    """Ask it in other words, or not any more; answers that were given keep the words they answered.

    Raises NotFound, Invalid (`words`, `worry`).
    """
    hold(clinic.pk)
    before = find_own_question(clinic, series)
    _require_usable(words, worry)
    if (before.words, before.worry) == (_clean(words), worry):
        if before.is_on == is_on:
            return before
        before.is_on = is_on
        before.save(update_fields=["is_on"])
        after = before
    else:
        before.retired_at = now
        before.save(update_fields=["retired_at"])
        after = _made(clinic, series, words=words, worry=worry, is_on=is_on, order=before.order, now=now)
    _record("frame.question_changed", after, actor=actor, now=now)
    return after


@transaction.atomic
def move_up(clinic: Clinic, series: str, *, actor: Actor, now: datetime) -> None:
    """Ask it before the one that stands before it; the first stays first. Raises NotFound."""
    hold(clinic.pk)
    mine = find_own_question(clinic, series)
    here = list(own_questions_of(clinic))
    at = next(place for place, one in enumerate(here) if one.series == series)
    if at == 0:
        return
    here[at - 1], here[at] = here[at], here[at - 1]
    for place, one in enumerate(here):
        OwnQuestion.objects.filter(pk=one.pk).update(order=place)
    _record("frame.question_changed", mine, actor=actor, now=now)


def _made(
    clinic: Clinic, series: str, *, words: str, worry: str, is_on: bool, order: int, now: datetime
) -> OwnQuestion:
    _require_usable(words, worry)
    return OwnQuestion.objects.create(
        clinic=clinic, series=series, words=_clean(words), worry=worry, is_on=is_on, order=order, made_at=now
    )


def _require_usable(words: str, worry: str) -> None:
    faults = {}
    if not _clean(words):
        faults["words"] = "missing"
    elif len(_clean(words)) > LONGEST_WORDS:
        faults["words"] = "too_long"
    elif not _clean(words).isprintable():
        faults["words"] = "unreadable"
    if worry not in Worry.values:
        faults["worry"] = "unknown"
    if faults:
        raise Invalid(**faults)


def _clean(words: str) -> str:
    return " ".join(words.split())


def _last(here: Sequence[OwnQuestion]) -> int:
    return max((one.order for one in here), default=-1)


def _record(act: str, question: OwnQuestion, *, actor: Actor, now: datetime) -> None:
    record(
        act,
        actor=actor,
        about=question,
        clinic_id=question.clinic_id,
        now=now,
        words=question.words,
        is_on=question.is_on,
    )
