"""What the API has, written down once: the addresses, the conformance statement and the OpenAPI page come from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blikk.journeys.sharing.reading import KINDS

FHIR_VERSION = "4.0.1"
JSON = "application/fhir+json"
MOST, USUAL = 100, 50


def base() -> str:
    """Where the API begins."""
    return f"{settings.BLIKK_BASE_URL}/fhir"


def token_address() -> str:
    """Where tokens are given: what an assertion must be meant for."""
    return f"{base()}/token"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that a search can be narrowed or shaped by."""

    name: str
    # As FHIR has it: date, token, string, reference; "" for what shapes the answer only.
    type: str
    words: Promise
    target: str = ""


_WORDS: Mapping[str, Promise] = {
    "_id": _("Navnet på ressursen i Blikk."),
    "_lastUpdated": _("Når innholdet sist ble endret, for eksempel ge2026-11-24."),
    "identifier": _("System og verdi med | mellom. Fødselsnummer bare med POST til _search."),
    "date": _("Når det er eller var, for eksempel ge2026-11-24."),
    "status": _("Status slik FHIR skriver den."),
    "patient": _("Hvem det gjelder, for eksempel Patient/abc."),
    "practitioner": _("Behandleren, for eksempel Practitioner/abc."),
    "appointment": _("Timen, for eksempel Appointment/abc."),
    "encounter": _("Konsultasjonen, for eksempel Encounter/abc."),
    "birthdate": _("Fødselsdato."),
    "family": _("Begynnelsen av etternavnet."),
    "given": _("Begynnelsen av fornavnet."),
    "name": _("Begynnelsen av for- eller etternavnet."),
}
COMMON: Mapping[str, str] = {"_id": "token", "_lastUpdated": "date", "identifier": "token"}
SHAPING: Mapping[str, Promise] = {
    "_count": _("Hvor mange på hver side, fra 1 til 100. Uten: 50."),
    "_total": _("accurate for å få vite hvor mange det er i alt."),
    "_summary": _("count for bare å få vite hvor mange det er."),
    "_format": _("json. Andre formater finnes ikke."),
    "_next": _("Neste side. Står ferdig i lenken «next»."),
}
PURPOSES: Mapping[str, Promise] = {
    "Appointment": _("Timer."),
    "DocumentReference": _("Signerte notater."),
    "Encounter": _("Konsultasjoner."),
    "Patient": _("Pasienter."),
    "Practitioner": _("Behandlere, tolker og kolleger som har vært med."),
    "QuestionnaireResponse": _("Kontrollspørsmål som hører hjemme i journalen."),
    "RelatedPerson": _("Pårørende og hjelpere som har vært med."),
}


def parameters_of(kind: str) -> Sequence[Parameter]:
    """What a kind can be searched by."""
    found = {**COMMON, **KINDS[kind].parameters}
    return [
        Parameter(name, said.partition(":")[0], _WORDS[name], said.partition(":")[2])
        for name, said in found.items()
    ]


def own_parameters_of(kind: str) -> Sequence[Parameter]:
    """What this kind can be searched by, beside what all can."""
    return [one for one in parameters_of(kind) if one.name not in COMMON]


def common_words() -> Sequence[tuple[str, Promise]]:
    """What every kind can be searched by."""
    return [(name, _WORDS[name]) for name in COMMON]


@dataclass(frozen=True, slots=True)
class Route:
    """An address: who answers there, by which methods, and whether a token is needed."""

    name: str
    pattern: str
    methods: tuple[str, ...]
    words: Promise
    needs_token: bool = False


ROUTES: Sequence[Route] = (
    Route("home", "", ("GET", "HEAD"), _("Siden som forklarer hva som finnes.")),
    Route("openapi", "openapi.json", ("GET", "HEAD"), _("Beskrivelsen for maskiner (OpenAPI).")),
    Route("metadata", "metadata", ("GET", "HEAD"), _("Hva serveren kan (CapabilityStatement).")),
    Route(
        "smart", ".well-known/smart-configuration", ("GET", "HEAD"), _("Hvor tokener fås (SMART on FHIR).")
    ),
    Route("token", "token", ("POST",), _("Gir et token til et system som viser hvem det er.")),
    Route("revoke", "revoke", ("POST",), _("Gjør et token ugyldig før tiden.")),
    Route("search_post", "<str:kind>/_search", ("POST",), _("Søk, med ordene i innholdet."), True),
    Route("read", "<str:kind>/<str:name>", ("GET", "HEAD"), _("Hent én."), True),
    Route("search", "<str:kind>", ("GET", "HEAD"), _("Søk."), True),
)
