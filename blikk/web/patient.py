"""The patient's way in: the shell that opens a link, the one page, and what its buttons ask for."""

import re
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from blikk.clinics.information import own_information
from blikk.clinics.queries import notices_for
from blikk.invitations.queries import find_presented
from blikk.journeys import along, door, from_the_link, information, own_needs
from blikk.journeys.door import DoorView
from blikk.journeys.eid import label_for, result_of
from blikk.journeys.errors import NotAtThisStep
from blikk.journeys.settling import takes_money
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.kernel.ids import new_secret
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.scheduling.queries import has_open_turn
from blikk.web.access import JsonRequest, address_of, same_origin_json
from blikk.web.door_page import CLOSED, door_page, first_screen
from blikk.web.information import CURRENT, TEXTS, read_version, version_now
from blikk.web.practice import practice_scripts
from blikk.web.presenters.cost import ShownCost, cost_of_hour
from blikk.web.typed import read_birth_date, read_digits

if TYPE_CHECKING:
    from blikk.invitations.models import Invitation

OPENINGS_A_MINUTE = 300
KEEP_DEVICE_FOR = 60 * 24 * 60 * 60
FOUND = frozenset(
    {"ok", "denied", "denied_by_system", "in_use", "missing", "in_app_browser", "unsupported", "failed"}
    | {"no_relay", "no_tone", "not_tried"}
)
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")

# No script on these pages turns text into markup, so the browser is told to refuse it.
trusted_types: Any = csp_update({"require-trusted-types-for": ["'script'"], "trusted-types": ["'none'"]})


@require_safe
@gzip_page
@trusted_types
def shell(request: HttpRequest) -> HttpResponse:
    """The page behind every link. The secret stands in the fragment, which no server ever sees."""
    return render(request, "patient/shell.html")


@same_origin_json
def open_link(request: JsonRequest) -> HttpResponse:
    """Take the secret of a link, and tell where its page is. Nothing is used up by it."""
    now, where = timezone.now(), address_of(request)
    if not may_try("open", where, times=OPENINGS_A_MINUTE, seconds=60, now=now):
        return too_many()
    token = request.json.get("token")
    secret = device_secret(request) or new_secret()
    view = door.open_link(token if isinstance(token, str) else "", device_secret=secret, where=where, now=now)
    return remember(JsonResponse({"to": f"/m/{view.invitation}"}), secret)


@require_safe
@gzip_page
@trusted_types
def page(request: HttpRequest, invitation: str) -> HttpResponse:
    """The patient's one page, in the patient's language, at the step where this browser stands."""
    now = timezone.now()
    try:
        view = door.door_of(invitation, device_secret(request), now=now)
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    with translation.override(view.language):
        clinic = _of_the_clinic(invitation, device_secret(request), now=now)
        shown = door_page(view, is_queue=clinic.pop("is_queue"))
        content = {
            **clinic,
            "cost": None if view.is_along else clinic["cost"],
            "door": shown,
            "first": first_screen(view),
            "is_closed": view.step in CLOSED,
            "information": TEXTS[CURRENT].short_along if view.is_along else TEXTS[CURRENT].short,
            "page": {
                "door": view.facts(),
                "now": now.isoformat(),
                "phone": shown.phone,
                "later": {"script": static("built/talk.js"), "style": static("built/stage.css")},
                "information": version_now(clinic.pop("own_information")),
                "beside": {"script": static("built/beside.js"), "style": static("built/beside-style.css")},
                "questions": {
                    "script": static("built/questions.js"),
                    "style": static("built/questions-style.css"),
                },
            },
        }
        response = render(request, "patient/page.html", content)
        response["Content-Language"] = translation.get_language()
    return response


