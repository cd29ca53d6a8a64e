"""Who was who and what was told, as sentences of the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.web.forms import chosen
from blikk.web.identity_forms import CARDS, REASONS
from blikk.web.presenters import words

if TYPE_CHECKING:
    from blikk.journeys.who import Identified, Told, Who


def who_lines(who: Who, zone: str, *, clinician: str = "") -> list[str]:
    """The sentences of the note, in the language that is active; `clinician` is who leads and needs no naming."""
    return [
        *_identity_lines(who, zone, clinician),
        *_showing_lines(who),
        *(_told_line(one, zone, clinician) for one in who.told),
    ]


def _identity_lines(who: Who, zone: str, clinician: str) -> list[str]:
    lines = []
    if not any(one.role == "patient" for one in who.identified):
        lines.append(
            gettext("Pasientens identitet ble ikke bekreftet i denne samtalen. Kjent fra før av %(name)s.")
            % {"name": who.known_by}
            if who.known_by
            else gettext("Pasientens identitet ble ikke bekreftet.")
        )
    for one in who.identified:
        said = _identity_line(one, words.clock(one.at, zone))
        if one.by not in {clinician, one.known_by}:
            said += " " + gettext("Ført av %(name)s.") % {"name": one.by}
        lines.append(said)
    return lines


def _identity_line(one: Identified, time: str) -> str:
    """How it was made sure who somebody is, as a sentence."""
    is_patient = one.role == "patient"
    whom = gettext("Pasienten") if is_patient else f"{one.name} ({words.role(one.role)})"
    values = {"whom": whom, "time": time, "name": one.known_by, "what": _card_marks(one)}
    match one.method:
        case "known":
            return gettext("%(whom)s er kjent fra før av %(name)s.") % values
        case "card":
            return gettext("%(whom)s viste legitimasjon i bildet%(what)s kl. %(time)s.") % values
        case "eid":
            return gettext("%(whom)s bekreftet hvem de er med eID.") % values
        case _:
            values |= {"reason": chosen(REASONS, one.reason), "words": one.words.rstrip(".")}
            if is_patient:
                return gettext("Pasientens identitet ble ikke bekreftet. %(reason)s: %(words)s.") % values
            return gettext("Hvem %(whom)s er, ble ikke bekreftet. %(reason)s: %(words)s.") % values


def _card_marks(one: Identified) -> str:
    kind = words.uncapital(chosen(CARDS, one.card_kind)) if one.card_kind else ""
    signs = gettext("slutter på %(signs)s") % {"signs": one.card_last_four} if one.card_last_four else ""
    marks = ", ".join(mark for mark in (kind, signs) if mark)
    return f" ({marks})" if marks else ""


def _told_line(one: Told, zone: str, clinician: str) -> str:
    """That the patient was told, as a sentence."""
    values = {"name": one.by, "version": one.version, "when": words.day_and_clock(one.at, zone)}
    if one.how != "orally":
        return gettext("Pasienten fikk vist informasjonen om video (utgave %(version)s) %(when)s.") % values
    if one.by == clinician:
        return gettext("Pasienten ble informert muntlig %(when)s.") % values
    return gettext("Pasienten ble informert muntlig av %(name)s %(when)s.") % values


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
    match who.showing:
        case "asked":
            return [gettext("Pasienten ba om å få se hvem behandleren er. Det ble ikke vist.")]
        case "shown":
            return [gettext("Behandleren viste hvem det er.")]
        case "seen":
            return [gettext("Behandleren viste hvem det er, og pasienten bekreftet det.")]
        case "unsure":
            return [gettext("Behandleren viste hvem det er. Pasienten var ikke sikker.")]
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
