"""Reading an ID token: whose word it is, for whom, when, in answer to what, and how strongly it was proven."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.line import Line
from blikk.accounts.oidc.metadata import Metadata, keys_of
from blikk.accounts.oidc.providers import Provider
from blikk.kernel.ids import same

LEEWAY = 60
# A proof is about somebody who is here now: whoever signed in earlier today may be somebody else by now.
FRESH_FOR = 15 * 60


def claims_in(
    token: object, provider: Provider, metadata: Metadata, line: Line, *, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of an ID token that was verified whole. Raises Fault."""
    if not isinstance(token, str):
        raise Fault(Reason.BAD_TOKEN, "no ID token")
    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in provider.algorithms:
        raise Fault(Reason.BAD_TOKEN, f"algorithm {algorithm!s:.20}")
    keys = keys_of(provider, metadata, line, kid if isinstance(kid, str) else None, now=now)
    fitting = [key for key in keys if (key["kty"] == "EC") == str(algorithm).startswith("ES")]
    if len(fitting) != 1:
        raise Fault(Reason.BAD_TOKEN, "no key, or several")
    try:
        key = ECKey.import_key(fitting[0]) if fitting[0]["kty"] == "EC" else RSAKey.import_key(fitting[0])
        claims = jwt.decode(token, key, algorithms=[str(algorithm)]).claims
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise Fault(Reason.BAD_TOKEN, type(fault).__name__) from fault
    _require_for_us(claims, provider)
    _require_now(claims, now, is_fresh=provider.fresh)
    said = claims.get("nonce")
    if not isinstance(said, str) or not same(said, nonce):
        raise Fault(Reason.WRONG_NONCE)
    return claims


def require_level(claims: Mapping[str, Any], provider: Provider) -> str:
    """How strongly the person proved themself; asking for a level is no promise that one gets it."""
    level = claims.get(provider.level_claim)
    if not isinstance(level, str) or level not in provider.levels:
        raise Fault(Reason.WRONG_ACR, f"{level!s:.40}")
    return level


def _require_for_us(claims: Mapping[str, Any], provider: Provider) -> None:
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    azp = claims.get("azp", provider.client_id if len(several) == 1 else None)
    if claims.get("iss") != provider.issuer:
        raise Fault(Reason.WRONG_ISSUER, "iss of the token")
    if provider.client_id not in several or azp != provider.client_id:
        raise Fault(Reason.BAD_TOKEN, "for somebody else")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Fault(Reason.BAD_TOKEN, "no sub")


def _require_now(claims: Mapping[str, Any], now: datetime, *, is_fresh: bool) -> None:
    at = now.timestamp()
    moments = {name: claims[name] for name in ("exp", "iat", "nbf", "auth_time") if name in claims}
    is_number = all(isinstance(v, int | float) and not isinstance(v, bool) for v in moments.values())
    if not is_number or not {"exp", "iat"} <= moments.keys():
        raise Fault(Reason.BAD_TOKEN, "no times")
    if at > moments["exp"] + LEEWAY or max(moments["iat"], moments.get("nbf", 0)) > at + LEEWAY:
        raise Fault(Reason.CLOCK)
    if is_fresh and moments.get("auth_time", at) < at - FRESH_FOR:
        raise Fault(Reason.NOT_FRESH)


def _header(token: str) -> Mapping[str, Any]:
    first = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError) as fault:
        raise Fault(Reason.BAD_TOKEN, "no header") from fault
    if not isinstance(header, dict):
        raise Fault(Reason.BAD_TOKEN, "no header")
    return header
