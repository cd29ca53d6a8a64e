"""What the desk gives about payments to the account: a file from the bank, or one payment typed by hand."""

import base64
import binascii
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.kernel.ids import new_id
from blikk.payments.amounts import read_ore
from blikk.settlement.numbers import digits_of
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.refusals import WORDS


class BankFileForm(StaffForm):
    """The file as it was chosen, or as the page that showed it kept it."""

    file = forms.FileField(
        label=_("Fil fra banken"),
        required=False,
        allow_empty_file=True,
        help_text=_("OCR-giro fra banken, eller en CSV-fil med kolonnene Dato, KID og Beløp."),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    # What the page said would happen.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def body(self) -> bytes:
        """What is in the file; empty where there is none."""
        if self.cleaned_data.get("file"):
            read: bytes = self.cleaned_data["file"].read()
            return read
        try:
            return base64.b64decode(self.cleaned_data.get("kept", ""), validate=True)
        except (binascii.Error, ValueError):
            return b""


class OnePaymentForm(StaffForm):
    """One payment to the account, as the statement has it."""

    kid = forms.CharField(
        label=_("KID"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    amount = forms.CharField(
        label=_("Beløp i kroner"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    paid_on = forms.DateField(
        label=_("Dato på kontoutskriften"),
        input_formats=["%d.%m.%Y", "%Y-%m-%d", "%d%m%Y"],
        widget=forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": WORDS["missing"], "invalid": _("Skriv dag, måned og år: 24.11.2026.")},
    )
    nonce = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, initial={"nonce": new_id(), "paid_on": today}, **more)

    def values(self) -> dict[str, Any]:
        """As the room asks for it. Raises Invalid for an amount that is none."""
        return {
            "kid": digits_of(self.cleaned_data["kid"]),
            "amount_ore": read_ore(self.cleaned_data["amount"]),
            "paid_on": self.cleaned_data["paid_on"],
            "nonce": self.cleaned_data["nonce"],
        }
