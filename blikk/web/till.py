"""The pages of the till: what patients owe, and one bill with what can be done about it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from blikk.journeys import invoices
from blikk.journeys import till as journey
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken, Refused
from blikk.web.access import StaffRequest, staff
from blikk.web.desk import DESK
from blikk.web.presenters.till import show_bill, show_till
from blikk.web.refusals import words_for

Act = Callable[[StaffRequest, str], str]


@require_safe
@never_cache
@staff(*DESK)
def till(request: StaffRequest) -> HttpResponse:
    """What is owed, and what was settled lately."""
    found = journey.till_of(request.clinic, now=timezone.now())
    shown = show_till(found, request.clinic.zone, request.GET.get("vis", ""))
    return render(request, "staff/till.html", {"till": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff(*DESK)
def bill(request: StaffRequest, bill_id: str) -> HttpResponse:
    """One bill: its lines, each attempt to pay it, and what can be done."""
    act = ACTS.get(request.POST.get("act", "")) if request.method == "POST" else None
    if act is not None:
        try:
            messages.success(request, act(request, bill_id))
        except (Overtaken, IllegalMove):
            messages.error(request, gettext("Noe skjedde med regningen imens. Se hvordan det står nå."))
        except Invalid:
            messages.error(request, gettext("Velg hvordan det ble betalt."))
        except Refused as fault:
            messages.error(request, words_for(fault.code))
        except _NoWay:
            messages.error(
                request, gettext("Pasienten har ingen bekreftet telefon eller e-post. Bekreft en først.")
            )
        return redirect("bill", bill_id)
    one = journey.bill_of(request.clinic, bill_id, actor=request.actor, now=timezone.now())
    return render(request, "staff/bill.html", {"bill": show_bill(one, request.clinic.zone)})


class _NoWay(Exception):
    """No channel leads to the patient for sure."""


def _send(request: StaffRequest, bill_id: str) -> str:
    channel = journey.send_again(request.clinic, bill_id, actor=request.actor, now=timezone.now())
    if not channel:
        raise _NoWay
    if channel == "sms":
        return gettext("Lenken er på vei som SMS. Den forrige virker ikke lenger.")
    return gettext("Lenken er på vei som e-post. Den forrige virker ikke lenger.")


def _paid(request: StaffRequest, bill_id: str) -> str:
    journey.paid_at_desk(
        request.clinic,
        bill_id,
        how=request.POST.get("how", ""),
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    return gettext("Regningen er betalt.")


def _take_back(request: StaffRequest, bill_id: str) -> str:
    journey.take_back(request.clinic, bill_id, actor=request.actor, now=timezone.now())
    return gettext("Regningen er trukket tilbake. Pasienten skylder ikke noe.")


def _give_back(request: StaffRequest, bill_id: str) -> str:
    try:
        journey.give_back(request.clinic, bill_id, actor=request.actor, now=timezone.now())
    except NotFound:
        # Of another clinic, or nothing was paid: the page itself says which.
        journey.bill_of(request.clinic, bill_id, actor=request.actor, now=timezone.now())
        raise Overtaken from None
    return gettext("Pengene går tilbake samme vei som de kom.")


def _invoice(request: StaffRequest, bill_id: str) -> str:
    address = request.POST.get("address", "")
    made = invoices.issue_by_name(
        request.clinic, bill_id, address=address, actor=request.actor, now=timezone.now()
    )
    if made.sent_by:
        return gettext("Fakturaen er laget, og pasienten får beskjed.")
    return gettext("Fakturaen er laget. Skriv den ut og send den.")


def _payer(request: StaffRequest, bill_id: str) -> str:
    bill = invoices.let_pay(
        request.clinic,
        bill_id,
        payer_id=request.POST.get("payer", ""),
        reference=request.POST.get("reference", ""),
        actor=request.actor,
        now=timezone.now(),
    )
    if bill.payer is None:
        return gettext("Pasienten betaler selv.")
    return gettext("%(payer)s betaler. Pasienten får ikke noen lenke.") % {"payer": bill.payer.name}


ACTS: dict[str, Act] = {
    "send": _send,
    "paid": _paid,
    "take_back": _take_back,
    "give_back": _give_back,
    "invoice": _invoice,
    "payer": _payer,
}
