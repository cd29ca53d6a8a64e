"""The patient's pages for writing: behind a link of their own, which leads into no room."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from blikk.journeys import written
from blikk.journeys.written import Place
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import new_secret
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.notifications.services import hint
from blikk.web.access import JsonRequest, address_of, same_origin_bytes, same_origin_json
from blikk.web.patient import device_secret, remember, too_many, trusted_types
from blikk.web.presenters.written import facts_of, show_place
from blikk.web.writing_forms import BornForm, OwnCodeForm
from blikk.writing import policies
from blikk.writing.errors import NotNow
from blikk.writing.sealed import Written, picture_of

OPENINGS_A_MINUTE, UPLOADS, WINDOW = 300, 60, 10 * 60


@require_safe
@gzip_page
@trusted_types
def shell(request: HttpRequest) -> HttpResponse:
    """The page behind the link. The secret stands in the fragment, which no server ever sees."""
    return render(request, "patient/shell.html", {"open_at": reverse("written_open")})


@same_origin_json
def open_link(request: JsonRequest) -> HttpResponse:
    """Take the secret of a link, and tell where its page is. Nothing is used up by it."""
    now, where, token = timezone.now(), address_of(request), request.json.get("token")
    if not may_try("open", where, times=OPENINGS_A_MINUTE, seconds=60, now=now):
        return too_many()
    secret = device_secret(request) or new_secret()
    case = written.open_link(
        token if isinstance(token, str) else "", device_secret=secret, where=where, now=now
    )
    return remember(JsonResponse({"to": reverse("written", args=[case.public_id])}), secret)


@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
@trusted_types
def page(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask who it is, then show what was written and take the answer."""
    now = timezone.now()
    try:
        place = written.place_of(case_id, device_secret(request), now=now)
    except NotFound:
        return render(request, "patient/unknown.html", status=404)
    with translation.override(place.case.language):
        if request.method == "POST":
            return _answer_proof(request, place, now=now)
        return _page(request, place, now=now)


def _answer_proof(request: HttpRequest, place: Place, *, now: datetime) -> HttpResponse:
    """Take the birth date or the code; a form that comes too late leads to where the browser stands."""
    secret, where, case_id = device_secret(request), address_of(request), place.case.public_id
    born = BornForm(request.POST, today=local(now, place.case.clinic.zone).date())
    code = OwnCodeForm(request.POST)

    def right(act: Callable[[], bool], form: BornForm | OwnCodeForm, wrong: str) -> None:
        if form.attempt(act) is False:
            form.refuse(form.only, wrong)

    try:
        if "again" in request.POST and place.step == "code":
            code.attempt_always(lambda: written.send_code(case_id, secret, now=now))
        elif place.step == "birth_date":
            right(
                lambda: written.answer_birth_date(case_id, secret, born=born.born(), where=where, now=now),
                born,
                "wrong_birth_date",
            )
        elif place.step == "code":
            right(
                lambda: written.answer_code(case_id, secret, digits=code.digits(), where=where, now=now),
                code,
                "wrong_code",
            )
    except NotNow:
        return redirect("written", case_id)
    is_asked = "again" in request.POST
    if not (born.errors if place.step == "birth_date" else code.errors):
        return redirect(f"{reverse('written', args=[case_id])}{'?ny=1' if is_asked else ''}")
    place = written.place_of(case_id, secret, now=now)
    return _page(request, place, born=born, code=code, now=now)


def _page(
    request: HttpRequest,
    place: Place,
    *,
    born: BornForm | None = None,
    code: OwnCodeForm | None = None,
    now: datetime,
) -> HttpResponse:
    case = place.case
    shown = show_place(place, code_to=hint(case.phone or case.email), now=now)
    form: Any = (born if place.step == "birth_date" else code) or (
        BornForm(today=None) if place.step == "birth_date" else OwnCodeForm()
    )
    content = {
        "place": shown,
        "door": shown,
        "form": form,
        "is_new": request.GET.get("ny") == "1",
        "page": facts_of(place) if place.is_inside else None,
    }
    errors = form.errors if place.step in {"birth_date", "code"} else None
    response = render(request, "patient/writing.html", content, status=422 if errors else 200)
    response["Content-Language"] = translation.get_language()
    return response


