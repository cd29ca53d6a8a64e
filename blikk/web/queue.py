"""Acts on a drop-in queue and on those in it: forms that work without script, and lie over the day with it."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from blikk.audit.services import looked_at
from blikk.clinics import queries as clinics
from blikk.journeys import companions
from blikk.journeys import queue as journeys
from blikk.journeys.consent import along
from blikk.kernel.errors import NotFound
from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.scheduling import services as planning
from blikk.waiting_room import queries as waiting_room
from blikk.web import queue_forms as forms
from blikk.web.access import StaffRequest, staff
from blikk.web.companion_forms import InviteForm
from blikk.web.forms import StaffForm
from blikk.web.help_words import help_choices
from blikk.web.presenters.companions import consent_mark, show_offers
from blikk.web.presenters.queue import show_place
from blikk.web.presenters.words import role

if TYPE_CHECKING:
    from blikk.waiting_room.queries import Queue, QueueRow

DESK = ("clinician", "secretary")


def _back(request: StaffRequest) -> HttpResponse:
    return redirect(forms.BackForm(request.POST).page())


def _act(request: StaffRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": timezone.now()}


@require_GET
@never_cache
@staff(*DESK)
def place(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Somebody in a queue, and all that may be done for them."""
    return place_page(request, arrival_id)


def place_page(request: StaffRequest, arrival_id: str, said: str = "", **bound: StaffForm) -> HttpResponse:
    """Somebody in a queue, with what was done just now or what was wrong with what was typed."""
    queue, row = _standing(request, arrival_id)
    now = timezone.now()
    ahead = any(before.is_ready for before in queue.rows[: row.place - 1])
    looked_at(
        "queue_place",
        actor=request.actor,
        about=f"waiting_room.Arrival:{arrival_id}",
        clinic_id=request.clinic.pk,
        now=now,
    )
    context = {
        "one": show_place(row, dict(help_choices(request.clinic)), rings=False, now=now),
        "queue": queue,
        "til": forms.BackForm(request.POST or request.GET).page(),
        "take": bound.get("take", forms.MaybeReasonForm(initial={"version": row.version})),
        "must_say_why": ahead,
        "push": bound.get("push", forms.ReasonForm()),
        "hold": bound.get("hold", forms.HoldForm()),
        "tell": bound.get("tell", forms.TellForm()),
        "transfer": bound.get("transfer") or forms.TransferForm(places=_places(request, queue)),
        **_along(request, arrival_id),
        "along_form": bound.get("along") or InviteForm(auto_id="along_%s"),
        "said": said,
        # One act is open at a time: the one that was refused, or the one that needs no more than a press.
        "opened": next(iter(bound), "take" if not ahead else ""),
        "page": {"at": "sheet"},
    }
    return render(request, "staff/queue_place.html", context, status=422 if bound else 200)


def _along(request: StaffRequest, arrival_id: str) -> dict[str, Any]:
    """Who comes along with somebody in a queue, and who may be asked to."""
    mine, now = waiting_room.get(request.clinic, arrival_id).invitation, timezone.now()
    if mine.patient is None:
        return {}
    found = along(mine, mine.patient, now=now)
    offers = companions.offered(request.clinic, mine.patient, None, now=now)
    return {
        "patient": mine.patient.public_id,
        "along": [(one.name, role(one.role), consent_mark(one.standing), one.is_here) for one in found],
        "offers": show_offers(
            [one for one in offers if one.companion.name not in {with_.name for with_ in found}]
        ),
    }


def _standing(request: StaffRequest, arrival_id: str) -> tuple["Queue", "QueueRow"]:
    """The person's own queue and row; who is no longer in a queue is not found."""
    arrival = waiting_room.get(request.clinic, arrival_id)
    if arrival.opening is None:
        raise NotFound
    queue = waiting_room.queue_of(arrival.opening, now=timezone.now())
    for row in queue.rows:
        if row.arrival == arrival_id:
            return queue, row
    raise NotFound


def _places(request: StaffRequest, queue: "Queue") -> list[tuple[str, str]]:
    """The other queues of today, and the colleagues."""
    now = timezone.now()
    today = local(now, request.clinic.zone).date()
    views = scheduling.openings_on(request.clinic, today, now=now)
    others = [
        (f"queue:{view.opening.public_id}", view.period.name)
        for view in views
        if view.opening and view.opening.public_id != queue.opening and view.is_open_now
    ]
    people = clinics.clinicians_of(request.clinic)
    return others + [(f"person:{one.public_id}", one.name) for one in people]


