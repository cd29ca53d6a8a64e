"""The administrators' page for how patients pay."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.settlement import setup as money
from blikk.settlement.card import setup as card
from blikk.settlement.card.line import is_installed
from blikk.settlement.providers import Fault
from blikk.web.access import StaffRequest, staff
from blikk.web.money_forms import CardForm, LinkForm, VippsForm
from blikk.web.money_words import fault_words


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def money_setup(request: StaffRequest) -> HttpResponse:
    """Give the clinic's keys, and say whether links go out by themselves and for how long they are free."""
    setup, part = money.setup_of(request.clinic), request.POST.get("part", "")
    forms: dict[str, VippsForm | CardForm | LinkForm] = {
        "vipps": VippsForm(_sent(request, "vipps"), setup=setup),
        "card": CardForm(_sent(request, "card"), setup=setup),
        "link": LinkForm(_sent(request, "link"), setup=setup),
    }
    fault = ""
    if request.method == "POST" and part in forms and forms[part].is_valid():
        try:
            said = _keep(request, forms[part])
            if said:
                messages.success(request, said)
                return redirect("money_setup")
        except Fault as gone:
            fault = fault_words("Vipps" if part == "vipps" else "Stripe", gone.reason)
            setup = money.setup_of(request.clinic)
    content = {
        "forms": forms,
        "form": forms.get(part, forms["link"]),
        "setup": setup,
        "fault": fault,
        "takes_cards": is_installed(),
    }
    is_wrong = fault or any(each.is_bound and each.errors for each in forms.values())
    return render(request, "administrator/money.html", content, status=422 if is_wrong else 200)


def _sent(request: HttpRequest, part: str) -> QueryDict | None:
    return request.POST if request.method == "POST" and request.POST.get("part") == part else None


def _keep(request: StaffRequest, form: VippsForm | CardForm | LinkForm) -> str:
    """Keep what was typed and try it; says what to tell, or nothing where a room refused. Raises Fault."""
    clinic, actor, now = request.clinic, request.actor, timezone.now()
    if isinstance(form, LinkForm):
        form.attempt(lambda: money.change_links(clinic, form.rules(), actor=actor, now=now))
        return gettext("Lagret.")
    if isinstance(form, VippsForm):
        kept = form.attempt(lambda: money.use_vipps(clinic, form.keys(), actor=actor, now=now))
        if kept is not None:
            money.join_vipps(kept, address=_told_at("vipps_told", kept.public_id), now=now)
            return gettext("Nøklene virker. Pasientene kan betale med Vipps.")
        return ""
    kept = form.attempt(lambda: card.use_card(clinic, form.key(), actor=actor, now=now))
    if kept is not None:
        card.join_card(kept, address=_told_at("stripe_told", kept.public_id), now=now)
        return gettext("Nøkkelen virker. Pasientene kan betale med kort.")
    return ""


def _told_at(name: str, setup_id: str) -> str:
    return settings.BLIKK_BASE_URL + reverse(name, args=[setup_id])


@staff("administrator")
@require_POST
def money_stop(request: StaffRequest) -> HttpResponse:
    """Offer a way of paying no more."""
    now = timezone.now()
    if request.POST.get("way") == "card":
        card.stop_card(request.clinic, actor=request.actor, now=now)
        said = gettext("Kort er slått av. Det som er i gang, blir gjort ferdig.")
    else:
        money.stop_vipps(request.clinic, actor=request.actor, now=now)
        said = gettext("Vipps er slått av. Det som er i gang, blir gjort ferdig.")
    messages.success(request, said)
    return redirect("money_setup")
