"""Starts the settings as production would, and fails on what Django's own deployment check warns of."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "blikk.config.settings",
    "BLIKK_DEMO": "false",
    "BLIKK_BASE_URL": "https://video.example.no",
    "BLIKK_SECRET_KEY": "only-for-this-check-" + "0aZ9xQ" * 10,
    "BLIKK_FIELD_KEYS": "only-for-this-check-" + "1bY8wP" * 10,
    "BLIKK_SMS_TRANSPORT": "none",
    "BLIKK_EMAIL_TRANSPORT": "smtp",
}
ACCEPTED = {
    "security.W002": "frame-ancestors in the content security policy is what browsers follow",
    "security.W008": "nginx answers on port 80 (deploy/nginx.conf); the app listens behind it only",
    "security.W021": "a clinic decides itself whether its whole domain goes on the preload list",
}


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.update(PRODUCTION)
    import django
    from django.core import checks

    django.setup()
    found = checks.run_checks(include_deployment_checks=True)
    faults = [message for message in found if message.id not in ACCEPTED]
    for fault in faults:
        print(fault)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
