"""How staff sign in: what we ask of allauth, and what a new session begins with."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blikk.accounts import services as accounts
from blikk.clinics import queries as clinics
from blikk.kernel.actors import Actor
from blikk.kernel.ids import keyed
from blikk.kernel.limits import may_try
from blikk.web.access import address_of

if TYPE_CHECKING:
    from blikk.accounts.models import User

# Guesses against one account, from wherever they come: slow enough to be hopeless, rare enough not to shut out.
GUESSES_PER_HOUR = 100
TOTP_PERIOD = 30

SAID: dict[str, Promise] = {
    "account/messages/password_changed.txt": _("Passordet er endret."),
    "mfa/messages/totp_activated.txt": _("Appen med koder er lagt til."),
    "mfa/messages/totp_deactivated.txt": _("Appen med koder er fjernet."),
    "mfa/messages/webauthn_added.txt": _("Passnøkkelen er lagt til."),
    "mfa/messages/webauthn_removed.txt": _("Passnøkkelen er fjernet."),
}


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up, our own words, and limits that a neighbour's guessing does not use up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-postadressen eller passordet er ikke riktig."),
        "enter_current_password": _("Passordet er ikke riktig."),
        "incorrect_password": _("Passordet er ikke riktig."),
        "incorrect_code": _("Koden er ikke riktig. Bruk den nyeste koden."),
        "too_many_login_attempts": _("Det er prøvd for mange ganger. Vent fem minutter og prøv igjen."),
        "rate_limited": _("Det er prøvd for mange ganger. Vent fem minutter og prøv igjen."),
        "password_is_short": _("Passordet er for kort. Bruk minst 12 tegn."),
        "password_is_easy": _("Passordet er for lett å gjette. Velg et annet."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "::"

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **more: Any
    ) -> None:
        if message_template in SAID:
            messages.add_message(request, level, str(SAID[message_template]))

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        try:
            cleaned: str = super().clean_password(password, user)
        except ValidationError as fault:
            is_short = any(one.code == "password_too_short" for one in fault.error_list)
            raise self.validation_error("password_is_short" if is_short else "password_is_easy") from fault
        return cleaned

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who signed in a moment ago is not asked for the password once more."""
        records = get_authentication_records(self.request, self.request.user)
        limit = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not records or timezone.now().timestamp() - records[-1]["at"] > limit

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        found = self.authenticate(self.request, email=user.get_username(), password=password)
        return found is not None and found.pk == user.pk

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        who = keyed("guesses", str(credentials.get("email", "")).lower())
        if not may_try("password", who, times=GUESSES_PER_HOUR, seconds=3600, now=timezone.now()):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        who = keyed("guesses", str(credentials.get("email", "")).lower())
        accounts.note_failed_sign_in(who[:22], where=address_of(request), now=timezone.now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{address_of(request)}:{keyed('guesses', str(credentials.get('email', '')).lower())}"


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are sealed, and the last one cannot be taken away where one is needed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Koden er ikke riktig. Bruk den nyeste koden."),
        "cannot_delete_authenticator": _("Legg til en annen måte å bekrefte på før du fjerner denne."),
        "cannot_generate_recovery_codes": _("Legg til en app eller en passnøkkel først."),
    }

    def encrypt(self, text: str) -> str:
        return accounts.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return accounts.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if not settings.BLIKK_SECOND_FACTOR:
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passnøkkel {number}").format(number=number)

    def _get_site_name(self) -> str:
        return "Blikk"


def begin_session(request: HttpRequest, user: "User", **_more: Any) -> None:
    """Stamp a new session with when and how strongly the person signed in, and record it at each workplace."""
    now = timezone.now()
    records = get_authentication_records(request, user)
    is_strong = any(record["method"] == "mfa" for record in records)
    accounts.begin_session(request.session, has_second_factor=is_strong, now=now)
    actor = Actor("staff", user.public_id, where=address_of(request))
    places: list[int | None] = [m.clinic_id for m in clinics.memberships_of(user)] or [None]
    accounts.record_at(places, "account.signed_in", user, actor=actor, now=now, second_factor=is_strong)


def use_up(authenticator: Authenticator, code: str) -> bool:
    """Say whether a code is used for the first time; False also for the second of two who type it at once."""
    lasts_for = 2 * settings.MFA_TOTP_TOLERANCE + 2
    spent = keyed("second factor", f"{authenticator.pk}:{code.replace(' ', '')}")
    return cache.add(f"spent:{spent}", True, timeout=lasts_for * TOTP_PERIOD)
