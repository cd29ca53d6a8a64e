"""What Stripe's published description allows to be asked: taken from its library, which is generated from it.

The library's version names the version of the description (github.com/stripe/openapi), so the two cannot drift apart.
"""

import re
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

import stripe
from stripe import params
from stripe.params import checkout
from typing_extensions import get_type_hints, is_typeddict

OPERATIONS: dict[tuple[str, str], type] = {
    ("POST", "/v1/checkout/sessions"): checkout.SessionCreateParams,
    ("GET", "/v1/checkout/sessions/{id}"): checkout.SessionRetrieveParams,
    ("POST", "/v1/checkout/sessions/{id}/expire"): checkout.SessionExpireParams,
    ("POST", "/v1/payment_intents/{id}/capture"): params.PaymentIntentCaptureParams,
    ("POST", "/v1/payment_intents/{id}/cancel"): params.PaymentIntentCancelParams,
    ("POST", "/v1/refunds"): params.RefundCreateParams,
    ("POST", "/v1/webhook_endpoints"): params.WebhookEndpointCreateParams,
    ("DELETE", "/v1/webhook_endpoints/{id}"): params.WebhookEndpointDeleteParams,
}

# What the library imports for type checkers alone.
_ELSEWHERE = {"StripeContext": str, "UntypedStripeObject": dict, "Mapping": dict, "Any": Any}

_CLASSES: dict[str, Any] = {
    each.OBJECT_NAME: each
    for each in (
        stripe.checkout.Session,
        stripe.PaymentIntent,
        stripe.Charge,
        stripe.Refund,
        stripe.WebhookEndpoint,
    )
}


class NotAsDescribed(Exception):
    """A question that Stripe would refuse."""


def operation(method: str, path: str) -> tuple[str, str, type]:
    """The described operation at a path, the id in it, and what may be asked."""
    for (verb, pattern), asked in OPERATIONS.items():
        found = re.fullmatch(pattern.replace("{id}", r"([A-Za-z0-9_]+)"), path)
        if verb == method and found:
            return pattern, (found.groups() or ("",))[0], asked
    raise NotAsDescribed(f"{method} {path}")


def check(asked: Any, said: dict[str, Any], where: str = "") -> None:
    """Raises NotAsDescribed for a word that the description does not have."""
    known = _words(asked)
    for name, value in said.items():
        if name not in known:
            raise NotAsDescribed(f"{where}.{name}")
        for each, inner in _inside(known[name], value):
            check(inner, each, f"{where}.{name}")


@cache
def _words(asked: Any) -> dict[str, Any]:
    return get_type_hints(asked, localns=_ELSEWHERE)


def check_answer(said: dict[str, Any]) -> None:
    """Our stand-in names nothing that Stripe would not."""
    described = _CLASSES.get(str(said.get("object")))
    for name, value in said.items():
        assert described is None or name in described.__annotations__, f"{said['object']}.{name}"
        if isinstance(value, dict):
            check_answer(value)


def _inside(hint: Any, value: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """The dictionaries within a value, each with what describes it."""
    described = next((each for each in _flat(hint) if is_typeddict(each)), None)
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict) and described is not None:
            yield each, described


def _flat(hint: Any) -> Iterator[Any]:
    yield hint
    for each in typing.get_args(hint):
        yield from _flat(each)


def unfolded(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """What was written as `a[b][0]=c`, as dictionaries and lists."""
    whole: dict[str, Any] = {}
    for key, value in pairs:
        steps = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key)
        at = whole
        for step in steps[:-1]:
            at = at.setdefault(step, {})
        at[steps[-1] or str(len(at))] = value
    return {name: _listed(value) for name, value in whole.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    return list(inner.values()) if inner and all(name.isdigit() for name in inner) else inner
