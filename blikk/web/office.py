"""Knowing how, for staff: the manuals, whom to call with which facts, and the office's own plan."""

from importlib.metadata import version

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from blikk.clinics import plan as plans
from blikk.kernel.errors import NotFound
from blikk.media.services import check_credentials, has_relay
from blikk.web.access import JsonRequest, StaffRequest, same_origin_json, staff
from blikk.web.guide_words import TRACKS
from blikk.web.keys import DAY, TALK
from blikk.web.manual_words import MANUALS, OF_ROLE, OPEN_TO, Chapter
from blikk.web.presenters import words
from blikk.web.presenters.plan import show_part, show_plan, show_versions


@staff()
@require_safe
def manual(request: StaffRequest) -> HttpResponse:
    """The manual of one's own role, and the way to everything else that helps."""
    return _manual(request, OF_ROLE[request.membership.role])


@staff()
@require_safe
def manual_of(request: StaffRequest, role: str) -> HttpResponse:
    """The manual of any role: who stands in for a colleague reads theirs."""
    return _manual(request, role)


def _manual(request: StaffRequest, name: str) -> HttpResponse:
    if name not in MANUALS:
        raise NotFound
    found = MANUALS[name]
    context = {
        "manual": found,
        "chapters": [
            {"chapter": each, "href": _way(each, request.membership.role)} for each in found.chapters
        ],
        "keys": DAY + TALK if found.has_keys else (),
        "manuals": [
            {"name": key, "title": one.title, "is_open": key == name} for key, one in MANUALS.items()
        ],
        "sheets": [{"name": key, "title": one.title} for key, one in TRACKS.items()],
        "phone": words.phone(request.clinic.phone),
        "address": settings.BLIKK_BASE_URL,
    }
    return render(request, "staff/manual.html", context)


def _way(chapter: Chapter, role: str) -> str:
    if chapter.page and role in OPEN_TO.get(chapter.page, ("administrator",)):
        return reverse(chapter.page)
    return ""


@staff()
@require_safe
def support(request: StaffRequest) -> HttpResponse:
    """Whom to call, and the technical facts to tell them."""
    context = {
        "contacts": request.clinic.support_contacts,
        "operator": settings.BLIKK_OPERATOR,
        "may_change": request.membership.role == "administrator",
        "page": {
            "at": "support",
            "version": version("blikk"),
            "relay": reverse("support_relay"),
            "ping": reverse("healthz"),
        },
    }
    return render(request, "staff/support.html", context)


@same_origin_json
@staff(fragment=True)
def support_relay(request: StaffRequest) -> JsonResponse:
    """Lend the relay for two minutes to a browser of staff that tries its network."""
    lent = check_credentials(f"staff:{request.user.public_id}", now=timezone.now())
    return JsonResponse({"ice": lent.as_json(), "has_relay": has_relay()})


@staff()
@require_safe
def plan(request: StaffRequest) -> HttpResponse:
    """The plan, to read and to write in."""
    shown = show_plan(request.clinic, now=timezone.now())
    return render(request, "staff/plan.html", {"parts": shown, "page": {"at": "plan"}})


@staff()
@require_safe
def plan_sheet(request: StaffRequest) -> HttpResponse:
    """The plan as it is printed."""
    now = timezone.now()
    context = {"parts": show_plan(request.clinic, now=now), "now": now}
    return render(request, "staff/plan_sheet.html", context)


@staff()
@require_safe
def plan_versions(request: StaffRequest, heading: str) -> HttpResponse:
    """Every version of a part, with who wrote it and when."""
    return render(request, "staff/plan_versions.html", show_versions(request.clinic, heading))


@staff(fragment=True)
@require_http_methods(["GET", "HEAD"])
def plan_part(request: StaffRequest, heading: str) -> JsonResponse:
    """One part as it stands, for a page that may be behind."""
    return JsonResponse(show_part(plans.part_of(request.clinic, heading)))


@same_origin_json
@staff(fragment=True)
def plan_write(request: StaffRequest, heading: str) -> JsonResponse:
    """Keep what was written so far; answers with the version to write on."""
    if heading not in plans.HEADINGS:
        raise NotFound
    sent: JsonRequest = request  # type: ignore[assignment]
    typed, seen = sent.json.get("words"), sent.json.get("version")
    if not isinstance(typed, str) or type(seen) is not int:
        return JsonResponse({"code": "invalid"}, status=422)
    kept = plans.write(
        request.clinic,
        heading,
        words=typed,
        version=seen,
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    return JsonResponse(show_part(kept))
