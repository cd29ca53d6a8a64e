"""Pages for administrators: how the clinic is paid, its own prices, and which tariffs Blikk has."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics.queries import running
from blikk.kernel.times import local
from blikk.payments import decisions, queries
from blikk.web.access import StaffRequest, staff
from blikk.web.administrator_payment_forms import PaymentForm, PriceForm, TradeForm
from blikk.web.presenters.payment import show_prices, show_rates


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def payment_rules(request: StaffRequest) -> HttpResponse:
    """Decide how the clinic is paid, by which tariffs each clinician is, and set prices."""
    now, clinic = timezone.now(), request.clinic
    today = local(now, clinic.zone).date()
    who: dict[str, Any] = {"actor": request.actor, "now": now}
    rules = queries.rules_of(clinic)
    form = PaymentForm(request.POST if "rules" in request.POST else None, rules=rules)
    price = PriceForm(request.POST if "price-new" in request.POST else None, initial={"valid_from": today})
    trades = _trades(request)
    if form.is_bound:
        done = form.attempt(lambda: decisions.change_rules(clinic, **form.values(), **who)) is not None
    elif price.is_bound:
        done = price.attempt(lambda: decisions.set_price(clinic, **price.values(), **who)) is not None
    else:
        done = "trades" in request.POST and _change_trades(trades, who)
    if done:
        messages.success(request, gettext("Lagret."))
        return redirect("payment_rules")
    field = rules.field if rules else "LE"
    context = {
        "form": form,
        "price_form": price,
        "trades": trades,
        "prices": show_prices(queries.prices_of(clinic), today),
        "rates": show_rates(queries.rates_of(field, today).values(), today),
        "is_private": rules is not None and rules.is_private,
    }
    wrong = form.errors or price.errors or any(one.is_bound and one.errors for one in trades)
    return render(request, "administrator/payment.html", context, status=422 if wrong else 200)


@staff("administrator")
@require_POST
def price_end(request: StaffRequest, price_id: str) -> HttpResponse:
    """Let a price hold until today and no longer."""
    now = timezone.now()
    today = local(now, request.clinic.zone).date()
    decisions.end_price(request.clinic, price_id, last=today, actor=request.actor, now=now)
    messages.success(request, gettext("Prisen gjelder ut dagen i dag."))
    return redirect("payment_rules")


def _trades(request: StaffRequest) -> list[TradeForm]:
    sent = request.POST if "trades" in request.POST else None
    kept = queries.trades_at(request.clinic)
    clinicians = (
        running(request.clinic).filter(role="clinician").select_related("user").order_by("user__name")
    )
    return [TradeForm(sent, member=one, rates=kept.get(one.pk)) for one in clinicians]


def _change_trades(trades: list[TradeForm], who: dict[str, Any]) -> bool:
    if not all(one.is_valid() for one in trades):
        return False
    for one in trades:
        given = one.cleaned_data
        decisions.change_trade(one.member, field=given["trade"], is_specialist=given["is_specialist"], **who)
    return True
