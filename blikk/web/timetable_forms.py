"""What is typed about the timetable: periods, where one is put, absences and what happens to those booked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import FIRST_DAY, LAST_DAY, REQUIRED, WORDS, StaffForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

KINDS = [("booked", _("Bestilte timer")), ("drop_in", _("Drop-in med kø"))]
FORMS = [("video", _("Video")), ("in_person", _("Oppmøte hos oss"))]
BOOKED_BY = [("staff", _("Bare vi som arbeider her")), ("both", _("Pasienten også, fra siden til klinikken"))]
ABSENCES = [
    ("holiday", _("Ferie eller fri")),
    ("sick", _("Syk")),
    ("closed", _("Stengt")),
    ("other", _("Annet")),
]
WEEKDAYS = [
    (0, _("Mandag")),
    (1, _("Tirsdag")),
    (2, _("Onsdag")),
    (3, _("Torsdag")),
    (4, _("Fredag")),
    (5, _("Lørdag")),
    (6, _("Søndag")),
]
WHOLE_CLINIC = "alle"
_NO_DAY = _("Velg en dag som finnes.")
_NO_TIME = _("Skriv klokkeslettet slik: 14:30.")
_NO_NUMBER = _("Skriv et helt tall.")


def day_field(label: "StrPromise", *, required: bool = True, **more: Any) -> forms.DateField:
    """A day of the calendar."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": WORDS["missing"], "invalid": _NO_DAY},
        validators=[MinValueValidator(FIRST_DAY, _NO_DAY), MaxValueValidator(LAST_DAY, _NO_DAY)],
        **more,
    )


def time_field(label: "StrPromise", *, required: bool = True, **more: Any) -> forms.TimeField:
    """A time of the wall clock."""
    return forms.TimeField(
        label=label,
        required=required,
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": WORDS["missing"], "invalid": _NO_TIME},
        **more,
    )


def _number(label: "StrPromise", *, least: int, most: int, first: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        initial=first,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": least, "max": most}),
        error_messages={
            "invalid": _NO_NUMBER,
            "min_value": _("Skriv et tall som er minst %(limit_value)s."),
            "max_value": _("Skriv et tall som er høyst %(limit_value)s."),
        },
        **more,
    )


class WeekForm(StaffForm):
    """Which week, and whose."""

    uke = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    hvem = forms.CharField(required=False, max_length=22)

    def monday(self, today: date) -> date:
        """The Monday of the week asked for; of this week where none was, or none that exists."""
        self.full_clean()
        asked: date = self.cleaned_data.get("uke") or today
        if not FIRST_DAY <= asked <= LAST_DAY:
            asked = today
        return asked - timedelta(days=asked.weekday())

    def who(self) -> str:
        """The clinician asked for, "alle" for everybody, "" where nothing was asked."""
        self.full_clean()
        return str(self.cleaned_data.get("hvem") or "")


