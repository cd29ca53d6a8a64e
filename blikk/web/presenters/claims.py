"""Claims on the state in words: what is next, where each file is and what to do, and what was decided of each claim."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from blikk.web.claim_words import CONTROLS, FAULTS, LACKS, PAYOUTS, REFUSALS
from blikk.web.presenters import words
from blikk.web.presenters.amounts import kroner

if TYPE_CHECKING:
    from blikk.journeys.claiming import Next, Ready
    from blikk.payments.models import Claim, ClaimFile

DECIDED, PAID = "ferdig_kontrollert", "utbetalt"


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file, where it is, and what can be done with it."""

    id: str
    version: int
    words: str
    state: str
    tone: str
    remarks: Sequence[str]
    send: str = ""
    can_be_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """One claim that was made."""

    id: str
    words: str
    state: str
    tone: str
    remarks: Sequence[str]
    can_credit: bool
    can_go_again: bool


@dataclass(frozen=True, slots=True)
class ShownClaims:
    """The whole page. `make` is what the button says; empty where there is nothing to make."""

    ready: str
    make: str
    waiting: Sequence[str]
    files: Sequence[ShownFile]
    claims: Sequence[ShownClaim]
    sends: bool
    is_xml: bool


def show_claims(
    ready: Sequence[Ready],
    what: Next,
    files: Sequence[ClaimFile],
    claims: Sequence[Claim],
    zone: str,
    *,
    can_send: bool,
    sends: bool,
    is_xml: bool,
) -> ShownClaims:
    """Put the claims of a clinic into words."""
    make = gettext("Lag fil og send") if sends else gettext("Lag fil")
    return ShownClaims(
        ready=_ready(what),
        make=make if what.count else "",
        waiting=[_waiting(one, zone) for one in ready if one.lacks],
        files=[_file(one, zone, can_send=can_send) for one in files],
        claims=[_claim(one, zone) for one in claims],
        sends=sends,
        is_xml=is_xml,
    )


def _ready(what: Next) -> str:
    if not what.count:
        return gettext("Ingenting er klart å sende.")
    fresh, again = len(what.fresh), len(what.again)
    paid, credited = len(what.paid), len(what.credited)
    said = [
        (fresh, ngettext("%(count)s nytt krav", "%(count)s nye krav", fresh)),
        (again, ngettext("%(count)s avvist krav på nytt", "%(count)s avviste krav på nytt", again)),
        (paid, ngettext("%(count)s betalt egenandel", "%(count)s betalte egenandeler", paid)),
        (credited, ngettext("%(count)s kreditering", "%(count)s krediteringer", credited)),
    ]
    parts = ", ".join(text % {"count": count} for count, text in said if count)
    return gettext("Klart å sende: %(parts)s. Til sammen %(amount)s.") % {
        "parts": parts,
        "amount": kroner(what.sum_ore),
    }


def _waiting(one: Ready, zone: str) -> str:
    talk, patient = one.charge.consultation, one.charge.patient
    return gettext("%(name)s, %(when)s mangler %(lacks)s.") % {
        "name": patient.name if patient else "",
        "when": words.day_and_clock(talk.opened_at, zone) if talk else "",
        "lacks": ", ".join(str(LACKS[lack]) for lack in one.lacks),
    }


def _file(one: ClaimFile, zone: str, *, can_send: bool) -> ShownFile:
    said = gettext("%(when)s: %(count)s krav, %(amount)s") % {
        "when": words.day_and_clock(one.made_at, zone),
        "count": one.count,
        "amount": kroner(one.sum_ore),
    }
    state, tone = _state(one, can_send=can_send and one.form == "kuhr")
    return ShownFile(
        id=one.public_id,
        version=one.version,
        words=said,
        state=state,
        tone=tone,
        remarks=_remarks(one.remarks, is_file=one.status == "refused"),
        send=_send(one) if can_send and one.form == "kuhr" else "",
        can_be_by_hand=one.status in {"made", "uncertain", "refused"}
        or (one.status == "sending" and one.posted_at is None),
    )


