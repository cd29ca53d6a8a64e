"""The charge of a consultation in the words of the close-out page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.payments.sums import patient_of, state_of
from blikk.web.presenters import words
from blikk.web.presenters.amounts import kroner
from blikk.web.presenters.exemptions import WHY, exemption_words

if TYPE_CHECKING:
    from blikk.journeys.charging import Reckoned
    from blikk.payments.combinations import Fault
    from blikk.payments.models import Charge
    from blikk.payments.sums import Line

FORMS: dict[str, Promise] = {
    "video": _("video"),
    "sound": _("bare lyd"),
    "phone": _("telefon"),
    "text": _("skriftlig"),
    "in_person": _("oppmøte"),
}
KINDS: dict[str, Promise] = {
    "co_payment": _("Egenandel"),
    "private": _("Pris fra prislisten"),
    "missed": _("Gebyr for ikke møtt"),
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line, in words."""

    code: str
    text: str
    times: int
    patient: str
    state: str


@dataclass(frozen=True, slots=True)
class ShownCharge:
    """What stands in the panel."""

    held: str
    lines: Sequence[ShownLine]
    patient: str
    state: str
    faults: Sequence[str]
    why: Sequence[str]
    kinds: Sequence[tuple[str, str]]
    candidates: Sequence[tuple[str, str]]
    diagnosis: str
    number: str
    old: str
    is_codes: bool
    is_price: bool
    asks_number: bool
    asks_diagnosis: bool
    has_no_rates: bool
    accepted: str = ""
    version: int = 0
    can_take_back: bool = False
    card: str = ""
    card_tone: str = ""
    asks_card: str = ""


def kinds_in_words(kinds: Sequence[str]) -> list[tuple[str, str]]:
    return [(one, str(KINDS[one])) for one in kinds]


def show_reckoned(charge: Reckoned) -> ShownCharge:
    """A charge that is not accepted yet."""
    is_codes, is_price = charge.kind == "co_payment", charge.kind == "private"
    return ShownCharge(
        held=_held(charge),
        lines=_lines(charge.lines, is_exempt=bool(charge.exemption)),
        patient=kroner(charge.total.patient_ore),
        state=kroner(charge.total.state_ore) if is_codes else "",
        faults=[fault_words(one) for one in charge.faults if one.why != "needs_diagnosis"],
        why=[f"{WHY[one.why]} {exemption_words(one.code)}" for one in charge.proposed] if is_codes else [],
        kinds=kinds_in_words(charge.kinds),
        candidates=[(one.code, f"{one.code} {one.text}") for one in charge.candidates],
        diagnosis="; ".join(f"{one.code} {one.text}" for one in charge.diagnoses),
        number=charge.number,
        old=_old(charge),
        is_codes=is_codes,
        is_price=is_price,
        asks_number=is_codes and not charge.number,
        asks_diagnosis=bool(charge.system),
        has_no_rates=is_codes and not charge.rates,
        card=_card(charge),
        card_tone="bad" if charge.card and charge.card.card == "unknown" else "good",
        asks_card=_asks_card(charge),
    )


def show_accepted(charge: Charge, lines: Sequence[Line], zone: str, *, is_closed: bool) -> ShownCharge:
    """A charge that stands."""
    said = gettext("Godtatt av %(name)s %(when)s.") % {
        "name": charge.accepted_by.name,
        "when": words.day_and_clock(charge.accepted_at, zone),
    }
    is_codes = charge.kind == "co_payment"
    return ShownCharge(
        held="",
        lines=_lines(lines, is_exempt=bool(charge.exemption)),
        patient=kroner(charge.patient_ore),
        state=kroner(charge.state_ore) if is_codes else "",
        faults=[],
        why=[exemption_words(charge.exemption)] if charge.exemption else [],
        kinds=[],
        candidates=[],
        diagnosis="",
        number="",
        old="",
        is_codes=is_codes,
        is_price=charge.kind == "private",
        asks_number=False,
        asks_diagnosis=False,
        has_no_rates=False,
        accepted=said,
        version=charge.version,
        can_take_back=not is_closed,
    )


