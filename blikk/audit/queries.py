"""Reading the record, and proving it whole."""

import hmac
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from pathlib import Path

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Substr

from blikk.audit.chain import BEGINNING, is_anchored, is_signed, mac_of, signature_of, words_seal
from blikk.audit.models import Anchor, Entry, Head, Tie, Words

LOOK = ".looked_at"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    at: datetime
    act: str
    actor_kind: str
    actor_id: str
    where: str
    about: str
    details: dict[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the record, and where."""

    chain: int
    number: int
    kind: str

    def __str__(self) -> str:
        return f"chain {self.chain}, entry {self.number}: {self.kind}"


def entries_of(
    clinic_id: int,
    *,
    about: str | None = None,
    things: Collection[str] | None = None,
    actors: Collection[str] | None = None,
    actor_kinds: Collection[str] = (),
    acts: Collection[str] = (),
    endings: str = "",
    before: int | None = None,
    limit: int | None = 100,
) -> Sequence[Line]:
    """What happened in a clinic, newest first; `before` is the number to go on from.

    `things` and `actors` are the names that the record has for them, `acts` the beginnings of acts, `endings` an end.
    """
    rows = Entry.objects.filter(chain=clinic_id).order_by("-number")
    if about is not None:
        rows = rows.filter(about=about)
    if things is not None:
        rows = rows.filter(Q(about__in=things) | _named_in_searches(things))
    if actors is not None:
        rows = rows.filter(actor_id__in=actors)
    if actor_kinds:
        rows = rows.filter(actor_kind__in=actor_kinds)
    if acts:
        rows = rows.filter(reduce(or_, (Q(act__startswith=beginning) for beginning in acts)))
    if endings:
        rows = rows.filter(act__endswith=endings)
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows[:limit])
    said = _said(clinic_id, found)
    return [
        Line(e.number, e.at, e.act, e.actor_kind, e.actor_id, e.place, e.about, _details(e, said))
        for e in found
    ]


def _said(clinic_id: int, entries: Sequence[Entry]) -> dict[int, str]:
    """What people wrote beside these entries, as far as it is still there."""
    numbers = [entry.number for entry in entries if '"said":' in entry.details]
    rows = Words.objects.filter(chain=clinic_id, number__in=numbers) if numbers else ()
    return {words.number: words.text for words in rows}


def _details(entry: Entry, said: dict[int, str]) -> dict[str, str | int | bool | None]:
    details: dict[str, str | int | bool | None] = json.loads(entry.details)
    seal, text = details.pop("said", None), said.get(entry.number)
    if text is not None and seal == words_seal(entry.chain, entry.number, text):
        details["said"] = text
    return details


# A search by another system is about many: its row names the patients whose data it showed.
NAMES_MANY = "fhir_search.looked_at"


def _named_in_searches(things: Collection[str]) -> Q:
    patients = [name for name in things if name.startswith("patients.Patient:")]
    named = [Q(act=NAMES_MANY, details__contains=name) for name in patients]
    return reduce(or_, named, Q(pk__in=[]))


def changed_since(clinic_id: int, label: str, moment: datetime) -> QuerySet[Entry, str]:
    """The public ids of things of a kind to which something was done at that moment or later."""
    rows = Entry.objects.filter(chain=clinic_id, at__gte=moment, about__startswith=f"{label}:")
    rows = rows.exclude(act__endswith=LOOK).annotate(key=Substr("about", len(label) + 2))
    return rows.order_by().values_list("key", flat=True)


def last_changes(clinic_id: int, names: Collection[str]) -> dict[str, datetime]:
    """When something was last done to each of these things, where anything was."""
    rows = Entry.objects.filter(chain=clinic_id, about__in=names).exclude(act__endswith=LOOK).order_by()
    return dict(rows.values_list("about").annotate(last=Max("at")))


def verify(exported: Path | None = None) -> list[Fault]:
    """Find every entry that was changed, removed, inserted, moved or cut off at the end.

    `exported` is a file written by `export_heads` and kept elsewhere: against it even a record whose tail was
    cut together with its head, or a chain that vanished whole, is found.
    """
    heads = {head.chain: head for head in Head.objects.all()}
    chains = set(Entry.objects.order_by().values_list("chain", flat=True).distinct()) | heads.keys()
    faults: list[Fault] = []
    for chain in sorted(chains):
        faults.extend(_faults_of(chain, heads.get(chain)))
    if exported is not None:
        faults.extend(_faults_against(exported))
    return faults


@dataclass(frozen=True, slots=True)
class Beginning:
    """From where a chain can be proven: what was before its first entry was deleted when it was old."""

    chain: int
    number: int
    until: datetime


def beginnings() -> list[Beginning]:
    """The chains that do not begin with their first entry any more."""
    newest = {anchor.chain: anchor for anchor in Anchor.objects.order_by("chain", "number")}
    return [Beginning(one.chain, one.number + 1, one.until_at) for one in newest.values()]


def names_tied_to(clinic_id: int, whose: str) -> list[str]:
    """What the record calls the things that were about somebody and are deleted."""
    return list(Tie.objects.filter(chain=clinic_id, whose=whose).values_list("about", flat=True))


def _newest_anchor(chain: int) -> Anchor | None:
    return Anchor.objects.filter(chain=chain).order_by("-number").first()


def _odd_words(chain: int) -> set[int]:
    """The entries beside which other words stand than they say."""
    rows = Words.objects.filter(chain=chain)
    said = dict(
        Entry.objects.filter(chain=chain, number__in=rows.values("number")).values_list("number", "details")
    )
    seals = {number: json.loads(details).get("said") for number, details in said.items()}
    return {one.number for one in rows if seals.get(one.number) != words_seal(chain, one.number, one.text)}


def _faults_of(chain: int, head: Head | None) -> list[Fault]:
    before = _newest_anchor(chain)
    found = list(_faults_in(chain, head))
    if found and _newest_anchor(chain) != before:
        # Old entries were let go while the chain was read.
        return list(_faults_in(chain, Head.objects.filter(chain=chain).first()))
    return found


def _faults_in(chain: int, head: Head | None) -> Iterator[Fault]:
    number, mac = 0, BEGINNING
    anchor = _newest_anchor(chain)
    if anchor is not None and not is_anchored(anchor):
        yield Fault(chain, anchor.number, "anchor changed")
    elif anchor is not None:
        number, mac = anchor.number, anchor.mac
    at_head = mac if head is not None and head.number == number else ""
    kept = Entry.objects.filter(chain=chain, number__gt=number).order_by("number")
    odd = _odd_words(chain)
    for entry in kept.iterator(chunk_size=2000):
        if entry.number != number + 1:
            yield Fault(chain, number + 1, "missing")
        elif entry.previous != mac:
            yield Fault(chain, entry.number, "not linked to the one before")
        if not hmac.compare_digest(entry.mac, mac_of(entry)):
            yield Fault(chain, entry.number, "changed")
        if entry.number in odd:
            yield Fault(chain, entry.number, "other words beside it")
        number, mac = entry.number, entry.mac
        if head is not None and number == head.number:
            at_head = mac
    if head is not None and is_signed(head) and at_head == head.mac and number > head.number:
        # The head was read before its chain, and people work meanwhile: what came since has a head of its own.
        head = Head.objects.get(chain=chain)
        if is_signed(head) and head.number > number:
            return
    if head is None:
        yield Fault(chain, number, "head missing")
    elif not is_signed(head):
        yield Fault(chain, head.number, "head changed")
    elif head.number > number:
        yield Fault(chain, number + 1, "missing at the end")
    elif head.number < number or head.mac != mac:
        yield Fault(chain, number, "not what the head says")


def _faults_against(exported: Path) -> Iterator[Fault]:
    for position, line in enumerate(exported.read_text().splitlines(), 1):
        try:
            kept = json.loads(line)
            chain, number, mac = (
                int(kept["chain"]),
                int(kept["number"]),
                str(kept["mac"]),
            )
            signature = str(kept["signature"])
        except (ValueError, KeyError, TypeError):
            yield Fault(0, position, "exported head cannot be read")
            continue
        if not hmac.compare_digest(signature, signature_of(chain, number, mac)):
            yield Fault(chain, number, "exported head changed")
            continue
        anchor = _newest_anchor(chain)
        if anchor is not None and is_anchored(anchor) and number < anchor.number:
            # Old when it was exported, and let go since.
            continue
        is_anchor = anchor is not None and (anchor.number, anchor.mac) == (number, mac)
        if not is_anchor and not Entry.objects.filter(chain=chain, number=number, mac=mac).exists():
            yield Fault(chain, number, "not as it was when it was exported")
