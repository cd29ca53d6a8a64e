"""Pages for administrators: other systems that may read what is the clinic's, and such as are told what happens."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics.machines import queries as machines
from blikk.clinics.machines import services as machine_acts
from blikk.clinics.webhooks import queries as hooks
from blikk.clinics.webhooks import services as hook_acts
from blikk.kernel.errors import NotFound
from blikk.kernel.limits import may_try
from blikk.web.access import StaffRequest, staff
from blikk.web.other_systems_forms import SystemForm, WebhookForm
from blikk.web.presenters import words
from blikk.web.presenters.other_systems import (
    show_hook,
    show_hooks,
    show_keys,
    show_systems,
    show_tries,
    used_words,
)

# Each trial makes our server call another one.
TRIALS, WINDOW = 20, 10 * 60
# These pages have something to copy.
COPY = {"at": "copy"}


@staff("administrator")
@require_http_methods(["GET", "HEAD"])
def other_systems(request: StaffRequest) -> HttpResponse:
    """Show which systems may read, and which are told."""
    clinic = request.clinic
    context = {
        "systems": show_systems(machines.clients_of(clinic), zone=clinic.zone),
        "hooks": show_hooks(hooks.webhooks_of(clinic), hooks.standings_of(clinic), zone=clinic.zone),
    }
    return render(request, "administrator/other_systems.html", context)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def system_new(request: StaffRequest) -> HttpResponse:
    """Let another system read."""
    form = SystemForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        made = form.attempt(
            lambda: machine_acts.register(
                request.clinic, **form.values(), actor=request.actor, now=timezone.now()
            )
        )
        if made:
            messages.success(request, gettext("Systemet er registrert. Gi leverandøren det som står under."))
            return redirect("system", made.public_id)
    return render(
        request, "administrator/system.html", {"form": form, "page": COPY}, status=422 if form.errors else 200
    )


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def system(request: StaffRequest, system_id: str) -> HttpResponse:
    """Show a system that may read, and change what it may see."""
    found = machines.get_client(request.clinic, system_id)
    form = SystemForm(request.POST if request.method == "POST" else None, system=found)
    if form.is_bound:
        done = form.attempt(
            lambda: machine_acts.change(
                request.clinic, system_id, **form.values(), actor=request.actor, now=timezone.now()
            )
        )
        if done:
            messages.success(request, gettext("Lagret. Det gjelder med en gang."))
            return redirect("system", system_id)
        found = machines.get_client(request.clinic, system_id)
    context = {
        "form": form,
        "system": found,
        "used": used_words(found, zone=request.clinic.zone),
        "keys": show_keys(found),
        "token": settings.BLIKK_BASE_URL + reverse("fhir_token"),
        "base": settings.BLIKK_BASE_URL + "/fhir",
        "page": COPY,
    }
    return render(request, "administrator/system.html", context, status=422 if form.errors else 200)


@staff("administrator")
@require_POST
def system_off(request: StaffRequest, system_id: str) -> HttpResponse:
    """Shut a system out."""
    machine_acts.turn_off(request.clinic, system_id, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Systemet er slått av. Det får ikke lese mer."))
    return redirect("other_systems")


@never_cache
@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_new(request: StaffRequest) -> HttpResponse:
    """Let another system be told. The page that answers shows the secret, once."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        made = form.attempt(
            lambda: hook_acts.set_up(request.clinic, **form.values(), actor=request.actor, now=timezone.now())
        )
        if made:
            hook, secret = made
            return _hook_page(request, hook.public_id, secret=secret)
    return render(
        request,
        "administrator/webhook.html",
        {"form": form, "page": COPY},
        status=422 if form.errors else 200,
    )


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: StaffRequest, hook_id: str) -> HttpResponse:
    """Show how it goes with a system that is told, and change where and of what."""
    found = hooks.get_webhook(request.clinic, hook_id)
    form = WebhookForm(request.POST if request.method == "POST" else None, hook=found)
    if form.is_bound:
        done = form.attempt(
            lambda: hook_acts.change(
                request.clinic, hook_id, **form.values(), actor=request.actor, now=timezone.now()
            )
        )
        if done:
            messages.success(
                request, gettext("Lagret. Det som venter, går også til adressen som står her nå.")
            )
            return redirect("webhook", hook_id)
    return _hook_page(request, hook_id, form=form)


@staff("administrator")
@require_POST
def webhook_trial(request: StaffRequest, hook_id: str) -> HttpResponse:
    """Call once for nothing."""
    now = timezone.now()
    hooks.get_webhook(request.clinic, hook_id)
    if not may_try("webhook-trial", request.clinic.public_id, times=TRIALS, seconds=WINDOW, now=now):
        messages.error(request, gettext("Det er prøvd mange ganger på kort tid. Vent ti minutter."))
        return redirect("webhook", hook_id)
    hook_acts.send_trial(request.clinic, hook_id, actor=request.actor, now=now)
    messages.success(
        request, gettext("En prøve er på vei. Last siden på nytt om litt for å se hvordan det gikk.")
    )
    return redirect("webhook", hook_id)


@never_cache
@staff("administrator")
@require_POST
def webhook_secret(request: StaffRequest, hook_id: str) -> HttpResponse:
    """Change the secret. The page that answers shows the new one, once."""
    secret = hook_acts.change_secret(request.clinic, hook_id, actor=request.actor, now=timezone.now())
    return _hook_page(request, hook_id, secret=secret)


@staff("administrator")
@require_POST
def webhook_forget(request: StaffRequest, hook_id: str) -> HttpResponse:
    """Stop signing with the secret from before."""
    hook_acts.forget_secret_before(request.clinic, hook_id, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Den gamle hemmeligheten brukes ikke mer."))
    return redirect("webhook", hook_id)


@staff("administrator")
@require_POST
def webhook_again(request: StaffRequest, hook_id: str) -> HttpResponse:
    """Try what waits, and what was given up, once more."""
    hooks.get_webhook(request.clinic, hook_id)
    try:
        hook_acts.try_again(request.clinic, hook_id, actor=request.actor, now=timezone.now())
    except NotFound:
        messages.info(request, gettext("Det er ingenting å sende på nytt."))
    else:
        messages.success(request, gettext("Beskjedene sendes på nytt nå."))
    return redirect("webhook", hook_id)


@staff("administrator")
@require_POST
def webhook_stop(request: StaffRequest, hook_id: str) -> HttpResponse:
    """Call no more."""
    hook_acts.stop(request.clinic, hook_id, actor=request.actor, now=timezone.now())
    messages.success(request, gettext("Systemet får ikke flere beskjeder. Det som ventet, blir ikke sendt."))
    return redirect("other_systems")


def _hook_page(
    request: StaffRequest, hook_id: str, *, form: WebhookForm | None = None, secret: str = ""
) -> HttpResponse:
    clinic = request.clinic
    found = hooks.get_webhook(clinic, hook_id)
    form = form or WebhookForm(hook=found)
    until = found.before_until if found.secret_before else None
    context = {
        "form": form,
        "hook": show_hook(found, hooks.standings_of(clinic)[found.pk], zone=clinic.zone),
        "tries": show_tries(hooks.last_tries(found), zone=clinic.zone),
        "secret": secret,
        "page": COPY,
        "before_until": words.day_and_clock(until, clinic.zone) if until else "",
    }
    return render(request, "administrator/webhook.html", context, status=422 if form.errors else 200)
