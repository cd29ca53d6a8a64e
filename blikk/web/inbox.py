"""The demo's inbox: every SMS and e-mail that would have been sent. Outside the demo it has no address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from blikk.kernel.errors import NotFound
from blikk.notifications.queries import inbox as messages
from blikk.notifications.queries import inbox_message
from blikk.web.presenters.appointment import show_inbox

ZONE = "Europe/Oslo"


@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what would have been sent, newest first."""
    return render(request, "staff/inbox.html", {"mails": show_inbox(messages(), ZONE)})


@require_GET
@never_cache
def file(request: HttpRequest, message_id: str) -> HttpResponse:
    """The calendar file that would have gone with an e-mail, as a calendar program would get it."""
    message = inbox_message(message_id)
    if message is None or not message.calendar:
        raise NotFound
    response = HttpResponse(message.calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response
