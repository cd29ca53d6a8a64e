"""The line to another system: https alone, to an address that was looked up, looked at and then used.

An administrator writes the address, so our server must not be led by it to what only our server can reach. The name is
looked up once, every address behind it must be open to the whole internet, and the connection goes to just that
address: what the name means a moment later does not matter. Hosts that the operator has named may be internal.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from blikk.clinics.webhooks.faults import Fault, Reason
from blikk.kernel.errors import Invalid

SILENT, LONGEST = 5.0, 10.0
LARGEST = 64 * 1024
# What stands for an address of the old internet inside one of the new: what is behind it is decided elsewhere.
_DISGUISES = [
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]


def read_address(typed: str) -> str:
    """Read where calls go. Raises Invalid (`address`): not_https, not_a_webhook_address or host_is_internal."""
    text = typed.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as fault:
        raise Invalid(address="not_a_webhook_address") from fault
    if parts.scheme != "https":
        raise Invalid(address="not_https" if parts.scheme in {"http", ""} else "not_a_webhook_address")
    host = (parts.hostname or "").lower()
    is_plain = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    if not host or parts.username or parts.password or parts.fragment or not is_plain or len(text) > 500:
        raise Invalid(address="not_a_webhook_address")
    if port == 0 or (not _is_named(host, port) and _is_internal_name(host)):
        raise Invalid(address="host_is_internal")
    return text


def call(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Call once, and answer the number that came back. Redirects and the machine's proxies are not followed.

    Raises Fault.
    """
    parts = urlsplit(address)
    host, port = (parts.hostname or "").lower(), parts.port or 443
    line = _Pinned(host, port, _resolved(host, port), _trusted())
    # A server that drips its answer may not hold a worker for ever.
    end = threading.Timer(LONGEST, line.cut)
    end.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request(
            "POST", path, body=body, headers={**headers, "User-Agent": "Blikk", "Connection": "close"}
        )
        answer = line.getresponse()
        answer.read(LARGEST)
        return answer.status
    except ssl.SSLCertVerificationError as fault:
        raise Fault(Reason.CERTIFICATE) from fault
    except (http.client.HTTPException, OSError, ValueError) as fault:
        raise Fault(Reason.NO_ANSWER if line.is_through else Reason.NO_CONNECTION) from fault
    finally:
        end.cancel()
        line.close()


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, under the name that its certificate must bear."""

    def __init__(self, host: str, port: int, address: str, trusted: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=SILENT, context=trusted)
        self._address, self._trusted = address, trusted
        self.is_through = False

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), SILENT)
        self.sock = raw
        self.sock = self._trusted.wrap_socket(raw, server_hostname=self.host)
        self.is_through = True

    def cut(self) -> None:
        """End it from another thread."""
        try:
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _resolved(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Fault(Reason.NO_SUCH_HOST) from fault
    addresses = [str(one[4][0]) for one in found]
    if not _is_named(host, port) and not all(_is_open(one) for one in addresses):
        raise Fault(Reason.INTERNAL)
    return addresses[0]


def _is_open(text: str) -> bool:
    """Whether the whole internet can reach an address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif any(address in net for net in _DISGUISES):
            return False
    return address.is_global and not address.is_multicast


def _is_internal_name(host: str) -> bool:
    """Whether a name says by itself that it is not for the internet. What it means is looked at before each call."""
    try:
        return not _is_open(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.rstrip(".").endswith((".localhost", ".local", ".internal"))


def _is_named(host: str, port: int | None) -> bool:
    hosts: list[str] = settings.BLIKK_WEBHOOK_HOSTS
    return f"{host}:{port or 443}" in hosts or (port in {None, 443} and host in hosts)


def _trusted() -> ssl.SSLContext:
    trusted = ssl.create_default_context()
    ca = settings.BLIKK_WEBHOOK_CA
    if ca and Path(ca).is_file():
        trusted.load_verify_locations(ca)
    return trusted
