"""Which addresses Blikk goes to: https, of hosts that the operator has named, and no other (decision 16)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

from blikk.documentation.ehr.faults import Fault, Reason
from blikk.kernel.errors import Invalid


def hosts() -> Sequence[str]:
    """The hosts that the operator has named."""
    named: list[str] = settings.BLIKK_EHR_HOSTS
    return named


def read_address(typed: str, field: str) -> str:
    """An address as an administrator typed it, without a slash at its end.

    Raises Invalid: not_https, not_an_address or host_not_allowed.
    """
    address = typed.strip().rstrip("/")
    wrong = _wrong_with(address)
    if wrong:
        raise Invalid(**{field: wrong})
    return address


def require_allowed(address: str) -> str:
    """Look again at every use, for the operator may have taken the host off the list. Raises Fault."""
    if _wrong_with(address):
        raise Fault(Reason.HOST)
    return address


def _wrong_with(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "not_an_address"
    if parts.scheme != "https":
        return "not_https" if parts.scheme in {"http", ""} else "not_an_address"
    host = (parts.hostname or "").lower()
    is_odd = parts.query or parts.fragment or parts.username or parts.password or "\\" in address
    if not host or is_odd or not address.isascii() or not address.isprintable() or " " in address:
        return "not_an_address"
    if any(step in {"..", "."} for step in parts.path.split("/")):
        return "not_an_address"
    place = host if port in {None, 443} else f"{host}:{port}"
    return "" if place in hosts() else "host_not_allowed"
