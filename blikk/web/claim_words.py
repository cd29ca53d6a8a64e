"""The words for where a claim is and why, by the codes of the rooms and of Helfo."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LACKS: dict[str, Promise] = {
    "number": _("pasientens fødselsnummer"),
    "hpr": _("behandlerens HPR-nummer"),
    "rate": _("refusjonen for en av takstene"),
}

# Why a file has not gone yet, and what follows.
FAULTS: dict[str, Promise] = {
    "not_set_up": _(
        "Blikk er ikke satt opp for å sende lenger. Last ned filen, eller si fra til den som drifter Blikk."
    ),
    "no_token": _("HelseID svarer ikke. Blikk prøver igjen selv."),
    "token_refused": _("HelseID gir ikke Blikk tilgang. Si fra til den som drifter Blikk."),
    "not_reached": _("Blikk får ikke kontakt med Helfo. Blikk prøver igjen selv."),
    "no_answer": _("Helfo har ikke svart. Blikk prøver igjen selv."),
    "troubled": _("Helfo har en feil hos seg. Blikk prøver igjen selv."),
    "busy": _("Helfo ber oss vente litt. Blikk prøver igjen selv."),
    "not_allowed": _(
        "Helfo gir ikke virksomheten tilgang. Sjekk organisasjonsnummeret og avtalen om direkte oppgjør."
    ),
    "not_there": _(
        "Helfos mottak finnes ikke på adressen som er satt opp. Si fra til den som drifter Blikk."
    ),
    "refused": _("Helfo svarer at spørsmålet er feil. Si fra til den som drifter Blikk."),
    "not_understood": _("Helfo svarte noe som Blikk ikke forstår. Blikk prøver igjen selv."),
}
MANUAL = "kontrolleres_manuelt"
CONTROLS: dict[str, Promise] = {
    "": _("Mottatt av Helfo. Venter på kontroll."),
    "ikke_sendt_til_kontroll": _("Mottatt av Helfo. Venter på kontroll."),
    "kontrolleres": _("Mottatt av Helfo. Kontrolleres nå."),
    MANUAL: _("Mottatt av Helfo. En saksbehandler kontrollerer kravet, og det kan ta dager."),
}
PAYOUTS: dict[str, Promise] = {
    "": _("Kontrollert av Helfo. Venter på utbetaling."),
    "ikke_sendt_til_utbetaling": _("Kontrollert av Helfo. Venter på utbetaling."),
    "sendt_til_utbetaling": _("Kontrollert av Helfo og sendt til utbetaling. Det tar to til tre dager."),
    "ingen_utbetaling": _("Ferdig hos Helfo. Det er ingenting å betale ut."),
}
_UNREADABLE = _("Helfo kunne ikke lese filen. Si fra til den som drifter Blikk.")
# Why Helfo did not take a file, by its own codes.
REFUSALS: dict[str, Promise] = {
    "UKJENT_FORMAT": _UNREADABLE,
    "UKJENT_FELT": _UNREADABLE,
    "MANGLER_PRAKSISID": _UNREADABLE,
    "MANGLER_BEHANDLERKRAV": _UNREADABLE,
    "MANGLER_REGNINGER": _UNREADABLE,
    "MANGLER_GUID": _UNREADABLE,
    "UKJENT_PRAKSISID": _(
        "Helfo kjenner ikke praksis-ID-en som deres. Rett den under Takster og priser, og send filen på nytt."
    ),
    "DUPLIKAT_KRAV": _("Helfo har fått akkurat det samme før, og har svart på det da."),
    "not_allowed": FAULTS["not_allowed"],
    "refused": _UNREADABLE,
}
