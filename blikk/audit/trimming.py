"""Letting the oldest entries of a chain go so that what is left still proves itself, and what they were about."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from blikk.audit.chain import anchor_signature
from blikk.audit.models import SITE, Anchor, Entry, Tie, Words
from blikk.audit.services import hold
from blikk.kernel.forgetting import Forgotten

_AT_ONCE = 2000
_ASKED_AT_ONCE = 400


def older_than(clinic_id: int | None, before: datetime) -> int:
    """How many entries at the beginning of a chain are older than a moment."""
    last = _last_to_go(_chain(clinic_id), before)
    return Entry.objects.filter(chain=_chain(clinic_id), number__lte=last).count() if last else 0


@transaction.atomic
def anchor(clinic_id: int | None, *, before: datetime, now: datetime) -> Anchor | None:
    """Decide that the entries from before a moment may go; None where there are none."""
    chain = _chain(clinic_id)
    hold(clinic_id)
    number = _last_to_go(chain, before)
    if not number:
        return None
    known = Anchor.objects.filter(chain=chain, number=number).first()
    if known is not None:
        return known
    first = Entry.objects.filter(chain=chain).order_by("number").first()
    last = Entry.objects.get(chain=chain, number=number)
    made = Anchor(chain=chain, number=number, mac=last.mac, until_at=last.at, at=now)
    made.from_at = first.at if first else last.at
    made.signature = anchor_signature(made)
    made.save(force_insert=True)
    return made


@transaction.atomic
def let_go(clinic_id: int | None, *, before: datetime) -> int:
    """Delete some of what is anchored; says how many, so that it is called until there are none left."""
    chain = _chain(clinic_id)
    newest = Anchor.objects.filter(chain=chain).order_by("-number").first()
    if newest is None:
        return 0
    rows = Entry.objects.filter(chain=chain, number__lte=newest.number).order_by("number")
    keys = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
    Tie.objects.filter(chain=chain, at__lt=before).delete()
    Words.objects.filter(chain=chain, number__lte=newest.number).delete()
    return Entry.objects.filter(pk__in=keys)._raw_delete("default") if keys else 0


def tie(clinic_id: int, names: Collection[str], *, whose: str, now: datetime) -> None:
    """Keep that these things were about somebody, where the record names them."""
    every = sorted(names)
    for start in range(0, len(every), _ASKED_AT_ONCE):
        asked = every[start : start + _ASKED_AT_ONCE]
        named = (
            Entry.objects.filter(chain=clinic_id, about__in=asked).values_list("about", flat=True).distinct()
        )
        ties = [Tie(chain=clinic_id, about=about, whose=whose, at=now) for about in named if about != whose]
        Tie.objects.bulk_create(ties, ignore_conflicts=True)


def forget_words(clinic_id: int, names: Collection[str], gone: Forgotten) -> None:
    """Delete what people wrote beside the entries about these things; the entries stay as they are."""
    every = sorted(names)
    for start in range(0, len(every), _ASKED_AT_ONCE):
        some = every[start : start + _ASKED_AT_ONCE]
        gone.take(Words.objects.filter(chain=clinic_id, about__in=some))


def _last_to_go(chain: int, before: datetime) -> int:
    """The number of the last entry before the first that stays: what was written later stays behind it, whole."""
    stays = (
        Entry.objects.filter(chain=chain, at__gte=before).order_by("number").values_list("number", flat=True)
    )
    first = stays.first()
    gone = Entry.objects.filter(chain=chain, at__lt=before)
    if first is not None:
        gone = gone.filter(number__lt=first)
    return gone.order_by("-number").values_list("number", flat=True).first() or 0


def _chain(clinic_id: int | None) -> int:
    return SITE if clinic_id is None else clinic_id
