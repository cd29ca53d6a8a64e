"""What administrators type about the clinic's journal system."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.documentation.ehr.connections import STANDARD_SCOPES
from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.documentation.models import EhrConnection

KINDS = [
    ("copy", _("Behandleren kopierer notatet inn selv")),
    ("fhir", _("Blikk sender det til journalsystemet (FHIR)")),
    ("none", _("Ingen av delene")),
]
DOCUMENT_KINDS = [("B02-2", _("Journalnotat")), ("B03-2", _("Poliklinisk notat"))]
FIELDS = ("base_url", "token_url", "client_id", "scopes", "document_kind", "makes_patients")


def _text(label: Any, *, most: int, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(
        label=label, max_length=most, required=False, widget=widget, error_messages=REQUIRED, **more
    )


class JournalForm(StaffForm):
    """The way to the journal, and of a FHIR server where it is and who Blikk is there."""

    kind = forms.ChoiceField(
        label=_("Hvordan kommer notatet i journalen?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    base_url = _text(
        _("Adressen til FHIR-serveren"), most=300, help_text=_("For eksempel https://fhir.journalen.no/r4")
    )
    client_id = _text(
        _("Navnet Blikk har der (client_id)"), most=200, help_text=_("Det får dere av leverandøren.")
    )
    scopes = _text(
        _("Tilganger (scopes)"),
        most=500,
        help_text=_("La det stå, hvis leverandøren ikke har sagt noe annet."),
    )
    token_url = _text(
        _("Adressen der Blikk henter tilgang"),
        most=300,
        help_text=_("La feltet stå tomt. Da sier serveren det selv."),
    )
    document_kind = forms.ChoiceField(
        label=_("Notatet heter der"), choices=DOCUMENT_KINDS, required=False, error_messages=REQUIRED
    )
    makes_patients = forms.BooleanField(
        label=_("Lag ny pasient i journalen når fødselsnummeret mangler i Blikk"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
    )

    def __init__(self, *args: Any, connection: "EhrConnection | None", **more: Any) -> None:
        if connection is None:
            more["initial"] = {"kind": "copy", "scopes": STANDARD_SCOPES, "document_kind": "B02-2"}
        else:
            more["initial"] = {name: getattr(connection, name) for name in ("kind", *FIELDS)}
            more["initial"]["scopes"] = connection.scopes or STANDARD_SCOPES
        super().__init__(*args, **more)

    def values(self) -> dict[str, Any]:
        """What was typed, as the room wants it."""
        return {name: self.cleaned_data[name] for name in ("kind", *FIELDS)}


class DeliveryForm(StaffForm):
    """What somebody does about a delivery that stopped."""

    act = forms.ChoiceField(choices=[(each, each) for each in ("again", "by_hand", "who")])
    version = forms.IntegerField(min_value=1)
    reference = forms.CharField(label=_("Pasientens id i journalsystemet"), max_length=80, required=False)
