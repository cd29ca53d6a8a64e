"""What an administrator types about payment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.kernel.errors import Invalid
from blikk.payments.amounts import kroner, read_ore
from blikk.payments.helfo.line import client
from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.clinics.models import Membership
    from blikk.payments.models import MemberRates, PaymentRules

FIELDS = [
    ("LE", _("Lege")),
    ("PS", _("Psykolog")),
    ("FY", _("Fysioterapeut")),
    ("KI", _("Kiropraktor")),
    ("JO", _("Jordmor")),
    ("LOGO", _("Logoped")),
    ("HS", _("Helsestasjon")),
    ("PO", _("Poliklinikk")),
]


class OreField(forms.CharField):
    """An amount in kroner, read as whole øre."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=12, error_messages=REQUIRED, **more)

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return read_ore(typed)
        except Invalid as fault:
            raise forms.ValidationError(
                _("Skriv et beløp i kroner, for eksempel 160 eller 160,50.")
            ) from fault


def _tick(label: Any, help_text: Any = "") -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "ds-input"})
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=widget)


_AS_KEPT = ("is_on", "is_private", "field", "sends_claims", "is_municipal")


class PaymentForm(StaffForm):
    """How the clinic is paid."""

    is_on = _tick(
        _("Krev inn fra Blikk"),
        _(
            "Takster og egenandel foreslås når en konsultasjon avsluttes. Ellers kreves det inn i journalsystemet."
        ),
    )
    is_private = _tick(
        _("Privat praksis uten refusjon"), _("Dere bruker prislisten nedenfor i stedet for takster.")
    )
    field = forms.ChoiceField(label=_("Takster for"), choices=FIELDS, error_messages=REQUIRED)
    missed_ore = OreField(
        label=_("Gebyr for ikke møtt (kr)"),
        help_text=_("Pasienten får vite om det på forhånd. Tomt: ikke noe gebyr."),
        required=False,
    )
    late_ore = OreField(
        label=_("Sen avlysning kan koste (kr)"),
        help_text=_(
            "Pasienten ser beløpet før timen avlyses. Når en avlysning er sen, står under Meldinger. "
            "Tomt: det sies ikke noe om penger."
        ),
        required=False,
    )
    practice_id = forms.CharField(
        label=_("Praksis-ID hos Helfo"),
        help_text=_("Trengs for å lage krav. Står i Helfos oversikt over praksisene deres."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    organisation = forms.CharField(
        label=_("Organisasjonsnummer"),
        help_text=_(
            "Virksomheten som har avtalen om direkte oppgjør. Trengs for å sende krav og spørre om frikort."
        ),
        required=False,
        max_length=11,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    claim_form = forms.ChoiceField(
        label=_("Form på krav"),
        choices=[("kuhr", _("KUHR (JSON)")), ("bkm", _("BKM (XML)"))],
        help_text=_("BKM lages bare som fil, til et meldingssystem som signerer og sender den."),
        required=False,
        error_messages=REQUIRED,
    )
    sends_claims = _tick(
        _("Send krav til Helfo fra Blikk"),
        _("Når du lager en fil, krypteres den og sendes. Svaret vises under Krav til Helfo."),
    )
    is_municipal = _tick(_("Kommunal fysioterapi"), _("Da skal krav fra fysioterapeuter ikke ha diagnose."))
    settled_how = forms.CharField(
        label=_("Slik betaler pasienten"),
        help_text=_("For eksempel: Du får en lenke til Vipps etter timen. Tomt: en vanlig forklaring."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, rules: PaymentRules | None, **more: Any) -> None:
        first = {}
        if rules is not None:
            first = {
                name: getattr(rules, name)
                for name in (*_AS_KEPT, "settled_how", "practice_id", "organisation", "claim_form")
            }
            first |= {name: amount(getattr(rules, name)) for name in ("missed_ore", "late_ore")}
        super().__init__(*args, initial=first, **more)
        if client() is None:
            # Nobody can send from here, so nobody is asked about it.
            del self.fields["sends_claims"]

    def values(self) -> dict[str, Any]:
        fees = {name: self.cleaned_data[name] or 0 for name in ("missed_ore", "late_ore")}
        number = "".join(self.cleaned_data["organisation"].split())
        form = self.cleaned_data["claim_form"] or "kuhr"
        return {**self.cleaned_data, **fees, "organisation": number, "claim_form": form}


class TradeForm(StaffForm):
    """By which tariffs one clinician is paid."""

    trade = forms.ChoiceField(
        label=_("Takster"),
        choices=[("", _("Som virksomheten")), *FIELDS],
        required=False,
        error_messages=REQUIRED,
    )
    is_specialist = _tick(_("Spesialist"))

    def __init__(self, *args: Any, member: Membership, rates: MemberRates | None, **more: Any) -> None:
        self.member = member
        first = {"trade": rates.field, "is_specialist": rates.is_specialist} if rates else {}
        super().__init__(*args, prefix=f"m{member.public_id}", initial=first, **more)


class PriceForm(StaffForm):
    """A price of a private practice, from a day on."""

    names = {"price_ore": "price"}
    name = forms.CharField(label=_("Hva"), max_length=120, error_messages=REQUIRED)
    minutes = forms.IntegerField(
        label=_("Minutter"), required=False, min_value=1, max_value=600, error_messages=REQUIRED
    )
    price = OreField(label=_("Pris (kr)"))
    valid_from = forms.DateField(
        label=_("Gjelder fra"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages=REQUIRED,
    )

    def values(self) -> dict[str, Any]:
        return {
            **{k: v for k, v in self.cleaned_data.items() if k != "price"},
            "price_ore": self.cleaned_data["price"],
        }


def amount(ore: int) -> str:
    """An amount as it is typed: 160, or 160,50; nothing for none."""
    return kroner(ore).replace(".", ",").removesuffix(",00") if ore else ""
