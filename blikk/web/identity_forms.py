"""What the clinician says of who somebody is: the ways, the cards and the reasons, each in few words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.consultations.identity import Seen
from blikk.web.forms import REQUIRED, StaffForm

METHODS = [(code, code) for code in ("known", "card", "eid", "exception")]
CARDS = [
    ("", _("Velg")),
    ("passport", _("Pass")),
    ("national_id", _("Nasjonalt ID-kort")),
    ("driving_licence", _("Førerkort")),
    ("bank_card", _("Bankkort med bilde")),
    ("other", _("Annet kort med bilde")),
]
REASONS = [
    ("", _("Velg")),
    ("urgent", _("Det haster")),
    ("no_card", _("Har ikke legitimasjon")),
    ("cannot_show", _("Klarer ikke å vise den")),
    ("vouched_for", _("En annen går god for pasienten")),
    ("child", _("Barn sammen med foreldre")),
    ("other", _("Annet")),
]


class IdentityForm(StaffForm):
    """How it was made sure who somebody is."""

    method = forms.ChoiceField(choices=METHODS, error_messages=REQUIRED)
    participant = forms.CharField(max_length=22)
    replaces = forms.CharField(max_length=22, required=False)
    # "met": whom the clinic's own record names; anything else: the clinician who answers.
    known = forms.CharField(max_length=5, required=False)
    card_kind = forms.ChoiceField(
        label=_("Type kort"), choices=CARDS, required=False, error_messages=REQUIRED
    )
    card_last_four = forms.CharField(
        label=_("Fire siste tegn"),
        max_length=4,
        required=False,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 6}),
    )
    reason = forms.ChoiceField(label=_("Grunn"), choices=REASONS, required=False, error_messages=REQUIRED)
    words = forms.CharField(
        label=_("Hva har du gjort for å være sikker?"),
        max_length=300,
        required=False,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, auto_id="identity_%s", **more)

    def seen(self, *, own_name: str, met_by: str) -> Seen:
        """What was said, with the name of who knows the patient from where the name is known, never from the page."""
        said = self.cleaned_data
        known_by = (met_by if said["known"] == "met" else own_name) if said["method"] == "known" else ""
        kept = {name: said[name] for name in ("card_kind", "card_last_four", "reason", "words")}
        return Seen(said["method"], known_by=known_by, **kept)
