"""Who says who people are: the OpenID providers of this installation, from the environment."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from blikk.config import env

EIDS = ("idporten", "idporten-test", "broker")
HELSEIDS = ("helseid", "helseid-test")
TENANCIES = ("multi", "single")


def providers() -> dict[str, dict[str, Any]]:
    """The provider for patients and the one for staff; what the profile decides is left out."""
    _require(env.EID, EIDS, "BLIKK_EID")
    _require(env.HELSEID, HELSEIDS, "BLIKK_HELSEID")
    _require(env.HELFO, HELSEIDS, "BLIKK_HELFO")
    _require(env.HELFO_TENANCY, TENANCIES, "BLIKK_HELFO_TENANCY")
    _require_whole()
    return {"patient": _patient(), "helseid": _helseid(), "helfo": _helfo()}


def _patient() -> dict[str, Any]:
    if not env.EID:
        return {}
    said: dict[str, Any] = {
        "profile": env.EID,
        "issuer": env.EID_ISSUER.rstrip("/"),
        "client_id": env.EID_CLIENT_ID,
        "label": env.EID_LABEL,
        "scopes": tuple(env.EID_SCOPES),
        "levels": tuple(env.EID_LEVELS),
        "number_claim": env.EID_NUMBER_CLAIM,
        "userinfo": env.EID_USERINFO,
        "dpop": env.EID_DPOP,
        "par": env.EID_PAR,
        "hosts": tuple(host.strip().lower() for host in env.EID_HOSTS),
        "ca": env.EID_CA,
        "key": env.EID_KEY,
    }
    return said


def _helseid() -> dict[str, Any]:
    if not env.HELSEID:
        return {}
    return {
        "profile": env.HELSEID,
        "issuer": env.HELSEID_ISSUER.rstrip("/"),
        "client_id": env.HELSEID_CLIENT_ID,
        "ca": env.EID_CA,
        "key": env.HELSEID_KEY,
    }


def _helfo() -> dict[str, Any]:
    """The client of the installation itself, for Helfo's interfaces: nobody signs in with it."""
    if not env.HELFO:
        return {}
    return {
        "profile": env.HELFO,
        "issuer": env.HELFO_ISSUER.rstrip("/"),
        "client_id": env.HELFO_CLIENT_ID,
        "tenancy": env.HELFO_TENANCY,
        "par": False,
        "ca": env.EID_CA,
        "key": env.HELFO_KEY,
    }


def _require(chosen: str, known: tuple[str, ...], name: str) -> None:
    if chosen and chosen not in known:
        raise ImproperlyConfigured(f"{name} is one of {', '.join(known)}, or empty; not {chosen!r}")


def _require_whole() -> None:
    if env.EID and not env.EID_CLIENT_ID:
        raise ImproperlyConfigured("BLIKK_EID_CLIENT_ID is missing: the name that the provider gave you")
    if env.EID == "broker":
        for name, value in (
            ("BLIKK_EID_ISSUER", env.EID_ISSUER),
            ("BLIKK_EID_NUMBER_CLAIM", env.EID_NUMBER_CLAIM),
            ("BLIKK_EID_LEVELS", env.EID_LEVELS),
        ):
            if not value:
                raise ImproperlyConfigured(f"{name} is missing: the broker's documentation says what it is")
    if env.HELSEID and not env.HELSEID_CLIENT_ID:
        raise ImproperlyConfigured("BLIKK_HELSEID_CLIENT_ID is missing: the name that HelseID gave you")
    if env.HELFO and not env.HELFO_CLIENT_ID:
        raise ImproperlyConfigured("BLIKK_HELFO_CLIENT_ID is missing: the name that HelseID gave you")
    for name, issuer in (
        ("BLIKK_EID_ISSUER", env.EID_ISSUER),
        ("BLIKK_HELSEID_ISSUER", env.HELSEID_ISSUER),
        ("BLIKK_HELFO_ISSUER", env.HELFO_ISSUER),
    ):
        if issuer and not issuer.startswith("https://") and not env.DEMO:
            raise ImproperlyConfigured(f"{name} must begin with https://")
    if env.EID_CA and not Path(env.EID_CA).is_file():
        raise ImproperlyConfigured("BLIKK_EID_CA must be a file with certificates (PEM)")
