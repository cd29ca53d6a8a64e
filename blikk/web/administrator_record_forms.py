"""What administrators type about starts from a journal system, and about appointments that come in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.documentation.models import Feed


def _text(label: Any, *, most: int, required: bool = True, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(
        label=label, max_length=most, required=required, widget=widget, error_messages=REQUIRED, **more
    )


def _tick(label: Any, help_text: Any) -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "ds-input"})
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=widget)


class IssuerForm(StaffForm):
    """A journal system that may start Blikk."""

    label = _text(_("Navnet på journalsystemet"), most=60)
    issuer = _text(
        _("Adressen til FHIR-serveren"),
        most=300,
        help_text=_("Nøyaktig slik journalsystemet oppgir den som «iss», tegn for tegn."),
    )
    client_id = _text(_("Klient-ID"), most=120, help_text=_("Det journalleverandøren kaller Blikk hos seg."))
    framed_by = _text(
        _("Adressen til journalens egne sider"),
        most=200,
        required=False,
        help_text=_(
            "Bare hvis journalen åpner andre programmer inne i sitt eget vindu. Blikk åpnes da i et eget."
        ),
    )

    def values(self) -> dict[str, str]:
        """What was typed, as the room wants it."""
        return {name: self.cleaned_data[name] for name in ("label", "issuer", "client_id", "framed_by")}


class FeedForm(StaffForm):
    """Which appointments of the journal become hours on video here."""

    is_on = _tick(
        _("Hent videotimer fra journalen"),
        _("Flyttes eller avlyses en time der, skjer det samme her. Er de to uenige, gjelder journalen."),
    )
    codes = forms.CharField(
        label=_("Koder som betyr video"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "ds-input", "spellcheck": "false"}),
        help_text=_(
            "Én på hver linje, fra timetype eller tjenestetype i journalen: kode, eller system|kode. "
            "Timer som er merket med videomøte i journalen, kommer uansett."
        ),
    )
    ahead_days = forms.IntegerField(
        label=_("Hent timer så mange dager fram"), min_value=1, max_value=365, error_messages=REQUIRED
    )
    invites = _tick(
        _("Send innkallingen av seg selv"),
        _("Den går først når telefon eller e-post er bekreftet. Ellers venter timen på dere på Dagen."),
    )

    def __init__(self, *args: Any, feed: "Feed | None", **more: Any) -> None:
        initial = {"ahead_days": 60, "invites": True, "is_on": False, "codes": ""}
        if feed is not None:
            initial = {name: getattr(feed, name) for name in ("is_on", "ahead_days", "invites")}
            initial["codes"] = "\n".join(feed.codes)
        super().__init__(*args, initial=initial, **more)

    def values(self) -> dict[str, Any]:
        """What was typed, as the room wants it."""
        typed = self.cleaned_data
        return {
            **{name: typed[name] for name in ("is_on", "ahead_days", "invites")},
            "codes": [line.strip() for line in typed["codes"].splitlines() if line.strip()],
        }
