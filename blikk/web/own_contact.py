"""A patient says how they are reached: behind the link of an SMS, or on the clinic's page. Needs no script."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from blikk.clinics import queries as clinics
from blikk.journeys import contacts
from blikk.kernel.errors import NotFound
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.patients import requests
from blikk.patients.reading import readable_email
from blikk.web.access import JsonRequest, address_of, same_origin_json
from blikk.web.door_page import phone_words
from blikk.web.patient import device_secret, remember, too_many, trusted_types
from blikk.web.phone_code import PhoneStep
from blikk.web.public_forms import CodeForm, OwnContactForm, OwnEmailForm

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.patients.models import ContactRequest

PURPOSE = "contact"
# What the browser keeps of the link while the patient answers; sent to our own pages only, and gone when it is closed.
COOKIE = f"{settings.BLIKK_DEVICE_COOKIE}_address"
OPENINGS_A_MINUTE, ANSWERS, WINDOW = 300, 60, 10 * 60


@require_safe
@gzip_page
@trusted_types
def shell(request: HttpRequest) -> HttpResponse:
    """The page behind the link of an SMS. The secret stands in the fragment, which no server ever sees."""
    return render(request, "patient/shell.html", {"open_at": reverse("own_contact_open")})


@same_origin_json
def open_link(request: JsonRequest) -> HttpResponse:
    """Take the secret of a link, and tell where its page is. Nothing is used up, and nothing changed by it."""
    now, token = timezone.now(), request.json.get("token")
    if not may_try("open", address_of(request), times=OPENINGS_A_MINUTE, seconds=60, now=now):
        return too_many()
    secret = token if isinstance(token, str) else ""
    contacts.request_behind(secret)
    response = JsonResponse({"to": reverse("own_contact")})
    response.set_cookie(COOKIE, secret, secure=settings.BLIKK_SECURE, httponly=True, samesite="Strict")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def answer(request: HttpRequest) -> HttpResponse:
    """Ask for the birth date and the address, then for the code that went to it."""
    now = timezone.now()
    try:
        asked = contacts.request_behind(request.COOKIES.get(COOKIE, ""))
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    with translation.override(asked.language):
        step = contacts.step_of(asked, now=now)
        today = local(now, asked.clinic.zone).date()
        form = OwnEmailForm(today=today)
        code = CodeForm()
        if request.method == "POST" and step in {"ask", "code"}:
            if not may_try("own-contact", address_of(request), times=ANSWERS, seconds=WINDOW, now=now):
                return _answer_page(request, asked, step, form, code, refused="too_many")
            if "again" in request.POST:
                return _answer_page(request, asked, "ask", form, code)
            if "code" in request.POST:
                code = CodeForm(request.POST)
                code.attempt(lambda: _answer_code(request, asked, code, now=now))
            else:
                form = OwnEmailForm(request.POST, today=today)
                if form.is_valid() and form.has_no_question():
                    form.attempt(lambda: _answer_link(request, asked, form, now=now))
            step = contacts.step_of(asked, now=now)
            if form.errors:
                step = "ask" if step == "code" else step
        return _answer_page(request, asked, step, form, code)


def _answer_link(
    request: HttpRequest, asked: "ContactRequest", form: OwnEmailForm, *, now: datetime
) -> contacts.Step:
    if form.born is None:
        raise NotFound
    return contacts.answer_link(
        asked, born=form.born, email=form.cleaned_data["email"], where=address_of(request), now=now
    )


def _answer_code(
    request: HttpRequest, asked: "ContactRequest", form: CodeForm, *, now: datetime
) -> contacts.Step:
    digits = str(form.cleaned_data["code"])
    return contacts.answer_code(asked, digits=digits, where=address_of(request), now=now)


def _answer_page(
    request: HttpRequest,
    asked: "ContactRequest",
    step: contacts.Step,
    form: OwnEmailForm,
    code: CodeForm,
    *,
    refused: str = "",
) -> HttpResponse:
    if refused:
        form.full_clean()
        form.refuse(None, refused)
    shown = code if step == "code" else form
    content = {
        "clinic": asked.clinic,
        "phone": phone_words(asked.clinic.phone),
        "step": step,
        "form": shown,
        "email": readable_email(asked.email),
    }
    status = {"too_many": 429}.get(refused, 422 if shown.errors else 200)
    response = render(request, "public/own_address.html", content, status=status)
    response["Content-Language"] = translation.get_language()
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask on the clinic's page who somebody is and how they are reached, and send a code to their phone."""
    clinic, now = clinics.public_clinic(slug), timezone.now()
    if request.method != "POST" or "change" in request.POST:
        initial = request.POST.dict() if request.method == "POST" else None
        return _form_page(request, clinic, _form(clinic, None, now=now, initial=initial))
    form = _form(clinic, request, now=now)
    if not form.is_valid() or not form.has_no_question():
        return _form_page(request, clinic, form)
    step = PhoneStep(request, clinic, PURPOSE, now=now)
    phone = form.cleaned_data["phone"]
    if step.is_proven(phone):
        return _submit(request, clinic, form, step, now=now)
    if not step.ask(phone, form):
        return _form_page(request, clinic, form)
    return _code_page(request, clinic, form, step)


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the code that came to the phone, and send another one to the address if there is one."""
    clinic, now = clinics.public_clinic(slug), timezone.now()
    if request.method != "POST":
        return redirect("clinic_contact", slug=slug)
    form = _form(clinic, request, now=now)
    if not form.is_valid():
        return _form_page(request, clinic, form)
    step = PhoneStep(request, clinic, PURPOSE, now=now)
    if not step.answer(form.cleaned_data["phone"]):
        return _code_page(request, clinic, form, step)
    return _submit(request, clinic, form, step, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def email_code(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the code that came to the address. Whoever it was, the answer is the same."""
    clinic, now = clinics.public_clinic(slug), timezone.now()
    if request.method != "POST":
        return redirect("clinic_contact", slug=slug)
    asked = requests.of_browser(clinic, request.POST.get("asked", ""), device_secret(request), now=now)
    if asked is None:
        return redirect("clinic_contact", slug=slug)
    if "again" in request.POST:
        contacts.send_email_code(asked, asked.email, by_sms=False, now=now)
        return _email_page(request, clinic, asked, CodeForm(), is_new=True)
    form = CodeForm(request.POST)
    where = address_of(request)
    within = may_try("own-contact", where, times=ANSWERS, seconds=WINDOW, now=now)
    digits: Callable[[], str] = lambda: str(form.cleaned_data["code"])  # noqa: E731
    if not within:
        form.full_clean()
        form.refuse("code", "too_many")
    elif form.attempt(lambda: contacts.answer_page_code(asked, digits=digits(), where=where, now=now)):
        return _done_page(request, clinic)
    return _email_page(request, clinic, asked, form)


