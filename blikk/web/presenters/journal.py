"""The way to the journal in words: what is delivered, what is not, why, and what to do about it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.web.presenters import words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from blikk.documentation.models import Delivery, EhrConnection
    from blikk.journeys.delivered import Undelivered
    from blikk.journeys.left_over import OpenCloseOut

# What is wrong, and what to do.
FAULTS: "dict[str, StrPromise]" = {
    "host_not_allowed": _("Den som drifter Blikk, har ikke åpnet for denne serveren. Be om det."),
    "certificate": _(
        "Serveren har ikke et gyldig sertifikat, så Blikk sender ingenting dit. Si fra til leverandøren."
    ),
    "no_answer": _("Journalsystemet svarer ikke. Blikk prøver igjen av seg selv."),
    "server_troubled": _("Journalsystemet har problemer. Blikk prøver igjen av seg selv."),
    "busy": _("Journalsystemet har mye å gjøre og ber om å få vente. Blikk prøver igjen av seg selv."),
    "not_fhir": _("Det som svarer på adressen, er ikke en FHIR-server for R4. Se over adressen."),
    "incomplete": _(
        "Journalsystemet svarte bare på noe av det. Blikk sender igjen, og ingenting blir dobbelt."
    ),
    "no_smart_configuration": _(
        "Serveren sier ikke hvor Blikk henter tilgang. Skriv den adressen, som leverandøren kjenner."
    ),
    "no_key": _("Nøkkelen til Blikk kan ikke leses. Lag en ny, og gi den til leverandøren."),
    "algorithm": _("Serveren kjenner ingen av signaturene Blikk kan lage. Spør leverandøren om RS384."),
    "key_refused": _(
        "Journalsystemet kjenner ikke navnet eller nøkkelen vår. Gi leverandøren nøkkelen, og se over navnet."
    ),
    "scope_refused": _("Journalsystemet gir ikke Blikk de tilgangene som står her. Spør leverandøren."),
    "token_refused": _("Journalsystemet slipper ikke Blikk inn. Spør leverandøren om oppsettet."),
    "not_allowed": _("Blikk kommer inn, men får ikke gjøre dette der. Spør leverandøren om tilgangene."),
    "wrong_address": _("Det er ingenting på denne adressen. Se over den."),
    "refused": _("Journalsystemet godtok ikke det Blikk sendte. Det er tatt vare på her."),
    "patient_twice": _(
        "Pasienten står to ganger i journalsystemet. Velg hvem det er, eller slå dem sammen der."
    ),
    "something_twice": _("Noe i sendingen står to ganger i journalsystemet. Rydd opp der, og prøv igjen."),
    "no_number": _(
        "Blikk vet ikke fødselsnummeret, så journalsystemet vet ikke hvem det er. Skriv nummeret på pasientens side."
    ),
    "conflict": _("Noen endrer det samme i journalsystemet nå. Blikk prøver igjen av seg selv."),
    "gave_up": _("Det gikk ikke etter mange forsøk. Prøv igjen, eller før det inn for hånd."),
    "not_sent": _("Blikk sender ikke lenger til journalsystemet. Før notatet inn selv."),
    "broken": _("Noe gikk galt hos oss. Den som drifter Blikk, finner det i loggen."),
}
STATUSES: "dict[str, StrPromise]" = {
    "waiting": _("På vei"),
    "delivered": _("Levert"),
    "stopped": _("Kom ikke fram"),
    "by_hand": _("Ført inn for hånd"),
}
KINDS: "dict[str, StrPromise]" = {"note": _("Notat"), "visit": _("Utfallet av samtalen")}


@dataclass(frozen=True, slots=True)
class Person:
    """A patient of the journal system, to choose."""

    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """Something on its way, or there, or not."""

    id: str
    version: int
    name: str
    what: str
    when: str
    status: str
    is_stopped: bool
    is_settled: bool
    fault: str
    said: str
    refused: str
    people: Sequence[Person]
    can_choose: bool
    href: str


@dataclass(frozen=True, slots=True)
class ShownUndelivered:
    """A conversation on the day page of which the journal does not have everything."""

    name: str
    when: str
    words: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A consultation that has ended and is not finished."""

    name: str
    when: str
    href: str


def show_left_over(one: "OpenCloseOut", zone: str) -> LeftOver:
    """Put a consultation that is not finished into words."""
    when = words.day_and_clock(one.ended_at, zone) if one.ended_at else ""
    return LeftOver(one.patient_name, when, reverse("close_out", args=[one.consultation]))


def words_for_fault(reason: str) -> str:
    """What is wrong and what to do, for a person."""
    return str(FAULTS.get(reason, FAULTS["broken"]))


def show_delivery(delivery: "Delivery", zone: str) -> ShownDelivery:
    """Put a delivery into words."""
    what = str(KINDS[delivery.kind])
    if delivery.of_version > 1:
        what = gettext("Notat, rettelse %(number)s") % {"number": delivery.of_version - 1}
    at = delivery.settled_at or delivery.made_at
    return ShownDelivery(
        id=delivery.public_id,
        version=delivery.version,
        name=delivery.consultation.appointment.patient.name,
        what=what,
        when=words.day_and_clock(at, zone),
        status=str(STATUSES[delivery.status]),
        is_stopped=delivery.status == "stopped",
        is_settled=delivery.settled_at is not None,
        fault=words_for_fault(delivery.fault) if delivery.fault else "",
        said=delivery.words,
        refused=delivery.refused,
        people=_people(delivery.candidates),
        can_choose=delivery.fault in {"patient_twice", "no_number"},
        href=reverse("journal_delivery", args=[delivery.public_id]),
    )


def show_state(connection: "EhrConnection | None", zone: str) -> tuple[str, str]:
    """How it goes with the server as a whole: a tone and words; empty where nothing is known yet."""
    if connection is None or connection.kind != "fhir":
        return "", ""
    if connection.fault and connection.fault_at:
        since = gettext("Slik har det vært siden %(when)s.") % {
            "when": words.day_and_clock(connection.fault_at, zone)
        }
        return "warning", f"{words_for_fault(connection.fault)} {since}"
    if connection.delivered_at:
        return "success", gettext("Sist levert %(when)s.") % {
            "when": words.day_and_clock(connection.delivered_at, zone)
        }
    return "info", gettext("Ingenting er levert ennå.")


def show_undelivered(one: "Undelivered", zone: str) -> ShownUndelivered:
    """Put what is not in the journal yet into words for the day page."""
    if one.fault:
        said = gettext("Notatet er ikke i journalen. %(why)s") % {"why": words_for_fault(one.fault)}
    else:
        said = gettext("Notatet er på vei til journalen.")
    return ShownUndelivered(
        one.patient_name,
        words.day_and_clock(one.ended_at, zone) if one.ended_at else "",
        said,
        "bad" if one.is_stopped else "",
        reverse("consultation_delivery", args=[one.consultation]),
    )


def _people(candidates: str) -> list[Person]:
    if not candidates:
        return []
    return [
        Person(one["reference"], ", ".join(filter(None, (one["name"], _born(one["born"]), one["reference"]))))
        for one in json.loads(candidates)
    ]


def _born(day: str) -> str:
    """A day as FHIR writes it, if it is one: other systems may know no more than the year."""
    try:
        return words.born(date.fromisoformat(day))
    except ValueError:
        return day
