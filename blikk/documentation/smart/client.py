"""A start from a journal system: what is asked before the person goes there, and what is read when they are back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt

from blikk.accounts.oidc.faults import Fault
from blikk.accounts.oidc.line import Line
from blikk.accounts.oidc.proofs import ASSERTION_LASTS, BEARER, challenge_of
from blikk.accounts.oidc.tokens import claims_in
from blikk.documentation.launch_tables import LaunchIssuer
from blikk.documentation.smart.addresses import below, is_id
from blikk.documentation.smart.faults import LaunchFault, Why
from blikk.documentation.smart.keys import ALGORITHM, key_of
from blikk.documentation.smart.servers import JSON, Servers, ask, line_to, servers_of, translated
from blikk.kernel.ids import new_secret

# What a start needs: who the user is, and the one patient who is open. Nothing that writes, and nothing for later.
SCOPES = "launch openid fhirUser patient/Patient.read user/Practitioner.read"
_SAID_NO = {"access_denied": Why.CANCELLED}
_LATER = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the person goes, and what is needed when they are back; `kept` is secret."""

    url: str
    state: str
    kept: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the journal system vouches for: who its user is, which patient is open, and the two as it has them."""

    fhir_user: str
    practitioner: Mapping[str, Any] = field(repr=False)
    patient: Mapping[str, Any] = field(repr=False)
    appointment: str = ""


def begin(issuer: LaunchIssuer, *, launch: str, redirect_uri: str) -> Asked:
    """Say where the person goes to be let in. Raises LaunchFault: down, setup."""
    base, client_id = issuer.issuer, issuer.client_id
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    key_of(issuer)
    with line_to(base, client_id) as line:
        servers = servers_of(base, client_id, line)
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "launch": launch,
        "scope": SCOPES,
        "state": state,
        "nonce": nonce,
        "aud": base,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in servers.authorize else "?"
    return Asked(
        f"{servers.authorize}{joint}{urlencode(asked)}", state, {"nonce": nonce, "verifier": verifier}
    )


def finish(
    issuer: LaunchIssuer,
    said: Mapping[str, str],
    kept: Mapping[str, Any],
    *,
    redirect_uri: str,
    now: datetime,
) -> Opened:
    """Read the answer with which a person is back, and what it points at; the token is thrown away after that.

    The caller has found by its state which start it is the answer to. Raises LaunchFault.
    """
    base, client_id = issuer.issuer, issuer.client_id
    with line_to(base, client_id) as line:
        servers = servers_of(base, client_id, line)
        _require_yes(said, servers)
        proof = assertion(issuer, servers.token, now=now)
        tokens = _exchange(servers, line, said["code"], str(kept["verifier"]), redirect_uri, proof)
        claims = _claims(servers, line, tokens, str(kept["nonce"]), now=now)
        return _read_both(base, line, tokens, claims)


def _require_yes(said: Mapping[str, str], servers: Servers) -> None:
    if "iss" in said and said["iss"] != servers.issuer:
        raise LaunchFault(Why.WRONG_ISSUER, "iss of the answer")
    error = said.get("error", "")
    if error in _LATER:
        raise LaunchFault(Why.DOWN, error)
    if error:
        raise LaunchFault(_SAID_NO.get(error, Why.REFUSED), error[:60])
    if not said.get("code"):
        raise LaunchFault(Why.WRONG_STATE, "no code")


def assertion(issuer: LaunchIssuer, audience: str, *, now: datetime) -> dict[str, str]:
    """Say that it is us (SMART, asymmetric): a fresh proof for one token address, for a minute at most."""
    key, at = key_of(issuer), int(now.timestamp())
    header = {"alg": ALGORITHM, "kid": str(key.get("kid")), "typ": "JWT"}
    claims = {
        "iss": issuer.client_id,
        "sub": issuer.client_id,
        "aud": audience,
        "jti": new_secret(),
        "iat": at,
        "exp": at + ASSERTION_LASTS,
    }
    signed = jwt.encode(header, claims, key, algorithms=[ALGORITHM])
    return {"client_assertion_type": BEARER, "client_assertion": signed}


def _exchange(
    servers: Servers, line: Line, code: str, verifier: str, redirect_uri: str, proof: Mapping[str, str]
) -> Mapping[str, Any]:
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        **proof,
    }
    answer = ask(line, "POST", servers.token, data=data)
    if answer.status != 200:
        error = str(answer.content.get("error", answer.status))[:60]
        # A code is taken once, and only with its own verifier: this one was used, or is none of this start's.
        raise LaunchFault(Why.REPLAYED if error == "invalid_grant" else Why.SETUP, error)
    if str(answer.content.get("token_type", "")).lower() != "bearer":
        raise LaunchFault(Why.BAD_TOKEN, "token type")
    if not isinstance(answer.content.get("access_token"), str):
        raise LaunchFault(Why.BAD_TOKEN, "no access token")
    return answer.content


def _claims(
    servers: Servers, line: Line, tokens: Mapping[str, Any], nonce: str, *, now: datetime
) -> Mapping[str, Any]:
    try:
        return claims_in(
            tokens.get("id_token"), servers.provider(), servers.keys(), line, nonce=nonce, now=now
        )
    except Fault as fault:
        raise translated(fault) from fault


def _read_both(base: str, line: Line, tokens: Mapping[str, Any], claims: Mapping[str, Any]) -> Opened:
    token = str(tokens["access_token"])
    said = claims.get("fhirUser")
    who = below(base, said) if isinstance(said, str) else ""
    if not who:
        raise LaunchFault(Why.BAD_TOKEN, "fhirUser of another server, or none")
    practitioner = _practitioner(base, line, token, who)
    patient = tokens.get("patient")
    if patient in (None, ""):
        raise LaunchFault(Why.NO_PATIENT)
    if not is_id(patient):
        raise LaunchFault(Why.BAD_TOKEN, "patient")
    opened = _resource(base, line, token, f"Patient/{patient}", otherwise=Why.OTHER_PATIENT)
    return Opened(who, practitioner, opened, _appointment_in(base, tokens))


def _practitioner(base: str, line: Line, token: str, who: str) -> Mapping[str, Any]:
    """The health worker whom `fhirUser` names, also through a role of theirs."""
    kind = who.partition("/")[0]
    if kind == "PractitionerRole":
        role = _resource(base, line, token, who, otherwise=Why.OTHER_USER)
        worker = role.get("practitioner")
        said = worker.get("reference") if isinstance(worker, Mapping) else ""
        who = below(base, said if isinstance(said, str) else "", "Practitioner")
        kind = who.partition("/")[0]
    if kind != "Practitioner":
        raise LaunchFault(Why.NOT_STAFF, kind[:20])
    return _resource(base, line, token, who, otherwise=Why.OTHER_USER)


def _resource(base: str, line: Line, token: str, path: str, *, otherwise: Why) -> Mapping[str, Any]:
    """Read one resource, and make sure that it is the one that was asked for."""
    headers = {**JSON, "Authorization": f"Bearer {token}"}
    answer = ask(line, "GET", f"{base.rstrip('/')}/{path}", headers=headers)
    if answer.status != 200:
        raise LaunchFault(Why.REFUSED if answer.status in {401, 403} else Why.UNREADABLE, str(answer.status))
    kind, _, name = path.partition("/")
    if answer.content.get("resourceType") != kind or answer.content.get("id") != name:
        raise LaunchFault(otherwise, f"another {kind}")
    return answer.content


def _appointment_in(base: str, tokens: Mapping[str, Any]) -> str:
    """The appointment that was open with the patient, where the journal says so; a hint, checked by the caller."""
    more = tokens.get("fhirContext")
    for one in more if isinstance(more, list) else []:
        said = one.get("reference") if isinstance(one, Mapping) else ""
        found = below(base, said, "Appointment") if isinstance(said, str) else ""
        if found:
            return found.partition("/")[2]
    return ""
