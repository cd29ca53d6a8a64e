"""Pages for administrators: the control questions that the clinic asks in its own words."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from blikk.consultations import frame_lights, own_questions
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.patient_frame import QUESTIONS

if TYPE_CHECKING:
    from blikk.consultations.models import OwnQuestion


class QuestionForm(StaffForm):
    """A question in the clinic's own words."""

    words = forms.CharField(
        label=_("Spørsmålet"),
        max_length=own_questions.LONGEST_WORDS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED,
        help_text=_(
            "Kort, og med «du». Pasienten svarer ja eller nei på skjermen, der andre kan se det. "
            "Ikke spør om sykdom."
        ),
    )
    worry = forms.ChoiceField(
        label=_("Behandleren ser rødt når svaret er"),
        choices=[("no", _("Nei")), ("yes", _("Ja"))],
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    is_on = forms.BooleanField(
        label=_("Spør om dette nå"), required=False, widget=forms.CheckboxInput(attrs={"class": "ds-input"})
    )


@staff("administrator")
@require_http_methods(["GET", "HEAD"])
def questions(request: StaffRequest) -> HttpResponse:
    """Show what is asked of everybody who waits."""
    context = {
        "built_in": [words for _name, words, _choices in QUESTIONS],
        "own": frame_lights.own_questions_of(request.clinic),
        "most": own_questions.MOST,
    }
    return render(request, "administrator/questions.html", context)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: StaffRequest) -> HttpResponse:
    """Ask one more."""
    return _edit(request, None)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: StaffRequest, series: str) -> HttpResponse:
    """Ask it in other words, or not any more."""
    return _edit(request, frame_lights.find_own_question(request.clinic, series))


@staff("administrator")
@require_POST
def question_up(request: StaffRequest, series: str) -> HttpResponse:
    """Ask it earlier."""
    own_questions.move_up(request.clinic, series, actor=request.actor, now=timezone.now())
    return redirect("questions")


def _edit(request: StaffRequest, current: "OwnQuestion | None") -> HttpResponse:
    initial = {"words": current.words, "worry": current.worry, "is_on": current.is_on} if current else None
    form = QuestionForm(request.POST or None, initial=initial or {"worry": "no", "is_on": True})
    who: dict[str, Any] = {"actor": request.actor, "now": timezone.now()}

    def save() -> "OwnQuestion":
        if current is None:
            return own_questions.add(request.clinic, **form.cleaned_data, **who)
        return own_questions.change(request.clinic, current.series, **form.cleaned_data, **who)

    if request.method == "POST" and form.attempt(save) is not None:
        messages.success(request, gettext("Spørsmålet er lagret."))
        return redirect("questions")
    context = {"form": form, "current": current}
    return render(request, "administrator/question.html", context, status=422 if form.errors else 200)
