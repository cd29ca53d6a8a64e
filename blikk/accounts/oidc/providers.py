"""The providers that this installation asks, from settings alone: nobody else can say where our server goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

PATIENT = "patient"
HELSEID = "helseid"
# Ourselves before Helfo and the register of exemption cards: a client without anybody signed in.
HELFO = "helfo"


@dataclass(frozen=True, slots=True)
class Provider:
    """How one provider is asked, and what its answer must hold."""

    name: str
    kind: str
    label: str
    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    # What is asked for as `acr_values`, and what the claim must then be one of.
    acr_values: tuple[str, ...]
    level_claim: str
    levels: frozenset[str]
    number_claim: str
    algorithms: tuple[str, ...] = ("PS256", "ES256", "RS256")
    par: bool = True
    dpop: bool = True
    userinfo: bool = False
    locales: bool = True
    # Whether the person must have signed in there a moment ago; a journal's user may have done so this morning.
    fresh: bool = True
    # Of hosts beside the issuer's own and those under it.
    hosts: frozenset[str] = frozenset()
    ca: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


# What is the same for everybody who asks this provider; the rest is the installation's.
PROFILES: dict[str, dict[str, Any]] = {
    "idporten": {
        "label": "ID-porten",
        "issuer": "https://idporten.no",
        "scopes": ("openid", "profile"),
        "level_claim": "acr",
        "levels": ("idporten-loa-high",),
        "number_claim": "pid",
        "dpop": False,
    },
    "broker": {
        "label": "BankID",
        "issuer": "",
        "scopes": ("openid", "profile"),
        "level_claim": "acr",
        "levels": (),
        "number_claim": "",
        "dpop": False,
    },
    "helseid": {
        "label": "HelseID",
        "issuer": "https://helseid-sts.nhn.no",
        "scopes": (
            "openid",
            "profile",
            "helseid://scopes/identity/pid",
            "helseid://scopes/identity/security_level",
            "helseid://scopes/hpr/hpr_number",
        ),
        "acr_values": ("Level4",),
        "level_claim": "helseid://claims/identity/security_level",
        "levels": ("4",),
        "number_claim": "helseid://claims/identity/pid",
        "dpop": True,
        "locales": False,
    },
}
_NOT_ASKED = frozenset({"profile", "key", "tenancy"})
TEST_ISSUERS = {
    "idporten-test": ("idporten", "https://test.idporten.no"),
    "helseid-test": ("helseid", "https://helseid-sts.test.nhn.no"),
}


def provider(name: str) -> Provider | None:
    """The provider for patients or for staff; None where the installation has none."""
    said: Mapping[str, Any] = settings.BLIKK_PROVIDERS.get(name, {})
    chosen = said.get("profile", "")
    if not chosen:
        return None
    kind, issuer = TEST_ISSUERS.get(chosen, (chosen, ""))
    values = {**PROFILES[kind], **({"issuer": issuer} if issuer else {})}
    values |= {
        key: value for key, value in said.items() if key not in _NOT_ASKED and value not in ("", (), None)
    }
    levels = tuple(values.pop("levels"))
    acr_values = tuple(values.pop("acr_values", levels))
    return Provider(
        name=name,
        kind=kind,
        scopes=tuple(values.pop("scopes")),
        acr_values=acr_values,
        levels=frozenset(levels),
        hosts=frozenset(values.pop("hosts", ())),
        **values,
    )


def missing(name: str) -> list[str]:
    """What must still be set for a provider that was chosen; empty where all is there."""
    found = provider(name)
    if found is None:
        return []
    return [each for each in ("issuer", "client_id", "number_claim", "levels") if not getattr(found, each)]
