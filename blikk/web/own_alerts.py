"""How a member of staff is told that somebody waits: their own phone, and what they want."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics import services as clinics
from blikk.invitations.words import grouped
from blikk.journeys import own_phone
from blikk.kernel.errors import Invalid, Refused
from blikk.kernel.limits import may_try
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.public_forms import CodeForm

# Codes are paid for, and go to whatever number was typed.
CODES, ANSWERS, WINDOW = 6, 30, 60 * 60
# What the public pages say otherwise: to ring the clinic is no advice for who works there.
OWN = {"proof_paused": "own_proof_paused", "too_many_codes": "own_too_many_codes"}
WAYS = [
    ("sms", _("SMS")),
    ("email", _("E-post")),
    ("both", _("Både SMS og e-post")),
    ("none", _("Ikke varsle meg")),
]


class AlertsForm(StaffForm):
    """How one is told."""

    alert_by = forms.ChoiceField(
        label=_("Si fra til meg på"), choices=WAYS, widget=forms.RadioSelect, error_messages=REQUIRED
    )


class OwnPhoneForm(StaffForm):
    """The number of one's own mobile."""

    phone = forms.CharField(
        label=_("Mobiltelefon"),
        max_length=40,
        help_text=_("Du får en kode på SMS til dette nummeret."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "ds-input"}),
        error_messages=REQUIRED,
    )

    def refuse(self, field: str | None, code: str) -> None:
        super().refuse("phone", OWN.get(code, code))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff()
def own_alerts(request: StaffRequest) -> HttpResponse:
    """Show how one is told that somebody waits, and change it."""
    form = AlertsForm(
        request.POST if request.method == "POST" else None,
        initial={"alert_by": request.membership.alert_by},
    )
    chosen = form.attempt(
        lambda: clinics.choose_alerts(
            request.membership, by=form.cleaned_data["alert_by"], actor=request.actor, now=timezone.now()
        )
    )
    if chosen:
        messages.success(request, gettext("Lagret."))
        return redirect("own_alerts")
    return _page(request, form=form)


@require_POST
@never_cache
@staff()
def own_phone_code(request: StaffRequest) -> HttpResponse:
    """Send a code to the phone that was typed, and take the code that came."""
    phone = OwnPhoneForm(request.POST)
    if "code" not in request.POST or "again" in request.POST:
        return _send(request, phone, timezone.now())
    code = CodeForm(request.POST)
    if phone.is_valid() and code.is_valid() and _is_theirs(request, phone, code, timezone.now()):
        messages.success(request, gettext("Nå er dette mobilen din i Blikk."))
        return redirect("own_alerts")
    return _code_page(request, phone, code)


@require_POST
@staff()
def own_phone_remove(request: StaffRequest) -> HttpResponse:
    """Take one's phone away."""
    own_phone.remove(request.user, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Mobilen er tatt bort."))
    return redirect("own_alerts")


def _send(request: StaffRequest, phone: OwnPhoneForm, now: datetime) -> HttpResponse:
    if phone.is_valid() and not _within(request, "code", CODES, now):
        phone.refuse("phone", "too_many")
    number = phone.attempt(
        lambda: own_phone.ask_code(request.membership, phone=phone.cleaned_data["phone"], now=now)
    )
    if number or "again" in request.POST:
        return _code_page(request, phone, CodeForm(), is_new=bool(number) and "again" in request.POST)
    return _page(request, phone=phone)


def _is_theirs(request: StaffRequest, phone: OwnPhoneForm, code: CodeForm, now: datetime) -> bool:
    if not _within(request, "answer", ANSWERS, now):
        code.refuse("code", "too_many")
        return False
    try:
        right = own_phone.answer_code(
            request.membership,
            phone=phone.cleaned_data["phone"],
            digits=code.cleaned_data["code"],
            actor=request.actor,
            now=now,
        )
    except Invalid as fault:
        code.refuse(None, fault.fields["phone"])
        return False
    except Refused as fault:
        code.refuse("code", OWN.get(fault.code, fault.code))
        return False
    if not right:
        code.refuse("code", "wrong_code")
    return right


def _within(request: StaffRequest, what: str, times: int, now: datetime) -> bool:
    return may_try(f"own-phone-{what}", request.user.public_id, times=times, seconds=WINDOW, now=now)


def _page(
    request: StaffRequest, *, form: AlertsForm | None = None, phone: OwnPhoneForm | None = None
) -> HttpResponse:
    form = form or AlertsForm(initial={"alert_by": request.membership.alert_by})
    wrong = bool(form.errors or (phone and phone.errors))
    context: dict[str, Any] = {
        "form": form,
        "phone_form": phone or OwnPhoneForm(),
        "number": grouped(request.user.phone),
        "minutes": request.clinic.alert_after_minutes,
    }
    return render(request, "account/own_alerts.html", context, status=422 if wrong else 200)


def _code_page(
    request: StaffRequest, phone: OwnPhoneForm, code: CodeForm, *, is_new: bool = False
) -> HttpResponse:
    typed = phone["phone"].value() or ""
    context = {"form": code, "phone": phone, "typed": typed, "number": grouped(typed), "is_new": is_new}
    wrong = code.errors or phone.errors
    return render(request, "account/own_phone_code.html", context, status=422 if wrong else 200)
