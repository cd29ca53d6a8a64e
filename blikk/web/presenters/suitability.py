"""What speaks for and against video, in words; the judgement is the clinician's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.kernel.times import local
from blikk.web.presenters import words
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.journeys.day import Row
    from blikk.journeys.suitability import Judged, Known, SuitabilityFacts

AGAINST: dict[str, Promise] = {
    "examination": _("Trenger undersøkelse"),
    "procedure": _("Trenger prosedyre eller måling"),
    "samples": _("Trenger prøver"),
    "infection": _("Tegn på alvorlig infeksjon"),
    "danger": _("Kan være i fare. Haster det, ring 113"),
}
JUDGED: dict[str, Promise] = {
    "video": _("Video passer"),
    "begin": _("Begynner på video, avgjør der"),
    "in_person": _("Bør møte opp"),
}
# The conditions for a sick note without an examination afterwards (sykmelderveilederen). Information, no verdict.
SICK_NOTE: tuple[Promise, ...] = (
    _("Du kjenner pasienten."),
    _("Diagnosen er kjent."),
    _("Arbeidsevnen kan vurderes uten undersøkelse."),
    _("Det er forsvarlig."),
)


@dataclass(frozen=True, slots=True)
class ShownSuitability:
    """The block about whether video is right."""

    pros: Sequence[str]
    cons: Sequence[str]
    said: str
    reason: str
    earlier: Sequence[str]
    is_judged: bool
    sick_note: Sequence[str]
    href: str = ""
    confirm_href: str = ""
    in_person_href: str = ""


def show_suitability(
    facts: SuitabilityFacts,
    clinic: Clinic,
    appointment_id: str,
    *,
    href: str,
    confirm_href: str = "",
) -> ShownSuitability:
    """Put what is known and what was judged into words."""
    newest = facts.newest
    return ShownSuitability(
        pros=_pros(facts, clinic),
        cons=_cons(facts),
        said=_said(newest, clinic) if newest else "",
        reason=newest.reason if newest else "",
        earlier=[_said(one, clinic) for one in facts.noted[1:]],
        is_judged=bool(newest and newest.judgement),
        sick_note=[str(one) for one in SICK_NOTE] if "sick_note" in facts.points else [],
        href=href,
        confirm_href=confirm_href,
        in_person_href=reverse("in_person", args=[appointment_id]),
    )


def known_words(known: Known, clinic: Clinic) -> str:
    """How well the patient is known; empty for who is new."""
    if not known.talks or known.last_at is None:
        return ""
    day = words.born(local(known.last_at, clinic.zone).date())
    if known.with_clinician:
        return ngettext(
            "Kjent: %(count)s samtale med behandleren før, sist her %(day)s",
            "Kjent: %(count)s samtaler med behandleren før, sist her %(day)s",
            known.with_clinician,
        ) % {"count": known.with_clinician, "day": day}
    return ngettext(
        "Kjent her: %(count)s samtale før, med en annen behandler, sist %(day)s",
        "Kjent her: %(count)s samtaler før, med andre behandlere, sist %(day)s",
        known.talks,
    ) % {"count": known.talks, "day": day}


def new_words() -> str:
    """What it means that the patient is new."""
    return gettext("Ny pasient: ingen samtaler her før. Hvem det er, må bekreftes")


def _pros(facts: SuitabilityFacts, clinic: Clinic) -> list[str]:
    said = [known_words(facts.known, clinic)]
    if "interpreter" in facts.points and facts.interpreter_invited:
        said.append(gettext("Trenger tolk, og tolken er invitert"))
    if facts.worse is False:
        said.append(gettext("Pasienten svarer at det ikke er blitt verre siden timen ble bestilt"))
    return [one for one in said if one]


def _cons(facts: SuitabilityFacts) -> list[str]:
    said = [] if facts.known.talks else [new_words()]
    if facts.worse:
        said.append(gettext("Pasienten svarer at det er blitt verre siden timen ble bestilt"))
    if facts.wants_in_person:
        said.append(gettext("Pasienten vil heller møte opp"))
    said += [str(AGAINST[point]) for point in facts.points if point in AGAINST]
    if "interpreter" in facts.points and not facts.interpreter_invited:
        said.append(gettext("Trenger tolk, og ingen tolk er invitert"))
    return said


def _said(one: Judged, clinic: Clinic) -> str:
    what = str(JUDGED[one.judgement]) if one.judgement else gettext("Ikke vurdert, bare krysset av")
    return gettext("%(what)s (%(name)s, %(when)s)") % {
        "what": what,
        "name": one.by,
        "when": words.day_and_clock(one.at, clinic.zone),
    }


def of_suitability(row: Row) -> list[Mark]:
    """The hint on a row: what was judged, or that something speaks against it and nobody has judged."""
    if row.is_offered:
        return [Mark(gettext("Velger tid for oppmøte"), "clock", "care")]
    if row.is_in_person:
        return []
    if row.judgement == "in_person":
        return [Mark(gettext("Bør møte opp"), "person", "care")]
    if row.judgement:
        return [Mark(str(JUDGED[row.judgement]), "check", "good")]
    if any(point in AGAINST or point == "interpreter" for point in row.points):
        return [Mark(gettext("Noe taler mot video"), "question", "care")]
    return []


def note_line(facts: SuitabilityFacts) -> str:
    """The sentence for the note: what was judged, why, and what spoke against it."""
    newest = facts.newest
    if newest is None or not newest.judgement:
        return ""
    line = gettext("Vurdering av video: %(what)s") % {"what": words.uncapital(str(JUDGED[newest.judgement]))}
    ticked = [str(AGAINST[point]).partition(".")[0] for point in newest.points if point in AGAINST]
    if ticked:
        line += ". " + gettext("Talte mot: %(points)s") % {"points": words.uncapital(", ".join(ticked))}
    if newest.reason:
        line += ". " + gettext("Begrunnelse: %(reason)s") % {"reason": newest.reason}
    return line
