"""Who is who, as the clinician sees it beside the picture: what stands, and what one key says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.consultations.queries import is_running
from blikk.journeys.identity import WhoIsWho, is_companion
from blikk.journeys.who import Identified, Told
from blikk.kernel.times import local
from blikk.web.identity_forms import IdentityForm
from blikk.web.presenters import words
from blikk.web.presenters.who import identity_words, told_words
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.consultations.identity_tables import IdentityCheck
    from blikk.consultations.models import Consultation, Participant
    from blikk.invitations.models import Information


@dataclass(frozen=True, slots=True)
class OtherWho:
    """Somebody besides the patient whose word counts: an interpreter, a guardian."""

    participant: str
    name: str
    role: str
    said: str
    replaces: str


@dataclass(frozen=True, slots=True)
class ShownWho:
    """The identity line of the clinician's page."""

    participant: str
    line: Mark
    detail: str
    replaces: str
    is_identified: bool
    # Known from before, and still to be confirmed by a key.
    met_by: str
    has_eid: bool
    keeps_card_mark: bool
    asks_to_see: bool
    showing: str
    told: Sequence[str]
    is_told: bool
    others: Sequence[OtherWho]
    form: IdentityForm
    refused: str
    is_going_on: bool
    href: str
    shown_href: str
    told_href: str


def show_who(
    consultation: Consultation,
    who: WhoIsWho,
    roster: Sequence[Participant],
    information: Sequence[Information],
    *,
    form: IdentityForm | None = None,
    refused: str = "",
) -> ShownWho:
    """Put who is who into words."""
    name, zone = [consultation.public_id], consultation.clinic.zone
    check = who.check
    return ShownWho(
        participant=who.patient.public_id if who.patient else "",
        line=_line(who),
        detail=_detail(check, zone) if check else _met(who, zone),
        replaces=check.public_id if check else "",
        is_identified=check is not None,
        met_by=who.known.by if who.known and not check else "",
        has_eid=who.has_eid,
        keeps_card_mark=who.keeps_card_mark,
        asks_to_see=who.showing is not None and who.showing.status == "asked",
        showing=_showing(who),
        told=[told_words(_told(one), zone) for one in information],
        is_told=bool(information),
        others=[_other(one, who, zone) for one in roster if is_companion(one)],
        form=form or IdentityForm(),
        refused=refused,
        is_going_on=is_running(consultation),
        href=reverse("conversation_identity", args=name),
        shown_href=reverse("conversation_shown", args=name),
        told_href=reverse("conversation_told", args=name),
    )


@dataclass(frozen=True, slots=True)
class ShownInformed:
    """What the patient of an hour was told."""

    lines: Sequence[str]
    is_told_orally: bool


def show_informed(information: Sequence[Information], clinic: Clinic) -> ShownInformed:
    """Put what a patient was told into words."""
    return ShownInformed(
        [told_words(_told(one), clinic.zone) for one in information],
        any(one.how == "orally" for one in information),
    )


def _line(who: WhoIsWho) -> Mark:
    check = who.check
    if check is None and who.known is None:
        return Mark(gettext("Ny pasient. Identiteten er ikke bekreftet."), "warning", "warning")
    if check is None:
        return Mark(gettext("Kjent fra før"), "check", "success")
    if check.method == "exception":
        return Mark(gettext("Ikke bekreftet, med en grunn"), "warning", "warning")
    return Mark(words.capital(identity_words(_identified(check))), "check", "success")


def _met(who: WhoIsWho, zone: str) -> str:
    if who.known is None:
        return ""
    facts = {"name": who.known.by, "day": words.long_day(local(who.known.on, zone).date())}
    if who.known.is_own:
        return gettext("Du møtte pasienten %(day)s. Dette føres når du bekrefter rammen.") % facts
    return gettext("%(name)s møtte pasienten %(day)s. Dette føres når du bekrefter rammen.") % facts


def _detail(check: IdentityCheck, zone: str) -> str:
    when = {"name": check.by.name, "time": words.clock(check.at, zone)}
    said = gettext("Ført av %(name)s kl. %(time)s.") % when
    if check.method == "exception":
        return f"{words.capital(identity_words(_identified(check)))}. {said}"
    return said


def _identified(check: IdentityCheck) -> Identified:
    return Identified(
        check.participant.name,
        check.participant.role,
        check.method,
        check.by.name,
        check.at,
        check.known_by,
        check.card_kind,
        check.card_last_four,
        check.reason,
        check.words,
    )


def _showing(who: WhoIsWho) -> str:
    if who.showing is None:
        return ""
    return {
        "shown": gettext("Du har vist hvem du er. Pasienten kan svare om det var tydelig."),
        "seen": gettext("Pasienten har sett hvem du er."),
        "unsure": gettext("Pasienten er ikke sikker på hvem du er. Vis kortet en gang til, eller forklar."),
    }.get(who.showing.status, "")


def _other(person: Participant, who: WhoIsWho, zone: str) -> OtherWho:
    check = who.checks.get(person.pk)
    said = words.capital(identity_words(_identified(check))) if check else ""
    return OtherWho(
        person.public_id, person.name, words.role(person.role), said, check.public_id if check else ""
    )


def _told(one: Information) -> Told:
    return Told(str(one.how), one.at, one.version, one.by_name)
