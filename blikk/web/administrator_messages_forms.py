"""What administrators choose about messages: the sender of an SMS, reminders, and cancelling from the link."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic

# How long before, in minutes.
REMINDERS = [
    (7 * 24 * 60, _("En uke før")),
    (3 * 24 * 60, _("Tre dager før")),
    (2 * 24 * 60, _("To dager før")),
    (24 * 60, _("Dagen før, til samme tid")),
    (4 * 60, _("Fire timer før")),
    (2 * 60, _("To timer før")),
    (60, _("En time før")),
]
CANCELS = [
    ("at_once", _("Timen avlyses med en gang og blir ledig for andre")),
    ("asks", _("Klinikken får beskjed og avlyser selv")),
    ("off", _("Pasienten må ringe")),
]


def _number(label: Any, help_text: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    faults = {**REQUIRED, "invalid": _("Skriv et helt tall.")}
    return forms.IntegerField(
        label=label, help_text=help_text, widget=widget, error_messages=faults, required=False
    )


class RulesForm(StaffForm):
    """How the clinic writes to its patients."""

    sms_sender = forms.CharField(
        label=_("Kort avsendernavn i SMS"),
        max_length=40,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED,
        help_text=_(
            "Høyst elleve tegn, for flere slipper ikke mobilnettet gjennom. Tomt felt betyr begynnelsen av "
            "avsendernavnet."
        ),
    )
    is_sure = forms.BooleanField(
        label=_("Ja, bruk navnet likevel"),
        help_text=_("Sett kryss hvis navnet ikke sier noe om hva pasienten går til."),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
    )
    reminder_minutes = forms.TypedMultipleChoiceField(
        label=_("Påminnelser"),
        choices=REMINDERS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=REQUIRED,
    )
    cancels_online = forms.ChoiceField(
        label=_("Når en pasient ikke kan komme"),
        choices=CANCELS,
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    cancel_until_hours = _number(
        _("Avlysning er sen når det er færre timer igjen enn"),
        _(
            "For eksempel 24. Tomt felt eller 0 betyr at ingen avlysning er sen. Hva den kan koste, står under "
            "Takster og priser."
        ),
    )

    def __init__(self, *args: Any, clinic: "Clinic", **more: Any) -> None:
        names = ("sms_sender", "reminder_minutes", "cancels_online", "cancel_until_hours")
        super().__init__(*args, initial={name: getattr(clinic, name) for name in names}, **more)

    def rules(self) -> dict[str, Any]:
        """What the room of clinics asks for."""
        typed = self.cleaned_data
        return {
            "sms_sender": typed["sms_sender"],
            "reminder_minutes": sorted(typed["reminder_minutes"], reverse=True),
            "cancels_online": typed["cancels_online"],
            "cancel_until_hours": typed["cancel_until_hours"] or 0,
        }
