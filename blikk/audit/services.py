"""Writing the record, in the transaction of what it tells about."""

import json
from datetime import datetime
from pathlib import Path

from django.db import connection, models, transaction

from blikk.audit.chain import BEGINNING, mac_of, moment, signature_of, words_seal
from blikk.audit.models import SITE, Entry, Head, Words
from blikk.kernel.actors import Actor

Detail = str | int | bool | None
_LOCK_SPACE = 0x626C696B


def named(thing: models.Model | str) -> str:
    """Name a thing the way the record does: `patients.Patient:<public id>`."""
    if isinstance(thing, str):
        return thing
    return f"{thing._meta.label}:{getattr(thing, 'public_id', thing.pk)}"


@transaction.atomic
def record(
    act: str,
    *,
    actor: Actor,
    about: models.Model | str,
    clinic_id: int | None,
    now: datetime,
    **details: Detail,
) -> None:
    """Write down that `actor` did `act`, sealed to what was written before it in the same clinic.

    What somebody wrote themselves is given as `said`: it stands apart, for it may name people, and is deleted with
    the thing.
    """
    chain = SITE if clinic_id is None else clinic_id
    hold(clinic_id)
    head = Head.objects.filter(chain=chain).first()
    number = head.number + 1 if head else 1
    said = str(details.pop("said", ""))
    if said:
        Words.objects.create(chain=chain, number=number, about=named(about)[:160], text=said, at=now)
        details["said"] = words_seal(chain, number, said)
    entry = Entry(
        chain=chain,
        number=number,
        at=now,
        act=act[:80],
        actor_kind=actor.kind,
        actor_id=actor.id[:64],
        place=actor.where[:64],
        about=named(about)[:160],
        details=json.dumps(details, ensure_ascii=True, sort_keys=True, separators=(",", ":")),
        previous=head.mac if head else BEGINNING,
    )
    entry.mac = mac_of(entry)
    entry.save(force_insert=True)
    signed = {
        "number": entry.number,
        "mac": entry.mac,
        "at": now,
        "signature": signature_of(chain, entry.number, entry.mac),
    }
    if head:
        Head.objects.filter(pk=head.pk).update(**signed)
    else:
        Head.objects.create(chain=chain, **signed)


def looked_at(
    what: str,
    *,
    actor: Actor,
    about: models.Model | str,
    clinic_id: int | None,
    now: datetime,
    **details: Detail,
) -> None:
    """Write down that somebody saw a person's data: `what` is the kind of thing, such as "patient"."""
    record(
        f"{what}.looked_at",
        actor=actor,
        about=about,
        clinic_id=clinic_id,
        now=now,
        **details,
    )


def export_heads(path: Path, *, now: datetime) -> int:
    """Append every chain's signed head to a file that can be kept elsewhere; says how many."""
    lines = [
        json.dumps(
            {
                "chain": head.chain,
                "number": head.number,
                "mac": head.mac,
                "signature": head.signature,
                "exported_at": moment(now),
            }
        )
        for head in Head.objects.order_by("chain")
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
    return len(lines)


def hold(clinic_id: int | None) -> None:
    """Let one transaction at a time write in a clinic's chain (SQLite's IMMEDIATE does that for all of them).

    An act that locks several rows takes this first: two acts that took a row and the chain in opposite orders
    would wait for each other for ever.
    """
    chain = SITE if clinic_id is None else clinic_id
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                [_LOCK_SPACE, chain & 0x7FFFFFFF],
            )
