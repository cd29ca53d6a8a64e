"""What administrators type about invoices, and about organisations that pay."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.settlement.invoice_setup import Organisation, Terms
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.refusals import WORDS

if TYPE_CHECKING:
    from blikk.settlement.models import InvoiceSetup

_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


def _number(label: Any, low: int, high: int, fault: str, **more: Any) -> forms.IntegerField:
    faults = {"required": WORDS["missing"], "invalid": WORDS["not_a_number"]}
    faults |= {"min_value": WORDS[fault], "max_value": WORDS[fault]}
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=forms.TextInput(attrs=_DIGITS),
        error_messages=faults,
        **more,
    )


class InvoiceForm(StaffForm):
    """Who the clinic is, its account and KID, and how long patients have."""

    is_on = forms.BooleanField(
        label=_("Lag faktura av seg selv når den gratis tiden er over"),
        required=False,
        help_text=_("Gjelder regninger som lages fra nå av. Uten dette lager dere fakturaer ved skranken."),
    )
    name = forms.CharField(label=_("Navn på fakturaen"), max_length=120, error_messages=REQUIRED)
    org_number = forms.CharField(
        label=_("Organisasjonsnummer"),
        max_length=15,
        widget=forms.TextInput(attrs=_DIGITS),
        error_messages=REQUIRED,
    )
    is_in_vat_register = forms.BooleanField(
        label=_("Står i Merverdiavgiftsregisteret"),
        required=False,
        help_text=_("Da står det MVA etter nummeret."),
    )
    is_in_business_register = forms.BooleanField(
        label=_("Står i Foretaksregisteret"),
        required=False,
        help_text=_("Aksjeselskaper må ha ordet Foretaksregisteret på fakturaen."),
    )
    address = forms.CharField(label=_("Adresse"), max_length=200, error_messages=REQUIRED)
    account = forms.CharField(
        label=_("Kontonummer"),
        max_length=20,
        help_text=_("Elleve sifre."),
        widget=forms.TextInput(attrs=_DIGITS),
        error_messages=REQUIRED,
    )
    kid_length = _number(
        _("Sifre i KID"), 5, 25, "not_a_kid_length", help_text=_("Slik det står i avtalen med banken.")
    )
    kid_check = forms.ChoiceField(
        label=_("Kontrollsiffer"),
        choices=[("mod10", "MOD10"), ("mod11", "MOD11")],
        error_messages=REQUIRED,
    )
    kid_prefix = forms.CharField(
        label=_("Faste sifre først i KID"),
        max_length=15,
        required=False,
        help_text=_("La stå tomt hvis banken ikke har bedt om det."),
        widget=forms.TextInput(attrs=_DIGITS),
        error_messages=REQUIRED,
    )
    free_hours = forms.TypedChoiceField(
        label=_("Hvor lenge kan pasienten betale før det blir faktura?"),
        choices=[(24, _("24 timer")), (36, _("36 timer")), (48, _("48 timer"))],
        coerce=int,
        error_messages=REQUIRED,
    )
    due_days = _number(_("Dager til forfall"), 14, 60, "not_enough_days", help_text=_("Minst 14."))
    reminders_most = forms.TypedChoiceField(
        label=_("Hvor mange ganger purrer Blikk?"),
        choices=[(0, _("Ingen")), (1, _("En gang")), (2, _("To ganger"))],
        coerce=int,
        help_text=_("Tidligst 14 dager etter forfall. Etterpå avgjør dere hva som skjer."),
        error_messages=REQUIRED,
    )
    takes_reminder_fee = forms.BooleanField(
        label=_("Ta purregebyr"),
        required=False,
        help_text=_("Det høyeste som er lov den dagen. Er satsen for året ikke kjent, tas det ikke noe."),
    )

    def __init__(self, *args: Any, setup: "InvoiceSetup | None", free_hours: int, **more: Any) -> None:
        initial: dict[str, Any] = {
            "is_on": True,
            "kid_length": 10,
            "kid_check": "mod10",
            "due_days": 14,
            "reminders_most": 1,
        }
        if setup is not None:
            initial = {name: getattr(setup, name) for name in self.base_fields if hasattr(setup, name)}
        super().__init__(*args, initial={**initial, "free_hours": free_hours}, **more)

    def terms(self) -> Terms:
        """What was decided."""
        return Terms(**self.cleaned_data)


class PayerForm(StaffForm):
    """An organisation that pays for patients."""

    name = forms.CharField(label=_("Navn"), max_length=120, error_messages=REQUIRED)
    org_number = forms.CharField(
        label=_("Organisasjonsnummer"),
        max_length=15,
        widget=forms.TextInput(attrs=_DIGITS),
        error_messages=REQUIRED,
    )
    address = forms.CharField(label=_("Adresse"), max_length=200, error_messages=REQUIRED)
    reference = forms.CharField(
        label=_("Deres referanse eller bestillingsnummer"),
        max_length=60,
        required=False,
        help_text=_("Står på fakturaene. Skriv ikke noe om pasienter her."),
        error_messages=REQUIRED,
    )

    def organisation(self) -> Organisation:
        """As it was typed."""
        return Organisation(**self.cleaned_data)
