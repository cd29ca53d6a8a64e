"""The derived JSON schema of a claim, and the part of JSON Schema that it uses."""

import json
from pathlib import Path

import blikk.payments

DATA = Path(blikk.payments.__file__).parent / "data"
SCHEMA = json.loads((DATA / "kuhr.schema.json").read_text())
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def fits(value, schema) -> bool:
    """Whether a value is as the schema says."""
    if "enum" in schema:
        return value in schema["enum"]
    kind = schema["type"]
    if not isinstance(value, _TYPES[kind]) or (kind in {"number", "integer"} and isinstance(value, bool)):
        return False
    if kind == "array":
        return all(fits(one, schema["items"]) for one in value)
    if kind != "object":
        return True
    known = schema["properties"]
    return set(schema["required"]) <= set(value) <= set(known) and all(
        fits(value[name], known[name]) for name in value
    )
