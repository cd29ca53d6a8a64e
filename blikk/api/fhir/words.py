"""The words for what the API will not do: what is wrong, and what to do instead."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# From our code to FHIR's code for the kind of problem, and the words.
ISSUES: Mapping[str, tuple[str, Promise]] = {
    "not_found": ("not-found", _("Det finnes ikke noe slikt her.")),
    "no_such_kind": ("not-supported", _("Den ressurstypen finnes ikke her. Se /fhir/metadata.")),
    "no_token": (
        "login",
        _("Send et gyldig token. Det får du fra /fhir/token, og det varer i fem minutter."),
    ),
    "not_granted": (
        "forbidden",
        _("Systemet har ikke fått lov til dette. En administrator kan gi tilgangen."),
    ),
    "too_often": ("throttled", _("Det er spurt for ofte. Vent litt, og prøv igjen.")),
    "method": ("not-supported", _("Her kan du bare lese. Metoden brukes ikke på denne adressen.")),
    "not_acceptable": ("not-supported", _("Svaret finnes bare som JSON.")),
    "unknown_parameter": ("not-supported", _("Parameteren kan ikke brukes i søket: {what}")),
    "unknown_modifier": ("not-supported", _("Tillegget til parameteren kan ikke brukes: {what}")),
    "not_a_date": ("value", _("Dette er ikke en dato eller et klokkeslett med tidssone: {what}")),
    "not_a_count": ("value", _("_count er et helt tall fra 0 til 100.")),
    "not_a_value": ("value", _("Verdien kan ikke leses: {what}")),
    "number_in_address": (
        "security",
        _("Et fødselsnummer skal ikke stå i en adresse. Send søket med POST til _search i stedet."),
    ),
    "page_is_gone": ("expired", _("Lenken til neste side er for gammel. Søk på nytt.")),
    "too_costly": (
        "too-costly",
        _("Søket treffer for mange til å lete etter denne identifikatoren. Legg til pasient eller dato."),
    ),
    "bad_request": ("invalid", _("Spørsmålet kan ikke leses.")),
    "server_error": (
        "exception",
        _("Noe gikk galt hos oss. Prøv igjen om litt. Oppgi kjennemerket i svaret."),
    ),
    "ignored": ("not-supported", _("Parameteren ble ikke brukt i søket: {what}")),
}

# Why an assertion is not taken, for who holds a key of the client.
ASSERTIONS: Mapping[str, Promise] = {
    "unknown": _("Systemet er ukjent eller slått av, eller beviset er ikke signert med en av nøklene."),
    "iss_and_sub": _("iss og sub må begge være klientens navn i Blikk."),
    "aud": _("aud må være adressen til /fhir/token hos oss, og ingen andre."),
    "no_jti": _("jti mangler. Den må være ny hver gang."),
    "exp": _("exp mangler, eller et av tidspunktene er ikke et tall."),
    "expired": _("Beviset er utløpt. Lag et nytt, og se at klokken går riktig."),
    "too_long": _("Beviset varer for lenge. exp kan være høyst fem minutter fram."),
    "not_yet": _("Beviset gjelder ikke ennå. Se at klokken går riktig."),
    "replayed": _("Beviset er brukt før. Lag et nytt for hvert spørsmål."),
    "no_assertion": _("client_assertion mangler. Passord og hemmeligheter tas ikke imot."),
    "grant_type": _("grant_type må være client_credentials."),
    "nothing_granted": _("Ingen av tilgangene det ble bedt om, er gitt til dette systemet."),
    "not_a_form": _("Send et skjema (application/x-www-form-urlencoded) på høyst 64 kB."),
    "no_token": _("token mangler."),
    "too_often": _("Det er spurt for ofte. Vent et minutt, og prøv igjen."),
}
