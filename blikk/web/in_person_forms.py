"""What is chosen and typed about coming in person, about whether video is right, and about what is to be found out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import REQUIRED, WORDS, StaffForm, lengths
from blikk.web.timetable_forms import day_field, time_field

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REASONS: "list[tuple[str, StrPromise]]" = [
    ("examination", _("Trenger undersøkelse")),
    ("procedure", _("Trenger prosedyre eller måling")),
    ("samples", _("Trenger prøver")),
    ("infection", _("Tegn på alvorlig infeksjon")),
    ("not_undisturbed", _("Rammen rundt samtalen er ikke trygg")),
    ("technical", _("Lyd, bilde eller nett er ikke godt nok")),
    ("wish", _("Pasienten vil heller møte opp")),
    ("other", _("Annet")),
]
POINTS: "list[tuple[str, StrPromise]]" = [
    ("examination", _("Trenger undersøkelse")),
    ("procedure", _("Trenger prosedyre eller måling")),
    ("samples", _("Trenger prøver")),
    ("infection", _("Tegn på alvorlig infeksjon")),
    ("interpreter", _("Trenger tolk")),
    ("danger", _("Kan være i fare")),
    ("sick_note", _("Sykmelding er et tema")),
]
JUDGEMENTS: "list[tuple[str, StrPromise]]" = [
    ("video", _("Video passer")),
    ("begin", _("Begynn på video, og avgjør der")),
    ("in_person", _("Bør møte opp")),
]


class AnyOf(forms.MultipleChoiceField):
    """Things to tick that may be gone when the form comes back: the act says so, with words of its own."""

    def valid_value(self, value: Any) -> bool:
        return True


class InPersonForm(StaffForm):
    """Why an hour is to be held in person, and the times that it could have."""

    names: Mapping[str, str] = {"starts_at": "day", "times": "slots"}

    reason = forms.ChoiceField(
        label=_("Hvorfor"), choices=REASONS, widget=forms.RadioSelect, error_messages=REQUIRED
    )
    words = forms.CharField(
        label=_("Egne ord"),
        required=False,
        max_length=500,
        help_text=_("Bare dere ser dette. Pasienten får ikke grunnen i meldingen."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    same_time = forms.BooleanField(label=_("Samme tid som videotimen"), required=False)
    slots = AnyOf(label=_("Ledige tider"), required=False, widget=forms.CheckboxSelectMultiple)
    day = day_field(_("Dag"), required=False)
    at = time_field(_("Klokkeslett"), required=False)
    minutes = forms.TypedChoiceField(
        label=_("Lengde"),
        choices=lengths,
        coerce=int,
        initial=20,
        error_messages=REQUIRED,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    place = forms.ChoiceField(
        choices=[(one, one) for one in ("day", "booking", "talk", "close_out")],
        widget=forms.HiddenInput,
        required=False,
    )

    def __init__(self, *args: Any, slots: Sequence[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["slots"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(slots)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for given, missing in (("day", "at"), ("at", "day")):
            if cleaned.get(given) and not cleaned.get(missing) and missing not in self.errors:
                self.add_error(missing, WORDS["missing"])
        return cleaned


class SuitabilityForm(StaffForm):
    """What speaks against video, and the clinician's own judgement."""

    points = forms.MultipleChoiceField(
        label=_("Kryss av det som gjelder"),
        choices=POINTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=REQUIRED,
    )
    judgement = forms.ChoiceField(
        label=_("Din vurdering"),
        choices=JUDGEMENTS,
        required=False,
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, may_judge: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        if not may_judge:
            del self.fields["judgement"]
            self.fields["reason"].label = str(_("Merknad"))

    @property
    def says_something(self) -> bool:
        """Whether anything was ticked, chosen or written."""
        return any(self.cleaned_data.values())


class TaskForm(StaffForm):
    """What is to be found out, by whom and when."""

    what = forms.CharField(
        label=_("Hva skal gjøres"),
        max_length=300,
        help_text=_("For eksempel: hent prøvesvar, eller ring pasienten om målingene."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    holder = forms.ChoiceField(label=_("Hvem"), error_messages=REQUIRED)
    due_on = day_field(_("Frist"))

    def __init__(self, *args: Any, members: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["holder"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(members)


class TaskHolderForm(StaffForm):
    """Who has a task from now on."""

    holder = forms.ChoiceField(label=_("Hvem"), error_messages=REQUIRED)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, members: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["holder"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(members)


class TaskDoneForm(StaffForm):
    """That a task is done, or not after all."""

    version = forms.IntegerField(min_value=1)
    undo = forms.BooleanField(required=False)
