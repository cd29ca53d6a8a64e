"""Pages for administrators: the clinic's public page, and notices from the authorities."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics import profile, queries
from blikk.kernel.errors import NotFound
from blikk.kernel.times import local
from blikk.web.access import StaffRequest, staff
from blikk.web.administrator_public_forms import PLACES, NoticeForm, ProfileForm
from blikk.web.badge import line_of_html

if TYPE_CHECKING:
    from blikk.clinics.models import AuthorityNotice


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def public_page(request: StaffRequest) -> HttpResponse:
    """Change what everybody sees of the clinic."""
    form = ProfileForm(request.POST or None, clinic=request.clinic)
    if request.method == "POST":
        done = form.attempt(
            lambda: profile.change_profile(
                request.clinic, form.values(), actor=request.actor, now=timezone.now()
            )
        )
        if done:
            messages.success(request, gettext("Siden er lagret."))
            return redirect("public_page")
    address = settings.BLIKK_BASE_URL + reverse("clinic_page", args=[request.clinic.slug])
    context = {
        "form": form,
        "address": address,
        "badge": line_of_html(request.clinic),
        "is_public": request.clinic.is_public,
        "slug": request.clinic.slug,
    }
    return render(request, "administrator/public_page.html", context, status=422 if form.errors else 200)


@staff("administrator")
@require_http_methods(["GET", "HEAD"])
def notices(request: StaffRequest) -> HttpResponse:
    """Show what the clinic has put up, and what stands on every clinic's pages."""
    now = timezone.now()
    today = local(now, request.clinic.zone).date()
    words = dict(PLACES)
    rows = [
        {
            "notice": notice,
            "places": [words[place] for place in notice.places],
            "is_over": notice.valid_to is not None and notice.valid_to < today,
        }
        for notice in queries.notices_of(request.clinic)
    ]
    shared = [
        notice
        for place in words
        for notice in queries.notices_for(request.clinic, place, on=today)
        if notice.clinic_id is None
    ]
    context = {"notices": rows, "shared": list(dict.fromkeys(shared))}
    return render(request, "administrator/notices.html", context)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def notice_new(request: StaffRequest) -> HttpResponse:
    """Put up a notice."""
    return _edit(request, None)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: StaffRequest, notice_id: str) -> HttpResponse:
    """Change a notice."""
    return _edit(request, _notice(request, notice_id))


@staff("administrator")
@require_POST
def notice_down(request: StaffRequest, notice_id: str) -> HttpResponse:
    """Take a notice down."""
    profile.take_down_notice(request.clinic, notice_id, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Oppslaget er tatt ned."))
    return redirect("notices")


def _edit(request: StaffRequest, current: "AuthorityNotice | None") -> HttpResponse:
    now = timezone.now()
    form = NoticeForm(request.POST or None, today=local(now, request.clinic.zone).date(), notice=current)

    def save() -> "AuthorityNotice":
        if current is None:
            return profile.put_up_notice(request.clinic, form.cleaned_data, actor=request.actor, now=now)
        return profile.change_notice(
            request.clinic, current.public_id, form.cleaned_data, actor=request.actor, now=now
        )

    if request.method == "POST":
        saved = form.attempt(save)
        if saved is not None:
            messages.success(request, gettext("Oppslaget er lagret."))
            return redirect("notices")
    context = {"form": form, "notice": current}
    return render(request, "administrator/notice.html", context, status=422 if form.errors else 200)


def _notice(request: StaffRequest, notice_id: str) -> "AuthorityNotice":
    found = queries.find_notice(request.clinic, notice_id)
    if found is None:
        raise NotFound
    return found
