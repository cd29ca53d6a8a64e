"""What administrators type about the clinic's calendar server."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.calendars.models import CalendarServer
    from blikk.calendars.queries import CalendarOf

BEFORE = "calendar_"


def _text(label: Any, *, most: int, required: bool = True, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(
        label=label, max_length=most, required=required, widget=widget, error_messages=REQUIRED, **more
    )


class ServerForm(StaffForm):
    """Where the server is, who Blikk is there, and where each clinician's calendar is."""

    origin = _text(
        _("Adressen til serveren"), most=200, help_text=_("For eksempel https://kalender.virksomheten.no")
    )
    user = _text(
        _("Brukernavn"),
        most=120,
        help_text=_("En egen bruker for Blikk, som får skrive i kalenderne nedenfor."),
    )
    password = forms.CharField(
        label=_("Passord"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(
        self, *args: Any, server: "CalendarServer | None", rows: "Sequence[CalendarOf]", **more: Any
    ) -> None:
        if server is not None:
            more["initial"] = {"origin": server.origin, "user": server.user}
        super().__init__(*args, **more)
        if server is not None:
            self.fields["password"].help_text = gettext("La det stå tomt for å beholde det som er lagret.")
        self.names = {row.member.public_id: BEFORE + row.member.public_id for row in rows}
        for row in rows:
            field = _text(row.member.name, most=300, required=False)
            field.initial = row.calendar.path if row.calendar else ""
            field.widget.attrs |= {"class": "ds-input", "placeholder": "/kari/kalender/"}
            self.fields[BEFORE + row.member.public_id] = field

    def calendar_fields(self) -> "dict[str, forms.BoundField]":
        """The field of each clinician, by their public id."""
        return {member: self[name] for member, name in self.names.items()}

    def values(self) -> dict[str, Any]:
        """What was typed, as the room wants it."""
        typed = self.cleaned_data
        paths = {member: typed[name] for member, name in self.names.items()}
        return {name: typed[name] for name in ("origin", "user", "password")} | {"paths": paths}
