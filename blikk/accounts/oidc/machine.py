"""Tokens for the installation itself: client credentials on behalf of one organisation, bound to a key of their own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache

from blikk.accounts.oidc import metadata as about
from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.keys import key_of
from blikk.accounts.oidc.line import Line
from blikk.accounts.oidc.proofs import Dpop, ask, client_proof
from blikk.accounts.oidc.providers import Provider
from blikk.kernel.ids import digest
from blikk.kernel.secrets import KeyIsMissing, seal, unseal

# A token is given up a little before it ends; who does not say when is believed for a minute.
MARGIN, LONGEST, SHORT = 30, 3600, 60


@dataclass(frozen=True, slots=True)
class Ticket:
    """A token, and the key that must be shown with it."""

    token: str = field(repr=False)
    dpop: Dpop = field(repr=False)


def ticket_for(
    provider: Provider, *, scope: str, organisation: str, now: datetime, fresh: bool = False
) -> Ticket:
    """A token for what is asked on behalf of an organisation; kept, sealed, until it ends. Raises Fault."""
    place = "machine:" + digest(f"{provider.issuer}\x00{provider.client_id}\x00{scope}\x00{organisation}")
    kept = None if fresh else _kept(place)
    if kept is not None:
        return kept
    dpop = Dpop.fresh()
    said = _asked(provider, scope, organisation, dpop, now=now)
    token, lasts = said.get("access_token"), said.get("expires_in", SHORT)
    # Without its key a token could be used by whoever sees it, so one that is not bound is not taken.
    if not isinstance(token, str) or not token or str(said.get("token_type", "")).lower() != "dpop":
        raise Fault(Reason.BAD_TOKEN, "no bound token")
    seconds = lasts if isinstance(lasts, int) and not isinstance(lasts, bool) else SHORT
    if seconds > MARGIN:
        sealed = seal(json.dumps({"token": token, "dpop": dpop.to_keep()}), place)
        cache.set(place, sealed, min(seconds, LONGEST) - MARGIN)
    return Ticket(token, dpop)


def _kept(place: str) -> Ticket | None:
    sealed = cache.get(place)
    if not sealed:
        return None
    try:
        said = json.loads(unseal(sealed, place))
    except (KeyIsMissing, ValueError):
        return None
    return Ticket(said["token"], Dpop.kept(said["dpop"]))


def _asked(
    provider: Provider, scope: str, organisation: str, dpop: Dpop, *, now: datetime
) -> Mapping[str, Any]:
    key, details = key_of(provider.name), on_behalf_of(provider.name, organisation)
    with Line(provider) as line:
        there = about.metadata_of(provider, line)
        answer = ask(
            line,
            "POST",
            there.token,
            dpop=dpop,
            data=lambda: {
                "grant_type": "client_credentials",
                "scope": scope,
                **client_proof(provider, key, there.client_algorithms, details=details, now=now),
            },
            now=now,
        )
    if answer.status != 200:
        raise Fault(Reason.SETUP, str(answer.content.get("error", answer.status))[:60])
    return answer.content


def on_behalf_of(name: str, organisation: str) -> list[dict[str, Any]]:
    """Whose errand it is, as HelseID has it: a client of several organisations says for which it asks each time."""
    if settings.BLIKK_PROVIDERS.get(name, {}).get("tenancy") == "single":
        return []
    identifier = {"system": "urn:oid:1.0.6523", "type": "ENH", "value": f"NO:ORGNR:{organisation}"}
    role = {"organization": {"identifier": identifier}}
    return [{"type": "helseid_authorization", "practitioner_role": role}]
