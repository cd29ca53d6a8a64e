"""What the published description of ePayment allows: every question and every answer is held against it."""

import json
import re
from pathlib import Path
from typing import Any

WHOLE: dict[str, Any] = json.loads((Path(__file__).parent / "epayment.v1.json").read_text())
_KINDS = {"string": str, "object": dict, "array": list, "boolean": bool}


class NotAsDescribed(Exception):
    """A question that Vipps would refuse, or an answer that it would not give."""


def resolved(thing: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in thing:
        at: Any = WHOLE
        for part in thing["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        thing = at
    return thing


def check(schema: dict[str, Any], value: Any, where: str = "") -> None:
    """Raises NotAsDescribed."""
    schema = resolved(schema)
    if value is None and schema.get("nullable"):
        return
    _kind(schema, value, where)
    if "enum" in schema and value not in schema["enum"]:
        raise NotAsDescribed(f"{where}: {value!r}")
    if isinstance(value, str):
        _text(schema, value, where)
    if "oneOf" in schema and sum(_fits(one, value) for one in schema["oneOf"]) != 1:
        raise NotAsDescribed(f"{where}: none or several")
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                raise NotAsDescribed(f"{where}.{name} is missing")
        known = schema.get("properties", {})
        if "oneOf" not in schema and known and set(value) - set(known):
            raise NotAsDescribed(f"{where}: {sorted(set(value) - set(known))}")
        for name in set(known) & set(value):
            check(known[name], value[name], f"{where}.{name}")


def _kind(schema: dict[str, Any], value: Any, where: str) -> None:
    kind = schema.get("type")
    if kind == "integer":
        if type(value) is not int:
            raise NotAsDescribed(f"{where}: {value!r}")
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            raise NotAsDescribed(f"{where}: {value!r}")
    elif kind in _KINDS and not isinstance(value, _KINDS[kind]):
        raise NotAsDescribed(f"{where}: {value!r}")


def _text(schema: dict[str, Any], value: str, where: str) -> None:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        raise NotAsDescribed(f"{where}: {len(value)} signs")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        raise NotAsDescribed(f"{where}: {value!r}")


def _fits(schema: dict[str, Any], value: Any) -> bool:
    try:
        check(schema, value)
    except NotAsDescribed:
        return False
    return True


def operation(method: str, path: str) -> tuple[dict[str, Any], str]:
    """The described operation at a path, and the reference in it."""
    for pattern, entry in WHOLE["paths"].items():
        found = re.fullmatch(re.sub(r"\{reference\}", r"(?P<reference>[^/]+)", pattern), path)
        if found and method.lower() in entry:
            whole = {**entry[method.lower()], "parameters": entry.get("parameters", [])}
            return whole, found.groupdict().get("reference", "")
    raise NotAsDescribed(f"{method} {path}")


def check_headers(described: dict[str, Any], headers: dict[str, str]) -> None:
    lower = {name.lower(): value for name, value in headers.items()}
    for one in map(resolved, described["parameters"]):
        if one["in"] != "header":
            continue
        value = lower.get(one["name"].lower())
        if value is None:
            if one.get("required"):
                raise NotAsDescribed(f"{one['name']} is missing")
            continue
        check(one["schema"], value, one["name"])
