"""What is typed on the pages for writing, by patients before the proof and by staff."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.kernel.errors import Invalid, Overtaken, Refused
from blikk.web.forms import REQUIRED, WORDS, StaffForm
from blikk.web.public_forms import CodeForm
from blikk.web.typed import read_birth_date
from blikk.web.writing_words import choices_of
from blikk.writing.policies import LONGEST_ANSWER, LONGEST_TEXT

T = TypeVar("T")
CHANNELS = [("sms", _("SMS")), ("email", _("E-post"))]


class BornForm(StaffForm):
    """The birth date, as people write it."""

    only = "birth_date"
    birth_date = forms.CharField(
        label=_("Fødselsdato"),
        max_length=40,
        help_text=_("Dag, måned og år. Eksempel: 05111944"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday"}),
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, today: date | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_birth_date(self) -> str:
        typed = str(self.cleaned_data["birth_date"])
        try:
            read_birth_date(typed, today=self.today or date.max)
        except Invalid:
            self.refuse("birth_date", "not_a_birth_date")
        return typed

    def born(self) -> date:
        """The day that was typed; what cannot be one never gets here, and is no try."""
        return read_birth_date(self.cleaned_data["birth_date"], today=self.today or date.max)


class OwnCodeForm(CodeForm):
    """Six digits that came to the registered phone."""

    only = "code"

    def digits(self) -> str:
        return str(self.cleaned_data["code"])

    def attempt_always(self, act: Callable[[], object]) -> None:
        """Do what needs no field, and say what refuses it."""
        self.forgive()
        self.cleaned_data = {}
        try:
            act()
        except Refused as fault:
            self.refuse("code", fault.code)


def _channels(**more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Slik får pasienten beskjed"),
        choices=CHANNELS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={**REQUIRED, "required": _("Velg SMS eller e-post.")},
        **more,
    )


def _area(label: Any, most: int, **more: Any) -> forms.CharField:
    faults = {**REQUIRED, "max_length": _("Dette er for langt. Skriv det kortere.")}
    widget = forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "true"})
    return forms.CharField(label=label, max_length=most, widget=widget, error_messages=faults, **more)


class AskForm(StaffForm):
    """What a patient is asked, whether photos are wanted, until when, and how the message goes."""

    questions = forms.MultipleChoiceField(
        label=_("Spørsmål"), required=False, widget=forms.CheckboxSelectMultiple, error_messages=REQUIRED
    )
    words = _area(
        _("Egne ord til pasienten"),
        LONGEST_ANSWER,
        required=False,
        help_text=_("Vises bare bak lenken, etter at pasienten har vist hvem de er. Står aldri i meldingen."),
    )
    wants_photo = forms.BooleanField(
        label=_("Be om bilde"), required=False, widget=forms.CheckboxInput(attrs={"class": "ds-input"})
    )
    due_on = forms.DateField(
        label=_("Svar senest"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": WORDS["missing"], "invalid": _("Velg en dag som finnes.")},
    )
    channels = _channels()

    def __init__(self, *args: Any, own: Sequence[str], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["questions"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices_of(own)


class BeginForm(StaffForm):
    """The beginning of a consultation in writing."""

    clinician = forms.ChoiceField(label=_("Behandler"), error_messages=REQUIRED)
    words = _area(
        _("Det første du vil skrive"),
        LONGEST_TEXT,
        required=False,
        help_text=_("La feltet stå tomt hvis pasienten skal begynne."),
    )
    channels = _channels()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, clinicians: Sequence[tuple[str, str]], may_write: bool, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        field = self.fields["clinician"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(clinicians)
        if not clinicians:
            del self.fields["clinician"]
        if not may_write:
            del self.fields["words"]


class InTimeForm(StaffForm):
    """A form that keeps what was typed when somebody else was faster, and says so."""

    def attempt_in_time(self, act: Callable[[], T]) -> T | None:
        """As `attempt`; who was overtaken sees what is new beside their own words."""
        try:
            return self.attempt(act)
        except Overtaken as fault:
            self.refuse(None, fault.code)
        return None


def refusal_of(act: Callable[[], object]) -> str:
    """Do what has no fields, and give the code of what refuses it; empty if it is done."""
    try:
        act()
    except (Refused, Overtaken) as fault:
        return fault.code
    return ""


class AnswerForm(InTimeForm):
    """The clinician's answer, and which version of the case they had in front of them."""

    text = _area(_("Skriv til pasienten"), LONGEST_TEXT)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class HandOverForm(InTimeForm):
    """To whom a case goes."""

    clinician = forms.ChoiceField(label=_("Kollega"), error_messages=REQUIRED)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, clinicians: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["clinician"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(clinicians)


class RulesForm(StaffForm):
    """How the clinic writes with its patients."""

    questions = forms.CharField(
        label=_("Egne spørsmål"),
        required=False,
        max_length=2600,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        error_messages=REQUIRED,
        help_text=_("Ett spørsmål på hver linje, høyst tolv. De kommer i tillegg til de faste."),
    )
    answer_within_days = forms.TypedChoiceField(
        label=_("Pasienten kan vente svar innen"),
        coerce=int,
        choices=[
            (1, _("neste virkedag")),
            (2, _("to virkedager")),
            (3, _("tre virkedager")),
            (5, _("fem virkedager")),
            (10, _("ti virkedager")),
        ],
        error_messages=REQUIRED,
        help_text=_("Pasienten ser dagen. Sett den slik at dere alltid rekker det."),
    )

    def asked(self) -> list[str]:
        """The questions, each once and without empty lines."""
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))
