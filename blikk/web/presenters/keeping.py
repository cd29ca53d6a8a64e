"""The words for how long what is kept, for what is held back, and for who asks and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.clinics.retention import RULES

if TYPE_CHECKING:
    from blikk.journeys.keeping.due import Tonight


@dataclass(frozen=True, slots=True)
class Kind:
    """What a period is about, and on what ground it is so long."""

    title: Promise
    what: Promise
    ground: Promise


KINDS: dict[str, Kind] = {
    "visit": Kind(
        _("Timer og samtaler"),
        _(
            "Timen, invitasjoner og meldinger, oppmøtet, hvem som var med, kontrollspørsmål, legitimering, "
            "notatet her, skriftlige saker, bilder og oppgaver. Tiden går fra journalen har fått alt og samtalen er "
            "gjort ferdig."
        ),
        _(
            "Det er journalen som skal oppbevares. Blikk er ikke journalen, og trenger ikke opplysningene etterpå."
        ),
    ),
    "patient": Kind(
        _("Pasienter uten timer"),
        _(
            "Navn, fødselsdato, fødselsnummer, kontaktopplysninger og avtaler om følge. Tiden går fra den siste timen "
            "ble slettet, eller fra noen sist endret noe."
        ),
        _("Så dere slipper å lese tilbake nummeret på nytt hver gang, men ikke lenger enn det er til nytte."),
    ),
    "audit": Kind(
        _("Loggen over hvem som har sett og gjort hva"),
        _("Hvem, når, hva og hvorfra. Loggen har ingen navn på pasienter, bare interne numre."),
        _(
            "Så pasienten kan få vite hvem som har sett opplysningene. Vi har valgt to år. Følger dere en regel som "
            "krever mer, velger dere flere."
        ),
    ),
    "money": Kind(
        _("Betaling og regnskap"),
        _(
            "Regninger, betalinger og fakturaer. De blir igjen når timen og pasienten slettes. En faktura beholder "
            "navnet som sto på den. Tiden går fra utgangen av året."
        ),
        _("Regnskap oppbevares i fem år etter at regnskapsåret er slutt (bokføringsloven § 13)."),
    ),
    "claim": Kind(
        _("Oppgjør med Helfo"),
        _("Takster og krav. De blir igjen når timen og pasienten slettes. Tiden går fra utgangen av året."),
        _("Krav er grunnlag for regnskapet, og oppbevares like lenge (bokføringsloven § 13)."),
    ),
}
HELD: dict[str, Promise] = {
    "ahead": _("Timen har ikke vært ennå. Avlys den først."),
    "talking": _("Samtalen pågår."),
    "close_out": _("Samtalen er ikke gjort ferdig. Behandleren må signere notatet og avslutte den først."),
    "delivery": _("Journalen har ikke fått det som er skrevet. Det må leveres eller føres inn først."),
    "case": _("En skriftlig sak er åpen, eller et bilde i den er ikke avgjort."),
    "task": _("En oppgave om timen er ikke gjort."),
    "meeting": _("Timen førte til et oppmøte som ikke har vært ennå."),
    "bill": _("Regningen er ikke gjort opp. Så lenge trengs navnet og kontaktopplysningene."),
    "claim": _("Kravet til Helfo er ikke laget ennå. Lag det først, ellers får dere ikke pengene."),
    "journal": _(
        "Timen står fortsatt i journalsystemet. Avlys den der først, ellers kommer den tilbake hit."
    ),
}
HELD_SHORT: dict[str, Promise] = {
    "close_out": _("Ikke gjort ferdig"),
    "delivery": _("Ikke levert til journalen"),
    "case": _("Åpen skriftlig sak"),
    "task": _("Oppgave som ikke er gjort"),
    "claim": _("Krav til Helfo som ikke er laget"),
}
ASKED_BY: list[tuple[str, Promise]] = [
    ("patient", _("Pasienten selv")),
    ("guardian", _("Verge eller forelder")),
    ("attorney", _("Noen med fullmakt fra pasienten")),
    ("authority", _("En tilsynsmyndighet")),
    ("clinic", _("Vi selv")),
]
HAND_OUT_BECAUSE: list[tuple[str, Promise]] = [
    ("access", _("Pasienten vil vite hva som er lagret (innsyn)")),
    ("portability", _("Pasienten vil ta det med seg")),
    ("complaint", _("En klage eller et tilsyn")),
    ("other", _("Noe annet")),
]
DELETE_BECAUSE: list[tuple[str, Promise]] = [
    ("no_longer", _("Det trengs ikke lenger")),
    ("mistake", _("Pasienten ble registrert ved en feil")),
    ("twice", _("Pasienten er registrert to ganger")),
    ("objection", _("Pasienten vil ikke ha opplysningene lagret her")),
    ("other", _("Noe annet")),
]


def bounds(kind: str) -> str:
    """The least and the most that may be chosen, and what is usual."""
    rule = RULES[kind]
    words = (
        gettext("Fra %(least)s til %(most)s år. Vi foreslår %(usual)s.")
        if rule.is_years
        else gettext("Fra %(least)s til %(most)s dager. Vi foreslår %(usual)s.")
    )
    return words % {"least": rule.least, "most": rule.most, "usual": rule.usual}


def show_tonight(found: "Tonight") -> dict[str, list[str]]:
    """What would go tonight, and what is old and stays, in words; nothing is said of what there is none of."""
    goes = (
        (
            found.visits,
            ngettext(
                "%(count)s time med alt som hører til", "%(count)s timer med alt som hører til", found.visits
            ),
        ),
        (found.places, ngettext("%(count)s plass i køen", "%(count)s plasser i køen", found.places)),
        (
            found.patients,
            ngettext("%(count)s pasient uten timer", "%(count)s pasienter uten timer", found.patients),
        ),
        (found.entries, ngettext("%(count)s linje i loggen", "%(count)s linjer i loggen", found.entries)),
    )
    stays = [f"{HELD_SHORT[code]}: {count}" for code, count in found.held.items()]
    return {"goes": [words % {"count": count} for count, words in goes if count], "stays": stays}
