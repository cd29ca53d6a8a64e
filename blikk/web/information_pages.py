"""The long page about what a video consultation is: for everybody at a clinic, and behind a patient's own link."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from blikk.clinics import information as clinics
from blikk.clinics.queries import public_clinic
from blikk.invitations.queries import find_presented
from blikk.journeys import door
from blikk.web.access import StaffRequest, staff
from blikk.web.door_page import phone_words
from blikk.web.information import CURRENT, TEXTS, version_now
from blikk.web.information_forms import OwnInformationForm
from blikk.web.patient import device_secret, trusted_types


@require_safe
@trusted_types
def for_everybody(request: HttpRequest, slug: str) -> HttpResponse:
    """What a consultation by video is at this clinic; printable. Not there where the clinic has no page."""
    clinic = public_clinic(slug)
    own = clinics.own_information(clinic)
    return _page(request, sender=clinic.name, phone=clinic.phone, number=own.number if own else 0, own=own)


@require_safe
@trusted_types
def for_patient(request: HttpRequest, invitation: str) -> HttpResponse:
    """The same behind a link. Who has not proven the device is told nothing that could say which clinic it is."""
    secret = device_secret(request)
    view = door.door_of(invitation, secret, now=timezone.now())
    own = clinics.own_information(find_presented(invitation, secret)[0].clinic)
    with translation.override(view.language):
        answer = _page(
            request,
            sender=view.label,
            phone=view.phone,
            number=own.number if own else 0,
            own=own if view.name else None,
            back=invitation,
        )
        answer["Content-Language"] = translation.get_language()
    return answer


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def own_information(request: StaffRequest) -> HttpResponse:
    """Show what patients are told, and write what the clinic adds."""
    before = clinics.own_information(request.clinic)
    is_post = request.method == "POST"
    form = OwnInformationForm(
        request.POST if is_post else None, initial={"words": before.words if before else ""}
    )
    if is_post and form.is_valid():
        form.attempt(
            lambda: clinics.write_own(
                request.clinic, form.cleaned_data["words"], actor=request.actor, now=timezone.now()
            )
        )
        if not form.errors:
            messages.success(request, gettext("Teksten er lagret."))
            return redirect("own_information")
    context = {
        "form": form,
        "parts": TEXTS[CURRENT].parts,
        "short": TEXTS[CURRENT].short,
        "version": version_now(before.number if before else 0),
    }
    return render(request, "administrator/information.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, *, sender: str, phone: str, number: int, own: Any, back: str = ""
) -> HttpResponse:
    context = {
        "sender": sender,
        "phone": phone_words(phone),
        "phone_link": phone,
        "parts": TEXTS[CURRENT].parts,
        "own": own.words.splitlines() if own else [],
        "version": version_now(number),
        "back": back,
    }
    return render(request, "public/information.html", context)
