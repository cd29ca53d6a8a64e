"""What is typed to book: one hour or a series, at a typed time or in a free slot."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blikk.web.forms import LENGTHS, REQUIRED, BookForm, StaffForm, lengths
from blikk.web.presenters.words import length
from blikk.web.timetable_forms import FORMS, day_field

OTHER_LENGTHS = {str(minutes) for minutes in range(5, 241)} - {str(minutes) for minutes in LENGTHS}
EVERY = (1, 2, 3, 4, 6, 8, 12)


def _every() -> list[tuple[int, str]]:
    return [(weeks, ngettext("Hver uke", "Hver %(weeks)s. uke", weeks) % {"weeks": weeks}) for weeks in EVERY]


def is_day(typed: str) -> bool:
    """Whether this is a day of the calendar."""
    try:
        date.fromisoformat(typed)
    except ValueError:
        return False
    return True


class BookingForm(BookForm):
    """A booking as the page has it: `slot` is a free slot that was chosen, and wins over the typed time."""

    form = forms.ChoiceField(
        label=_("Timen skal være"),
        choices=FORMS,
        initial="video",
        required=False,
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    slot = forms.CharField(required=False, max_length=60)
    # The start from a journal system that the particulars of a new patient came with.
    journal = forms.CharField(required=False, max_length=22, widget=forms.HiddenInput)
    hold = forms.CharField(required=False, max_length=22)
    repeats = forms.BooleanField(label=_("Gjenta timen"), required=False)
    informed = forms.BooleanField(
        label=_("Pasienten er informert muntlig"),
        help_text=_(
            "Om hva som skjer, hvem som har ansvaret, at ingenting tas opp, og at video er frivillig."
        ),
        required=False,
    )
    every_weeks = forms.TypedChoiceField(
        label=_("Hvor ofte"), choices=_every, coerce=int, initial=1, required=False, error_messages=REQUIRED
    )
    count = forms.IntegerField(
        label=_("Antall timer"),
        required=False,
        initial=6,
        min_value=2,
        max_value=52,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 2, "max": 52}),
        error_messages={
            "invalid": _("Skriv et helt tall."),
            "min_value": _("Skriv et tall som er minst %(limit_value)s."),
            "max_value": _("Skriv et tall som er høyst %(limit_value)s."),
        },
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        # A slot of the timetable may have a length that is not among the usual ones.
        typed, field = str(self["minutes"].value() or ""), self.fields["minutes"]
        if isinstance(field, forms.ChoiceField) and typed in OTHER_LENGTHS:
            field.choices = [*lengths(), (int(typed), length(int(typed)))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # A page that was open before there was a choice books a video hour.
        cleaned["form"] = cleaned.get("form") or "video"
        if cleaned.get("repeats") and cleaned["form"] != "video":
            self.refuse("form", "no_series_in_person")
        if cleaned.get("repeats") and not cleaned.get("count") and "count" not in self.errors:
            self.refuse("count", "missing")
        return cleaned

    @property
    def is_refused(self) -> bool:
        """Whether something must be mended, here or in the fields about the person."""
        return bool(self.errors or (self.beside and self.beside.errors))


class SlotForm(StaffForm):
    """The free slot that was chosen."""

    names: Mapping[str, str] = {"starts_at": "slot"}

    slot = forms.CharField(max_length=60)
    form = forms.CharField(required=False)


class WhereForm(StaffForm):
    """As much of a booking as the free slots need."""

    day = day_field(_("Dag"))
    clinician = forms.CharField(required=False)
    form = forms.CharField(required=False)

    @property
    def held_as(self) -> str:
        """Whether the hour is to be on video or in person."""
        return "in_person" if self.cleaned_data.get("form") == "in_person" else "video"


class SeriesForm(StaffForm):
    """As much of a booking as the dates of a series need."""

    day = day_field(_("Dag"))
    at = forms.TimeField(input_formats=["%H:%M", "%H.%M", "%H%M"])
    minutes = forms.IntegerField()
    clinician = forms.CharField()
    every_weeks = forms.IntegerField()
    count = forms.IntegerField()
    repeats = forms.BooleanField()
