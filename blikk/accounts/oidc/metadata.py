"""What a provider says of itself: addresses and keys, kept for a day, asked anew when a key is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache

from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.line import Line, require_theirs
from blikk.accounts.oidc.providers import Provider
from blikk.kernel.ids import digest
from blikk.kernel.limits import may_try

KEPT_FOR = 24 * 60 * 60
NEW_KEYS_EVERY = 60
AT = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The parts of it that we use."""

    authorize: str
    token: str
    jwks: str
    par: str
    userinfo: str
    says_iss: bool
    client_algorithms: tuple[str, ...]


def metadata_of(provider: Provider, line: Line) -> Metadata:
    """What the provider says of itself. Raises Fault: down, or setup where it is another one than was named."""
    key = f"eid:metadata:{digest(provider.issuer)}"
    said: Mapping[str, Any] | None = cache.get(key)
    if said is None:
        said = line.ask("GET", provider.issuer.rstrip("/") + AT).content
        read(said, provider)
        cache.set(key, dict(said), KEPT_FOR)
    return read(said, provider)


def read(said: Mapping[str, Any], provider: Provider) -> Metadata:
    """Read it, and refuse what is not this provider's (RFC 8414 § 3.3)."""
    if said.get("issuer") != provider.issuer:
        raise Fault(Reason.SETUP, "another issuer")
    missing = [each for each in _ENDPOINTS if not isinstance(said.get(each), str)]
    if provider.par and not said.get("pushed_authorization_request_endpoint"):
        missing.append("pushed_authorization_request_endpoint")
    if missing:
        raise Fault(Reason.SETUP, f"no {missing[0]}")
    algorithms = said.get("token_endpoint_auth_signing_alg_values_supported")
    return Metadata(
        authorize=require_theirs(said["authorization_endpoint"], provider),
        token=require_theirs(said["token_endpoint"], provider),
        jwks=require_theirs(said["jwks_uri"], provider),
        par=str(said.get("pushed_authorization_request_endpoint") or ""),
        userinfo=str(said.get("userinfo_endpoint") or ""),
        says_iss=said.get("authorization_response_iss_parameter_supported") is True,
        client_algorithms=tuple(str(each) for each in algorithms) if isinstance(algorithms, list) else (),
    )


def keys_of(
    provider: Provider, metadata: Metadata, line: Line, kid: str | None, *, now: datetime
) -> list[dict[str, Any]]:
    """The provider's public keys for signatures that a token with this `kid` may be signed with."""
    key = f"eid:keys:{digest(metadata.jwks)}"
    kept: list[dict[str, Any]] | None = cache.get(key)
    found = _fitting(kept or [], kid)
    if kept is not None and found:
        return found
    # A token can be made up by anybody: one with an unknown key makes us ask once a minute, not each time.
    is_new = kept is None or may_try(
        "eid-keys", digest(metadata.jwks), times=1, seconds=NEW_KEYS_EVERY, now=now
    )
    if not is_new:
        return []
    said = line.ask("GET", metadata.jwks).content.get("keys")
    fresh = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    cache.set(key, fresh, KEPT_FOR)
    return _fitting(fresh, kid)


def _fitting(keys: list[dict[str, Any]], kid: str | None) -> list[dict[str, Any]]:
    signing = [key for key in keys if key.get("use", "sig") == "sig" and key.get("kty") in {"RSA", "EC"}]
    return [key for key in signing if kid is None or key.get("kid") == kid]
