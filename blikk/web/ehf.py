"""Invoices to organisations as EHF on the desk's pages: to keep as a file, or to hand over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from blikk.journeys import ehf as journey
from blikk.journeys.invoices import Printed, paper_at_desk
from blikk.kernel.errors import NotFound
from blikk.kernel.press import NoPaper
from blikk.settlement.peppol.delivery import NotHandedOver, chosen_delivery
from blikk.settlement.peppol.document import NotForPeppol
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK
from blikk.web.presenters.invoice import paper_of
from blikk.web.refusals import words_for


@require_safe
@never_cache
@staff(*DESK)
def ehf(request: StaffRequest, bill_id: str, number: int) -> HttpResponse:
    """The invoice or credit note as EHF; that it was looked at is recorded."""
    found = _found(request, bill_id, number)
    try:
        made = journey.ehf_of(found, pdf=_pdf(found))
    except NotForPeppol as refusal:
        messages.error(request, words_for(refusal.why))
        return redirect("bill", bill_id)
    sent = HttpResponse(made, content_type="application/xml")
    sent["Content-Disposition"] = f'attachment; filename="{journey.name_of(request.clinic, found)}"'
    sent["Cache-Control"] = "no-store"
    return sent


@require_POST
@staff(*DESK)
def ehf_send(request: StaffRequest, bill_id: str, number: int) -> HttpResponse:
    """Hand the EHF over to the access point."""
    found, way = _found(request, bill_id, number), chosen_delivery()
    try:
        if way is None:
            raise NotHandedOver
        journey.hand_over(
            request.clinic, found, way, pdf=_pdf(found), actor=request.actor, now=timezone.now()
        )
        messages.success(request, gettext("Fakturaen er levert til aksesspunktet."))
    except NotForPeppol as refusal:
        messages.error(request, words_for(refusal.why))
    except NotHandedOver as refusal:
        messages.error(request, words_for(refusal.code))
    return redirect("bill", bill_id)


def _found(request: StaffRequest, bill_id: str, number: int) -> Printed:
    """A paper for an organisation. Raises NotFound for one that is for a person."""
    found = paper_at_desk(request.clinic, bill_id, number, actor=request.actor, now=timezone.now())
    if not found.paper.buyer.org_number:
        raise NotFound
    return found


def _pdf(found: Printed) -> bytes:
    """The paper itself, where this machine can make one."""
    try:
        return paper_of(found)
    except NoPaper:
        return b""
