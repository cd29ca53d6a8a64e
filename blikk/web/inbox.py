"""The demo's inbox: every SMS and e-mail that would have been sent. Outside the demo it has no address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from blikk.notifications.queries import inbox as messages
from blikk.web.presenters.appointment import show_inbox

ZONE = "Europe/Oslo"


@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what would have been sent, newest first."""
    return render(request, "staff/inbox.html", {"mails": show_inbox(messages(), ZONE)})
