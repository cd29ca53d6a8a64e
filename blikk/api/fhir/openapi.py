"""The API as OpenAPI 3.1, from the same description that its addresses are made from."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from blikk.api.fhir.description import (
    JSON,
    PURPOSES,
    ROUTES,
    SHAPING,
    Parameter,
    Route,
    base,
    parameters_of,
    token_address,
)
from blikk.clinics.machines.scopes import KINDS, scopes_of

_ID = {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "_count": {"type": "integer", "minimum": 0, "maximum": 100},
    "_total": {"type": "string", "enum": ["none", "accurate"]},
    "_summary": {"type": "string", "enum": ["count", "false"]},
    "_format": {"type": "string", "enum": ["json", "application/json", "application/fhir+json"]},
}
_PROBLEMS = {
    "400": "Bad request",
    "401": "No good token",
    "403": "Not granted, or too costly",
    "404": "Not there",
    "405": "Not by this method",
    "406": "Not in this format",
    "410": "The page is gone",
    "415": "Not a form",
    "429": "Too often",
}
_DATE = "^(eq|ne|gt|lt|ge|le|sa|eb)?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$"


def openapi_of() -> Mapping[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        for kind in KINDS if "<str:kind>" in route.pattern else ("",):
            path = "/" + route.pattern.replace("<str:kind>", kind).replace("<str:name>", "{id}")
            for method in route.methods:
                if method != "HEAD":
                    paths.setdefault(path, {})[method.lower()] = _operation(route, kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Blikk FHIR R4", "version": version("blikk")},
        "servers": [{"url": base()}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "system": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": token_address(),
                            "scopes": {scope: scope for scope in scopes_of(KINDS)},
                        }
                    },
                }
            },
            "schemas": _schemas(),
        },
    }


def _operation(route: Route, kind: str) -> dict[str, Any]:
    letter = "r" if route.name == "read" else "s"
    said: dict[str, Any] = {
        "operationId": f"{route.name}{kind}",
        "summary": f"{PURPOSES[kind]} {route.words}" if kind else str(route.words),
        "responses": _responses(route, kind),
    }
    if kind:
        said["tags"] = [kind]
    if route.needs_token:
        said["security"] = [{"system": [f"system/{kind}.{letter}"]}]
    if route.name == "read":
        said["parameters"] = [
            {"name": "id", "in": "path", "required": True, "schema": _ID},
            {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
        ]
    if route.name == "search":
        said["parameters"] = [_parameter(one) for one in parameters_of(kind)] + [
            {
                "name": name,
                "in": "query",
                "description": str(words),
                "schema": _SHAPES.get(name, {"type": "string"}),
            }
            for name, words in SHAPING.items()
        ]
    if route.methods == ("POST",):
        said["requestBody"] = {"required": True, "content": {_FORM: {"schema": _form(route, kind)}}}
    return said


_FORM = "application/x-www-form-urlencoded"


def _form(route: Route, kind: str) -> dict[str, Any]:
    if kind:
        names = [one.name for one in parameters_of(kind)] + list(SHAPING)
        return {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    asked = ["client_assertion_type", "client_assertion"]
    asked += ["grant_type"] if route.name == "token" else ["token"]
    more = ["scope"] if route.name == "token" else []
    return {
        "type": "object",
        "required": asked,
        "properties": {name: {"type": "string"} for name in asked + more},
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if one.type == "date":
        schema["pattern"] = _DATE
    if one.name == "_id":
        schema = _ID
    return {"name": one.name, "in": "query", "description": str(one.words), "schema": schema}


def _responses(route: Route, kind: str) -> dict[str, Any]:
    if not route.needs_token:
        return _open(route)
    schema = f"#/components/schemas/{kind}" if route.name == "read" else "#/components/schemas/Bundle"
    found: dict[str, Any] = {"200": _said("OK", schema)}
    if route.name == "read":
        found["304"] = {"description": "Not changed"}
    outcome = "#/components/schemas/OperationOutcome"
    return found | {code: _said(words, outcome) for code, words in _PROBLEMS.items()}


def _open(route: Route) -> dict[str, Any]:
    if route.name == "home":
        return {"200": {"description": "OK", "content": {"text/html": {}}}}
    if route.name == "metadata":
        return {
            "200": _said("OK", "#/components/schemas/CapabilityStatement"),
            "406": _said("Not in this format", "#/components/schemas/OperationOutcome"),
        }
    if route.name in {"openapi", "smart"}:
        return {"200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    refused = {code: {"description": words, "content": refusal} for code, words in _REFUSALS.items()}
    if route.name == "revoke":
        return {"200": {"description": "OK"}, **refused}
    given = {"application/json": {"schema": {"$ref": "#/components/schemas/Token"}}}
    return {"200": {"description": "OK", "content": given}, **refused}


_REFUSALS = {"400": "Bad request", "401": "Not proven", "405": "Not by this method", "429": "Too often"}


def _said(words: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": {JSON: {"schema": {"$ref": schema}}}}


def _schemas() -> dict[str, Any]:
    def resource(kind: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["resourceType", *more],
            "properties": {"resourceType": {"const": kind}, **more},
        }

    meta = {
        "type": "object",
        "required": ["versionId", "lastUpdated"],
        "properties": {"versionId": {"type": "string"}, "lastUpdated": {"type": "string"}},
    }
    link = {"type": "object", "required": ["relation", "url"]}
    return {
        **{kind: resource(kind, id=_ID, meta=meta) for kind in KINDS},
        "Bundle": {
            **resource("Bundle", type={"const": "searchset"}, link={"type": "array", "items": link}),
        },
        "OperationOutcome": resource("OperationOutcome", issue={"type": "array", "minItems": 1}),
        "CapabilityStatement": resource("CapabilityStatement", fhirVersion={"const": "4.0.1"}),
        "Refusal": {
            "type": "object",
            "required": ["error", "error_description"],
            "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
        },
        "Token": {
            "type": "object",
            "required": ["access_token", "token_type", "expires_in", "scope"],
            "properties": {
                "access_token": {"type": "string"},
                "token_type": {"const": "Bearer"},
                "expires_in": {"type": "integer"},
                "scope": {"type": "string"},
            },
        },
    }
