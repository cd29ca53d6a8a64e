"""Pages about the way to the journal: for administrators all of it, for a clinician what they wrote themselves."""

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blikk.documentation.ehr import addresses, connections, keys, queue
from blikk.documentation.ehr.faults import Fault
from blikk.journeys import delivered
from blikk.kernel.errors import NotFound
from blikk.kernel.limits import may_try
from blikk.web.access import StaffRequest, staff
from blikk.web.journal_forms import DeliveryForm, JournalForm
from blikk.web.presenters.journal import show_delivery, show_state, words_for_fault

if TYPE_CHECKING:
    from blikk.documentation.models import Delivery, EhrConnection

# A try makes our server ask another one, a few times.
TRIES, WINDOW = 20, 10 * 60
LAST = 10


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def journal_system(request: StaffRequest) -> HttpResponse:
    """Choose how notes get to the journal, and see how it goes."""
    clinic, connection = request.clinic, connections.connection_of(request.clinic)
    form = JournalForm(request.POST if request.method == "POST" else None, connection=connection)
    if form.is_bound:
        done = form.attempt(
            lambda: connections.choose(clinic, **form.values(), actor=request.actor, now=timezone.now())
        )
        if done:
            messages.success(request, gettext("Lagret."))
            return redirect("journal_system")
    tone, state = show_state(connection, clinic.zone)
    context = {
        "form": form,
        "connection": connection,
        "hosts": addresses.hosts(),
        "keys_href": request.build_absolute_uri(_keys_path(connection)) if connection else "",
        "keys": _keys_text(connection),
        "tone": tone,
        "state": state,
        "stopped": [show_delivery(one, clinic.zone) for one in queue.stopped_of(clinic)[:50]],
        "waiting": queue.open_of(clinic).count(),
        "last": [show_delivery(one, clinic.zone) for one in queue.last_of(clinic, LAST)],
    }
    return render(request, "administrator/journal.html", context, status=422 if form.errors else 200)


@staff("administrator")
@require_POST
def journal_check(request: StaffRequest) -> HttpResponse:
    """Try the connection now, and say how it went."""
    now = timezone.now()
    if not may_try("journal-check", request.clinic.public_id, times=TRIES, seconds=WINDOW, now=now):
        messages.error(request, gettext("Det er prøvd mange ganger på kort tid. Vent ti minutter."))
        return redirect("journal_system")
    if connections.fhir_connection_of(request.clinic) is None:
        return _not_chosen(request)
    reason = delivered.check(request.clinic, actor=request.actor, now=now)
    if reason:
        messages.error(request, words_for_fault(reason))
    else:
        messages.success(request, gettext("Det virker: Blikk kommer inn, og får lete etter pasienter."))
    return redirect("journal_system")


@staff("administrator")
@require_POST
def journal_key(request: StaffRequest) -> HttpResponse:
    """Make the next key, or use it."""
    now, connection = timezone.now(), connections.fhir_connection_of(request.clinic)
    is_use = request.POST.get("act") == "use"
    if connection is None or (is_use and not connection.sealed_next_key):
        return _not_chosen(request)
    if is_use:
        try:
            connections.use_next_key(request.clinic, actor=request.actor, now=now)
        except Fault as fault:
            words = gettext("Den gamle nøkkelen er fortsatt i bruk. %(why)s")
            messages.error(request, words % {"why": words_for_fault(fault.reason)})
        else:
            messages.success(request, gettext("Den nye nøkkelen er i bruk."))
    else:
        connections.make_next_key(request.clinic, actor=request.actor, now=now)
        messages.success(
            request, gettext("Den nye nøkkelen er laget. Gi den til leverandøren før dere bruker den.")
        )
    return redirect("journal_system")


@staff("administrator")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def journal_delivery(request: StaffRequest, delivery_id: str) -> HttpResponse:
    """Look at something that did not go, and do something about it."""
    now = timezone.now()
    if request.method != "POST":
        delivery = delivered.delivery_of(request.clinic, delivery_id, actor=request.actor, now=now)
        form = DeliveryForm()
    else:
        delivery = queue.get(request.clinic, delivery_id)
        form = DeliveryForm(request.POST)
        if form.attempt(lambda: _act(request, delivery, form)):
            return redirect("journal_system")
    context = {"one": show_delivery(delivery, request.clinic.zone), "form": form}
    return render(request, "administrator/journal_delivery.html", context, status=422 if form.errors else 200)


@staff("clinician")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consultation_delivery(request: StaffRequest, consultation_id: str) -> HttpResponse:
    """What is not in the journal yet of a conversation of one's own, and what to do."""
    found = delivered.deliveries_of(
        request.clinic,
        consultation_id,
        membership=request.membership,
        actor=request.actor,
        now=timezone.now(),
    )
    form = DeliveryForm(request.POST if request.method == "POST" else None)
    delivery = next((one for one in found if one.public_id == request.POST.get("delivery")), None)
    if delivery is not None and form.attempt(lambda: _act(request, delivery, form)):
        return redirect("day")
    context = {
        "form": form,
        "deliveries": [show_delivery(one, request.clinic.zone) for one in found],
        "consultation": consultation_id,
    }
    return render(request, "staff/delivery.html", context, status=422 if form.errors else 200)


@require_safe
def journal_keys(request: HttpRequest, connection_id: str) -> JsonResponse:
    """The public part of a clinic's keys, as journal systems fetch it (JWK Set)."""
    connection = connections.find(connection_id)
    if connection is None:
        raise NotFound
    try:
        return JsonResponse(keys.public_keys(connection))
    except Fault as fault:
        raise NotFound from fault


def _act(request: StaffRequest, delivery: "Delivery", form: DeliveryForm) -> bool:
    said = form.cleaned_data
    common = {"version": said["version"], "actor": request.actor, "now": timezone.now()}
    match said["act"]:
        case "by_hand":
            queue.done_by_hand(delivery, **common)
            messages.success(request, gettext("Notert: du har ført det inn i journalen."))
        case "who":
            queue.say_who(delivery, reference=said["reference"], **common)
            messages.success(request, gettext("Blikk sender det på nytt nå."))
        case _:
            queue.try_again(delivery, **common)
            messages.success(request, gettext("Blikk sender det på nytt nå."))
    return True


def _not_chosen(request: StaffRequest) -> HttpResponse:
    messages.error(request, gettext("Velg FHIR og lagre først."))
    return redirect("journal_system")


def _keys_path(connection: "EhrConnection") -> str:
    return reverse("journal_keys", args=[connection.public_id])


def _keys_text(connection: "EhrConnection | None") -> str:
    if connection is None or not connection.sealed_key:
        return ""
    try:
        return json.dumps(keys.public_keys(connection), indent=1)
    except Fault:
        return ""
