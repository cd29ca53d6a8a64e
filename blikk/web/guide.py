"""The patient's guide: pages and sheets for everybody, and the clinic's own sheets with its phone on them."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from blikk.clinics.queries import public_clinic
from blikk.kernel.errors import NotFound
from blikk.patients.services import LANGUAGES
from blikk.web.access import StaffRequest, staff
from blikk.web.guide_words import TRACKS, Guide
from blikk.web.patient import trusted_types
from blikk.web.presenters import words

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic

# Each language by its own name, which needs no translation.
NAMES = (("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English"))
# Where a reader comes from who has another page open that must stay.
WAITING = "venterom"


@require_safe
@trusted_types
def contents(request: HttpRequest) -> HttpResponse:
    """The guides to choose between."""
    return _answer(request, "public/guides.html", {})


@require_safe
@trusted_types
def track(request: HttpRequest, track: str) -> HttpResponse:
    """One guide, for everybody to read."""
    return _page(request, track, None)


@require_safe
@trusted_types
def helper(request: HttpRequest) -> HttpResponse:
    """What somebody who holds the phone for another should know."""
    return _page(request, "hjelper", None)


@require_safe
@trusted_types
def of_the_clinic(request: HttpRequest, slug: str, track: str) -> HttpResponse:
    """One guide with the clinic's name and phone."""
    return _page(request, track, public_clinic(slug))


@require_safe
@trusted_types
def sheet(request: HttpRequest, track: str) -> HttpResponse:
    """One guide as a page of paper."""
    return _sheet(request, track, None)


@require_safe
@trusted_types
def sheet_of_the_clinic(request: HttpRequest, slug: str, track: str) -> HttpResponse:
    """One guide as a page of paper with the clinic's phone and address."""
    return _sheet(request, track, public_clinic(slug))


@staff()
@require_safe
def own_sheet(request: StaffRequest, track: str) -> HttpResponse:
    """The same for those who hand it out, whether or not the clinic has opened its page."""
    return _sheet(request, track, request.clinic)


def _page(request: HttpRequest, name: str, clinic: "Clinic | None") -> HttpResponse:
    context = {
        "guide": _guide(name),
        "track": name,
        "clinic": clinic,
        "sheet": _address("sheet", name, clinic),
        "is_waiting": request.GET.get("fra") == WAITING,
        "from": WAITING,
    }
    return _answer(request, "public/guide.html", context | _of(clinic))


def _sheet(request: HttpRequest, name: str, clinic: "Clinic | None") -> HttpResponse:
    context = {"guide": _guide(name), "track": name, "clinic": clinic, "back": _address("page", name, clinic)}
    return _answer(request, "public/guide_sheet.html", context | _of(clinic))


def _guide(name: str) -> Guide:
    if name not in TRACKS:
        raise NotFound
    return TRACKS[name]


def _address(kind: str, name: str, clinic: "Clinic | None") -> str:
    """Where the page or the sheet of a guide is, for the same reader."""
    if clinic is not None and clinic.is_public:
        return reverse("clinic_guide" if kind == "page" else "clinic_guide_sheet", args=[clinic.slug, name])
    return reverse("guide_track" if kind == "page" else "guide_sheet", args=[name])


def _of(clinic: "Clinic | None") -> dict[str, Any]:
    """The addresses that a person can read and type, and the clinic's phone."""
    host = settings.BLIKK_BASE_URL.removeprefix("https://").removeprefix("http://")
    shown: dict[str, Any] = {"code_page": host + reverse("typed_code")}
    if clinic is not None:
        shown |= {"phone": words.phone(clinic.phone), "phone_link": clinic.phone.replace(" ", "")}
        if clinic.is_public:
            shown["short"] = host + reverse("clinic_page", args=[clinic.slug])
    return shown


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer in the language that was asked for in the address, else in the reader's."""
    asked = request.GET.get("sprak", "")
    with translation.override(asked if asked in LANGUAGES else translation.get_language()):
        response = render(request, template, {**context, "languages": NAMES})
        response["Content-Language"] = translation.get_language()
    return response
