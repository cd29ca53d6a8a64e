"""Django's settings, chosen by the environment; a wrong value refuses to start and says which."""

from pathlib import Path
from re import fullmatch
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from blikk.config import env
from blikk.config.providers import providers
from blikk.config.security import *  # noqa: F403

BLIKK_DEMO = env.DEMO
BLIKK_BASE_URL = env.BASE_URL.rstrip("/")
BLIKK_DATA = env.DATA
BLIKK_SECOND_FACTOR = env.SECOND_FACTOR
BLIKK_REDIS_URL = env.REDIS_URL
BLIKK_SMS_TRANSPORT = env.SMS_TRANSPORT
BLIKK_EMAIL_TRANSPORT = env.EMAIL_TRANSPORT
BLIKK_SMTP: dict[str, Any] = {
    "host": env.SMTP_HOST,
    "port": env.SMTP_PORT,
    "user": env.SMTP_USER,
    "password": env.SMTP_PASSWORD,
    "tls": env.SMTP_TLS,
}
BLIKK_MAIL_FROM = env.MAIL_FROM
BLIKK_BOUNCES_TO = env.BOUNCES_TO
BLIKK_SMS_NUMBER = env.SMS_NUMBER
BLIKK_SMS_HOOK_SECRET = env.SMS_HOOK_SECRET
BLIKK_SMS_HOOK_KEY = env.SMS_HOOK_KEY
BLIKK_SMPP: dict[str, Any] = {
    "host": env.SMPP_HOST,
    "port": env.SMPP_PORT,
    "system_id": env.SMPP_SYSTEM_ID,
    "password": env.SMPP_PASSWORD,
    "system_type": env.SMPP_SYSTEM_TYPE,
    "tls": env.SMPP_TLS,
    "long": env.SMPP_LONG,
    "unknown_errors": frozenset(error.strip().lstrip("0") for error in env.SMPP_UNKNOWN_ERRORS),
}
BLIKK_SMS_GATEWAY = env.SMS_GATEWAY
BLIKK_SMS_GATEWAY_LOGIN: dict[str, Any] = {
    "user": env.SMS_GATEWAY_USER,
    "password": env.SMS_GATEWAY_PASSWORD,
    "token": env.SMS_GATEWAY_TOKEN,
    "extra": env.SMS_GATEWAY_EXTRA,
}
BLIKK_APPRISE_SMS_URL = env.APPRISE_SMS_URL
BLIKK_CALDAV_HOSTS = [host.strip().lower() for host in env.CALDAV_HOSTS if host.strip()]
BLIKK_CALDAV_CA = env.CALDAV_CA
BLIKK_EHR_HOSTS = [host.strip().lower() for host in env.EHR_HOSTS if host.strip()]
BLIKK_EHR_CA = env.EHR_CA
BLIKK_WEBHOOK_HOSTS = [host.strip().lower() for host in env.WEBHOOK_HOSTS if host.strip()]
BLIKK_WEBHOOK_CA = env.WEBHOOK_CA
BLIKK_PROVIDERS = providers()
BLIKK_TEST_NUMBERS = env.TEST_NUMBERS
BLIKK_EXTERNAL_VIDEO_HOSTS = [host.strip().lower() for host in env.EXTERNAL_VIDEO_HOSTS if host.strip()]
BLIKK_EXTERNAL_VIDEO_CA = env.EXTERNAL_VIDEO_CA
BLIKK_WHEREBY_KEY = env.WHEREBY_KEY
BLIKK_WHEREBY_URL = env.WHEREBY_URL.rstrip("/")
BLIKK_VIPPS_URL = env.VIPPS_URL.rstrip("/")
BLIKK_PEPPOL_FOLDER = env.PEPPOL_FOLDER
BLIKK_STRIPE_URL = env.STRIPE_URL.rstrip("/")
BLIKK_KUHR_URL = env.KUHR_URL.rstrip("/")
BLIKK_FRIKORT_URL = env.FRIKORT_URL.rstrip("/")
BLIKK_TURN_URLS = env.TURN_URLS
BLIKK_TURN_SECRET = env.TURN_SECRET
BLIKK_TIME_SERVER = env.TIME_SERVER
BLIKK_BACKUPS = env.BACKUPS
BLIKK_EMBEDDED_WORKER = env.EMBEDDED_WORKER
# Whom clinics call about the installation itself.
BLIKK_OPERATOR = {
    "name": env.OPERATOR_NAME,
    "phone": env.OPERATOR_PHONE,
    "email": env.OPERATOR_EMAIL,
    "hours": env.OPERATOR_HOURS,
}

