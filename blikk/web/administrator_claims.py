"""Pages for administrators: bills to the state, as files to hand in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.journeys import claiming
from blikk.kernel.errors import Invalid
from blikk.web.access import StaffRequest, staff
from blikk.web.presenters.claims import show_claims
from blikk.web.refusals import words_for


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def claims(request: StaffRequest) -> HttpResponse:
    """What is ready, what the others wait for, and the files that were made; with a button to make the next."""
    wrong = ""
    if request.method == "POST":
        try:
            claiming.make_file(request.clinic, membership=request.membership, **_who(request))
        except Invalid as fault:
            name, code = next(iter(fault.fields.items()))
            wrong = str(words_for("practice_missing" if name == "practice_id" else code))
        else:
            messages.success(request, gettext("Filen er laget. Last den ned, og lever den til Helfo."))
            return redirect("claims")
    shown = show_claims(
        claiming.ready_of(request.clinic),
        claiming.files_of(request.clinic),
        claiming.claims_of(request.clinic),
        request.clinic.zone,
    )
    context = {"shown": shown, "wrong": wrong}
    return render(request, "administrator/claims.html", context, status=422 if wrong else 200)


@staff("administrator")
@require_POST
def claim_file(request: StaffRequest, file_id: str) -> HttpResponse:
    """A file, to take along. It names patients, so that it was taken is recorded."""
    file = claiming.take_file(request.clinic, file_id, **_who(request))
    sent = HttpResponse(file.body, content_type="application/json")
    sent["Content-Disposition"] = f'attachment; filename="krav-{file.made_at:%Y-%m-%d}.json"'
    sent["Cache-Control"] = "no-store"
    return sent


@staff("administrator")
@require_POST
def claim_credit(request: StaffRequest, claim_id: str) -> HttpResponse:
    """Have a whole bill credited with the next file."""
    try:
        claiming.ask_credit(request.clinic, claim_id, **_who(request))
    except Invalid as fault:
        messages.error(request, str(words_for(fault.fields["claim"])))
    else:
        messages.success(request, gettext("Regningen krediteres i neste fil."))
    return redirect("claims")


def _who(request: StaffRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": timezone.now()}
