"""What administrators choose about keeping, handing out and deleting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.clinics.retention import RULES
from blikk.journeys.keeping.tables import periods_here
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.presenters.keeping import ASKED_BY, DELETE_BECAUSE, HAND_OUT_BECAUSE, KINDS, bounds


class PeriodsForm(StaffForm):
    """How long each kind is kept."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for kind, rule in ((kind, RULES[kind]) for kind in periods_here()):
            self.fields[kind] = forms.IntegerField(
                label=_("Antall år") if rule.is_years else _("Antall dager"),
                help_text=bounds(kind),
                error_messages={**REQUIRED, "invalid": REQUIRED["invalid"]},
                widget=forms.TextInput(
                    attrs={"class": "ds-input field-number", "inputmode": "numeric", "autocomplete": "off"}
                ),
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"kind": words, "name": kind, "field": self[kind]}
            for kind, words in KINDS.items()
            if kind in self.fields
        ]


class _AskedForm(StaffForm):
    """Who asks, and why."""

    asked_by = forms.ChoiceField(
        label=_("Hvem ber om det?"), choices=ASKED_BY, widget=forms.RadioSelect, error_messages=REQUIRED
    )


class HandOutForm(_AskedForm):
    because = forms.ChoiceField(
        label=_("Hvorfor?"), choices=HAND_OUT_BECAUSE, widget=forms.RadioSelect, error_messages=REQUIRED
    )


class DeleteForm(_AskedForm):
    because = forms.ChoiceField(
        label=_("Hvorfor?"), choices=DELETE_BECAUSE, widget=forms.RadioSelect, error_messages=REQUIRED
    )
    is_sure = forms.BooleanField(
        label=_("Jeg har lest hva som slettes, og vet at det ikke kan angres."), required=False
    )
