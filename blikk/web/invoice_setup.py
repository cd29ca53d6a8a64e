"""The administrators' pages for invoices, and for organisations that pay for patients."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.kernel.times import local
from blikk.settlement import invoice_setup as terms
from blikk.settlement.fees import reminder_fee_on
from blikk.web.access import StaffRequest, staff
from blikk.web.invoice_forms import InvoiceForm, PayerForm
from blikk.web.presenters.amounts import kroner


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_setup(request: StaffRequest) -> HttpResponse:
    """Decide who stands on the invoices, the account and its KID, and how long patients have."""
    now, setup = timezone.now(), terms.invoices_of(request.clinic)
    free_hours = terms.free_hours_of(request.clinic.pk)
    form = InvoiceForm(request.POST or None, setup=setup, free_hours=free_hours)
    if request.method == "POST":
        kept = form.attempt(
            lambda: terms.set_terms(request.clinic, form.terms(), actor=request.actor, now=now)
        )
        if kept is not None:
            messages.success(request, gettext("Lagret."))
            return redirect("invoice_setup")
    fee = reminder_fee_on(local(now, request.clinic.zone).date())
    content = {
        "form": form,
        "setup": setup,
        "fee": fee,
        "fee_words": kroner(fee.amount_ore) if fee else "",
    }
    return render(request, "administrator/invoice.html", content, status=422 if form.errors else 200)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def payers(request: StaffRequest) -> HttpResponse:
    """The organisations that pay for patients: see them, and add one."""
    form = PayerForm(request.POST or None)
    if request.method == "POST":
        kept = form.attempt(
            lambda: terms.add_payer(
                request.clinic, form.organisation(), actor=request.actor, now=timezone.now()
            )
        )
        if kept is not None:
            messages.success(request, gettext("Lagret."))
            return redirect("payers")
    content = {"form": form, "payers": terms.payers_of(request.clinic)}
    return render(request, "administrator/payers.html", content, status=422 if form.errors else 200)


@staff("administrator")
@require_POST
def payer_end(request: StaffRequest, payer_id: str) -> HttpResponse:
    """Choose an organisation no more."""
    terms.end_payer(request.clinic, payer_id, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Organisasjonen kan ikke velges lenger. Fakturaene står som før."))
    return redirect("payers")
