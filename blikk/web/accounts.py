"""Pages where staff sign in and out, choose passwords and look after their second factor."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.flows import remove_authenticator
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blikk.accounts import services as accounts
from blikk.accounts.errors import LinkIsDead
from blikk.accounts.policies import Standing
from blikk.accounts.queries import find_by_email
from blikk.clinics import queries as clinics
from blikk.documentation import launches
from blikk.journeys import helse_id
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import keyed
from blikk.kernel.limits import may_try
from blikk.web import letters
from blikk.web.access import StaffRequest, address_of, staff
from blikk.web.eid import leads_to
from blikk.web.middleware import CLINIC
from blikk.web.sign_in_forms import ChoosePasswordForm, EmailForm

if TYPE_CHECKING:
    from blikk.accounts.models import User


class SignIn(LoginView):
    """E-mail address and password, or a passkey."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        words = {
            "password_is_enough": not settings.BLIKK_SECOND_FACTOR,
            "has_helse_id": bool(helse_id.asked()),
        }
        return {**super().get_context_data(**more), **words}

    def dispatch(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        """This page leads to HelseID as well, where it is used."""
        response: HttpResponse = super().dispatch(request, *args, **more)
        return leads_to(response, helse_id.asked())


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, close its sockets, and have the browser forget what it showed."""
    if request.user.is_authenticated:
        user = request.user
        places: list[int | None] = [m.clinic_id for m in clinics.memberships_of(user)] or [None]
        accounts.sign_out(user, places, actor=_self(request, user), now=timezone.now())
    was_in = request.user.is_authenticated
    logout(request)
    if was_in:
        messages.info(request, gettext("Du er logget ut."))
    response = redirect("account_login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_password(request: HttpRequest) -> HttpResponse:
    """Send a link for a new password, and say the same whether the address is somebody's or nobody's."""
    form = EmailForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/password_reset.html", {"form": form})
    email = form.cleaned_data["email"].strip().lower()
    now = timezone.now()
    here = may_try("password-link-from", address_of(request), times=30, seconds=60, now=now)
    if here and may_try("password-link-to", keyed("email", email), times=3, seconds=900, now=now):
        _send_password_link(request, email, now)
    return render(request, "account/password_reset_done.html", {"email": email})


def _send_password_link(request: HttpRequest, email: str, now: datetime) -> None:
    user = find_by_email(email)
    places = clinics.memberships_of(user) if user else []
    if user is None or not places:
        return
    with translation.override(user.language):
        subject, body = letters.new_password(user, link_for(user))
    accounts.queue_password_link(
        user,
        clinic_id=places[0].clinic_id,
        kind="password_link",
        subject=subject,
        body=body,
        actor=Actor("system", "sign-in", address_of(request)),
        now=now,
    )


def link_for(user: "User") -> str:
    """The full address of the page where a person chooses a password; the key stands where no server sees it."""
    return f"{settings.BLIKK_BASE_URL}{reverse('choose_password')}#{accounts.password_key(user)}"


@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """Choose a password with the link from the e-mail."""
    form = ChoosePasswordForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/password_choose.html", {"form": form})
    try:
        accounts.choose_password(
            form.cleaned_data["key"],
            form.cleaned_data["password"],
            where=address_of(request),
            now=timezone.now(),
        )
    except LinkIsDead:
        return render(request, "account/password_link_dead.html", status=410)
    messages.success(request, gettext("Passordet er valgt. Nå kan du logge inn."))
    return redirect("account_login")


class ActivateApp(ActivateTOTPView):
    """Add an app that shows codes; the session that did so is a whole one from then on."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        accounts.strengthen_session(self.request.session)
        return response


class AddPasskey(AddWebAuthnView):
    """Add a passkey; the session that did so is a whole one from then on."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        accounts.strengthen_session(self.request.session)
        return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: HttpRequest, key: str) -> HttpResponse:
    """Take away a passkey of one's own, unless it is the last way to confirm who one is."""
    passkey = next((p for p in passkeys_of(cast("User", request.user)) if p["key"] == key), None)
    if passkey is None:
        raise NotFound
    is_last = not passkey["may_go"]
    if request.method != "POST" or is_last:
        return render(request, "mfa/webauthn/remove.html", {"passkey": passkey, "is_last": is_last})
    remove_authenticator(request, passkey["authenticator"])
    return redirect("mfa_index")


@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """What the person has to confirm who they are with, and what is missing."""
    user = cast("User", request.user)
    rows = {row.type: row for row in Authenticator.objects.filter(user=user)}
    codes = rows.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "mfa/index.html",
        {
            "app": rows.get(Authenticator.Type.TOTP),
            "passkeys": passkeys_of(user),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
            "is_missing": getattr(request, "standing", None) is Standing.PASSWORD_ONLY,
            "is_needed": settings.BLIKK_SECOND_FACTOR,
            "helse_id": helse_id.of(user) if helse_id.asked() else None,
            "has_helse_id": helse_id.asked() is not None,
            "record_users": launches.bound_of(user),
        },
    )


def passkeys_of(user: "User") -> list[dict[str, Any]]:
    """A person's passkeys, each under a name that may stand in an address."""
    from blikk.web.sign_in import FactorAdapter

    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    may = FactorAdapter().can_delete_authenticator
    return [
        {
            "key": keyed("passkey", str(row.pk))[:22],
            "name": row.wrap().name,
            "added_at": row.created_at,
            "used_at": row.last_used_at,
            "may_go": may(row),
            "authenticator": row,
        }
        for row in rows
    ]


@login_required
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes for the day when the app or the passkey is lost."""
    raise_if_reauthentication_required(request, app="allauth.mfa")
    row = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        raise NotFound
    return render(request, "mfa/recovery_codes/index.html", {"codes": row.wrap().get_unused_codes()})


@staff()
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Lead to the page where the person's day begins."""
    return redirect(home_of(request.membership.role))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_clinic(request: HttpRequest) -> HttpResponse:
    """Choose where to work, for those who work at several clinics."""
    at = cast("StaffRequest", request)
    memberships = clinics.memberships_of(at.user)
    if request.method == "POST":
        chosen = next((m for m in memberships if m.clinic.public_id == request.POST.get("clinic")), None)
        if chosen is None:
            raise NotFound
        request.session[CLINIC] = chosen.clinic.public_id
        return redirect(home_of(chosen.role))
    return render(request, "account/choose_clinic.html", {"memberships": memberships})


def home_of(role: str) -> str:
    """The name of the page where a person's day begins."""
    return "clinic" if role == "administrator" else "day"


def _self(request: HttpRequest, user: "User") -> Actor:
    return Actor("staff", user.public_id, where=address_of(request))
