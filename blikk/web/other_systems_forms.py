"""What an administrator types about other systems."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.clinics.machines.keys import LONGEST
from blikk.clinics.machines.scopes import KINDS
from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.clinics.models import MachineClient, Webhook

SEES = {
    "Appointment": _("Timer"),
    "DocumentReference": _("Signerte notater"),
    "Encounter": _("Konsultasjoner: når, hvordan og hvem som var med"),
    "Patient": _("Pasienter, med fødselsnummer og kontaktopplysninger"),
    "Practitioner": _("Behandlere, tolker og kolleger"),
    "QuestionnaireResponse": _("Kontrollspørsmål som hører hjemme i journalen"),
    "RelatedPerson": _("Pårørende og hjelpere"),
}
HAPPENS = [
    ("arrived", _("Pasienten har kommet")),
    ("ended", _("Samtalen er avsluttet")),
    ("documented", _("Notatet er signert")),
]
_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class SystemForm(StaffForm):
    """A system that reads: what it is called, what it may see, and its public keys."""

    name = forms.CharField(
        label=_("Hva systemet heter"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    kinds = forms.MultipleChoiceField(
        label=_("Hva systemet får se"),
        choices=[(kind, SEES[kind]) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        error_messages=REQUIRED,
    )
    keys = forms.CharField(
        label=_("Den offentlige nøkkelen"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 6}),
        error_messages=REQUIRED,
        help_text=_(
            "Lim inn det leverandøren har gitt dere: et nøkkelsett (JWKS) eller en offentlig nøkkel (PEM)."
        ),
    )

    def __init__(self, *args: Any, system: "MachineClient | None" = None, **more: Any) -> None:
        if system is not None:
            more["initial"] = {"name": system.name, "kinds": system.kinds}
        super().__init__(*args, **more)
        if system is not None:
            keys = self.fields["keys"]
            keys.required = False
            keys.label = _("Nye nøkler")
            keys.help_text = _(
                "La feltet stå tomt for å beholde nøklene. Nye nøkler erstatter alle de gamle."
            )

    def values(self) -> dict[str, Any]:
        """What was typed, as the room wants it."""
        return {name: self.cleaned_data[name] for name in ("name", "kinds", "keys")}


class WebhookForm(StaffForm):
    """A system that is told: where, and of what."""

    address = forms.CharField(
        label=_("Adressen som får beskjed"),
        max_length=500,
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url"}),
        error_messages=REQUIRED,
        help_text=_("For eksempel https://journal.example.no/blikk"),
    )
    happenings = forms.MultipleChoiceField(
        label=_("Si fra når"),
        choices=HAPPENS,
        widget=forms.CheckboxSelectMultiple,
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, hook: "Webhook | None" = None, **more: Any) -> None:
        if hook is not None:
            more["initial"] = {"address": hook.address, "happenings": hook.happenings}
        super().__init__(*args, **more)

    def values(self) -> dict[str, Any]:
        """What was typed, as the room wants it."""
        return {name: self.cleaned_data[name] for name in ("address", "happenings")}