def _of_the_clinic(invitation: str, secret: str, *, now: datetime) -> dict[str, Any]:
    """What the clinic has for everybody who opens a link of theirs: notices, and its own page if there is one."""
    found = find_presented(invitation, secret)[0]
    clinic = found.clinic
    own = own_information(clinic)
    return {
        "is_queue": found.opening_id is not None and found.appointment_id is None,
        "notices": notices_for(clinic, "patient", on=local(now, clinic.zone).date()),
        "clinic_slug": clinic.slug if clinic.is_public else "",
        "may_book": clinic.is_public and clinic.allows_self_booking,
        "own_information": own.number if own else 0,
        "eid_label": label_for(found),
        "eid_result": result_of(found) if label_for(found) else "",
        "change_to": reverse("patient_change", args=[invitation]) if found.may_be_changed else "",
        "may_choose": found.appointment_id is not None and has_open_turn(found.appointment_id),
        "address": clinic.address,
        "pay_at": reverse("patient_pay", args=[invitation]) if takes_money(clinic) else "",
        "cost": _cost(found, now),
        **practice_scripts(clinic.is_practice),
    }


def _cost(found: "Invitation", now: datetime) -> ShownCost | None:
    """What the hour is expected to cost; in a queue, what it would cost now."""
    hour = found.appointment
    if hour is None:
        return cost_of_hour(found.clinic, None, "video", now)
    return cost_of_hour(found.clinic, hour.clinician, hour.form, hour.starts_at)


@same_origin_json
def birth_date(request: JsonRequest, invitation: str) -> HttpResponse:
    """Answer whose hour it is. What cannot be a date is no try."""
    now, secret = timezone.now(), device_secret(request)
    zone = door.door_of(invitation, secret, now=now).zone
    born = read_birth_date(request.json.get("birth_date"), today=local(now, zone).date())
    return answered(
        request,
        invitation,
        lambda where: door.answer_birth_date(invitation, secret, born=born, where=where, now=now),
    )


@same_origin_json
def send_code(request: JsonRequest, invitation: str) -> HttpResponse:
    """Ask for a code; one that is on its way already is not sent again."""
    now = timezone.now()
    return answered(request, invitation, lambda _: door.ask_code(invitation, device_secret(request), now=now))


@same_origin_json
def code(request: JsonRequest, invitation: str) -> HttpResponse:
    """Answer with the code. What cannot be one is no try."""
    now, secret = timezone.now(), device_secret(request)
    door.door_of(invitation, secret, now=now)
    digits = read_digits(request.json.get("code"))
    return answered(
        request,
        invitation,
        lambda where: door.answer_code(invitation, secret, digits=digits, where=where, now=now),
    )


@same_origin_json
def check(request: JsonRequest, invitation: str) -> HttpResponse:
    """Lend the relay for two minutes, so that the network can be tried before anybody is let in."""
    ice = door.relay_for_check(invitation, device_secret(request), now=timezone.now())
    return JsonResponse({"ice": ice.as_json()})


@same_origin_json
def arrive(request: JsonRequest, invitation: str) -> HttpResponse:
    """Sit down in the waiting room, and tell what the device check found."""
    now, secret = timezone.now(), device_secret(request)
    found = found_devices(request.json.get("found"))

    shown = read_version(request.json.get("information"))

    def act(where: str) -> DoorView:
        if shown:
            text, own = shown
            information.shown(invitation, secret, text=text, own=own, where=where, now=now)
        if found:
            door.report_devices(invitation, secret, found=found, where=where, now=now)
        return door.arrive(invitation, secret, where=where, now=now)

    return answered(request, invitation, act)


@same_origin_json
def leave(request: JsonRequest, invitation: str) -> HttpResponse:
    """Go out of the waiting room; the link still leads back."""
    now = timezone.now()
    return answered(
        request,
        invitation,
        lambda where: door.leave(invitation, device_secret(request), where=where, now=now),
    )


@same_origin_json
def away(request: JsonRequest, invitation: str) -> HttpResponse:
    """Step away from the queue; the place is kept."""
    now = timezone.now()
    return answered(
        request,
        invitation,
        lambda where: door.step_away(invitation, device_secret(request), where=where, now=now),
    )


@same_origin_json
def back(request: JsonRequest, invitation: str) -> HttpResponse:
    """Come back to the queue."""
    now = timezone.now()
    return answered(
        request,
        invitation,
        lambda where: door.come_back(invitation, device_secret(request), where=where, now=now),
    )


