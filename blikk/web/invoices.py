"""Invoices on the desk's pages: the papers to print, and what is due at one press."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from blikk.journeys import invoices as journey
from blikk.journeys.invoices import Printed
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK
from blikk.web.presenters.invoice import file_name, paper_of


def as_file(found: Printed) -> HttpResponse:
    """A paper as a file to keep. Raises NoPaper where this machine cannot make one."""
    sent = HttpResponse(paper_of(found), content_type="application/pdf")
    sent["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    sent["Cache-Control"] = "no-store"
    return sent


@require_safe
@never_cache
@staff(*DESK)
def paper(request: StaffRequest, bill_id: str, number: int, reminder: int = 0) -> HttpResponse:
    """The invoice, credit note or reminder as PDF; that it was looked at is recorded."""
    found = journey.paper_at_desk(
        request.clinic, bill_id, number, reminder=reminder, actor=request.actor, now=timezone.now()
    )
    return as_file(found)


@require_POST
@staff(*DESK)
def make_due(request: StaffRequest) -> HttpResponse:
    """Make the invoices and the reminders that are due now."""
    made = journey.do_due(request.clinic, actor=request.actor, now=timezone.now())
    words = ngettext("%(count)s papir er laget.", "%(count)s papirer er laget.", made) % {"count": made}
    messages.success(request, words)
    return redirect("till")
