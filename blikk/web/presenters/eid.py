"""The words for how it went with an eID: what happened, and what to do now."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class ShownResult:
    """How a try ended: `tone` is good, care or bad; `may_try` says that another try can help."""

    title: str
    words: str
    tone: str = "bad"
    may_try: bool = True


# Title, words, tone, and whether another try can help.
PATIENT: dict[str, tuple["StrPromise", "StrPromise", str, bool]] = {
    "same": (
        _("Du har vist hvem du er"),
        _("Behandleren ser det. Du trenger ikke gjøre noe mer."),
        "good",
        False,
    ),
    "other": (
        _("Dette var en annen enn pasienten"),
        _(
            "Timen gjelder en annen enn den som logget inn. Er det du som er pasienten, prøv igjen med din egen. "
            "Behandleren ser hva som skjedde, og bestemmer hvem som slippes inn."
        ),
        "bad",
        True,
    ),
    "unclear": (
        _("Vi kunne ikke se at dette er deg"),
        _(
            "Opplysningene fra innloggingen kunne ikke sammenlignes med dem klinikken har. Plassen din står. "
            "Vis et kort med bilde når samtalen starter."
        ),
        "care",
        False,
    ),
    "cancelled": (
        _("Du avbrøt"),
        _("Ingenting er sendt. Plassen din står. Du kan prøve igjen, eller vise et kort i stedet."),
        "care",
        True,
    ),
    "refused": (
        _("Du ble ikke logget inn"),
        _(
            "Innloggingen sa nei, uten å si hvorfor. Plassen din står. Prøv igjen, eller vis et kort i stedet."
        ),
        "bad",
        True,
    ),
    "down": (
        _("Innloggingen svarer ikke"),
        _("Feilen er ikke hos deg, og plassen din står. Prøv igjen om litt, eller vis et kort i stedet."),
        "bad",
        True,
    ),
    "setup": (
        _("Innloggingen virker ikke nå"),
        _("Den er satt opp feil, og det kan ikke du rette. Plassen din står. Vis et kort i stedet."),
        "bad",
        False,
    ),
    "wrong_state": (
        _("Svaret hører ikke til denne nettleseren"),
        _(
            "Det kan skje når en app åpner siden i en annen nettleser. Gå tilbake til der du ventet, og prøv igjen."
        ),
        "bad",
        False,
    ),
    "replayed": (
        _("Dette svaret er brukt"),
        _(
            "Et svar gjelder én gang, og siden ble lastet på nytt. Plassen din står. Gå tilbake til venterommet."
        ),
        "care",
        False,
    ),
    "too_late": (
        _("Det gikk for lang tid"),
        _(
            "Innloggingen må være ferdig på ti minutter. Plassen din står. Prøv igjen, eller vis et kort i stedet."
        ),
        "care",
        True,
    ),
    "wrong_issuer": (
        _("Svaret kom fra feil sted"),
        _(
            "Derfor bruker vi det ikke, for å passe på deg. Plassen din står. Prøv igjen, eller ring klinikken."
        ),
        "bad",
        True,
    ),
    "bad_token": (
        _("Svaret kunne ikke kontrolleres"),
        _(
            "Derfor bruker vi det ikke, for å passe på deg. Plassen din står. Prøv igjen, eller vis et kort i stedet."
        ),
        "bad",
        True,
    ),
    "wrong_nonce": (
        _("Svaret var til et annet spørsmål"),
        _("Derfor bruker vi det ikke, for å passe på deg. Plassen din står. Start på nytt herfra."),
        "bad",
        True,
    ),
    "clock": (
        _("Klokkene går ikke likt"),
        _(
            "Vår klokke og den som logget deg inn, er uenige. Det kan ikke du rette. Plassen din står. "
            "Vis et kort i stedet."
        ),
        "bad",
        False,
    ),
    "not_fresh": (
        _("Innloggingen var for gammel"),
        _(
            "Vi må vite at det er deg nå. Plassen din står. Prøv igjen, og logg inn på nytt når du blir spurt."
        ),
        "care",
        True,
    ),
    "wrong_acr": (
        _("Innloggingen var ikke sikker nok"),
        _(
            "Du brukte en enklere innlogging enn klinikken må ha. Prøv igjen med BankID, Buypass eller Commfides, "
            "eller vis et kort i stedet."
        ),
        "care",
        True,
    ),
    "no_number": (
        _("Svaret manglet fødselsnummer"),
        _(
            "Uten det kan vi ikke se at det er deg. Plassen din står. Vis et kort med bilde når samtalen starter."
        ),
        "care",
        False,
    ),
    "too_many": (
        _("Det ble for mange forsøk på kort tid"),
        _("Vent et minutt, og prøv igjen. Plassen din står."),
        "care",
        True,
    ),
}

# For staff: the same reasons, and who can do something about each.
STAFF: dict[str, "StrPromise"] = {
    "cancelled": _("Du avbrøt innloggingen med HelseID. Logg inn med passord, eller prøv igjen."),
    "refused": _("HelseID sa nei, uten å si hvorfor. Logg inn med passord, eller prøv igjen."),
    "down": _("HelseID svarer ikke nå. Logg inn med passord, eller prøv igjen om litt."),
    "setup": _("HelseID er satt opp feil her. Logg inn med passord, og si fra til den som drifter Blikk."),
    "wrong_state": _("Svaret fra HelseID hører ikke til denne nettleseren. Start på nytt herfra."),
    "replayed": _("Svaret fra HelseID er brukt før. Start på nytt herfra."),
    "too_late": _("Det gikk mer enn ti minutter. Start på nytt herfra."),
    "wrong_issuer": _("Svaret kom ikke fra HelseID, så det er ikke brukt. Si fra til den som drifter Blikk."),
    "bad_token": _(
        "Svaret fra HelseID kunne ikke kontrolleres, så det er ikke brukt. Logg inn med passord, og si fra til den "
        "som drifter Blikk."
    ),
    "wrong_nonce": _(
        "Svaret fra HelseID var til et annet spørsmål, så det er ikke brukt. Start på nytt herfra."
    ),
    "clock": _(
        "Klokken her og hos HelseID går ikke likt. Logg inn med passord, og si fra til den som drifter Blikk."
    ),
    "not_fresh": _("Innloggingen hos HelseID var for gammel. Prøv igjen, og logg inn på nytt der."),
    "wrong_acr": _(
        "Innloggingen var ikke sikker nok. Velg en med sikkerhetsnivå 4 hos HelseID, for eksempel BankID."
    ),
    "no_number": _("HelseID sa ikke hvem du er. Logg inn med passord, og si fra til den som drifter Blikk."),
    "not_connected": _(
        "Denne HelseID-en er ikke koblet til en konto her. Logg inn med passord først, gå til Bekreftelse ved "
        "innlogging, og koble til HelseID."
    ),
    "helse_id_is_somebody_elses": _(
        "Denne HelseID-en er koblet til en annen konto. Logg inn med den kontoen, eller be administratoren om hjelp."
    ),
}


def shown(result: str) -> ShownResult | None:
    """How a patient's try ended, in words; None where there was none."""
    if not result:
        return None
    title, words, tone, may_try = PATIENT.get(result, PATIENT["bad_token"])
    return ShownResult(str(title), str(words), tone, may_try)


def said_to_staff(reason: str) -> str:
    """What is said on the sign-in page."""
    return str(STAFF.get(reason, STAFF["bad_token"]))