def _held(charge: Reckoned) -> str:
    held = charge.occasion
    part = gettext("dagtid") if held.part == "day" else gettext("kveld eller helg")
    minutes = ngettext("%(count)s minutt", "%(count)s minutter", held.minutes) % {"count": held.minutes}
    said = [str(FORMS.get(held.form, held.form)), f"{held.began:%H:%M} ({part})", minutes]
    if held.has_interpreter:
        said.append(gettext("med tolk"))
    if held.has_relatives:
        said.append(gettext("med pårørende"))
    if held.is_specialist:
        said.append(gettext("spesialist"))
    return ", ".join(said)


CARDS: dict[str, Promise] = {
    "has": _("Frikortregisteret svarte kl. %(clock)s: pasienten har frikort."),
    "has_not": _(
        "Frikortregisteret svarte kl. %(clock)s: ikke frikort. Viser pasienten et frikort, gjelder det likevel."
    ),
    "unknown": _("Fikk ikke svar om frikort kl. %(clock)s. %(why)s"),
}
NO_CARD_ANSWER: dict[str, Promise] = {
    "cannot_be_asked": _("Registeret kan ikke spørres om denne pasienten eller dagen. Spør pasienten."),
    "not_allowed": _("Helfo gir ikke virksomheten tilgang. Si fra til administrator, og spør pasienten."),
    "token_refused": _("HelseID gir ikke Blikk tilgang. Si fra til administrator, og spør pasienten."),
}


def _card(charge: Reckoned) -> str:
    """What the register of exemption cards said, and when; or why nothing is known."""
    if charge.card is None or charge.kind != "co_payment":
        return ""
    general = gettext("Registeret svarer ikke. Spør igjen, eller spør pasienten og gå videre.")
    return str(CARDS[charge.card.card]) % {
        "clock": f"{charge.card.at.astimezone(charge.occasion.began.tzinfo):%H:%M}",
        "why": NO_CARD_ANSWER.get(charge.card.reason, general),
    }


def _asks_card(charge: Reckoned) -> str:
    """What the button says that asks the register; empty where there is nothing to ask."""
    if not charge.asks_card or (charge.card is not None and charge.card.has_card):
        return ""
    return gettext("Spør om frikort igjen") if charge.card else gettext("Spør om frikort")


def _lines(lines: Sequence[Line], *, is_exempt: bool) -> list[ShownLine]:
    return [
        ShownLine(
            line.code,
            str(KINDS["missed"]) if line.text == "missed" and not line.code else line.text,
            line.times,
            kroner(patient_of(line, is_exempt=is_exempt)),
            kroner(state_of(line, is_exempt=is_exempt)),
        )
        for line in lines
    ]


def _old(charge: Reckoned) -> str:
    if charge.oldest is None or charge.oldest.source_on is None:
        return ""
    return gettext("Satsene er fra %(day)s, altså mer enn et år gamle. Sjekk at de gjelder.") % {
        "day": words.born(charge.oldest.source_on)
    }


FAULTS: dict[str, Promise] = {
    "twice": _("%(code)s står to ganger. Skriv heller antallet: %(code)s*2."),
    "no_rate": _("%(code)s har ingen sats den dagen. Sjekk koden, eller oppdater takstene."),
    "not_together": _("%(code)s og %(other)s kan ikke stå på samme regning."),
    "needs_another": _("%(code)s krever at en av disse også står der: %(other)s."),
    "too_many": _("%(code)s kan stå høyst %(other)s ganger."),
    "too_short": _("%(code)s krever minst %(other)s minutter."),
    "for_specialist": _("%(code)s er bare for spesialister."),
    "needs_procedure": _(
        "%(code)s krever en prosedyrekode, som Blikk ikke fører. Før den i journalsystemet."
    ),
    "needs_diagnosis": _("%(code)s krever en diagnose."),
}


def fault_words(fault: Fault) -> str:
    """Why codes cannot stand so."""
    return str(FAULTS[fault.why]) % {"code": fault.code, "other": fault.other}
