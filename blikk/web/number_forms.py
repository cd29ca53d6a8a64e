"""What staff type of a patient's national number."""

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import REQUIRED, StaffForm


class NumberForm(StaffForm):
    """Eleven digits. What was typed is shown again when it is refused, so that a slip can be mended."""

    national_number = forms.CharField(
        label=_("Fødselsnummer, D-nummer eller hjelpenummer"),
        help_text=_("Elleve sifre. Lagres kryptert, og er ikke nødvendig for en videotime."),
        max_length=20,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