class PeriodForm(StaffForm):
    """A period of the week: booked hours, or drop-in with a queue."""

    BOOKED = ("form", "slot_minutes", "buffer_minutes", "ahead_days", "booked_by")
    DROP_IN = ("last_entry", "capacity", "expected_minutes")

    kind = forms.ChoiceField(
        label=_("Slag"), choices=KINDS, initial="booked", widget=forms.RadioSelect, error_messages=REQUIRED
    )
    name = forms.CharField(
        label=_("Navn"),
        max_length=60,
        help_text=_("Pasienter ser navnet. Skriv for eksempel «Drop-in på video»."),
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    weekday = forms.TypedChoiceField(label=_("Ukedag"), choices=WEEKDAYS, coerce=int, error_messages=REQUIRED)
    starts = time_field(_("Fra"))
    ends = time_field(_("Til"))
    valid_from = day_field(_("Gjelder fra og med"))
    valid_to = day_field(
        _("Til og med"), required=False, help_text=_("La stå tomt hvis den gjelder til videre.")
    )
    clinicians = forms.MultipleChoiceField(
        label=_("Hvem som tar imot"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={**REQUIRED, "required": _("Velg minst én.")},
    )
    on_holidays = forms.BooleanField(label=_("Gjelder også på helligdager"), required=False)
    form = forms.ChoiceField(
        label=_("Hvordan timene holdes"),
        choices=FORMS,
        initial="video",
        required=False,
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    slot_minutes = _number(_("Lengden på en time, i minutter"), least=5, most=240, first=20)
    buffer_minutes = _number(_("Pause mellom timene, i minutter"), least=0, most=120, first=0)
    ahead_days = _number(_("Så mange dager fram kan timer bestilles"), least=0, most=365, first=60)
    booked_by = forms.ChoiceField(
        label=_("Hvem kan bestille"),
        choices=BOOKED_BY,
        initial="staff",
        required=False,
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    last_entry = time_field(
        _("Siste som slipper til i køen"),
        required=False,
        help_text=_("Etter dette kan ingen stille seg i kø."),
    )
    capacity = _number(
        _("Så mange får plass i køen"), least=1, most=500, first=20, help_text=_("Tomt betyr ingen grense.")
    )
    expected_minutes = _number(
        _("Så lenge varer en samtale som regel, i minutter"), least=1, most=120, first=10
    )

    def __init__(self, *args: Any, clinicians: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["clinicians"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(clinicians)

    def clean(self) -> dict[str, Any]:
        """What belongs to the other kind is not asked for; what belongs to this kind must be there."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_booked = cleaned.get("kind") == "booked"
        if "form" not in self.errors:
            cleaned["form"] = cleaned.get("form") or "video"
        mine: tuple[str, ...] = self.BOOKED if is_booked else self.DROP_IN
        others: tuple[str, ...] = self.DROP_IN if is_booked else self.BOOKED
        for name in others:
            cleaned.pop(name, None)
            self.errors.pop(name, None)
        for name in mine:
            # A queue may take as many as come.
            if name == "capacity":
                continue
            if cleaned.get(name) in {None, ""} and name not in self.errors:
                self.add_error(name, WORDS["missing"])
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """What was asked for, without the clinicians: the page finds them by name."""
        return {name: value for name, value in self.cleaned_data.items() if name != "clinicians"}


class VersionedPeriodForm(PeriodForm):
    """A change to the period that the person saw in this version."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def wanted(self) -> dict[str, Any]:
        return {name: value for name, value in super().wanted().items() if name not in {"kind", "version"}}


class PlaceForm(StaffForm):
    """Where in the week a period was put by hand."""

    weekday = forms.TypedChoiceField(choices=WEEKDAYS, coerce=int)
    starts = time_field(_("Fra"))
    ends = time_field(_("Til"))
    version = forms.IntegerField()


class SeenForm(StaffForm):
    """Which version of a period the person saw when they pressed the button."""

    version = forms.IntegerField(min_value=1)


class AbsenceForm(StaffForm):
    """Who is away, when, and why."""

    names: Mapping[str, str] = {
        "starts_at": "from_day",
        "ends_at": "to_day",
        "starts": "from_day",
        "ends": "to_day",
        "clinician": "who",
    }

    who = forms.ChoiceField(label=_("Hvem"), error_messages=REQUIRED)
    kind = forms.ChoiceField(
        label=_("Hvorfor"),
        choices=ABSENCES,
        initial="holiday",
        widget=forms.RadioSelect,
        help_text=_("Pasienter får ikke vite hvorfor."),
        error_messages=REQUIRED,
    )
    from_day = day_field(_("Fra dag"))
    from_at = time_field(_("Fra klokken"), required=False, help_text=_("Tomt betyr hele dagen."))
    to_day = day_field(_("Til og med dag"))
    to_at = time_field(_("Til klokken"), required=False)

    def __init__(self, *args: Any, clinicians: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["who"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*clinicians, (WHOLE_CLINIC, gettext("Hele klinikken"))]

    def stretch(self) -> tuple[datetime, datetime]:
        """From and to as the wall clock shows them; whole days where no time was typed."""
        typed = self.cleaned_data
        start = datetime.combine(typed["from_day"], typed["from_at"] or datetime.min.time())
        if typed["to_at"]:
            return start, datetime.combine(typed["to_day"], typed["to_at"])
        return start, datetime.combine(typed["to_day"] + timedelta(days=1), datetime.min.time())


def chosen_for(typed: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """What is to become of each hour that an absence hits: the one that was pressed, or all that have a proposal."""
    field = "proposal" if "all" in typed else "time"
    return {name: typed.get(f"{field}-{name}", "") or "keep" for name in names}
