"""Those who come along, put into words: agreements, consent and what age means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.web.companion_forms import ENDED, EXTENTS, GROUNDS
from blikk.web.forms import chosen
from blikk.web.presenters import words
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.journeys.consent import Standing, Youth
    from blikk.patients.models import Agreement, Companion


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """A standing agreement."""

    id: str
    name: str
    role: str
    reach: str
    when: str
    agreed: str
    ground: str
    extent: str
    words: str
    interpreter: str
    status: Mark
    is_ended: bool
    patient_name: str
    patient_href: str
    href: str


@dataclass(frozen=True, slots=True)
class FoundCompanion:
    """Somebody who comes along with others already; never with whom."""

    id: str
    name: str
    reach: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody who can be invited with one press, or with one tick while booking."""

    id: str
    name: str
    role: str
    reach: str
    is_chosen: bool = False


def show_agreement(agreement: Agreement, *, on: date) -> ShownAgreement:
    """Put an agreement into words."""
    who = agreement.companion
    return ShownAgreement(
        id=agreement.public_id,
        name=who.name,
        role=words.role(agreement.role),
        reach=words.phone(who.phone) or who.email,
        when=_when(agreement),
        agreed=gettext("Avtalt %(day)s, skrevet av %(name)s")
        % {"day": words.born(agreement.agreed_on), "name": agreement.recorded_by},
        ground=chosen(GROUNDS, agreement.ground),
        extent=chosen(EXTENTS, agreement.extent),
        words=agreement.words,
        interpreter=interpreter_words(who.spoken, who.qualification)
        if agreement.role == "interpreter"
        else "",
        status=_status(agreement, on),
        is_ended=agreement.ended_at is not None,
        patient_name=agreement.patient.name,
        patient_href=reverse("patient", args=[agreement.patient.public_id]),
        href=reverse("agreement", args=[agreement.public_id]),
    )


def show_found(found: Sequence[Companion]) -> list[FoundCompanion]:
    """Put those who were found into a list."""
    return [FoundCompanion(one.public_id, one.name, words.phone(one.phone) or one.email) for one in found]


def show_offers(found: Sequence[Agreement], *, chosen: Sequence[str] = ()) -> list[Offer]:
    """Put agreements that hold into a list to take along from."""
    return [
        Offer(
            one.public_id,
            one.companion.name,
            words.role(one.role),
            words.phone(one.companion.phone) or one.companion.email,
            one.public_id in chosen,
        )
        for one in found
    ]


def consent_mark(standing: Standing) -> Mark:
    """Whether somebody may take part, and how that is known."""
    if standing.answer == "yes":
        return Mark(_yes(standing), "check", "good")
    if standing.how == "kept_out":
        return Mark(gettext("Holdt utenfor"), "cross", "bad")
    if standing.answer == "no":
        return Mark(gettext("Pasienten har sagt nei"), "cross", "bad")
    return Mark(gettext("Pasienten har ikke svart"), "clock", "care")


def _yes(standing: Standing) -> str:
    ground = chosen(GROUNDS, standing.ground)
    if standing.how == "ground":
        return ground
    if standing.how == "agreement" and standing.ground != "consent":
        return gettext("Fast avtale: %(ground)s") % {"ground": ground.lower()}
    return {
        "patient": gettext("Pasienten har sagt ja"),
        "invited": gettext("Invitert av pasienten"),
        "oral": gettext("Pasienten sa ja muntlig"),
        "group": gettext("Med i gruppen"),
        "agreement": gettext("Fast avtale"),
    }.get(standing.how, "")


def note_words(how: str, ground: str) -> str:
    """The same for the note; empty for who needs none."""
    if not how:
        return ""
    by_ground = chosen(GROUNDS, ground).lower() if ground and ground != "consent" else ""
    return {
        "patient": gettext("pasienten sa ja"),
        "invited": gettext("invitert av pasienten"),
        "oral": gettext("pasienten sa ja muntlig"),
        "agreement": gettext("fast avtale"),
    }.get(how, "") + (f" ({by_ground})" if by_ground and how == "agreement" else by_ground)


def interpreter_words(spoken: str, qualification: str) -> str:
    """An interpreter's language and category, as the record says it."""
    if not spoken:
        return ""
    if qualification in {"A", "B", "C", "D", "E"}:
        category = gettext("kategori %(letter)s i Nasjonalt tolkeregister") % {"letter": qualification}
    elif qualification == "none":
        category = gettext("ikke i Nasjonalt tolkeregister")
    else:
        category = gettext("ukjent kategori")
    return f"{spoken}, {category}"


def youth_words(youth: Youth) -> str:
    """What the age on the day means for who decides; it gives no verdict."""
    return {
        "": "",
        "child": gettext("Under 12 år: foreldre eller verge er vanligvis med."),
        "heard": gettext(
            "12 til 15 år: barnet kan ha en grunn til å snakke alene. Du kan la foreldre eller verge vente utenfor, "
            "og skrive hvorfor."
        ),
        "decides": gettext(
            "16 til 17 år: pasienten bestemmer selv. Foreldre trenger pasientens eget ja for å være med."
        ),
    }[youth]


def _when(agreement: Agreement) -> str:
    first = words.born(agreement.from_on)
    if agreement.until_on is None:
        return gettext("Fra %(first)s") % {"first": first}
    return f"{first}–{words.born(agreement.until_on)}"


def _status(agreement: Agreement, on: date) -> Mark:
    if agreement.ended_at is not None:
        return Mark(
            gettext("Avsluttet: %(why)s") % {"why": chosen(ENDED, agreement.ended_because).lower()}, "cross"
        )
    if agreement.from_on > on:
        return Mark(gettext("Gjelder ikke ennå"), "clock")
    if agreement.until_on is not None and agreement.until_on < on:
        return Mark(gettext("Gått ut"), "clock", "care")
    return Mark(gettext("Gjelder"), "check", "good")
