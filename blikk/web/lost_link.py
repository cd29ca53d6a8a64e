"""The page for who has lost a link: asked by number or address, with one answer for everybody. Needs no script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from blikk.journeys import lost_links
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import keyed
from blikk.kernel.limits import may_try
from blikk.web.access import address_of
from blikk.web.patient import trusted_types
from blikk.web.refusals import words_for

WINDOW = 10 * 60
PER_ADDRESS = 6
IN_ALL = 300
HOUR = 60 * 60
# Beyond this a number or an address is asked about in vain, and the page says the same.
PER_TARGET = 3


@require_http_methods(["GET", "HEAD", "POST"])
@trusted_types
def lost_link(request: HttpRequest) -> HttpResponse:
    """Take a number or an address, and say that a link comes if there is one; never whether there is."""
    if request.method != "POST":
        return _form(request, is_sent="sendt" in request.GET)
    typed, now, where = request.POST.get("to", ""), timezone.now(), address_of(request)
    try:
        kind, to = lost_links.read(typed)
    except Invalid as fault:
        return _form(request, typed, problem=words_for(fault.fields["to"]), status=422)
    if not (
        may_try("lost-link", where, times=PER_ADDRESS, seconds=WINDOW, now=now)
        and may_try("lost-link", "all", times=IN_ALL, seconds=WINDOW, now=now)
    ):
        return _form(request, typed, problem=words_for("too_many"), status=429)
    target = keyed("lost link", f"{kind}:{to}")
    if may_try("lost-link-to", target, times=PER_TARGET, seconds=HOUR, now=now):
        lost_links.ask(typed, where=where, now=now)
    return redirect(f"{request.path}?sendt")


def _form(
    request: HttpRequest, typed: str = "", *, is_sent: bool = False, problem: str = "", status: int = 200
) -> HttpResponse:
    content = {"typed": typed[:254], "problem": problem, "is_sent": is_sent}
    return render(request, "public/lost_link.html", content, status=status)
