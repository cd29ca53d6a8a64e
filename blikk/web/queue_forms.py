"""What staff choose and type about a queue and those in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import REQUIRED, WORDS, StaffForm

LONGEST = 300
# Reasons are codes: what is wrong with somebody is not written where others read it.
REASONS = [
    ("urgent", _("Det haster")),
    ("short", _("Det er fort gjort")),
    ("helper_waits", _("Tolk eller følge venter")),
    ("missed_by_us", _("Vi overså vedkommende")),
    ("known", _("Kjenner saken fra før")),
    ("other", _("Annet")),
]
# The texts that the screens of those who wait have words for.
TEXTS = [
    ("soon", _("Det er snart din tur.")),
    ("delayed", _("Vi er forsinket. Plassen din er trygg.")),
    ("urgent", _("Vi måtte ta noe som hastet først. Plassen din er trygg.")),
    ("stay_close", _("Hold deg i nærheten av skjermen.")),
    ("ready_camera", _("Gjør kamera og mikrofon klar.")),
    ("", _("Skriv selv")),
]
STATUSES = [("here", _("Her")), ("busy", _("Opptatt")), ("pause", _("Pause"))]
LATE = [
    *((minutes, f"{minutes} min") for minutes in (5, 10, 15, 20, 30, 45, 60)),
    (0, _("Ikke forsinket lenger")),
]
BACK = [("dag", ""), ("skranke", "")]


class SheetForm(StaffForm):
    """One of several forms on a sheet, so each has a name in front of its fields' ids."""

    called = "act"

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.called}_%s", **more})


class BackForm(StaffForm):
    """Which page the person came from."""

    til = forms.ChoiceField(required=False, choices=BACK)

    def page(self) -> str:
        """The name of the page to go back to."""
        self.full_clean()
        return "front_desk" if self.cleaned_data.get("til") == "skranke" else "day"


class ReasonForm(SheetForm):
    """Why somebody goes before others."""

    called = "push"

    reason = forms.ChoiceField(
        label=_("Grunn"),
        choices=[("", _("Velg en grunn")), *REASONS],
        error_messages={**REQUIRED, "required": _("Velg hvorfor denne personen går foran.")},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class MaybeReasonForm(ReasonForm):
    """As `ReasonForm`, for who may stand first already: then none is needed."""

    called = "take"

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].required = False


class TellForm(SheetForm):
    """Something to say on the screen of those who wait: a fixed text, or one's own words."""

    called = "tell"

    code = forms.ChoiceField(
        label=_("Melding"), choices=TEXTS, required=False, initial="soon", widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Egne ord"),
        required=False,
        max_length=LONGEST,
        help_text=_("Vises på skjermen til den som venter. Sendes aldri som SMS."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=REQUIRED,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("code"):
            cleaned["words"] = ""
        elif not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", WORDS["missing"])
        return cleaned


class HoldForm(SheetForm):
    """What somebody who is put on hold reads meanwhile."""

    called = "hold"

    words = forms.CharField(
        label=_("Melding til den som venter"),
        required=False,
        max_length=LONGEST,
        help_text=_("For eksempel: Vi ringer tolken først. Du beholder plassen."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=REQUIRED,
    )


class TransferForm(SheetForm):
    """To whom, or to which queue."""

    called = "move"

    to = forms.ChoiceField(label=_("Flytt til"), error_messages={**REQUIRED, "required": WORDS["missing"]})

    names: Mapping[str, str] = {
        "opening_id": "to",
        "membership_id": "to",
        "opening": "to",
        "membership": "to",
    }

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Velg")), *places]

    def target(self, kind: str) -> str:
        """The public id that was chosen, if it is of a "queue" or a "person" as asked for."""
        chosen, _sep, public_id = str(self.cleaned_data["to"]).partition(":")
        return public_id if chosen == kind else ""


class StatusForm(StaffForm):
    """What somebody who serves a queue does now; "stop" when they no longer do."""

    status = forms.ChoiceField(choices=[*STATUSES, ("start", ""), ("stop", "")])


class LateForm(StaffForm):
    """How late a clinician is with the booked hours."""

    minutes = forms.TypedChoiceField(
        label=_("Hvor mye"), choices=LATE, coerce=int, initial=15, error_messages=REQUIRED
    )


class HandOverForm(SheetForm):
    """To which colleague an hour goes."""

    called = "hand"

    clinician = forms.ChoiceField(label=_("Behandler"), error_messages=REQUIRED)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, clinicians: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["clinician"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(clinicians)
