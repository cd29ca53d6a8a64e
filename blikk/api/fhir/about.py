"""What the server says of itself: to FHIR clients, to SMART clients, to programmers, and to people."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from blikk.api.fhir.answers import answer
from blikk.api.fhir.description import (
    FHIR_VERSION,
    PURPOSES,
    ROUTES,
    SHAPING,
    base,
    common_words,
    own_parameters_of,
    parameters_of,
    token_address,
)
from blikk.api.fhir.guard import fhir, require_json
from blikk.api.fhir.openapi import openapi_of
from blikk.clinics.machines.keys import ALGORITHMS
from blikk.clinics.machines.scopes import KINDS, scopes_of
from blikk.documentation.fhir.systems import PROFILES

# Since when the API is as it is.
MADE_ON = "2026-11-26"
_NORWEGIAN = {"Appointment", "DocumentReference", "Patient", "Practitioner", "RelatedPerson"}
_SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"


@fhir("GET", "HEAD")
def metadata(request: HttpRequest) -> HttpResponse:
    """The CapabilityStatement: what is here, and nothing that is not."""
    require_json(request)
    return answer(capability_statement())


@fhir("GET", "HEAD")
def smart(request: HttpRequest) -> HttpResponse:
    """Where tokens are given, and how."""
    said = {
        "token_endpoint": token_address(),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint": f"{base()}/revoke",
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": scopes_of(KINDS),
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }
    return JsonResponse(said)


@fhir("GET", "HEAD")
def openapi(request: HttpRequest) -> HttpResponse:
    """The same for programmers' tools."""
    return JsonResponse(openapi_of(), json_dumps_params={"ensure_ascii": False})


@fhir("GET", "HEAD")
def home(request: HttpRequest) -> HttpResponse:
    """The same for people."""
    context = {
        "base": base(),
        "token": token_address(),
        "version": FHIR_VERSION,
        "algorithms": ", ".join(ALGORITHMS),
        "kinds": [
            {"name": kind, "words": PURPOSES[kind], "parameters": own_parameters_of(kind)} for kind in KINDS
        ],
        "shaping": [*common_words(), *SHAPING.items()],
        "routes": [
            {
                "methods": ", ".join(one for one in route.methods if one != "HEAD"),
                "path": "/fhir/" + _shown(route.pattern),
                "words": route.words,
            }
            for route in ROUTES
        ],
    }
    return render(request, "public/fhir.html", context)


def capability_statement() -> Mapping[str, Any]:
    """What FHIR clients read first."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": MADE_ON,
        "kind": "instance",
        "software": {"name": "Blikk", "version": version("blikk")},
        "implementation": {"description": "Blikk", "url": base()},
        "fhirVersion": FHIR_VERSION,
        "format": ["json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "service": [{"coding": [{"system": _SECURITY, "code": "SMART-on-FHIR"}]}],
                },
                "resource": [_resource(kind) for kind in KINDS],
            }
        ],
    }


def _resource(kind: str) -> Mapping[str, Any]:
    profile = {"supportedProfile": [f"{PROFILES}no-basis-{kind}"]} if kind in _NORWEGIAN else {}
    return {
        "type": kind,
        **profile,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "readHistory": False,
        "conditionalRead": "not-match",
        "searchParam": [
            {"name": one.name, "type": one.type, "documentation": str(one.words)}
            for one in parameters_of(kind)
        ],
    }


def _shown(pattern: str) -> str:
    return pattern.replace("<str:kind>", "[type]").replace("<str:name>", "[id]")
