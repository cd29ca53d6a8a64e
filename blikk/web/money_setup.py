"""The administrators' page for how patients pay."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.settlement import setup as money
from blikk.settlement.providers import Fault
from blikk.web.access import StaffRequest, staff
from blikk.web.money_forms import MoneyForm
from blikk.web.money_words import fault_words


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def money_setup(request: StaffRequest) -> HttpResponse:
    """Give the clinic's keys to Vipps, and say whether links go out by themselves and for how long they are free."""
    now, setup = timezone.now(), money.setup_of(request.clinic)
    form = MoneyForm(request.POST or None, setup=setup)
    fault = ""
    if request.method == "POST" and form.is_valid():
        kept = form.attempt(
            lambda: money.use_vipps(request.clinic, form.keys(), form.rules(), actor=request.actor, now=now)
        )
        if kept is not None:
            try:
                address = settings.BLIKK_BASE_URL + reverse("vipps_told", args=[kept.public_id])
                money.join_vipps(kept, address=address, now=now)
                messages.success(request, gettext("Nøklene virker. Pasientene kan betale med Vipps."))
                return redirect("money_setup")
            except Fault as gone:
                fault, setup = fault_words(gone.reason), kept
    content = {"form": form, "setup": setup, "fault": fault}
    status = 422 if fault or (form.is_bound and form.errors) else 200
    return render(request, "administrator/money.html", content, status=status)


@staff("administrator")
@require_POST
def money_stop(request: StaffRequest) -> HttpResponse:
    """Offer Vipps no more."""
    money.stop_vipps(request.clinic, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Vipps er slått av. Det som er i gang, blir gjort ferdig."))
    return redirect("money_setup")