@same_origin_json
def facts(request: JsonRequest, case_id: str) -> HttpResponse:
    """What stands in the case now, for a page that is open."""
    return _facts(request, case_id)


def _facts(request: JsonRequest, case_id: str) -> HttpResponse:
    place = written.place_of(case_id, device_secret(request), now=timezone.now())
    if not place.is_inside:
        raise NotFound
    with translation.override(place.case.language):
        return JsonResponse(facts_of(place))


@same_origin_json
def draft(request: JsonRequest, case_id: str) -> HttpResponse:
    """Keep what was written so far."""
    now = timezone.now()
    written.keep_draft(case_id, device_secret(request), read_written(request.json), now=now)
    return JsonResponse({})


@same_origin_json
def send(request: JsonRequest, case_id: str) -> HttpResponse:
    """Send what was written, with the photos that were put up."""
    now, secret, names = timezone.now(), device_secret(request), request.json.get("photos")
    photos = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    written.send(
        case_id,
        secret,
        read_written(request.json),
        with_photos=photos[: policies.MOST_PHOTOS],
        where=address_of(request),
        now=now,
    )
    return _facts(request, case_id)


@same_origin_json
def seen(request: JsonRequest, case_id: str) -> HttpResponse:
    """Note that the clinic's words are in front of the patient."""
    written.note_read(case_id, device_secret(request), where=address_of(request), now=timezone.now())
    return JsonResponse({})


@same_origin_bytes
def put_up(request: HttpRequest, case_id: str) -> HttpResponse:
    """Take a photo, as the bytes that it is."""
    now, secret = timezone.now(), device_secret(request)
    place = written.place_of(case_id, secret, now=now)
    if not place.is_inside:
        raise NotFound
    if not may_try("photo", place.reader.public_id, times=UPLOADS, seconds=WINDOW, now=now):
        return too_many()
    raw = request.read(policies.LARGEST_PHOTO + 1)
    if len(raw) > policies.LARGEST_PHOTO:
        return JsonResponse({"code": "picture_too_heavy"}, status=413)
    photo = written.put_up_photo(case_id, secret, raw, where=address_of(request), now=now)
    href = reverse("written_photo", args=[case_id, photo.public_id])
    return JsonResponse({"id": photo.public_id, "href": href, "gone": False})


@same_origin_json
def take_away(request: JsonRequest, case_id: str, photo_id: str) -> HttpResponse:
    """Take back a photo that nobody has seen."""
    now, where = timezone.now(), address_of(request)
    written.take_away_photo(case_id, device_secret(request), photo_id, where=where, now=now)
    return JsonResponse({})


@require_safe
def photo(request: HttpRequest, case_id: str, photo_id: str) -> HttpResponse:
    """The patient's own photo, as it reached the clinic."""
    found = written.own_photo(case_id, device_secret(request), photo_id, now=timezone.now())
    return picture(picture_of(found))


def picture(jpeg: bytes) -> HttpResponse:
    """A photo by itself: shown in a page of ours, or saved; never a page that anything could run in."""
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["Content-Disposition"] = 'inline; filename="bilde.jpg"'
    response["Cache-Control"] = "no-store"
    response._csp_config = {  # type: ignore[attr-defined]
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'none'"],
        "sandbox": True,
    }
    return response


def read_written(content: dict[str, Any]) -> Written:
    """Read what a page sends as written. Raises Invalid (`text: malformed`)."""
    text, answers = content.get("text", ""), content.get("answers", [])
    if not isinstance(text, str) or not isinstance(answers, list) or len(json.dumps(answers)) > 48_000:
        raise Invalid(text="malformed")
    if not all(isinstance(answer, str) for answer in answers):
        raise Invalid(text="malformed")
    return Written(text.replace("\0", ""), tuple(answer.replace("\0", "") for answer in answers))
