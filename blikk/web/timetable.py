"""The timetable's pages: the week, its periods, and who is away."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.clinics import queries as clinics
from blikk.journeys import timetable as journeys
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.limits import may_try
from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.scheduling import services as planning
from blikk.web import timetable_forms as forms
from blikk.web.access import StaffRequest, staff
from blikk.web.presenters.absence import show_absence, who_of
from blikk.web.presenters.timetable import ShownWeek, show_week, weekday_names
from blikk.web.presenters.words import day_and_clock
from blikk.web.refusals import words_for

if TYPE_CHECKING:
    from blikk.clinics.models import Membership
    from blikk.scheduling.models import Appointment, Period

DESK = ("clinician", "secretary")
LOOK_LASTS = 600
# So many hours that were changed are named one by one.
MOST_SAID = 12


@require_GET
@never_cache
@staff(*DESK)
def timetable(request: StaffRequest) -> HttpResponse:
    """The week: when each clinician takes booked patients, and when the queue is open."""
    week = _week(request)
    page = {
        "at": "week",
        "parts": f"{reverse('timetable_parts')}?{week.keep}",
        "days": weekday_names(),
    }
    return render(request, "staff/timetable.html", {"week": week, "page": page})


@require_GET
@never_cache
@staff(*DESK, fragment=True)
def timetable_parts(request: StaffRequest) -> HttpResponse:
    """The week alone, for a page that is open."""
    return render(request, "staff/_week.html", {"week": _week(request)})


def _week(request: StaffRequest) -> ShownWeek:
    now = timezone.now()
    asked = forms.WeekForm(request.GET)
    monday = asked.monday(local(now, request.clinic.zone).date())
    members = clinics.clinicians_of(request.clinic)
    own = request.membership.public_id if request.membership.role == "clinician" else forms.WHOLE_CLINIC
    wanted = asked.who() or own
    clinician = next((one for one in members if one.public_id == wanted), None)
    # An open page asks again and again: one look in ten minutes is one line in the record.
    if may_try(
        "look_at_week", f"{request.membership.public_id}:{monday}", times=1, seconds=LOOK_LASTS, now=now
    ):
        _looked(request, "timetable", week=monday.isoformat())
    week = scheduling.week_of(request.clinic, monday, clinician=clinician)
    return show_week(week, request.clinic, monday=monday, clinician=clinician, clinicians=members, now=now)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def period_new(request: StaffRequest) -> HttpResponse:
    """Add a period to the timetable."""
    form = forms.PeriodForm(
        request.POST if request.method == "POST" else None,
        clinicians=_names(request),
        initial=_first(request),
    )
    made = form.attempt(
        lambda: planning.add_period(
            request.clinic,
            clinicians=_clinicians(request, form),
            **form.wanted(),
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if made:
        return redirect(_back(made))
    context = {"form": form, "back": reverse("timetable"), "page": {"at": "form"}}
    return render(request, "staff/period.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def period(request: StaffRequest, period_id: str) -> HttpResponse:
    """Show a period as it is, and change it."""
    known = scheduling.get_period(request.clinic, period_id)
    form = forms.VersionedPeriodForm(
        request.POST if request.method == "POST" else None,
        clinicians=_names(request),
        initial=_particulars(known),
    )
    changed = form.attempt(
        lambda: planning.change_period(
            request.clinic,
            period_id,
            version=form.cleaned_data["version"],
            clinicians=_clinicians(request, form),
            **form.wanted(),
            actor=request.actor,
            now=timezone.now(),
        )
    )
    if changed:
        return redirect(_back(changed))
    context = {"form": form, "period": known, "back": _back(known), "page": {"at": "form"}}
    return render(request, "staff/period.html", context, status=422 if form.errors else 200)


@require_POST
@staff(*DESK, fragment=True)
def period_move(request: StaffRequest, period_id: str) -> HttpResponse:
    """Put a period elsewhere in the week, from the hand or the keys of somebody on the week page."""
    scheduling.get_period(request.clinic, period_id)
    form = forms.PlaceForm(request.POST)
    moved = form.attempt(
        lambda: planning.change_period(
            request.clinic, period_id, **form.cleaned_data, actor=request.actor, now=timezone.now()
        )
    )
    if not moved:
        why = [str(fault) for faults in form.errors.values() for fault in faults]
        return render(request, "staff/_why.html", {"why": why}, status=422)
    return render(request, "staff/_week.html", {"week": _week(request)})


@require_POST
@staff(*DESK)
def period_retire(request: StaffRequest, period_id: str) -> HttpResponse:
    """Take a period out of the timetable; hours that are booked stay."""
    scheduling.get_period(request.clinic, period_id)
    seen = forms.SeenForm(request.POST)
    if not seen.is_valid():
        return redirect("period", period_id)
    retired = planning.retire_period(
        request.clinic,
        period_id,
        version=seen.cleaned_data["version"],
        actor=request.actor,
        now=timezone.now(),
    )
    return redirect(_back(retired))


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def absence_new(request: StaffRequest) -> HttpResponse:
    """Say that somebody is away, or that the whole clinic is closed."""
    mine = request.membership.public_id if request.membership.role == "clinician" else ""
    today = local(timezone.now(), request.clinic.zone).date()
    first = {"who": request.GET.get("hvem", mine), "from_day": today, "to_day": today}
    form = forms.AbsenceForm(
        request.POST if request.method == "POST" else None, clinicians=_names(request), initial=first
    )
    made = form.attempt(lambda: _declare(request, form))
    if made:
        return redirect("absence", made)
    return render(
        request,
        "staff/absence_new.html",
        {"form": form, "page": {"at": "form"}},
        status=422 if form.errors else 200,
    )


def _declare(request: StaffRequest, form: forms.AbsenceForm) -> str:
    starts, ends = form.stretch()
    clinician = None
    if form.cleaned_data["who"] != forms.WHOLE_CLINIC:
        clinician = _found(request, form.cleaned_data["who"])
    declared = journeys.declare_absent(
        request.clinic,
        clinician=clinician,
        kind=form.cleaned_data["kind"],
        starts=starts,
        ends=ends,
        actor=request.actor,
        now=timezone.now(),
    )
    return str(declared.absence.public_id)


@require_http_methods(["GET", "POST"])
@never_cache
@staff(*DESK)
def absence(request: StaffRequest, absence_id: str) -> HttpResponse:
    """An absence, those whose hours fall within it, and what is to happen to each."""
    known = scheduling.get_absence(request.clinic, absence_id)
    hit = list(scheduling.hit_by(known))
    now = timezone.now()
    faults: dict[str, str] = {}
    refused = ""
    if request.method == "POST":
        chosen = forms.chosen_for(request.POST, [one.public_id for one in hit])
        try:
            done = journeys.resolve_absent(
                request.clinic, absence_id, choices=chosen, actor=request.actor, now=now
            )
        except Invalid as fault:
            faults = {name: words_for(code) for name, code in fault.fields.items()}
            refused = "" if faults.keys() & chosen.keys() else next(iter(faults.values()), "")
        else:
            say_what_was_done(request, done)
            return redirect("absence", absence_id)
    _looked(request, "absence", absence=absence_id)
    shown = show_absence(
        known,
        hit,
        request.clinic,
        others=scheduling.other_times(request.clinic, hit, now=now),
        left_alone=journeys.left_alone(request.clinic, known, days=1, now=now),
        faults=faults,
    )
    context = {"away": shown, "refused": refused, "page": {"at": "form"}}
    return render(request, "staff/absence.html", context, status=422 if faults else 200)


def say_what_was_done(request: StaffRequest, done: Sequence["Appointment"]) -> None:
    """Say on the next page what became of the hours, in case it was the wrong one."""
    if not done:
        messages.warning(request, gettext("Ingen timer ble endret. Noen andre kan ha ordnet dem."))
    for one in done[:MOST_SAID]:
        values = {"name": one.patient.name, "when": day_and_clock(one.starts_at, request.clinic.zone)}
        if one.status == "cancelled":
            said = gettext("Timen til %(name)s er avlyst. De får melding.")
        else:
            said = gettext("%(name)s har nå time %(when)s hos %(clinician)s. De får melding.")
        messages.success(request, said % {**values, "clinician": one.clinician.name})
    if len(done) > MOST_SAID:
        more = len(done) - MOST_SAID
        said = ngettext("%(more)s time til er ordnet.", "%(more)s timer til er ordnet.", more)
        messages.success(request, said % {"more": more})


@require_POST
@staff(*DESK)
def absence_end(request: StaffRequest, absence_id: str) -> HttpResponse:
    """Take an absence back: the timetable holds again."""
    planning.end_absence(request.clinic, absence_id, actor=request.actor, now=timezone.now())
    return redirect("timetable")


def _names(request: StaffRequest) -> list[tuple[str, str]]:
    return [(one.public_id, one.name) for one in clinics.clinicians_of(request.clinic)]


def _found(request: StaffRequest, public_id: str) -> "Membership":
    found = clinics.find_member(request.clinic, public_id)
    if found is None:
        raise NotFound
    return found


def _clinicians(request: StaffRequest, form: forms.PeriodForm) -> list["Membership"]:
    return [_found(request, one) for one in form.cleaned_data["clinicians"]]


def _first(request: StaffRequest) -> dict[str, Any]:
    """What a new period begins with: the day that was pressed, and the person's own name."""
    asked = forms.WeekForm({"uke": request.GET.get("dag", "")})
    today = local(timezone.now(), request.clinic.zone).date()
    asked.full_clean()
    day: date = asked.cleaned_data.get("uke") or today
    mine = [request.membership.public_id] if request.membership.role == "clinician" else []
    return {"weekday": day.weekday(), "valid_from": max(day, today), "clinicians": mine}


def _particulars(known: "Period") -> dict[str, Any]:
    names = (*forms.PeriodForm.base_fields, "version")
    shown = {name: getattr(known, name) for name in names if name != "clinicians"}
    return {**shown, "clinicians": [one.public_id for one in who_of(known)]}


def _back(period: "Period") -> str:
    """The week page, at a week in which the period stands."""
    today = timezone.localdate()
    day = max(period.valid_from, today)
    day -= timedelta(days=day.weekday())
    return f"{reverse('timetable')}?{urlencode({'uke': day.isoformat()})}"


def _looked(request: StaffRequest, what: str, **details: str) -> None:
    looked_at(
        what,
        actor=request.actor,
        about=request.clinic,
        clinic_id=request.clinic.pk,
        now=timezone.now(),
        **details,
    )
