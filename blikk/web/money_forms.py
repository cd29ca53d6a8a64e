"""What administrators type about payments."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.settlement.setup import LinkRules, VippsKeys
from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.settlement.models import MoneySetup

_HIDDEN = {"autocomplete": "off", "spellcheck": "false"}
KEPT = _("Den er lagret. Skriv bare noe her når du vil bytte den.")


class VippsForm(StaffForm):
    """The keys from Vipps' portal. A secret that is kept is never shown again."""

    serial = forms.CharField(
        label=_("Salgsstedets nummer (MSN)"),
        max_length=6,
        help_text=_("Fire til seks sifre."),
        widget=forms.TextInput(attrs={**_HIDDEN, "inputmode": "numeric"}),
        error_messages=REQUIRED,
    )
    client_id = forms.CharField(
        label="client_id", max_length=60, widget=forms.TextInput(attrs=_HIDDEN), error_messages=REQUIRED
    )
    client_secret = forms.CharField(
        label="client_secret",
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs=_HIDDEN),
        error_messages=REQUIRED,
    )
    subscription_key = forms.CharField(
        label="Ocp-Apim-Subscription-Key",
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs=_HIDDEN),
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, setup: "MoneySetup | None", **more: Any) -> None:
        initial = {"serial": setup.vipps_serial, "client_id": setup.vipps_client_id} if setup else {}
        super().__init__(*args, initial=initial, **more)
        if setup is not None and setup.vipps_client_secret:
            self.fields["client_secret"].help_text = KEPT
        if setup is not None and setup.vipps_subscription_key:
            self.fields["subscription_key"].help_text = KEPT

    def keys(self) -> VippsKeys:
        """The keys as typed; an empty secret leaves the one that is kept."""
        names = ("serial", "client_id", "client_secret", "subscription_key")
        return VippsKeys(**{name: self.cleaned_data[name].strip() for name in names})


class CardForm(StaffForm):
    """The secret key from Stripe. The one that is kept is never shown again."""

    stripe_key = forms.CharField(
        label=_("Hemmelig nøkkel (secret key)"),
        max_length=300,
        required=False,
        help_text=_("Den begynner med sk_live_ eller rk_live_."),
        widget=forms.PasswordInput(attrs=_HIDDEN),
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, setup: "MoneySetup | None", **more: Any) -> None:
        super().__init__(*args, **more)
        if setup is not None and setup.stripe_key:
            self.fields["stripe_key"].help_text = KEPT

    def key(self) -> str:
        """The key as typed; empty leaves the one that is kept."""
        return str(self.cleaned_data["stripe_key"]).strip()


class LinkForm(StaffForm):
    """What holds for the link to the patient, by whichever way they pay."""

    sends_links = forms.BooleanField(
        label=_("Send lenken av seg selv"),
        required=False,
        help_text=_("Pasienten får den på SMS eller e-post når regningen er laget."),
    )
    free_hours = forms.TypedChoiceField(
        label=_("Hvor lenge kan pasienten betale uten gebyr?"),
        choices=[(24, _("24 timer")), (48, _("48 timer"))],
        coerce=int,
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, setup: "MoneySetup | None", **more: Any) -> None:
        initial: dict[str, Any] = {"sends_links": True, "free_hours": 48}
        if setup is not None:
            initial = {"sends_links": setup.sends_links, "free_hours": setup.free_hours}
        super().__init__(*args, initial=initial, **more)

    def rules(self) -> LinkRules:
        return LinkRules(self.cleaned_data["sends_links"], self.cleaned_data["free_hours"])