_base = urlsplit(BLIKK_BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname:
    raise ImproperlyConfigured(
        "BLIKK_BASE_URL must be the full address of the site, such as https://video.kommune.no"
    )
if not BLIKK_DEMO:
    if "inbox" in {BLIKK_SMS_TRANSPORT, BLIKK_EMAIL_TRANSPORT}:
        raise ImproperlyConfigured(
            "BLIKK_SMS_TRANSPORT or BLIKK_EMAIL_TRANSPORT is 'inbox', which exists in the demo only"
        )
    if not BLIKK_SECOND_FACTOR:
        raise ImproperlyConfigured("BLIKK_SECOND_FACTOR can only be switched off in the demo")

if wrong := [host for host in BLIKK_CALDAV_HOSTS if not fullmatch(r"[a-z0-9.-]+(:\d{1,5})?", host)]:
    raise ImproperlyConfigured(
        f"BLIKK_CALDAV_HOSTS names servers as kalender.example.no or kalender.example.no:8443, not {wrong[0]!r}"
    )
if BLIKK_CALDAV_CA and not Path(BLIKK_CALDAV_CA).is_file():
    raise ImproperlyConfigured("BLIKK_CALDAV_CA must be a file with certificates (PEM)")

if wrong := [host for host in BLIKK_EHR_HOSTS if not fullmatch(r"[a-z0-9.-]+(:\d{1,5})?", host)]:
    raise ImproperlyConfigured(
        f"BLIKK_EHR_HOSTS names servers as fhir.example.no or fhir.example.no:8443, not {wrong[0]!r}"
    )
if BLIKK_EHR_CA and not Path(BLIKK_EHR_CA).is_file():
    raise ImproperlyConfigured("BLIKK_EHR_CA must be a file with certificates (PEM)")
if wrong := [host for host in BLIKK_WEBHOOK_HOSTS if not fullmatch(r"[a-z0-9.-]+(:\d{1,5})?", host)]:
    raise ImproperlyConfigured(
        f"BLIKK_WEBHOOK_HOSTS names servers as melding.example.no or melding.example.no:8443, not {wrong[0]!r}"
    )
if BLIKK_WEBHOOK_CA and not Path(BLIKK_WEBHOOK_CA).is_file():
    raise ImproperlyConfigured("BLIKK_WEBHOOK_CA must be a file with certificates (PEM)")

if wrong := [
    host
    for host in BLIKK_EXTERNAL_VIDEO_HOSTS
    if not fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?", host)
]:
    raise ImproperlyConfigured(
        "BLIKK_EXTERNAL_VIDEO_HOSTS names hosts as join.nhn.no, or all below a domain as *.whereby.com, "
        f"not {wrong[0]!r}"
    )
if BLIKK_EXTERNAL_VIDEO_CA and not Path(BLIKK_EXTERNAL_VIDEO_CA).is_file():
    raise ImproperlyConfigured("BLIKK_EXTERNAL_VIDEO_CA must be a file with certificates (PEM)")
if not fullmatch(r"https://[a-z0-9.-]+(:\d{1,5})?", BLIKK_WHEREBY_URL):
    raise ImproperlyConfigured("BLIKK_WHEREBY_URL must be an https address such as https://api.whereby.dev")
_PROVIDER = r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1):\d{1,5}"
if not fullmatch(_PROVIDER, BLIKK_VIPPS_URL):
    raise ImproperlyConfigured(
        "BLIKK_VIPPS_URL must be https://api.vipps.no, or https://apitest.vipps.no for trials"
    )
