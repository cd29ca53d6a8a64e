"""Bills to the state in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.web.presenters import words
from blikk.web.presenters.amounts import kroner

if TYPE_CHECKING:
    from blikk.journeys.claiming import Ready
    from blikk.payments.models import Claim, ClaimFile

LACKS: dict[str, Promise] = {
    "number": _("pasientens fødselsnummer"),
    "hpr": _("behandlerens HPR-nummer"),
    "rate": _("refusjonen for en av takstene"),
}


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """One bill that was sent."""

    id: str
    words: str
    state: str
    can_credit: bool


@dataclass(frozen=True, slots=True)
class ShownClaims:
    """The whole page."""

    ready: str
    waiting: Sequence[str]
    files: Sequence[tuple[str, str]]
    claims: Sequence[ShownClaim]


def show_claims(
    ready: Sequence[Ready], files: Sequence[ClaimFile], claims: Sequence[Claim], zone: str
) -> ShownClaims:
    """Put the claims of a clinic into words."""
    whole = [one.charge for one in ready if not one.lacks]
    count = ngettext("%(count)s ny regning er klar", "%(count)s nye regninger er klare", len(whole))
    said = count % {"count": len(whole)}
    amount = kroner(sum(one.state_ore or 0 for one in whole))
    return ShownClaims(
        ready=gettext("%(said)s, til sammen %(amount)s.") % {"said": said, "amount": amount},
        waiting=[_waiting(one, zone) for one in ready if one.lacks],
        files=[(one.public_id, _file(one, zone)) for one in files],
        claims=[_claim(one, zone) for one in claims],
    )


def _waiting(one: Ready, zone: str) -> str:
    talk, patient = one.charge.consultation, one.charge.patient
    return gettext("%(name)s, %(when)s mangler %(lacks)s.") % {
        "name": patient.name if patient else "",
        "when": words.day_and_clock(talk.opened_at, zone) if talk else "",
        "lacks": ", ".join(str(LACKS[lack]) for lack in one.lacks),
    }


def _file(one: ClaimFile, zone: str) -> str:
    count = ngettext("%(count)s regning", "%(count)s regninger", one.count) % {"count": one.count}
    return gettext("%(when)s: %(count)s, %(amount)s") % {
        "when": words.day_and_clock(one.made_at, zone),
        "count": count,
        "amount": kroner(one.sum_ore),
    }


def _claim(one: Claim, zone: str) -> ShownClaim:
    said = gettext("Regning %(number)s, %(when)s: %(amount)s") % {
        "number": one.number,
        "when": words.day_and_clock(one.began_at, zone),
        "amount": kroner(one.amount_ore),
    }
    if one.credited_in_id:
        state = gettext("kreditert")
    elif one.credit_asked_at:
        state = gettext("krediteres i neste fil")
    else:
        state = gettext("egenandel betalt") if one.is_paid else gettext("egenandel ikke betalt")
    return ShownClaim(one.public_id, said, state, one.credit_asked_at is None)