def _send(one: ClaimFile) -> str:
    """What the button says that has it sent; empty where there is nothing to do."""
    said = {
        "made": gettext("Send til Helfo"),
        "refused": gettext("Send på nytt"),
        "uncertain": gettext("Se etter hos Helfo nå"),
        "sending": gettext("Prøv igjen nå") if one.fault else "",
    }
    return said.get(one.status, "")


def _state(one: ClaimFile, *, can_send: bool) -> tuple[str, str]:
    """Where a file is, and whether that is good, bad or under way."""
    if one.status == "made":
        how = gettext("Ikke sendt. Send den, eller last den ned og lever den selv.")
        by_hand = gettext("Ikke levert. Last den ned, lever den til Helfo, og si fra her at det er gjort.")
        return (how if can_send else by_hand), ""
    if one.status == "sending":
        if not one.fault:
            return gettext("Sendes til Helfo."), ""
        return gettext("Ikke sendt ennå. %(why)s") % {"why": FAULTS.get(one.fault, "")}, "bad"
    if one.status == "uncertain":
        return (
            gettext("Sendt, men svaret kom ikke fram. Blikk ser etter hos Helfo før noe sendes på nytt."),
            "bad",
        )
    if one.status == "refused":
        return gettext("Helfo tok ikke imot filen. Ingenting av den er registrert der."), "bad"
    if one.status == "by_hand":
        return gettext("Levert på annen måte."), "good"
    return _delivered(one), "good"


def _delivered(one: ClaimFile) -> str:
    if one.fault == "duplicate":
        return gettext("Helfo har denne fra før. Se hva som er svart, i Helfos egen oversikt.")
    if one.control != DECIDED:
        return str(CONTROLS.get(one.control, CONTROLS[""]))
    if one.payout == PAID:
        amount = kroner(one.paid_ore) if one.paid_ore is not None else ""
        if one.paid_on is None:
            return gettext("Utbetalt av Helfo: %(amount)s.") % {"amount": amount}
        return gettext("Utbetalt av Helfo %(day)s: %(amount)s.") % {
            "day": words.born(one.paid_on),
            "amount": amount,
        }
    return str(PAYOUTS.get(one.payout, PAYOUTS[""]))


def _remarks(kept: str, *, is_file: bool = False) -> list[str]:
    """What Helfo said, in plain words where it is a code that we know, else in its own."""
    found = []
    for one in json.loads(kept) if kept else []:
        known = REFUSALS.get(one["code"]) if is_file else None
        said = str(known) if known else (one["text"] or gettext("Helfo ga ingen forklaring."))
        code = "" if known else one["code"]
        number = one.get("number", "")
        said = f"{code}: {said}" if code else said
        found.append(
            gettext("Krav %(number)s: %(said)s") % {"number": number, "said": said} if number else said
        )
    return found


def _claim(one: Claim, zone: str) -> ShownClaim:
    said = gettext("Krav %(number)s, %(when)s: %(amount)s") % {
        "number": one.number,
        "when": words.day_and_clock(one.began_at, zone),
        "amount": kroner(one.amount_ore),
    }
    state, tone = _standing(one)
    is_rejected = one.answer == "rejected"
    return ShownClaim(
        id=one.public_id,
        words=said,
        state=state,
        tone=tone,
        remarks=_remarks(one.remarks),
        can_credit=one.credit_asked_at is None and not is_rejected,
        can_go_again=is_rejected and one.resend_asked_at is None,
    )


def _standing(one: Claim) -> tuple[str, str]:
    if one.credited_in_id:
        return gettext("kreditert"), ""
    if one.credit_asked_at:
        return gettext("krediteres i neste fil"), ""
    if one.resend_asked_at:
        return gettext("avvist, sendes på nytt i neste fil"), ""
    if one.answer == "rejected":
        return gettext("avvist av Helfo"), "bad"
    paid = gettext("egenandel betalt") if one.is_paid else gettext("egenandel ikke betalt")
    if one.answer == "approved":
        return gettext("godkjent, %(paid)s") % {"paid": paid}, "good"
    return paid, ""
