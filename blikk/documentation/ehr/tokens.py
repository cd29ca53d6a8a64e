"""Tokens from a journal system: SMART Backend Services, that is client credentials with a signed assertion."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.cache import cache
from joserfc import jwt

from blikk.documentation.ehr.addresses import require_allowed
from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.ehr.keys import algorithm_for, key_of, kid_of
from blikk.documentation.ehr.line import Answer, Line
from blikk.documentation.ehr_tables import EhrConnection
from blikk.kernel.ids import digest, new_secret
from blikk.kernel.secrets import KeyIsMissing, seal, unseal

AT = "/.well-known/smart-configuration"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LASTS = 60
# What the server says of itself, and a token: the latter is given up a little before it ends.
KEPT_FOR, MARGIN, LONGEST = 3600, 30, 3600
# The server need not say how long a token lasts (RFC 6749 § 5.1).
SHORT = 120


def configuration_of(connection: EhrConnection, line: Line, *, fresh: bool = False) -> Mapping[str, Any]:
    """What the server says of itself: where tokens are had, and where people sign in. Raises Fault."""
    key = f"ehr:smart:{digest(connection.base_url)}"
    kept: Mapping[str, Any] | None = None if fresh else cache.get(key)
    if kept is not None:
        return kept
    answer = line.ask("GET", connection.base_url + AT, headers={"Accept": "application/json"})
    if answer.status == 429 or answer.status >= 500:
        raise Fault(Reason.TROUBLED)
    if answer.status != 200:
        raise Fault(Reason.NO_SMART)
    try:
        said = dict(answer.content())
    except Fault as fault:
        raise Fault(Reason.NO_SMART) from fault
    cache.set(key, said, KEPT_FOR)
    return said


def token_for(
    connection: EhrConnection, line: Line, *, now: datetime, fresh: bool = False, column: str = "sealed_key"
) -> str:
    """A token for this clinic, kept until shortly before it ends. Raises Fault."""
    kept = None if fresh else cache.get(_place(connection))
    if kept:
        try:
            return unseal(kept, _place(connection))
        except (KeyIsMissing, ValueError):
            pass
    answer = _asked(connection, line, now=now, column=column)
    token, lasts = _read(answer, now)
    if lasts > 0:
        cache.set(_place(connection), seal(token, _place(connection)), lasts)
    return token


def forget_token(connection: EhrConnection) -> None:
    """The next question asks for a new one."""
    cache.delete(_place(connection))


def _asked(connection: EhrConnection, line: Line, *, now: datetime, column: str) -> Answer:
    where: object = connection.token_url
    supported: object = None
    if not where:
        said = configuration_of(connection, line)
        where = said.get("token_endpoint")
        supported = said.get("token_endpoint_auth_signing_alg_values_supported")
    if not isinstance(where, str) or not where:
        raise Fault(Reason.NO_SMART)
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": BEARER,
        "client_assertion": assertion(connection, require_allowed(where), supported, now=now, column=column),
    }
    if connection.scopes:
        form["scope"] = connection.scopes
    return line.ask("POST", where, form=form, headers={"Accept": "application/json"})


def assertion(
    connection: EhrConnection, audience: str, supported: object, *, now: datetime, column: str = "sealed_key"
) -> str:
    """Say that it is us: for one use, for the one who is asked, for a minute. Raises Fault (`no_key`, `algorithm`)."""
    key, at = key_of(connection, column), int(now.timestamp())
    algorithm = algorithm_for(supported)
    header = {"alg": algorithm, "kid": kid_of(key), "typ": "JWT"}
    claims = {
        "iss": connection.client_id,
        "sub": connection.client_id,
        "aud": audience,
        "jti": new_secret(),
        "iat": at,
        "exp": at + ASSERTION_LASTS,
    }
    return jwt.encode(header, claims, key, algorithms=[algorithm])


def _read(answer: Answer, now: datetime) -> tuple[str, int]:
    if answer.status == 429 or answer.status >= 500:
        raise Fault(Reason.TROUBLED, wait=answer.wait(now))
    said = answer.content() if answer.body else {}
    if answer.status != 200:
        error = str(said.get("error", answer.status))[:60]
        refused = {"invalid_client": Reason.KEY_REFUSED, "invalid_scope": Reason.SCOPE_REFUSED}
        raise Fault(refused.get(error, Reason.TOKEN_REFUSED), error)
    token, lasts = said.get("access_token"), said.get("expires_in", SHORT)
    if not isinstance(token, str) or not token or str(said.get("token_type", "")).lower() != "bearer":
        raise Fault(Reason.TOKEN_REFUSED)
    seconds = lasts if isinstance(lasts, int) and not isinstance(lasts, bool) else SHORT
    return token, min(seconds, LONGEST) - MARGIN


def _place(connection: EhrConnection) -> str:
    who = f"{connection.base_url}\x00{connection.token_url}\x00{connection.client_id}\x00{connection.scopes}"
    return f"ehr:token:{connection.public_id}:{digest(who)[:22]}"
