"""Pages for administrators: the clinic's own calendar server, and which calendar is whose."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.calendars import push, queries, services
from blikk.kernel.errors import NotFound
from blikk.kernel.limits import may_try
from blikk.web.access import StaffRequest, staff
from blikk.web.administrator_calendar_forms import ServerForm
from blikk.web.presenters.calendars import show_rows, words_for_fault

# A try makes our server ask another one, up to five times.
TRIES, WINDOW = 20, 10 * 60


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_server(request: StaffRequest) -> HttpResponse:
    """Say which calendar server the clinic has, and see how it goes."""
    server, rows = queries.server_of(request.clinic), queries.calendars_of(request.clinic)
    hosts = settings.BLIKK_CALDAV_HOSTS
    form = ServerForm(request.POST if request.method == "POST" and hosts else None, server=server, rows=rows)
    if form.is_bound:
        done = form.attempt(
            lambda: services.set_server(
                request.clinic, **form.values(), hosts=hosts, actor=request.actor, now=timezone.now()
            )
        )
        if done:
            messages.success(request, gettext("Lagret. Timene skrives til kalenderne i løpet av et minutt."))
            return redirect("calendar_server")
    context = {
        "form": form,
        "rows": show_rows(form.calendar_fields(), rows, zone=request.clinic.zone),
        "server": server,
        "hosts": hosts,
    }
    return render(request, "administrator/calendar_server.html", context, status=422 if form.errors else 200)


@staff("administrator")
@require_POST
def calendar_server_end(request: StaffRequest) -> HttpResponse:
    """Stop writing to the clinic's calendar server."""
    services.remove_server(request.clinic, actor=request.actor, now=timezone.now())
    messages.success(
        request, gettext("Blikk skriver ikke lenger til kalenderserveren. Timer som kommer, tas bort der.")
    )
    return redirect("calendar_server")


@staff("administrator")
@require_POST
def calendar_check(request: StaffRequest, calendar_id: str) -> HttpResponse:
    """Try one calendar now, and say how it went."""
    calendar = queries.find_calendar(request.clinic, calendar_id)
    if calendar is None:
        raise NotFound
    now = timezone.now()
    if not may_try("calendar-check", request.clinic.public_id, times=TRIES, seconds=WINDOW, now=now):
        messages.error(request, gettext("Det er prøvd mange ganger på kort tid. Vent ti minutter."))
        return redirect("calendar_server")
    reason = push.check(calendar, now=now)
    services.note_checked(calendar, reason=reason, actor=request.actor, now=timezone.now())
    name = calendar.membership.name
    if reason:
        messages.error(request, f"{name}: {words_for_fault(reason)}")
    else:
        messages.success(
            request,
            gettext("{name}: Det virker. Blikk skrev en prøve i kalenderen og tok den bort igjen.").format(
                name=name
            ),
        )
    return redirect("calendar_server")
