"""The short manual of each role: what one does in a day, in the order of the day, with the way to each page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that the role does, in steps; `page` names the page where it is done."""

    title: Promise
    steps: Sequence[Promise]
    page: str = ""


@dataclass(frozen=True, slots=True)
class Manual:
    """What one role needs to know."""

    title: Promise
    chapters: Sequence[Chapter]
    has_keys: bool = False


_FAILS = Chapter(
    _("Når noe svikter"),
    (
        _("Faller bildet ut, kommer det som regel tilbake av seg selv. Vent noen sekunder."),
        _("Hører dere ikke hverandre, ring pasienten. Nummeret står i samtalen og på timen."),
        _("På siden «Hjelp når noe svikter» står hvem du kan ringe."),
    ),
    "support",
)

SECRETARY = Manual(
    _("Veiledning for sekretærer"),
    (
        Chapter(
            _("Bestill en time"),
            (
                _("Finn pasienten, eller legg inn en ny."),
                _("Les nummer og e-post tilbake, og kryss av for at det er gjort."),
                _("Velg behandler, dag og tid."),
                _("Se på meldingen før du sender den. Den sier aldri hva timen gjelder."),
            ),
            "book",
        ),
        Chapter(
            _("Følg dagen"),
            (
                _("Skranken viser alle behandlere ved siden av hverandre."),
                _("Et merke viser om meldingen kom fram, og om pasienten er i venterommet."),
                _("Blir noen forsinket, sender du beskjed til dem som venter."),
            ),
            "front_desk",
        ),
        Chapter(
            _("Hold timelisten riktig"),
            (
                _("Sett av perioder til bestilte timer og til drop-in."),
                _("Legg inn fravær så snart du vet om det. Da ser du hvilke timer som må flyttes."),
            ),
            "timetable",
        ),
        Chapter(
            _("Si det til pasientene"),
            (
                _("Ferdige ord til telefonen, nettsiden og svareren følger timelisten."),
                _("Skriv ut arkene til pasienter, og gi dem i skranken."),
            ),
            "ready_words",
        ),
        _FAILS,
    ),
)

CLINICIAN = Manual(
    _("Veiledning for behandlere"),
    (
        Chapter(
            _("Øv først"),
            (
                _("Prøv hodetelefoner, kamera og lys på siden «Prøv utstyret»."),
                _("Øv med en laget pasient til du er trygg. Du kan øve så ofte du vil."),
            ),
            "practice",
        ),
        Chapter(
            _("Før den første kommer"),
            (
                _("Åpne dagen, og gjør kamera og mikrofon klare."),
                _("Bruk hodetelefoner med mikrofon. Ha lyset foran deg."),
                _("Lukk døren, og se til at ingen andre ser skjermen."),
            ),
            "day",
        ),
        Chapter(
            _("Slipp inn pasienten"),
            (
                _("Navn og fødselsdato står på samme rad som knappen «Slipp inn»."),
                _("«Ta neste» henter den som er først i drop-in-køen."),
                _("Lysene viser hva pasienten har svart mens de ventet."),
            ),
            "day",
        ),
        Chapter(
            _("Rammen"),
            (
                _("Spør om det som lyser gult eller rødt, og kryss av."),
                _("Kjenner du ikke pasienten, ber du om legitimasjon. Pasienten kan be deg om det samme."),
                _("Bekreft rammen. Passer det ikke med video, kaller du inn til oppmøte."),
            ),
        ),
        Chapter(
            _("I samtalen"),
            (
                _("Se inn i kameraet av og til. Da føler pasienten at du ser dem."),
                _("Notatet lagres mens du skriver."),
                _("Er nettet dårlig, slå av bildet eller gå over til telefon."),
            ),
        ),
        Chapter(
            _("Avslutt"),
            (
                _("Trykk «Avslutt». Da går alle ut, og lenken virker ikke lenger."),
                _("Les utkastet, velg utfall og oppfølging, og trykk «Ferdig»."),
                _("Det som ikke er avsluttet, står på dagen til det er gjort."),
            ),
        ),
        _FAILS,
    ),
    has_keys=True,
)

ADMINISTRATOR = Manual(
    _("Veiledning for administratorer"),
    (
        Chapter(
            _("Innstillinger"),
            (
                _("Velg et avsendernavn som ikke røper hva pasienten går til."),
                _("Velg hvor tidlig pasienten kan komme, og om vi spør om fødselsdato."),
            ),
            "clinic",
        ),
        Chapter(
            _("Ansatte"),
            (
                _("Legg til dem som begynner. De får en lenke på e-post for å velge passord."),
                _("Avslutt tilgangen samme dag som noen slutter."),
            ),
            "members",
        ),
        Chapter(
            _("Meldinger til pasienter"),
            (_("Velg når påminnelser sendes, og om pasienten kan avlyse fra lenken."),),
            "message_rules",
        ),
        Chapter(
            _("Siden for alle"),
            (
                _("Skriv hva dere hjelper med på video, og hva det koster. Åpne så siden."),
                _("Sett opp oppslag når myndighetene har noe å si."),
            ),
            "public_page",
        ),
        Chapter(
            _("Hvem dere ringer"),
            (_("Legg inn hvem ansatte ringer når noe svikter. Det står også i planen."),),
            "support_contacts",
        ),
        Chapter(_("Loggen"), (_("Loggen viser hvem som har sett og gjort hva. Se i den av og til."),), "log"),
        _FAILS,
    ),
)

# By what stands in the address, and by the role of who asks.
MANUALS = {"sekretar": SECRETARY, "behandler": CLINICIAN, "administrator": ADMINISTRATOR}
OF_ROLE = {"secretary": "sekretar", "clinician": "behandler", "administrator": "administrator"}
# Which roles may open the pages of a manual: a link that leads nowhere is not shown.
OPEN_TO = {
    "practice": ("clinician",),
    "book": ("clinician", "secretary"),
    "front_desk": ("clinician", "secretary"),
    "timetable": ("clinician", "secretary"),
    "day": ("clinician", "secretary"),
    "ready_words": ("clinician", "secretary", "administrator"),
    "support": ("clinician", "secretary", "administrator"),
}
