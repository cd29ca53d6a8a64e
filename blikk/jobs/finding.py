"""What the doctor found."""

import socket
from dataclasses import dataclass

PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it if it is not well."""

    what: str
    is_well: bool
    how: str
    fix: str = ""


def reaches(what: str, host: str, port: int, setting: str) -> Finding:
    """Whether something answers at a host and port; nothing is said to it."""
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except OSError as fault:
        return Finding(what, False, f"{host}:{port}: {fault}", f"Check {setting}, and the firewall.")
    return Finding(what, True, f"{host}:{port} answers")