def _submit(
    request: HttpRequest, clinic: "Clinic", form: OwnContactForm, step: PhoneStep, *, now: datetime
) -> HttpResponse:
    asked = form.attempt(
        lambda: contacts.submit_from_page(
            clinic,
            **form.person(),
            email=form.cleaned_data["email"],
            browser=step.secret,
            language=get_language() or clinic.language,
            where=address_of(request),
            now=now,
        )
    )
    if asked is None:
        return remember(_form_page(request, clinic, form), step.secret)
    if form.cleaned_data["email"]:
        return remember(_email_page(request, clinic, asked, CodeForm()), step.secret)
    return remember(_done_page(request, clinic), step.secret)


def _form(
    clinic: "Clinic", request: HttpRequest | None, *, now: datetime, initial: dict[str, str] | None = None
) -> OwnContactForm:
    today = local(now, clinic.zone).date()
    return OwnContactForm(request.POST if request is not None else None, today=today, initial=initial)


def _form_page(request: HttpRequest, clinic: "Clinic", form: OwnContactForm) -> HttpResponse:
    content = {"clinic": clinic, "phone": phone_words(clinic.phone), "form": form}
    return render(request, "public/own_contact.html", content, status=422 if form.errors else 200)


def _code_page(request: HttpRequest, clinic: "Clinic", form: OwnContactForm, step: PhoneStep) -> HttpResponse:
    content = {
        "clinic": clinic,
        "phone": phone_words(clinic.phone),
        "form": step.form,
        "typed": [(name, form.data.get(name, "")) for name in (*form.fields, "email_sure")],
        "code_to": phone_words(form.cleaned_data["phone"]),
        "is_new": step.is_sent_again,
        "here": reverse("clinic_contact_code", args=[clinic.slug]),
        "back": reverse("clinic_contact", args=[clinic.slug]),
    }
    response = render(request, "public/phone_code.html", content, status=422 if step.form.errors else 200)
    return remember(response, step.secret)


def _email_page(
    request: HttpRequest,
    clinic: "Clinic",
    asked: "ContactRequest",
    form: CodeForm,
    *,
    is_new: bool = False,
) -> HttpResponse:
    content = {
        "clinic": clinic,
        "phone": phone_words(clinic.phone),
        "form": form,
        "typed": [("asked", asked.public_id)],
        "code_to": readable_email(asked.email),
        "is_new": is_new,
        "here": reverse("clinic_contact_email", args=[clinic.slug]),
        "back": reverse("clinic_contact", args=[clinic.slug]),
    }
    return render(request, "public/phone_code.html", content, status=422 if form.errors else 200)


def _done_page(request: HttpRequest, clinic: "Clinic") -> HttpResponse:
    content = {"clinic": clinic, "phone": phone_words(clinic.phone)}
    return render(request, "public/own_contact_done.html", content)
