"""What the environment says, read once and refused when it is wrong."""

import contextlib
import os
import secrets
from pathlib import Path

from environs import Env

env = Env(eager=False)

DATA = Path(os.environ.get("BLIKK_DATA", ".blikk")).resolve()


def kept_secret(name: str) -> str:
    """Read a secret from its variable, else from a file that only we can read, made at the first start."""
    if value := os.environ.get(name):
        return value
    path = DATA / f"{name.lower()}.secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


DEMO: bool = env.bool("BLIKK_DEMO", False)
BASE_URL: str = env.str("BLIKK_BASE_URL", "http://localhost:8000")
DATABASE: dict[str, object] = env.dj_db_url("BLIKK_DATABASE_URL", f"sqlite:///{DATA / 'blikk.sqlite3'}")
REDIS_URL: str = env.str("BLIKK_REDIS_URL", "")
SECOND_FACTOR: bool = env.bool("BLIKK_SECOND_FACTOR", True)
SMS_TRANSPORT: str = env.str("BLIKK_SMS_TRANSPORT", "none")
EMAIL_TRANSPORT: str = env.str("BLIKK_EMAIL_TRANSPORT", "none")
SMTP_HOST: str = env.str("BLIKK_SMTP_HOST", "localhost")
SMTP_PORT: int = env.int("BLIKK_SMTP_PORT", 25)
SMTP_USER: str = env.str("BLIKK_SMTP_USER", "")
SMTP_PASSWORD: str = env.str("BLIKK_SMTP_PASSWORD", "")
SMTP_TLS: str = env.str("BLIKK_SMTP_TLS", "starttls")
BOUNCES_TO: str = env.str("BLIKK_BOUNCES_TO", "")
SMS_NUMBER: str = env.str("BLIKK_SMS_NUMBER", "")
SMS_HOOK_SECRET: str = env.str("BLIKK_SMS_HOOK_SECRET", "")
SMS_HOOK_KEY: str = env.str("BLIKK_SMS_HOOK_KEY", "")
SMPP_HOST: str = env.str("BLIKK_SMPP_HOST", "localhost")
SMPP_PORT: int = env.int("BLIKK_SMPP_PORT", 2775)
SMPP_SYSTEM_ID: str = env.str("BLIKK_SMPP_SYSTEM_ID", "")
SMPP_PASSWORD: str = env.str("BLIKK_SMPP_PASSWORD", "")
SMPP_SYSTEM_TYPE: str = env.str("BLIKK_SMPP_SYSTEM_TYPE", "")
SMPP_TLS: bool = env.bool("BLIKK_SMPP_TLS", False)
SMPP_LONG: str = env.str("BLIKK_SMPP_LONG", "parts")
SMPP_UNKNOWN_ERRORS: list[str] = env.list("BLIKK_SMPP_UNKNOWN_ERRORS", ["1"])
SMS_GATEWAY: str = env.str("BLIKK_SMS_GATEWAY", "")
SMS_GATEWAY_USER: str = env.str("BLIKK_SMS_GATEWAY_USER", "")
SMS_GATEWAY_PASSWORD: str = env.str("BLIKK_SMS_GATEWAY_PASSWORD", "")
SMS_GATEWAY_TOKEN: str = env.str("BLIKK_SMS_GATEWAY_TOKEN", "")
SMS_GATEWAY_EXTRA: dict[str, str] = env.dict("BLIKK_SMS_GATEWAY_EXTRA", {})
APPRISE_SMS_URL: str = env.str("BLIKK_APPRISE_SMS_URL", "")
MAIL_FROM: str = env.str("BLIKK_MAIL_FROM", "ikke-svar@localhost")
CALDAV_HOSTS: list[str] = env.list("BLIKK_CALDAV_HOSTS", [])
CALDAV_CA: str = env.str("BLIKK_CALDAV_CA", "")
EHR_HOSTS: list[str] = env.list("BLIKK_EHR_HOSTS", [])
EHR_CA: str = env.str("BLIKK_EHR_CA", "")
WEBHOOK_HOSTS: list[str] = env.list("BLIKK_WEBHOOK_HOSTS", [])
WEBHOOK_CA: str = env.str("BLIKK_WEBHOOK_CA", "")
EID: str = env.str("BLIKK_EID", "")
EID_ISSUER: str = env.str("BLIKK_EID_ISSUER", "")
EID_CLIENT_ID: str = env.str("BLIKK_EID_CLIENT_ID", "")
EID_LABEL: str = env.str("BLIKK_EID_LABEL", "")
EID_SCOPES: list[str] = env.list("BLIKK_EID_SCOPES", [])
EID_LEVELS: list[str] = env.list("BLIKK_EID_LEVELS", [])
EID_NUMBER_CLAIM: str = env.str("BLIKK_EID_NUMBER_CLAIM", "")
EID_USERINFO: bool | None = env.bool("BLIKK_EID_USERINFO", None)
EID_DPOP: bool | None = env.bool("BLIKK_EID_DPOP", None)
EID_PAR: bool | None = env.bool("BLIKK_EID_PAR", None)
EID_HOSTS: list[str] = env.list("BLIKK_EID_HOSTS", [])
EID_CA: str = env.str("BLIKK_EID_CA", "")
EID_KEY: str = env.str("BLIKK_EID_KEY", "")
HELSEID: str = env.str("BLIKK_HELSEID", "")
HELSEID_ISSUER: str = env.str("BLIKK_HELSEID_ISSUER", "")
HELSEID_CLIENT_ID: str = env.str("BLIKK_HELSEID_CLIENT_ID", "")
HELSEID_KEY: str = env.str("BLIKK_HELSEID_KEY", "")
HELFO: str = env.str("BLIKK_HELFO", "")
HELFO_ISSUER: str = env.str("BLIKK_HELFO_ISSUER", "")
HELFO_CLIENT_ID: str = env.str("BLIKK_HELFO_CLIENT_ID", "")
HELFO_TENANCY: str = env.str("BLIKK_HELFO_TENANCY", "multi")
HELFO_KEY: str = env.str("BLIKK_HELFO_KEY", "")
KUHR_URL: str = env.str("BLIKK_KUHR_URL", "https://api.helserefusjon.no")
FRIKORT_URL: str = env.str("BLIKK_FRIKORT_URL", "https://frikortbifrost.nav.no")
TEST_NUMBERS: bool = env.bool("BLIKK_TEST_NUMBERS", False)
EXTERNAL_VIDEO_HOSTS: list[str] = env.list("BLIKK_EXTERNAL_VIDEO_HOSTS", [])
EXTERNAL_VIDEO_CA: str = env.str("BLIKK_EXTERNAL_VIDEO_CA", "")
WHEREBY_KEY: str = env.str("BLIKK_WHEREBY_KEY", "")
WHEREBY_URL: str = env.str("BLIKK_WHEREBY_URL", "https://api.whereby.dev")
VIPPS_URL: str = env.str("BLIKK_VIPPS_URL", "https://api.vipps.no")
PEPPOL_FOLDER: str = env.str("BLIKK_PEPPOL_FOLDER", "")
STRIPE_URL: str = env.str("BLIKK_STRIPE_URL", "https://api.stripe.com")
TURN_URLS: list[str] = env.list("BLIKK_TURN_URLS", [])
TURN_SECRET: str = env.str("BLIKK_TURN_SECRET", "")
TIME_SERVER: str = env.str("BLIKK_TIME_SERVER", "")
BACKUPS: str = env.str("BLIKK_BACKUPS", "")
EMBEDDED_WORKER: bool = env.bool("BLIKK_EMBEDDED_WORKER", True)
OPERATOR_NAME: str = env.str("BLIKK_OPERATOR_NAME", "")
OPERATOR_PHONE: str = env.str("BLIKK_OPERATOR_PHONE", "")
OPERATOR_EMAIL: str = env.str("BLIKK_OPERATOR_EMAIL", "")
OPERATOR_HOURS: str = env.str("BLIKK_OPERATOR_HOURS", "")
TRUSTED_PROXIES: int = env.int("BLIKK_TRUSTED_PROXIES", 0)
LOG_LEVEL: str = env.str("BLIKK_LOG_LEVEL", "INFO")

env.seal()