@require_POST
@staff("clinician")
def take(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Let somebody in out of turn, with a reason, and go to the conversation."""
    form = forms.MaybeReasonForm(request.POST)
    talk = form.attempt(
        lambda: journeys.take(
            request.clinic,
            arrival_id,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            membership=request.membership,
            **_act(request),
        )
    )
    if not talk:
        return place_page(request, arrival_id, take=form)
    return redirect("conversation", talk.public_id)


@require_POST
@staff(*DESK)
def hold(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Let somebody wait outside their turn, with a word about why; the place is kept."""
    form = forms.HoldForm(request.POST)
    words = form.attempt(
        lambda: journeys.hold(request.clinic, arrival_id, words=form.cleaned_data["words"], **_act(request))
    )
    return _back(request) if words else place_page(request, arrival_id, hold=form)


@require_POST
@staff(*DESK)
def unhold(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Let somebody who was on hold wait for their turn again."""
    journeys.unhold(request.clinic, arrival_id, **_act(request))
    return _back(request)


@require_POST
@staff(*DESK)
def prioritise(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Put somebody first, with a reason that is recorded; those who are moved back are told."""
    form = forms.ReasonForm(request.POST)
    done = form.attempt(
        lambda: journeys.prioritise(
            request.clinic, arrival_id, reason=form.cleaned_data["reason"], **_act(request)
        )
    )
    return _back(request) if done else place_page(request, arrival_id, push=form)


@require_POST
@staff(*DESK)
def transfer(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Hand somebody to a colleague or to another queue; they keep their time of arrival."""
    queue, _row = _standing(request, arrival_id)
    form = forms.TransferForm(request.POST, places=_places(request, queue))
    done = form.attempt(
        lambda: journeys.transfer(
            request.clinic,
            arrival_id,
            opening_id=form.target("queue"),
            membership_id=form.target("person"),
            **_act(request),
        )
    )
    return _back(request) if done else place_page(request, arrival_id, transfer=form)


@require_POST
@staff(*DESK)
def tell_one(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Say something on the screen of one who waits."""
    form = forms.TellForm(request.POST)
    said = form.attempt(
        lambda: journeys.tell(request.clinic, arrival_id=arrival_id, **form.cleaned_data, **_act(request))
    )
    return _back(request) if said else place_page(request, arrival_id, tell=form)


@require_POST
@staff(*DESK)
def call(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Call somebody who stepped away."""
    journeys.call(request.clinic, arrival_id, **_act(request))
    return _back(request)


@require_POST
@staff(*DESK)
def send_home(request: StaffRequest, arrival_id: str) -> HttpResponse:
    """Take somebody out of the queue who cannot be helped here; their page says what to do instead."""
    journeys.send_home(request.clinic, arrival_id, **_act(request))
    return _back(request)


@require_GET
@never_cache
@staff(*DESK)
def opening(request: StaffRequest, opening_id: str) -> HttpResponse:
    """One queue: a word to all, who serves, and closing it."""
    return _opening_page(request, opening_id)


def _opening_page(
    request: StaffRequest, opening_id: str, *, tell: forms.TellForm | None = None
) -> HttpResponse:
    now = timezone.now()
    known = waiting_room.get_opening(request.clinic, opening_id)
    queue = waiting_room.queue_of(known, now=now)
    mine = next((one for one in queue.serving if one.membership == request.membership.public_id), None)
    context = {
        "queue": queue,
        "tell": tell or forms.TellForm(),
        "til": forms.BackForm(request.POST or request.GET).page(),
        "mine": mine,
        "may_serve": request.membership.role == "clinician",
        "statuses": forms.STATUSES,
        "page": {"at": "sheet"},
    }
    return render(request, "staff/queue_opening.html", context, status=422 if tell else 200)


@require_POST
@staff("clinician")
def take_next(request: StaffRequest, opening_id: str) -> HttpResponse:
    """Let the next one in from a page whose scripts or socket do not work, and go to the conversation."""
    talk = journeys.take_next(request.clinic, opening_id, membership=request.membership, **_act(request))
    return redirect("conversation", talk.public_id)


@require_POST
@staff(*DESK)
def tell_all(request: StaffRequest, opening_id: str) -> HttpResponse:
    """Say something on the screens of all who wait."""
    form = forms.TellForm(request.POST)
    said = form.attempt(
        lambda: journeys.tell(request.clinic, opening_id=opening_id, **form.cleaned_data, **_act(request))
    )
    return _back(request) if said else _opening_page(request, opening_id, tell=form)


@require_POST
@staff("clinician")
def serve(request: StaffRequest, opening_id: str) -> HttpResponse:
    """Begin or stop serving a queue, or say that one is busy or away for a moment."""
    form = forms.StatusForm(request.POST)
    if not form.is_valid():
        raise NotFound
    status, who = form.cleaned_data["status"], {"membership": request.membership, **_act(request)}
    if status == "start":
        journeys.serve(request.clinic, opening_id, **who)
    elif status == "stop":
        journeys.stop_serving(request.clinic, opening_id, **who)
    else:
        journeys.set_status(request.clinic, opening_id, status=status, **who)
    return _back(request)


@require_POST
@staff(*DESK)
def start(request: StaffRequest, period_id: str) -> HttpResponse:
    """Make today's queue of a period before anybody has come; a clinician serves it from then on."""
    now = timezone.now()
    period = scheduling.get_period(request.clinic, period_id)
    today = local(now, request.clinic.zone).date()
    made = planning.opening_for(period, today, now=now)
    if request.membership.role == "clinician":
        journeys.serve(
            request.clinic, made.public_id, membership=request.membership, actor=request.actor, now=now
        )
    return _back(request)


@require_POST
@staff(*DESK)
def open_again(request: StaffRequest, opening_id: str) -> HttpResponse:
    """Let people enter a queue again that was closed."""
    journeys.open_queue(request.clinic, opening_id, **_act(request))
    return _back(request)


@require_POST
@staff(*DESK)
def close(request: StaffRequest, opening_id: str) -> HttpResponse:
    """Let nobody more into a queue today; those who stand in it are served, or told that they will not be."""
    everybody = request.POST.get("everybody") == "on"
    journeys.close_queue(request.clinic, opening_id, send_everybody_home=everybody, **_act(request))
    return _back(request)


@require_POST
@staff("clinician")
def late(request: StaffRequest) -> HttpResponse:
    """Tell all booked patients of the day that their clinician is late, and let them choose what to do."""
    form = forms.LateForm(request.POST)
    if form.is_valid():
        journeys.late(
            request.clinic,
            membership=request.membership,
            minutes=form.cleaned_data["minutes"],
            **_act(request),
        )
    return redirect(reverse("day"))
