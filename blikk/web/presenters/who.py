"""Who was who and what was told, as sentences of the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.web.forms import chosen
from blikk.web.identity_forms import CARDS, REASONS
from blikk.web.presenters import words

if TYPE_CHECKING:
    from blikk.journeys.who import Identified, Told, Who


def who_lines(who: Who, zone: str) -> list[str]:
    """The lines of the note, in the language that is active."""
    return [
        *_identity_lines(who, zone),
        *_showing_lines(who),
        *(told_words(one, zone) for one in who.told),
    ]


def _identity_lines(who: Who, zone: str) -> list[str]:
    lines = []
    if not any(one.role == "patient" for one in who.identified):
        lines.append(
            gettext("Identitet: ikke bekreftet i denne samtalen. Kjent fra før av %(name)s.")
            % {"name": who.known_by}
            if who.known_by
            else gettext("Identitet: ikke bekreftet.")
        )
    for one in who.identified:
        said = identity_words(one)
        if one.role != "patient":
            said = gettext("Identitet til %(name)s (%(role)s): %(how)s") % {
                "name": one.name,
                "role": words.role(one.role),
                "how": said,
            }
        else:
            said = gettext("Identitet: %(how)s") % {"how": said}
        when = gettext("%(what)s. Ført av %(name)s kl. %(time)s.") % {
            "what": said.rstrip("."),
            "name": one.by,
            "time": words.clock(one.at, zone),
        }
        lines.append(when)
    return lines


def identity_words(one: Identified) -> str:
    """How it was made sure who somebody is, as the end of a sentence."""
    match one.method:
        case "known":
            return gettext("kjent fra før av %(name)s") % {"name": one.known_by}
        case "card":
            return _card_words(one)
        case "eid":
            return gettext("bekreftet med eID")
        case _:
            return gettext("ikke bekreftet. %(reason)s: %(words)s") % {
                "reason": chosen(REASONS, one.reason),
                "words": one.words,
            }


def _card_words(one: Identified) -> str:
    kind = words.uncapital(chosen(CARDS, one.card_kind)) if one.card_kind else ""
    if kind and one.card_last_four:
        return gettext("legitimasjon vist i bildet (%(kind)s, slutter på %(signs)s)") % {
            "kind": kind,
            "signs": one.card_last_four,
        }
    if kind or one.card_last_four:
        return gettext("legitimasjon vist i bildet (%(what)s)") % {"what": kind or one.card_last_four}
    return gettext("legitimasjon vist i bildet")


def _showing_lines(who: Who) -> list[str]:
    name = {"name": who.shown_by}
    match who.showing:
        case "asked":
            return [gettext("Pasienten ba om å få se hvem behandleren er. Det ble ikke vist.")]
        case "shown":
            return [gettext("%(name)s viste pasienten hvem hun eller han er.") % name]
        case "seen":
            return [gettext("%(name)s viste hvem hun eller han er, og pasienten bekreftet det.") % name]
        case "unsure":
            return [gettext("%(name)s viste hvem hun eller han er. Pasienten var ikke sikker.") % name]
        case _:
            return []


def told_words(one: Told, zone: str) -> str:
    """That the patient was told, and how."""
    when = words.day_and_clock(one.at, zone)
    if one.how == "orally":
        return gettext("Informert muntlig av %(name)s, %(when)s.") % {"name": one.by, "when": when}
    return gettext("Informasjon vist på siden, utgave %(version)s, %(when)s.") % {
        "version": one.version,
        "when": when,
    }
