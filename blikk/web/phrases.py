"""Phrases: a page to make, change, order and delete them, one's own and the clinic's."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.documentation import phrases
from blikk.web.access import StaffRequest, staff
from blikk.web.phrase_forms import PhraseForm
from blikk.web.presenters.phrases import KEYS, NAMES, fields_in_words

if TYPE_CHECKING:
    from blikk.documentation.models import Phrase


@staff("clinician", "administrator")
@require_http_methods(["GET", "HEAD"])
def phrase_list(request: StaffRequest) -> HttpResponse:
    """Everything that can be put into a note with a key."""
    found = phrases.phrases_for(request.membership)
    context = {
        "own": [one for one in found if one.membership_id is not None],
        "shared": [one for one in found if one.membership_id is None],
        "keys": KEYS,
        "writes": request.membership.role == "clinician",
    }
    return render(request, "staff/phrases.html", context)


@staff("clinician", "administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def phrase_new(request: StaffRequest) -> HttpResponse:
    """Make one more."""
    return _edit(request, None)


@staff("clinician", "administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def phrase(request: StaffRequest, phrase_id: str) -> HttpResponse:
    """Change one."""
    return _edit(request, phrases.find(request.clinic, phrase_id, membership=request.membership))


@staff("clinician", "administrator")
@require_POST
def phrase_up(request: StaffRequest, phrase_id: str) -> HttpResponse:
    """Let it stand earlier."""
    phrases.move_up(request.clinic, phrase_id, **_who(request))
    return redirect("phrases")


@staff("clinician", "administrator")
@require_POST
def phrase_delete(request: StaffRequest, phrase_id: str) -> HttpResponse:
    """Take it away."""
    phrases.delete(request.clinic, phrase_id, **_who(request))
    messages.success(request, gettext("Frasen er slettet. Det som er skrevet med den, står."))
    return redirect("phrases")


def _edit(request: StaffRequest, current: "Phrase | None") -> HttpResponse:
    writes = request.membership.role == "clinician"
    initial: dict[str, Any] = {"is_shared": not writes}
    if current is not None:
        initial = {"name": current.name, "text": current.text, "version": current.version}
    form = PhraseForm(request.POST or None, initial=initial)
    if current is not None or not writes:
        del form.fields["is_shared"]

    def save() -> "Phrase":
        typed = form.cleaned_data
        if current is None:
            is_shared = typed.get("is_shared", True)
            given = {"name": typed["name"], "text": typed["text"], "is_shared": is_shared}
            return phrases.add(request.clinic, **given, names=NAMES, **_who(request))
        given = {"name": typed["name"], "text": typed["text"], "version": typed["version"] or current.version}
        return phrases.alter(request.clinic, current.public_id, **given, names=NAMES, **_who(request))

    if request.method == "POST" and form.attempt(save) is not None:
        messages.success(request, gettext("Frasen er lagret."))
        return redirect("phrases")
    context = {"form": form, "current": current, "fields": fields_in_words()}
    return render(request, "staff/phrase.html", context, status=422 if form.errors else 200)


def _who(request: StaffRequest) -> dict[str, Any]:
    return {"membership": request.membership, "actor": request.actor, "now": timezone.now()}
