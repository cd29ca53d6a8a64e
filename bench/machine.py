"""What every measurement needs to know of the machine it runs on."""

import os
import socket
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until_it_listens(port: int, *, within: float = 30) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on {port}")


def facts() -> dict[str, float]:
    """Cores, and how busy they were before anything was measured."""
    return {"cores": os.cpu_count() or 1, "load_before": round(os.getloadavg()[0], 2)}
