"""Pages for administrators: claims on the state, in files that are sent or handed in, and what became of them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.journeys import claiming
from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.payments import filing, queries
from blikk.web.access import StaffRequest, staff
from blikk.web.presenters.claims import show_claims
from blikk.web.refusals import words_for

_MISSING = {"practice_id": "practice_missing", "organisation": "organisation_missing"}


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def claims(request: StaffRequest) -> HttpResponse:
    """What is ready, what the others wait for, and the files that were made; with a button to make the next."""
    wrong = ""
    if request.method == "POST":
        try:
            file = claiming.make_file(request.clinic, membership=request.membership, **_who(request))
        except Invalid as fault:
            name, code = next(iter(fault.fields.items()))
            wrong = str(words_for(_MISSING.get(name, code)))
        else:
            goes = file.status == "sending"
            sent = gettext("Filen er laget og sendes til Helfo.")
            made = gettext("Filen er laget. Last den ned, og lever den til Helfo.")
            messages.success(request, sent if goes else made)
            return redirect("claims")
    clinic, rules = request.clinic, queries.rules_of(request.clinic)
    ready, can_send = claiming.ready_of(clinic), filing.can_send(rules)
    shown = show_claims(
        ready,
        claiming.next_of(clinic, ready),
        claiming.files_of(clinic),
        claiming.claims_of(clinic),
        clinic.zone,
        can_send=can_send,
        sends=can_send and rules is not None and rules.sends_claims,
        is_xml=rules is not None and rules.claim_form == "bkm",
    )
    context = {"shown": shown, "wrong": wrong}
    return render(request, "administrator/claims.html", context, status=422 if wrong else 200)


@staff("administrator")
@require_POST
def claim_file(request: StaffRequest, file_id: str) -> HttpResponse:
    """A file, to take along. It names patients, so that it was taken is recorded."""
    file = claiming.take_file(request.clinic, file_id, **_who(request))
    kind, ending = ("application/xml", "xml") if file.form == "bkm" else ("application/json", "json")
    sent = HttpResponse(file.body, content_type=f"{kind}; charset=utf-8")
    sent["Content-Disposition"] = f'attachment; filename="krav-{file.made_at:%Y-%m-%d}.{ending}"'
    sent["Cache-Control"] = "no-store"
    return sent


@staff("administrator")
@require_POST
def claim_file_send(request: StaffRequest, file_id: str) -> HttpResponse:
    """Have a file sent, or looked for now."""
    return _done(
        request,
        lambda: filing.ask_sending(request.clinic, file_id, version=_version(request), **_who(request)),
        gettext("Filen er satt i gang. Last siden på nytt om litt for å se hva Helfo svarer."),
    )


@staff("administrator")
@require_POST
def claim_file_by_hand(request: StaffRequest, file_id: str) -> HttpResponse:
    """Say that a file was handed in another way."""
    return _done(
        request,
        lambda: filing.by_hand(request.clinic, file_id, version=_version(request), **_who(request)),
        gettext("Notert: filen er levert."),
    )


@staff("administrator")
@require_POST
def claim_credit(request: StaffRequest, claim_id: str) -> HttpResponse:
    """Have a whole claim credited with the next file."""
    return _done(
        request,
        lambda: claiming.ask_credit(request.clinic, claim_id, **_who(request)),
        gettext("Kravet krediteres i neste fil."),
    )


@staff("administrator")
@require_POST
def claim_again(request: StaffRequest, claim_id: str) -> HttpResponse:
    """Have a rejected claim sent again with the next file."""
    return _done(
        request,
        lambda: claiming.ask_again(request.clinic, claim_id, **_who(request)),
        gettext("Kravet sendes på nytt i neste fil, med samme nummer."),
    )


def _done(request: StaffRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Invalid as fault:
        messages.error(request, str(words_for(next(iter(fault.fields.values())))))
    except (Overtaken, IllegalMove):
        messages.error(request, gettext("Noe har skjedd med filen siden siden ble vist. Se hva som står nå."))
    else:
        messages.success(request, said)
    return redirect("claims")


def _version(request: StaffRequest) -> int:
    said = request.POST.get("version", "")
    return int(said) if said.isdigit() and len(said) < 9 else 0


def _who(request: StaffRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": timezone.now()}
