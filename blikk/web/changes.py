"""The patient's page for changing an hour from the link: cannot come, rather in person, reminders. Needs no script."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from blikk.invitations.errors import NoWayToReach, TooManyCodes
from blikk.journeys import from_the_link
from blikk.journeys.errors import NotAtThisStep, TalkIsRunning
from blikk.journeys.from_the_link import Change
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.web.access import address_of
from blikk.web.patient import device_secret, trusted_types
from blikk.web.presenters.change import show_change
from blikk.web.typed import read_birth_date, read_digits

ANSWERS_A_MINUTE = 60
# What may be asked for, by what stands in the address of the page that asks once more.
ASKED = {"kan-ikke": "cannot_come", "oppmote": "in_person"}
Act = Callable[[HttpRequest, str, datetime], Change | None]


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def change(request: HttpRequest, invitation: str) -> HttpResponse:
    """Show what can be changed once the person has proven themself, and do it when it is confirmed."""
    now, secret = timezone.now(), device_secret(request)
    try:
        view = from_the_link.change_of(invitation, secret, now=now)
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    if view.at == "closed":
        # The patient's page says why, in words for each case.
        return redirect("patient_page", invitation=invitation)
    act = ACTS.get(request.POST.get("act", "")) if request.method == "POST" else None
    if act is None:
        return _page(request, view)
    if not may_try("change", address_of(request), times=ANSWERS_A_MINUTE, seconds=60, now=now):
        return _page(request, view, problem="too_many", status=429)
    return _do(request, view, act, now=now)


def _do(request: HttpRequest, view: Change, act: Act, *, now: datetime) -> HttpResponse:
    try:
        after = act(request, view.invitation, now)
    except Invalid as fault:
        return _page(request, view, problem=next(iter(fault.fields.values())), status=422)
    except (TooManyCodes, NoWayToReach) as fault:
        return _page(request, view, problem=fault.code, status=422)
    except (NotAtThisStep, Overtaken, TalkIsRunning, IllegalMove):
        # Somebody was faster: the page as it is now says where the hour stands.
        return redirect("patient_change", invitation=view.invitation)
    if after is not None and after.wrong:
        return _page(request, after, problem=f"wrong_{view.at}", status=422)
    return redirect("patient_change", invitation=view.invitation)


def _birth_date(request: HttpRequest, invitation: str, now: datetime) -> Change:
    secret = device_secret(request)
    zone = from_the_link.change_of(invitation, secret, now=now).zone
    born = read_birth_date(request.POST.get("birth_date", ""), today=local(now, zone).date())
    return from_the_link.answer_birth_date(invitation, secret, born=born, where=address_of(request), now=now)


def _send_code(request: HttpRequest, invitation: str, now: datetime) -> Change:
    return from_the_link.ask_code(invitation, device_secret(request), now=now)


def _code(request: HttpRequest, invitation: str, now: datetime) -> Change:
    digits = read_digits(request.POST.get("code", ""))
    where = address_of(request)
    return from_the_link.answer_code(invitation, device_secret(request), digits=digits, where=where, now=now)


def _cannot_come(request: HttpRequest, invitation: str, now: datetime) -> None:
    from_the_link.cannot_come(invitation, device_secret(request), where=address_of(request), now=now)


def _in_person(request: HttpRequest, invitation: str, now: datetime) -> None:
    from_the_link.rather_in_person(invitation, device_secret(request), where=address_of(request), now=now)


def _take_back(request: HttpRequest, invitation: str, now: datetime) -> None:
    from_the_link.take_back(invitation, device_secret(request), where=address_of(request), now=now)


def _choose(request: HttpRequest, invitation: str, now: datetime) -> None:
    from_the_link.choose_time(
        invitation,
        device_secret(request),
        time=request.POST.get("time", "")[:22],
        where=address_of(request),
        now=now,
    )


def _reminders(request: HttpRequest, invitation: str, now: datetime) -> None:
    from_the_link.choose_reminders(
        invitation,
        device_secret(request),
        channel=request.POST.get("channel", ""),
        wanted=request.POST.get("wanted") == "1",
        where=address_of(request),
        now=now,
    )


ACTS: dict[str, Act] = {
    "birth_date": _birth_date,
    "send_code": _send_code,
    "code": _code,
    "cannot_come": _cannot_come,
    "in_person": _in_person,
    "take_back": _take_back,
    "choose": _choose,
    "reminders": _reminders,
}


def _page(request: HttpRequest, view: Change, *, problem: str = "", status: int = 200) -> HttpResponse:
    with translation.override(view.language):
        shown = show_change(view)
        content: dict[str, Any] = {
            "door": shown,
            "change": view,
            "asked": ASKED.get(request.GET.get("hva", "")) if view.at == "open" else None,
            "problem": problem,
            "typed": request.POST.get("birth_date", "")[:40],
        }
        response = render(request, "patient/change.html", content, status=status)
        response["Content-Language"] = translation.get_language()
    return response
