"""The video solution that a clinic has already: addresses that people are led to, and what may stand in them.

Our server never asks these addresses; browsers open them. So what matters is where a patient can be led: over https, to
a host that the operator has named, by a plain address without a name and password in it.
"""

import re
from urllib.parse import urlsplit

from blikk.kernel.errors import Invalid
from blikk.media.errors import RoomNotMade

LONGEST = 500
# Of an address that a supplier gave us, with a key in it.
LONGEST_GIVEN = 2000
RANDOM = "{random}"
_STAND_IN = "blikk0stand0in0random0"
# What an address may consist of: no spaces, control signs, quotes, angles, backslashes, and nothing outside ASCII.
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


def host_of(address: str) -> str:
    """The machine behind an address, as people are told it."""
    parts = urlsplit(address)
    host, port = (parts.hostname or "").lower(), parts.port
    return host if port in {None, 443} else f"{host}:{port}"


def is_allowed(place: str, hosts: list[str]) -> bool:
    """Whether the operator has named this host, by itself or as one of all below a domain (`*.whereby.com`)."""
    return any(
        place == one or (one.startswith("*.") and place.endswith(one[1:]) and place != one[1:])
        for one in hosts
    )


def read_address(typed: str, hosts: list[str], *, is_template: bool = False) -> str:
    """Read the address of a room. Raises Invalid (`address`), by a code for each reason."""
    address = typed.strip()
    whole = address
    if is_template:
        if address.count(RANDOM) != 1:
            raise Invalid(address="no_random")
        whole = address.replace(RANDOM, _STAND_IN)
    if not whole or len(whole) > LONGEST or not _PLAIN.fullmatch(whole):
        raise Invalid(address="not_a_room")
    try:
        parts, place = urlsplit(whole), host_of(whole)
    except ValueError as fault:
        raise Invalid(address="not_a_room") from fault
    if parts.scheme != "https":
        raise Invalid(address="not_https" if parts.scheme in {"http", ""} else "not_a_room")
    if "@" in parts.netloc or not _HOST.fullmatch(parts.hostname or "") or _STAND_IN in parts.netloc:
        raise Invalid(address="not_a_room")
    if not is_allowed(place, hosts):
        raise Invalid(address="host_not_allowed")
    return address


def require_same_host(address: str, known: str) -> None:
    """Raises RoomNotMade where an address that we were given leads somewhere else than its fellow."""
    plain = len(address) <= LONGEST_GIVEN and _PLAIN.fullmatch(address) is not None
    try:
        same = plain and address.startswith("https://") and host_of(address) == host_of(known)
    except ValueError:
        same = False
    if not same or "@" in urlsplit(address).netloc:
        raise RoomNotMade("not_understood")


def filled(template: str, random: str) -> str:
    """The address of one consultation's room."""
    return template.replace(RANDOM, random)
