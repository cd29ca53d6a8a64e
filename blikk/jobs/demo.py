"""The demo: a seeded clinic in one process on SQLite, with an inbox instead of SMS and e-mail."""

import json
import os
from pathlib import Path
from typing import Any

URLS = "urls.json"
OF_PRODUCTION = (
    "BLIKK_DATABASE_URL",
    "BLIKK_REDIS_URL",
    "BLIKK_SECRET_KEY",
    "BLIKK_FIELD_KEYS",
    "BLIKK_AUDIT_KEY",
)


def set_environment(data: Path, host: str, port: int) -> None:
    """Choose the demo's settings. What belongs to a real installation is left out, whatever the shell says."""
    for name in OF_PRODUCTION:
        os.environ.pop(name, None)
    shown = "localhost" if not host.strip("0.:") or host in {"127.0.0.1", "::1"} else host
    os.environ |= {
        "BLIKK_DEMO": "true",
        "BLIKK_DATA": str(data.resolve()),
        "BLIKK_BASE_URL": f"http://{shown}:{port}",
        "BLIKK_SECOND_FACTOR": "false",
        "BLIKK_SMS_TRANSPORT": "inbox",
        "BLIKK_EMAIL_TRANSPORT": "inbox",
        "BLIKK_EMBEDDED_WORKER": "true",
        "BLIKK_TRUSTED_PROXIES": "0",
        # The demo's own place to pay, behind the same port.
        "BLIKK_VIPPS_URL": f"http://localhost:{port}",
    }
    data.mkdir(parents=True, exist_ok=True)


def serve(host: str, port: int) -> int:
    """Seed the clinic if it is not there, print who can sign in where, and serve."""
    from django.conf import settings
    from django.utils import timezone

    from blikk.jobs import serve as server
    from blikk.jobs.demo_provider import answered
    from blikk.jobs.seed import seed
    from blikk.jobs.seed_invoices import send_invoices
    from blikk.jobs.seed_payments import charge_in_blikk, take_money

    server.prepare()
    urls = seed(now=timezone.now())
    charge_in_blikk(now=timezone.now())
    take_money(answered, now=timezone.now())
    send_invoices(now=timezone.now())
    path = settings.BLIKK_DATA / URLS
    path.write_text(json.dumps(urls, indent=2, ensure_ascii=False) + "\n")
    print(table(urls), flush=True)
    return server.serve(host, port, "blikk.jobs.demo_provider:application")


def table(urls: dict[str, Any]) -> str:
    """Who can sign in where, as lines to read."""
    rows = [("", "address", "user", "password")]
    for role in ("clinician", "secretary", "administrator"):
        rows.append((role, urls[role]["url"], urls[role]["user"], urls[role]["password"]))
    rows.append(("patient", urls["patient_link"], f"born {urls['patient_birth_date']}", ""))
    rows.append(("inbox", urls["inbox"], "", ""))
    widths = [max(len(row[column]) for row in rows if row[3] or column == 0) for column in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    note = "The second factor is off in the demo. Nothing is sent: SMS and e-mail land in the inbox. No money moves."
    return "\n".join(["", *lines, "", note, ""])
