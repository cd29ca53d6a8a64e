"""Practising: the clinician's own page, what the simulated patient asks of it, and who at the clinic has practised."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from blikk.clinics import queries as clinics
from blikk.journeys import practice as journeys
from blikk.journeys.errors import TalkIsRunning
from blikk.practice import queries
from blikk.web.access import StaffRequest, same_origin_json, staff
from blikk.web.middleware import PRACTICE
from blikk.web.practice_words import steps_in_words

# Kept in the session: the simulated patient's link, so that the page can be loaded anew, and the day of the hour.
LINK, DAY = "practice_link", "practice_day"


@require_safe
@never_cache
@staff("clinician")
def practice(request: StaffRequest) -> HttpResponse:
    """What is practised, how far one has come, and when one practised before."""
    member = queries.real_of(request.membership)
    all_of_mine = queries.practices_of(member)
    running = queries.running_of(member) if request.clinic.is_practice else None
    done = journeys.done_in(running) if running else (all_of_mine[0].steps if all_of_mine else [])
    link = request.session.get(LINK, "") if running else ""
    content = {
        "is_practising": running is not None,
        "steps": steps_in_words(done),
        "is_finished": "close_out" in done,
        "before": [{"at": one.began_at, "count": len(one.steps)} for one in all_of_mine],
        "count": len(steps_in_words(())),
        "link": link,
        "qr": mark_safe(_drawn(link)) if link else "",  # noqa: S308 drawn by us, from an address of our own
        "born": journeys.BORN,
        "day": request.session.get(DAY, ""),
        "page": {"link": link},
    }
    return render(request, "staff/practice.html", content)


@require_POST
@staff("clinician")
def begin(request: StaffRequest) -> HttpResponse:
    """Begin to practise, or begin anew."""
    member = queries.real_of(request.membership)
    try:
        begun = journeys.begin(member, place_name=gettext("Øving"), actor=request.actor, now=timezone.now())
    except TalkIsRunning:
        messages.info(request, gettext("Du er i en samtale nå. Øv når den er avsluttet."))
        return redirect("practice")
    request.session[PRACTICE] = begun.clinic
    request.session[LINK], request.session[DAY] = begun.link, begun.day.isoformat()
    return redirect("practice")


@require_POST
@staff("clinician")
def leave(request: StaffRequest) -> HttpResponse:
    """Go back to work. How far one came is kept; what lies in the practice place is deleted within a day."""
    member = queries.real_of(request.membership)
    journeys.follow(member, written=False, actor=request.actor, now=timezone.now())
    for key in (PRACTICE, LINK, DAY):
        request.session.pop(key, None)
    return redirect("practice")


@same_origin_json
@staff("clinician", fragment=True)
def follow(request: StaffRequest) -> JsonResponse:
    """Tell the simulated patient how far the clinician has come, and keep it."""
    member = queries.real_of(request.membership)
    written = request.json.get("written") is True  # type: ignore[attr-defined]
    running = journeys.follow(member, written=written, actor=request.actor, now=timezone.now())
    done = running.steps if running else []
    return JsonResponse({"done": done, "steps": [_told(one) for one in steps_in_words(done)]})


@require_safe
@staff("administrator")
def practised(request: StaffRequest) -> HttpResponse:
    """Who here has practised, when, and which steps."""
    mine = queries.newest_in(request.clinic)
    rows = []
    for member in clinics.clinicians_of(request.clinic):
        all_of_them = mine.get(member.pk, [])
        done = {step for one in all_of_them for step in one.steps}
        rows.append(
            {
                "member": member,
                "last": all_of_them[0].began_at if all_of_them else None,
                "times": len(all_of_them),
                "steps": [step for step in steps_in_words(done) if step.is_done],
                "is_whole": "close_out" in done,
            }
        )
    return render(request, "administrator/practised.html", {"rows": rows})


def practice_scripts(is_practice: bool) -> dict[str, Any]:
    """What the patient's page needs to play the simulated patient; nothing elsewhere."""
    if not is_practice:
        return {"is_practice": False}
    born = journeys.BORN
    return {
        "is_practice": True,
        "practice": {
            "born": f"{born:%d.%m.%Y}",
            "name": " ".join(journeys.NAME),
            "style": static("built/practice-style.css"),
        },
    }


def _told(step: Any) -> dict[str, str]:
    return {"code": step.code, "name": str(step.name), "todo": str(step.todo), "advice": str(step.advice)}


def _drawn(link: str) -> str:
    drawn = io.BytesIO()
    segno.make(link, error="m").save(
        drawn, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, nl=False, dark="#000", light="#fff"
    )
    return drawn.getvalue().decode()
