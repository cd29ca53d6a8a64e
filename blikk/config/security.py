"""The security part of the settings: middleware, sign-in, sessions, cookies and headers."""

from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from blikk.config import env

_base = urlsplit(env.BASE_URL)
_secure = _base.scheme == "https"
_socket = f"{'wss' if _secure else 'ws'}://{_base.netloc}"
# Browsers keep a cookie of this name only with Secure, Path=/ and no Domain, so no other host can plant it.
_prefix = "__Host-" if _secure else ""

MIDDLEWARE = [
    "blikk.web.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "blikk.web.middleware.Staff",
    "blikk.web.middleware.Errors",
]

# Sign-in
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "staff_home"
ALLAUTH_TRUSTED_PROXY_COUNT = env.TRUSTED_PROXIES
ACCOUNT_ADAPTER = "blikk.web.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Failures are counted per address *and* account, so that neither a clinic behind one address nor a named
# colleague is shut out by somebody else's guessing; the counts per address alone are high for the same reason.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {
    "login": "blikk.web.sign_in_forms.SignInForm",
    "reauthenticate": "blikk.web.sign_in_forms.AgainForm",
    "change_password": "blikk.web.sign_in_forms.ChangePasswordForm",
}
MFA_ADAPTER = "blikk.web.sign_in.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey alone signs in, so it must have seen a finger, a face or a PIN.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure
MFA_TOTP_ISSUER = "Blikk"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_FORMS = {
    "authenticate": "blikk.web.sign_in_forms.CodeForm",
    "reauthenticate": "blikk.web.sign_in_forms.CodeAgainForm",
    "activate_totp": "blikk.web.sign_in_forms.ActivateAppForm",
    "add_webauthn": "blikk.web.sign_in_forms.AddPasskeyForm",
}

# Sessions: 30 minutes without a human request, 12 hours at most (blikk.accounts.policies)
SESSION_ENGINE = "blikk.accounts.session_store"
SESSION_COOKIE_NAME = f"{_prefix}blikk_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_prefix}blikk_csrf"
CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "blikk.web.middleware.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
LANGUAGE_COOKIE_NAME = f"{_prefix}blikk_language"
LANGUAGE_COOKIE_SECURE = _secure
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# A photo stays in memory until it is sealed: no temporary file ever holds it.
FILE_UPLOAD_MAX_MEMORY_SIZE = 13 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# Headers
if env.TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _secure
# Not "no-referrer": with that, browsers send forms with `Origin: null`, and no form passes the CSRF check.
# No other host is told anything either way, and the secret of a link stands in the fragment.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        # Older Safari does not count sockets of this host as 'self'.
        "connect-src": [SELF, _socket],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
_own = ["camera", "microphone", "display-capture", "screen-wake-lock", "fullscreen", "speaker-selection"]
_own += ["autoplay", "picture-in-picture", "publickey-credentials-get", "publickey-credentials-create"]
_own += ["clipboard-write"]
_nobody = [
    "accelerometer",
    "browsing-topics",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
]
_nobody += [
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
]
PERMISSIONS_POLICY: dict[str, list[str]] = {name: ["self"] for name in _own} | {name: [] for name in _nobody}
