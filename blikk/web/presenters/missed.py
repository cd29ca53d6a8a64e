"""An hour that nobody came to, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.scheduling.policies import MISSED_AFTER
from blikk.web.missed_forms import REASONS
from blikk.web.presenters.amounts import kroner

if TYPE_CHECKING:
    from datetime import datetime

    from blikk.journeys.day import Row
    from blikk.journeys.missed import Missing

AGAINST: dict[str, Promise] = {
    "fee_is_new": _("Gebyret er nyere enn det pasienten fikk vite da det ennå gikk an å avlyse."),
    "not_told": _("Pasienten har ikke fått noen innkalling fra Blikk."),
    "told_late": _("Pasienten fikk vite om timen for sent til å avlyse i tide."),
    "said_in_time": _("Pasienten sa fra i tide fra lenken at de ikke kunne komme."),
    "we_were_late": _("Behandleren har meldt om forsinkelse denne dagen."),
    "we_were_away": _("Behandleren var borte."),
    "was_here": _("Pasienten har vært innom venterommet."),
    "locked": _("Pasienten prøvde, men lenken ble låst."),
    "message_failed": _("Vi vet ikke om innkallingen kom fram."),
}
CAUTIONS: dict[str, Promise] = {"child": _("Pasienten er under 16 år. Tenk over om det skal sendes regning.")}


@dataclass(frozen=True, slots=True)
class ShownMissing:
    """What the page shows and asks."""

    version: int
    may_mark: bool
    fee: str
    fee_ore: int
    against: Sequence[str]
    cautions: Sequence[str]
    decided: str
    bill: str
    may_undo: bool


def show_missed(one: Missing | None) -> ShownMissing | None:
    """Put it into the words of the language that is active."""
    if one is None:
        return None
    return ShownMissing(
        version=one.version,
        may_mark=one.may_mark,
        fee=kroner(one.fee_ore) if one.fee_ore and not one.against else "",
        fee_ore=one.fee_ore,
        against=[str(AGAINST[code]) for code in one.against],
        cautions=[str(CAUTIONS[code]) for code in one.cautions],
        decided=_decided(one),
        bill=one.bill,
        may_undo=one.may_undo,
    )


def _decided(one: Missing) -> str:
    if one.decided == "charged":
        return gettext("Det er laget en regning på %(amount)s.") % {"amount": kroner(one.fee_ore)}
    if one.decided != "let_off":
        return ""
    why = dict(REASONS).get(one.reason)
    codes = [str(AGAINST[code]) for code in one.reason.split(",") if code in AGAINST]
    said = f"{why}." if why else " ".join(codes)
    return gettext("Ingen regning. %(why)s") % {"why": " ".join(part for part in (said, one.words) if part)}


def missed_href(row: Row, state: str, now: datetime) -> str:
    """Where one says that the patient did not come: proposed where it is known that nobody is in the waiting room."""
    is_such = state == "booked" and row.status == "booked" and not (row.is_drop_in or row.is_in_writing)
    if not is_such or row.is_in_person or now < row.starts_at + MISSED_AFTER:
        return ""
    return reverse("appointment", args=[row.appointment]) + "#missed"
