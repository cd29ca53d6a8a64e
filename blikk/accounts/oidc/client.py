"""A round trip to a provider: what is asked before the person goes there, and what is read when they are back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from blikk.accounts.oidc import metadata as about
from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.keys import Key, key_of
from blikk.accounts.oidc.line import Line, require_theirs
from blikk.accounts.oidc.metadata import Metadata
from blikk.accounts.oidc.proofs import Dpop, ask, challenge_of, client_proof
from blikk.accounts.oidc.providers import Provider
from blikk.accounts.oidc.tokens import claims_in, require_level
from blikk.kernel.ids import new_secret

_SAID_NO = {"access_denied": Reason.CANCELLED, "login_required": Reason.REFUSED}
_LATER = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the person goes, and what is needed when they are back; `kept` is secret."""

    url: str
    state: str
    kept: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for."""

    subject: str
    number: str = field(repr=False)
    level: str
    claims: Mapping[str, Any] = field(repr=False)


def begin(provider: Provider, *, redirect_uri: str, language: str, now: datetime) -> Asked:
    """Ask the provider for a way in for one person (PAR). Raises Fault: down, setup."""
    key = key_of(provider.name)
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    dpop = Dpop.fresh() if provider.dpop else None
    asked = {
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "prompt": "login",
        **({"acr_values": " ".join(provider.acr_values)} if provider.acr_values else {}),
        **({"ui_locales": language} if provider.locales and language else {}),
        **({"dpop_jkt": dpop.thumbprint} if dpop else {}),
        **provider.more,
    }
    with Line(provider) as line:
        there = about.metadata_of(provider, line)
        way = _pushed(provider, there, line, key, dpop, asked, now=now) if provider.par else asked
    joint = "&" if "?" in there.authorize else "?"
    url = f"{there.authorize}{joint}{urlencode({'client_id': provider.client_id, **way})}"
    kept = {"nonce": nonce, "verifier": verifier, "dpop": dpop.to_keep() if dpop else None}
    return Asked(url, state, kept)


def finish(
    provider: Provider, said: Mapping[str, str], kept: Mapping[str, Any], *, redirect_uri: str, now: datetime
) -> Person:
    """Read the answer with which a person is back; the caller has found by its state what it is the answer to.

    Raises Fault.
    """
    key = key_of(provider.name)
    with Line(provider) as line:
        there = about.metadata_of(provider, line)
        _require_from(said, provider, there)
        _require_yes(said)
        dpop = Dpop.kept(kept["dpop"]) if kept["dpop"] else None
        tokens = _exchange(provider, there, line, key, dpop, said, kept, redirect_uri, now=now)
        claims = claims_in(tokens.get("id_token"), provider, there, line, nonce=str(kept["nonce"]), now=now)
        level = require_level(claims, provider)
        if provider.userinfo:
            claims = {**_userinfo(there, line, dpop, tokens, claims, now=now), **claims}
    number = claims.get(provider.number_claim)
    if not isinstance(number, str) or not number:
        raise Fault(Reason.NO_NUMBER)
    return Person(str(claims["sub"]), number, level, claims)


def _pushed(
    provider: Provider,
    there: Metadata,
    line: Line,
    key: Key,
    dpop: Dpop | None,
    asked: Mapping[str, str],
    *,
    now: datetime,
) -> dict[str, str]:
    answer = ask(
        line,
        "POST",
        there.par,
        dpop=dpop,
        data=lambda: {**asked, **client_proof(provider, key, there.client_algorithms, now=now)},
        now=now,
    )
    request_uri = answer.content.get("request_uri")
    if answer.status not in {200, 201} or not isinstance(request_uri, str):
        raise Fault(Reason.SETUP, f"PAR: {answer.content.get('error', answer.status)!s:.60}")
    return {"request_uri": request_uri}


def _require_from(said: Mapping[str, str], provider: Provider, there: Metadata) -> None:
    """RFC 9207: an answer says whose it is, so that one provider's cannot be passed off as another's."""
    if (there.says_iss or "iss" in said) and said.get("iss") != provider.issuer:
        raise Fault(Reason.WRONG_ISSUER, "iss of the answer")


def _require_yes(said: Mapping[str, str]) -> None:
    error = said.get("error", "")
    if error in _LATER:
        raise Fault(Reason.DOWN, error)
    if error:
        raise Fault(_SAID_NO.get(error, Reason.REFUSED), error[:60])
    if not said.get("code"):
        raise Fault(Reason.WRONG_STATE, "no code")


def _exchange(
    provider: Provider,
    there: Metadata,
    line: Line,
    key: Key,
    dpop: Dpop | None,
    said: Mapping[str, str],
    kept: Mapping[str, Any],
    redirect_uri: str,
    *,
    now: datetime,
) -> Mapping[str, Any]:
    code = {
        "grant_type": "authorization_code",
        "code": said["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": str(kept["verifier"]),
    }
    answer = ask(
        line,
        "POST",
        there.token,
        dpop=dpop,
        data=lambda: {**code, **client_proof(provider, key, there.client_algorithms, now=now)},
        now=now,
    )
    if answer.status != 200:
        error = str(answer.content.get("error", answer.status))[:60]
        # The provider takes a code once: this one was used, or is none of its own.
        raise Fault(Reason.REPLAYED if error == "invalid_grant" else Reason.SETUP, error)
    kind = str(answer.content.get("token_type", "")).lower()
    if kind != ("dpop" if dpop else "bearer"):
        raise Fault(Reason.BAD_TOKEN, f"token type {kind:.20}")
    return answer.content


def _userinfo(
    there: Metadata,
    line: Line,
    dpop: Dpop | None,
    tokens: Mapping[str, Any],
    claims: Mapping[str, Any],
    *,
    now: datetime,
) -> Mapping[str, Any]:
    token = tokens.get("access_token")
    if not there.userinfo or not isinstance(token, str):
        raise Fault(Reason.SETUP, "no userinfo")
    answer = ask(line, "GET", there.userinfo, dpop=dpop, token=token, now=now)
    if answer.status != 200:
        raise Fault(Reason.DOWN, f"userinfo {answer.status}")
    if answer.content.get("sub") != claims["sub"]:
        raise Fault(Reason.BAD_TOKEN, "userinfo of somebody else")
    return answer.content


def look(provider: Provider) -> datetime | None:
    """Look at what the provider says of itself now, past what is kept, and at its clock; for the doctor.

    Raises Fault.
    """
    with Line(provider) as line:
        answer = line.ask("GET", provider.issuer.rstrip("/") + about.AT)
        found = about.read(answer.content, provider)
        require_theirs(found.par or found.token, provider)
        line.ask("GET", found.jwks)
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
