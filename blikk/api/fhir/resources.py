"""Reading one, and searching: within the clinic of the token, and never anything else."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import http_date, parse_etags

from blikk.api.fhir.answers import Problem, answer, bundle
from blikk.api.fhir.guard import Asking, fhir, preference, require_grant, with_token
from blikk.api.fhir.pages import Further, opened, sealed
from blikk.api.fhir.typed import Pairs, read_search
from blikk.journeys.sharing import reading

FORM = "application/x-www-form-urlencoded"


@fhir("GET", "HEAD")
@with_token
def read(asking: Asking, kind: str, name: str) -> HttpResponse:
    """One resource, or that nothing changed since it was read before."""
    require_grant(asking, "r", kind)
    resource = reading.read(asking.caller.clinic, kind, name, actor=asking.actor, now=timezone.now())
    etag = f'W/"{resource["meta"]["versionId"]}"'
    changed = datetime.fromisoformat(resource["meta"]["lastUpdated"]).timestamp()
    known = parse_etags(asking.headers.get("If-None-Match", ""))
    response: HttpResponse
    if etag in known or "*" in known:
        response = HttpResponseNotModified()
        response["ETag"] = etag
        return response
    return answer(resource, ETag=etag, Last_Modified=http_date(changed))


@fhir("GET", "HEAD")
@with_token
def search(asking: Asking, kind: str) -> HttpResponse:
    """A page of what fits."""
    return _page(asking, kind, _pairs(asking.GET.lists()), in_address=True)


@fhir("POST")
@with_token
def search_post(asking: Asking, kind: str) -> HttpResponse:
    """The same with the words in the body, which stands in no log."""
    if asking.content_type != FORM and asking.body:
        raise Problem(415, "bad_request")
    # What stands in the address of it counts too, as FHIR has it.
    in_address = _pairs(asking.GET.lists())
    read_search(kind, in_address, prefer="lenient", zone=asking.caller.clinic.zone, in_address=True)
    return _page(asking, kind, [*in_address, *_pairs(asking.POST.lists())], in_address=False)


@fhir("GET", "HEAD")
def nothing(request: HttpRequest, kind: str, name: str, rest: str) -> HttpResponse:
    """An address that does not exist."""
    raise Problem(404, "not_found")


def _page(asking: Asking, kind: str, pairs: Pairs, *, in_address: bool) -> HttpResponse:
    require_grant(asking, "s", kind)
    caller, now = asking.caller, timezone.now()
    prefer, after = preference(asking), (0, 0)
    further = next((text for name, text in pairs if name == "_next"), "")
    if further:
        kept = opened(caller, kind, further, now=now)
        pairs, prefer, after = kept.pairs, kept.prefer, kept.after
    found = read_search(
        kind, pairs, prefer=prefer, zone=caller.clinic.zone, in_address=in_address and not further
    )
    if found.only_count:
        total = reading.count(caller.clinic, found.search, actor=asking.actor, now=now)
        return answer(bundle(kind, [], used=found.used, total=total, ignored=found.ignored))
    page = reading.search(caller.clinic, found.search, after=after, actor=asking.actor, now=now)
    following = ""
    if page.after is not None:
        following = sealed(caller, kind, Further(pairs, prefer, page.after), now=now)
    return answer(
        bundle(
            kind,
            page.resources,
            used=found.used,
            next_page=following,
            total=page.total,
            ignored=found.ignored,
        )
    )


def _pairs(lists: Iterable[tuple[str, Sequence[object]]]) -> list[tuple[str, str]]:
    return [(name, str(text)) for name, texts in lists for text in texts]
