"""A journal system's servers: where they say that they are, and the line to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.line import Answer, Line
from blikk.accounts.oidc.metadata import Metadata
from blikk.accounts.oidc.providers import Provider
from blikk.documentation.smart.addresses import is_opened_for
from blikk.documentation.smart.faults import LaunchFault, Why
from blikk.kernel.ids import digest

AT = "/.well-known/smart-configuration"
KEPT_FOR = 60 * 60
ALGORITHMS = ("RS256", "RS384", "PS256", "PS384", "ES256", "ES384")
JSON = {"Accept": "application/fhir+json, application/json;q=0.9"}
_WHY = {
    Reason.DOWN: Why.DOWN,
    Reason.SETUP: Why.SETUP,
    Reason.WRONG_ISSUER: Why.WRONG_ISSUER,
    Reason.WRONG_NONCE: Why.WRONG_NONCE,
    Reason.CLOCK: Why.CLOCK,
}


@dataclass(frozen=True, slots=True)
class Servers:
    """Where a journal system lets one sign in, and what its proofs are signed with."""

    base: str
    client_id: str
    issuer: str
    authorize: str
    token: str
    jwks: str

    def provider(self) -> Provider:
        """The same, as our reader of ID tokens wants it."""
        return _provider(self.issuer, self.client_id)

    def keys(self) -> Metadata:
        return Metadata(self.authorize, self.token, self.jwks, "", "", says_iss=False, client_algorithms=())


def line_to(base: str, client_id: str = "") -> Line:
    """The line to the servers of a journal system: https, hosts that the operator named, no redirects, five seconds."""
    return Line(_provider(base, client_id))


def ask(line: Line, method: str, url: str, **more: Any) -> Answer:
    """Ask, at hosts that the operator has opened for alone. Raises LaunchFault: down, setup."""
    if not is_opened_for(url):
        raise LaunchFault(Why.SETUP, "a host that is not opened for")
    try:
        return line.ask(method, url, **more)
    except Fault as fault:
        raise translated(fault) from fault


def servers_of(base: str, client_id: str, line: Line) -> Servers:
    """What the journal system says of itself, asked for once an hour. Raises LaunchFault: down, setup."""
    key = f"ehr:smart:{digest(base)}"
    said: Mapping[str, Any] | None = cache.get(key)
    if said is None:
        answer = ask(line, "GET", base.rstrip("/") + AT)
        if answer.status != 200:
            raise LaunchFault(Why.SETUP, f"discovery {answer.status}")
        said = answer.content
        _read(said, base, client_id)
        cache.set(key, dict(said), KEPT_FOR)
    return _read(said, base, client_id)


def translated(fault: Fault) -> LaunchFault:
    """A fault of the reader of tokens, in the words of a start."""
    return LaunchFault(_WHY.get(fault.reason, Why.BAD_TOKEN), fault.detail)


def _read(said: Mapping[str, Any], base: str, client_id: str) -> Servers:
    """What must be there for a start with a proof of who the user is, and without it nothing is begun."""
    found: dict[str, str] = {}
    for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
        value = said.get(name)
        if not isinstance(value, str):
            raise LaunchFault(Why.SETUP, f"no {name}")
        if name != "issuer" and not is_opened_for(value):
            raise LaunchFault(Why.SETUP, f"{name} at a host that is not opened for")
        found[name] = value
    methods = said.get("code_challenge_methods_supported")
    if not isinstance(methods, list) or "S256" not in methods:
        raise LaunchFault(Why.SETUP, "no PKCE with S256")
    return Servers(
        base,
        client_id,
        found["issuer"],
        found["authorization_endpoint"],
        found["token_endpoint"],
        found["jwks_uri"],
    )


def _provider(issuer: str, client_id: str) -> Provider:
    return Provider(
        name="ehr",
        kind="ehr",
        label="",
        issuer=issuer,
        client_id=client_id,
        scopes=(),
        acr_values=(),
        level_claim="",
        levels=frozenset(),
        number_claim="",
        algorithms=ALGORITHMS,
        par=False,
        dpop=False,
        hosts=frozenset(place.partition(":")[0] for place in settings.BLIKK_EHR_HOSTS),
        ca=settings.BLIKK_EHR_CA,
        fresh=False,
    )
