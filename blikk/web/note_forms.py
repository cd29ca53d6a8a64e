"""For administrators: how notes are to be, and by what each consultation was held, as a file of codes."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from blikk.audit.services import looked_at
from blikk.consultations.channels import stretches_of
from blikk.documentation.forms import SICK_NOTE
from blikk.documentation.queries import rules_of, signed_between
from blikk.documentation.services import set_rules
from blikk.kernel.times import local
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import FIRST_DAY, LAST_DAY, REQUIRED, StaffForm
from blikk.web.phrase_forms import RulesForm
from blikk.web.presenters.note import POINTS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from blikk.clinics.models import Clinic
    from blikk.documentation.models import Note


def _day(label: "StrPromise") -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages=REQUIRED,
    )


class SpanForm(StaffForm):
    """From which day to which, both of them too."""

    fra = _day(_("Fra og med"))
    til = _day(_("Til og med"))

    def clean(self) -> None:
        first, last = self.cleaned_data.get("fra"), self.cleaned_data.get("til")
        for name, day in (("fra", first), ("til", last)):
            if day and not FIRST_DAY <= day < LAST_DAY:
                self.add_error(name, gettext("Velg en dag mellom 2000 og 2199."))
        if first and last and not self.errors and first > last:
            self.add_error("til", gettext("Den siste dagen kan ikke være før den første."))


@require_http_methods(["GET", "HEAD", "POST"])
@staff("administrator")
def note_rules(request: StaffRequest) -> HttpResponse:
    """Choose the language of notes, and what stands on paper."""
    rules = rules_of(request.clinic)
    initial = {"language": rules.language, "shows_number": rules.shows_number}
    form = RulesForm(request.POST or None, initial=initial)

    def save() -> bool:
        set_rules(request.clinic, **form.cleaned_data, actor=request.actor, now=timezone.now())
        return True

    if request.method == "POST" and form.attempt(save):
        messages.success(request, gettext("Innstillingene er lagret."))
        return redirect("note_rules")
    return render(
        request, "administrator/note_rules.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
@never_cache
@staff("administrator")
def note_forms(request: StaffRequest) -> HttpResponse:
    """Choose the days; with days, the file."""
    now = timezone.now()
    asked = SpanForm(request.GET) if request.GET else None
    if asked is not None and asked.is_valid():
        first, last = asked.cleaned_data["fra"], asked.cleaned_data["til"]
        looked_at(
            "note.forms",
            actor=request.actor,
            about=request.clinic,
            clinic_id=request.clinic.pk,
            now=now,
            first=first.isoformat(),
            last=last.isoformat(),
        )
        return _file(request.clinic, first, last)
    today = local(now, request.clinic.zone).date()
    form = asked or SpanForm(initial={"fra": today.replace(day=1), "til": today})
    status = 422 if form.errors else 200
    return render(request, "administrator/note_forms.html", {"form": form}, status=status)


def _held(note: "Note", zone: str) -> list[str]:
    """From when to when, by whom, and for how many minutes by which channel: empty for one that was not used."""
    talk = note.consultation
    spent: dict[str, float] = {}
    for stretch in stretches_of(talk):
        spent[stretch.channel] = spent.get(stretch.channel, 0) + stretch.seconds
    ends = [talk.opened_at, talk.ended_at]
    times = [local(at, zone).strftime("%H:%M") if at else "" for at in ends]
    minutes = [str(round(spent[one] / 60)) if one in spent else "" for one in ("video", "sound", "phone")]
    return [*times, talk.clinician.hpr_number, *minutes]


def _file(clinic: "Clinic", first: date, last: date) -> HttpResponse:
    zone = ZoneInfo(clinic.zone)
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    lines = io.StringIO()
    table = csv.writer(lines, delimiter=";")
    heads = [gettext("Konsultasjon"), gettext("Dato"), gettext("Form"), gettext("Sykmelding")]
    times = [gettext("Start"), gettext("Slutt"), gettext("HPR-nummer")]
    minutes = [gettext("Minutter video"), gettext("Minutter bare lyd"), gettext("Minutter telefon")]
    table.writerow([*heads, *(str(POINTS[point]) for point in SICK_NOTE), *times, *minutes])
    yes, no = gettext("ja"), gettext("nei")
    for note in signed_between(clinic, start, end):
        weighed = note.sick_note
        day = local(note.consultation.opened_at, clinic.zone).date().isoformat()
        answers = ["" if weighed is None else yes if weighed.get(point) else no for point in SICK_NOTE]
        coded = [note.consultation.public_id, day, note.form, no if weighed is None else yes]
        table.writerow([*coded, *answers, *_held(note, clinic.zone)])
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    sent = HttpResponse("\ufeff" + lines.getvalue(), content_type="text/csv; charset=utf-8")
    sent["Content-Disposition"] = f'attachment; filename="form-{first}-{last}.csv"'
    return sent
