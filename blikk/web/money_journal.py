"""The page of a clinic's money over time, and its file for the accountant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from blikk.journeys import money
from blikk.journeys.money_lines import take_lines
from blikk.kernel.times import local
from blikk.web.access import StaffRequest, staff
from blikk.web.money_file import beside, written
from blikk.web.note_forms import SpanForm
from blikk.web.presenters.money import STEPS, first_period, periods, show_journal

if TYPE_CHECKING:
    from datetime import date

    from django.http.response import HttpResponseBase

    from blikk.web.presenters.money import ShownJournal

# Secretaries sit at the till, administrators answer for the accounts.
WHO = ("secretary", "administrator")


class MoneyForm(SpanForm):
    """Which days, and how long each step is."""

    trinn = forms.ChoiceField(label=_("Vis hver"), choices=STEPS, initial="week")


class MoneyFileForm(SpanForm):
    """Which days, and whether the file names people."""

    navn = forms.BooleanField(label=_("Ta med navn"), required=False)


@require_safe
@never_cache
@staff(*WHO)
def money_journal(request: StaffRequest) -> HttpResponse:
    """What was billed, paid, given back and claimed, and what is owed; for the days that were asked for."""
    return _page(request, MoneyForm(request.GET) if request.GET else None)


@require_POST
@never_cache
@staff(*WHO)
def money_journal_file(request: StaffRequest) -> HttpResponseBase:
    """The same days line by line, as a file. That it was taken is recorded."""
    form = MoneyFileForm(request.POST)
    if not form.is_valid():
        return _page(request, None, file_form=form)
    first, last = cast("date", form.cleaned_data["fra"]), cast("date", form.cleaned_data["til"])
    with_names = bool(form.cleaned_data["navn"])
    lines = take_lines(
        request.clinic, first, last, with_names=with_names, actor=request.actor, now=timezone.now()
    )
    rows = written(lines, zone=request.clinic.zone, with_names=with_names)
    sent = StreamingHttpResponse(
        beside(rows) if isinstance(request, ASGIRequest) else rows, content_type="text/csv; charset=utf-8"
    )
    sent["Content-Disposition"] = f'attachment; filename="okonomi-{first}-{last}.csv"'
    sent["Cache-Control"] = "no-store"
    return sent


def _page(
    request: StaffRequest, asked: MoneyForm | None, *, file_form: MoneyFileForm | None = None
) -> HttpResponse:
    today = local(timezone.now(), request.clinic.zone).date()
    values = first_period(today)
    form, shown = asked or MoneyForm(initial=values), None
    if asked is not None:
        values = asked.cleaned_data if asked.is_valid() else {}
    if values:
        shown = _shown(request, form, values, is_asked=asked is not None)
    is_office = request.membership.role == "administrator"
    context = {
        "form": form,
        "file_form": file_form or MoneyFileForm(initial=values or first_period(today)),
        "shown": shown,
        "periods": periods(today),
        "base": "administrator/base.html" if is_office else "administrator/beside.html",
    }
    is_wrong = bool(form.errors or (file_form and file_form.errors))
    return render(request, "administrator/money_journal.html", context, status=422 if is_wrong else 200)


def _shown(
    request: StaffRequest, form: MoneyForm, values: dict[str, Any], *, is_asked: bool
) -> ShownJournal | None:
    def look() -> money.Journal:
        return money.journal_of(request.clinic, values["fra"], values["til"], step=values["trinn"])

    journal = form.attempt(look) if is_asked else look()
    return show_journal(journal) if journal else None