if BLIKK_PEPPOL_FOLDER and not Path(BLIKK_PEPPOL_FOLDER).is_dir():
    raise ImproperlyConfigured("BLIKK_PEPPOL_FOLDER must be a folder that an access point empties")
if not fullmatch(_PROVIDER, BLIKK_STRIPE_URL):
    raise ImproperlyConfigured("BLIKK_STRIPE_URL must be https://api.stripe.com")
for _name, _url in (("BLIKK_KUHR_URL", BLIKK_KUHR_URL), ("BLIKK_FRIKORT_URL", BLIKK_FRIKORT_URL)):
    _here = BLIKK_DEMO and fullmatch(r"http://(localhost|127\.0\.0\.1):\d{1,5}", _url)
    if not fullmatch(r"https://[a-z0-9.-]+(:\d{1,5})?", _url) and not _here:
        raise ImproperlyConfigured(f"{_name} must be an https address, such as https://api.helserefusjon.no")

BLIKK_SECURE = _base.scheme == "https"
BLIKK_DEVICE_COOKIE = "__Host-blikk_device" if BLIKK_SECURE else "blikk_device"

SECRET_KEY = env.kept_secret("BLIKK_SECRET_KEY")
BLIKK_FIELD_KEYS = env.kept_secret("BLIKK_FIELD_KEYS").split(",")
BLIKK_AUDIT_KEY = env.kept_secret("BLIKK_AUDIT_KEY")
DEBUG = False
ALLOWED_HOSTS = [_base.hostname] + (["localhost", "127.0.0.1"] if BLIKK_DEMO else [])
BLIKK_ORIGINS = [BLIKK_BASE_URL] + (
    [f"http://{host}:{_base.port or 80}" for host in ("localhost", "127.0.0.1")] if BLIKK_DEMO else []
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "blikk.audit",
    "blikk.bus",
    "blikk.notifications",
    "blikk.media",
    "blikk.accounts",
    "blikk.clinics",
    "blikk.patients",
    "blikk.scheduling",
    "blikk.calendars",
    "blikk.invitations",
    "blikk.waiting_room",
    "blikk.consultations",
    "blikk.writing",
    "blikk.documentation",
    "blikk.payments",
    "blikk.practice",
    "blikk.settlement",
    "blikk.web",
]

ROOT_URLCONF = "blikk.config.urls"
ASGI_APPLICATION = "blikk.config.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": {**env.DATABASE, "ATOMIC_REQUESTS": False}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Tests in a file too: in memory, threads share a cache whose locks do not wait.
    DATABASES["default"]["TEST"] = {"NAME": str(env.DATA / "test.sqlite3")}
    # Deferred transactions on SQLite ended in "database is locked"; IMMEDIATE with WAL did not.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 20, "timeout": 5}}

CACHES = {
    "default": {
        "BACKEND": "blikk.config.cache.SharedCache",
        "LOCATION": env.REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
    }
    if env.REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the applications' own folders: allauth's pages are ours.
        "DIRS": [Path(__file__).resolve().parent.parent / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
PHONENUMBER_DEFAULT_REGION = "NO"

STATIC_URL = "/static/"
STATIC_ROOT = env.DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "blikk.config.static.Static"},
}

# A fault that nobody can read about is a fault twice.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_numbers": {"()": "blikk.config.redaction.NoNumbers"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_numbers"]}
    },
    # One writes down every address that it asks, the others every step towards a PDF.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "weasyprint", "fontTools")},
    "root": {"handlers": ["console"], "level": env.LOG_LEVEL},
}
