"""Starts the settings as production would, and fails on what Django's own deployment check warns of."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "BLIKK_DEMO": "false",
    "BLIKK_BASE_URL": "https://video.example.no",
    "BLIKK_SECRET_KEY": "only-for-this-check-" + "0aZ9xQ" * 10,
    "BLIKK_FIELD_KEYS": "only-for-this-check-" + "1bY8wP" * 10,
    "BLIKK_SMS_TRANSPORT": "none",
    "BLIKK_EMAIL_TRANSPORT": "smtp",
}


def main() -> int:
    command = [str(ROOT / ".venv" / "bin" / "django-admin"), "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=os.environ | PRODUCTION, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
