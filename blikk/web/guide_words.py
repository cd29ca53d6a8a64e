"""The patient's guide in words: the same for the page and for the sheet, one track for each kind of device.

Plain words on purpose: a test measures how hard the rendered text is to read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that makes the conversation good, in short lines; `in_order` where they are steps."""

    key: str
    title: Promise
    lines: Sequence[Promise]
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """What somebody with one kind of device, or beside somebody with one, should know."""

    title: Promise
    lead: Promise
    parts: Sequence[Part]


_WAIT = _("Du kommer til et venterom. Der venter du til behandleren slipper deg inn.")
_SOUND = (
    _("Slå av radio og TV."),
    _("Er det stille? Se etter om mikrofonen er slått av på skjermen."),
)
_PRIVACY = Part(
    "privacy",
    _("Personvern"),
    (
        _("Sitt et sted der ingen andre kan høre eller se."),
        _("Samtalen blir ikke tatt opp, verken lyd eller bilde."),
        _("Alle som er med, vises med navn."),
        _("Lenken er bare til deg. Ikke send den til andre."),
        _("Ha et kort med bilde klart. Du kan be om å få se kortet til behandleren også."),
        _("Video er frivillig. Du kan når som helst be om å møte opp i stedet."),
    ),
)
_COMPANIONS = Part(
    "companions",
    _("Hvis noen er med deg"),
    (
        _("Du kan ha med en du stoler på: en i familien, en venn eller en hjelper."),
        _("Si fra om hvem som er i rommet."),
        _("Er de et annet sted? Da får de sin egen lenke. Be om den i venterommet, eller ring oss."),
        _("Trenger du tolk? Ring oss i god tid."),
        _("Du kan når som helst be om å få snakke alene."),
    ),
)
_FAILING = Part(
    "failing",
    _("Hvis noe ikke virker"),
    (
        _("Lukk siden, og trykk på lenken en gang til. Plassen din er trygg."),
        _("Virker det ikke da? Ring oss. Da kan vi snakke på telefon i stedet."),
        _("Er det fare for liv, ring 113. Haster det, ring legevakten på 116 117."),
    ),
)

PHONE = Guide(
    _("Video på telefonen"),
    _("Du trenger ingen app og ingen konto. En telefon med kamera er nok."),
    (
        Part(
            "connecting",
            _("Koble til"),
            (
                _("Lad telefonen, eller ha laderen i."),
                _("Bruk nettet hjemme hvis du kan. Mobilnett går også."),
                _("Åpne meldingen fra oss, og trykk på lenken."),
                _("Vil du ikke trykke på lenken? Gå til siden med kode, og skriv koden i meldingen."),
                _("Si ja når telefonen spør om kamera og mikrofon."),
                _WAIT,
            ),
            in_order=True,
        ),
        Part(
            "sound",
            _("Lyd"),
            (
                _("Skru opp lyden på telefonen."),
                _("Bruk gjerne øreplugger. Da hører alle bedre."),
                *_SOUND,
            ),
        ),
        Part(
            "light",
            _("Lys og bilde"),
            (
                _("Sitt med lyset foran deg, ikke et vindu bak."),
                _("Sett telefonen mot en kopp eller noen bøker. Da står bildet stille."),
                _("Ha kameraet like høyt som øynene."),
                _("Tørk av kameraet med en myk klut."),
            ),
        ),
        _PRIVACY,
        _COMPANIONS,
        _FAILING,
    ),
)

COMPUTER = Guide(
    _("Video på maskinen"),
    _("Du trenger ikke å laste ned noe. Maskinen må ha kamera, mikrofon og lyd."),
    (
        Part(
            "connecting",
            _("Koble til"),
            (
                _("Bruk Chrome, Edge, Firefox eller Safari."),
                _("Lukk andre programmer som bruker kameraet."),
                _("Åpne e-posten fra oss, og trykk på lenken."),
                _("Fikk du lenken på telefonen? Gå til siden med kode, og skriv koden i meldingen."),
                _("Trykk «Tillat» når du blir spurt om kamera og mikrofon."),
                _WAIT,
            ),
            in_order=True,
        ),
        Part(
            "sound",
            _("Lyd"),
            (
                _("Bruk hodetelefoner med mikrofon hvis du har."),
                _("Skru opp lyden på maskinen."),
                *_SOUND,
            ),
        ),
        Part(
            "light",
            _("Lys og bilde"),
            (
                _("Sitt med lyset foran deg, ikke et vindu bak."),
                _("Ha kameraet like høyt som øynene. Legg noen bøker under maskinen."),
                _("Sitt en armlengde fra skjermen."),
                _("Se inn i kameraet når du snakker. Da får dere blikkontakt."),
            ),
        ),
        _PRIVACY,
        _COMPANIONS,
        _FAILING,
    ),
)

HELPER = Guide(
    _("Når du hjelper med telefonen"),
    _("Takk for at du hjelper. Her er det som gjør samtalen god for den du hjelper."),
    (
        Part(
            "before",
            _("Før samtalen"),
            (
                _("Lad telefonen, eller ha laderen i."),
                _("Sitt med lyset foran dere, ikke et vindu bak."),
                _("Åpne lenken ti minutter før, og prøv kamera og lyd."),
                _("Har dere en lenke hver? Bruk lenken til den du hjelper, på telefonen dere deler."),
            ),
            in_order=True,
        ),
        Part(
            "during",
            _("Under samtalen"),
            (
                _("Hold telefonen rolig, gjerne mot en kopp eller noen bøker, så ansiktet fyller bildet."),
                _("Si hvem du er, også om du bare holder telefonen."),
                _("La den du hjelper svare selv. Gi tid. Si fra hvis noe ikke ble hørt."),
                _("Skal behandleren se noe på kroppen? Trykk «Bytt kamera», hold deg nær og helt i ro."),
                _("Den du hjelper, kan når som helst be om å få snakke alene. Da går du ut av rommet."),
            ),
            in_order=True,
        ),
        Part(
            "after",
            _("Etterpå"),
            (
                _("Det dere hørte, blir mellom dere. Ta ikke bilder eller opptak."),
                _(
                    "Hjelper du ofte? Be klinikken skrive en fast avtale, så får du din egen lenke neste gang."
                ),
            ),
        ),
        _FAILING,
    ),
)

# By what stands in the address.
TRACKS = {"telefon": PHONE, "maskin": COMPUTER, "hjelper": HELPER}
