"""Addresses of journal systems: https, at hosts that the operator has opened for, and compared sign by sign."""

from urllib.parse import urlsplit

from django.conf import settings

from blikk.kernel.errors import Invalid

LONGEST = 300


def place_in(url: str) -> str:
    """Host and port of an address, as the operator writes them; empty for what is no address that we may go to."""
    try:
        at = urlsplit(url)
        host, port = (at.hostname or "").lower(), at.port
    except ValueError:
        return ""
    if not host or at.scheme != "https" or at.username or at.password or "\\" in url or not url.isascii():
        return ""
    return host if port in {None, 443} else f"{host}:{port}"


def is_opened_for(url: str) -> bool:
    """Whether the operator lets our server go there."""
    return bool(place_in(url)) and place_in(url) in settings.BLIKK_EHR_HOSTS


def read_base(typed: str) -> str:
    """Read the address of a FHIR server as an administrator typed it.

    Raises Invalid (`issuer`): not_https, not_an_address, host_not_allowed.
    """
    text = typed.strip()
    try:
        at = urlsplit(text)
    except ValueError as fault:
        raise Invalid(issuer="not_an_address") from fault
    if (
        len(text) > LONGEST
        or at.query
        or at.fragment
        or not at.hostname
        or any(sign.isspace() for sign in text)
    ):
        raise Invalid(issuer="not_an_address")
    if not place_in(text):
        raise Invalid(issuer="not_https" if at.scheme == "http" else "not_an_address")
    if not is_opened_for(text):
        raise Invalid(issuer="host_not_allowed")
    return text


def read_origin(typed: str) -> str:
    """Read the origin of the journal's own pages. Raises Invalid (`framed_by: not_an_address`)."""
    text = typed.strip().rstrip("/").lower()
    if not text:
        return ""
    try:
        at = urlsplit(text)
        port = at.port
    except ValueError as fault:
        raise Invalid(framed_by="not_an_address") from fault
    host = at.hostname or ""
    is_bare = not (at.path or at.query or at.fragment or at.username or at.password)
    wrong = not host.replace(".", "").replace("-", "").isalnum() or not host.isascii()
    if at.scheme != "https" or not is_bare or wrong or len(text) > 200:
        raise Invalid(framed_by="not_an_address")
    return f"https://{host}" if port in {None, 443} else f"https://{host}:{port}"


def below(base: str, reference: str, kind: str = "") -> str:
    """The path below a FHIR server that a reference means, such as `Patient/12`; empty for anything that is not there.

    An absolute reference must begin with the very same base: another server's Patient/12 is another person.
    """
    start = base.rstrip("/") + "/"
    path = reference.removeprefix(start) if reference.startswith(("http:", "https:")) else reference
    parts = path.split("/")
    if len(parts) == 4 and parts[2] == "_history":
        parts = parts[:2]
    if len(parts) != 2 or not is_id(parts[1]) or not parts[0].isalpha() or (kind and parts[0] != kind):
        return ""
    return "/".join(parts)


def is_id(text: object) -> bool:
    """Whether this is an id as FHIR R4 writes them, and so may stand in an address."""
    if not isinstance(text, str) or not 0 < len(text) <= 64 or not text.isascii():
        return False
    return text not in {".", ".."} and text.replace("-", "").replace(".", "").isalnum()