@same_origin_json
def late(request: JsonRequest, invitation: str) -> HttpResponse:
    """Say what to do about a clinician who is late: wait, be phoned, or have a new time."""
    now, answer = timezone.now(), request.json.get("answer")
    return answered(
        request,
        invitation,
        lambda where: door.answer_late(
            invitation,
            device_secret(request),
            answer=answer if isinstance(answer, str) else "",
            where=where,
            now=now,
        ),
    )


@same_origin_json
def companion(request: JsonRequest, invitation: str) -> HttpResponse:
    """Say whether somebody who comes along may take part."""
    now, about, said = timezone.now(), request.json.get("companion"), request.json.get("answer")
    return answered(
        request,
        invitation,
        lambda where: along.answer(
            invitation,
            device_secret(request),
            about=about if isinstance(about, str) else "",
            answer=said if isinstance(said, str) else "",
            where=where,
            now=now,
        ),
    )


@same_origin_json
def text(request: JsonRequest, invitation: str) -> HttpResponse:
    """Say whether one reads and writes instead of hearing and speaking."""
    now, secret, said = timezone.now(), device_secret(request), request.json.get("uses_text") is True

    def act(where: str) -> DoorView:
        own_needs.say_text(invitation, secret, uses_text=said, where=where, now=now)
        return door.door_of(invitation, secret, now=now)

    return answered(request, invitation, act)


@same_origin_json
def bring(request: JsonRequest, invitation: str) -> HttpResponse:
    """Send somebody whom the patient wants beside them a link of their own."""
    typed = {name: request.json.get(name) for name in ("name", "phone", "role")}
    person = {name: value[:200] if isinstance(value, str) else "" for name, value in typed.items()}
    now = timezone.now()
    try:
        return answered(
            request,
            invitation,
            lambda where: along.ask_in(invitation, device_secret(request), **person, where=where, now=now),
        )
    except Invalid as fault:
        # The code alone: which field it is about follows from it.
        field, code = next(iter(fault.fields.items()))
        return JsonResponse({"code": f"bring_{field}_{code}"}, status=422)


@same_origin_json
def wish(request: JsonRequest, invitation: str) -> HttpResponse:
    """Ask to come in person from the waiting room or the conversation, or take that back. No reason is asked for."""
    now, secret = timezone.now(), device_secret(request)
    is_back = request.json.get("back") is True

    def act(where: str) -> DoorView:
        ask = from_the_link.take_back if is_back else from_the_link.rather_in_person
        # Asked for twice, from two windows: it is asked for.
        with suppress(Overtaken):
            ask(invitation, secret, where=where, now=now)
        return door.door_of(invitation, secret, now=now)

    return answered(request, invitation, act)


def answered(request: JsonRequest, invitation: str, act: Any) -> HttpResponse:
    """Do it, and answer with the door as it is now, wherever the person really stands."""
    try:
        view: DoorView = act(address_of(request))
    except NotAtThisStep:
        view = door.door_of(invitation, device_secret(request), now=timezone.now())
    return JsonResponse({"door": view.facts()})


def found_devices(found: object) -> dict[str, str]:
    """Read what a browser says that its device check found; anything else is left out."""
    if not isinstance(found, dict):
        return {}
    names = ("camera", "microphone", "sound", "network")
    return {name: cast("str", found[name]) for name in names if found.get(name) in FOUND}


def device_secret(request: HttpRequest) -> str:
    """What this browser was given to be known by; empty for one that we have not met."""
    kept = request.COOKIES.get(settings.BLIKK_DEVICE_COOKIE, "")
    return kept if _SECRET.fullmatch(kept) else ""


def remember(response: HttpResponse, secret: str) -> HttpResponse:
    """Let this browser keep what it is known by."""
    response.set_cookie(
        settings.BLIKK_DEVICE_COOKIE,
        secret,
        max_age=KEEP_DEVICE_FOR,
        secure=settings.BLIKK_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def too_many() -> HttpResponse:
    """Asked too often; the page says when to try again."""
    return JsonResponse({"code": "too_many"}, status=429)
