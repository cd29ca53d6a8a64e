"""The invitation as a letter: made by a press, shown once, and printed."""

import io

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blikk.journeys.letters import print_letter
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK


@require_POST
@never_cache
@staff(*DESK)
def letter(request: StaffRequest, invitation_id: str) -> HttpResponse:
    """Make the letter of one invitation. Loaded anew it is another letter, with another code."""
    printed = print_letter(request.clinic, invitation_id, actor=request.actor, now=timezone.now())
    appointment = printed.invitation.appointment
    sheet = {
        "letter": printed.fields,
        "qr": mark_safe(_drawn(printed.fields.link)),  # noqa: S308 drawn by us, from an address of our own
        "short": printed.fields.code_page.removeprefix("https://").removeprefix("http://"),
    }
    with translation.override(printed.invitation.language):
        paper = render_to_string("staff/_letter.html", sheet)
    context = {
        "name": printed.invitation.name,
        "back": reverse("appointment", args=[appointment.public_id]) if appointment else reverse("day"),
        "language": printed.invitation.language,
        "paper": paper,
    }
    return render(request, "staff/letter.html", context)


def _drawn(link: str) -> str:
    drawn = io.BytesIO()
    segno.make(link, error="m").save(
        drawn, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, nl=False, dark="#000", light="#fff"
    )
    return drawn.getvalue().decode()
