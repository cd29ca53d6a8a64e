"""What administrators type about the clinic's public page, and notices from the authorities."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.clinics.profile import PROFILE
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.help_words import help_choices
from blikk.web.refusals import WORDS

if TYPE_CHECKING:
    from blikk.clinics.models import AuthorityNotice, Clinic

PLACES = [
    ("public", _("Siden som alle kan se")),
    ("patient", _("Pasientens sider og venterommet")),
    ("staff", _("Dagen, for dem som arbeider her")),
]
DAYS = {"required": WORDS["missing"], "invalid": _("Velg en dag som finnes.")}


def _lines(label: Any, *, most: int, rows: int, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "class": "ds-input"})
    return forms.CharField(
        label=label, max_length=most, required=False, widget=widget, error_messages=REQUIRED, **more
    )


def _line(label: Any, *, most: int, required: bool = False, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "ds-input"})
    return forms.CharField(
        label=label, max_length=most, required=required, widget=widget, error_messages=REQUIRED, **more
    )


def _tick(label: Any, help_text: Any) -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "ds-input"})
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=widget)


class ProfileForm(StaffForm):
    """What the clinic's public page says and allows."""

    is_public = _tick(
        _("Vis siden for alle"),
        _("Alle kan da se navn og tittel på behandlerne, åpningstidene og hvor mange som venter."),
    )
    allows_self_booking = _tick(
        _("La pasienter bestille time selv"),
        _("Bare ledige timer i perioder der pasienten også kan bestille. Telefonen bekreftes med en kode."),
    )
    about = _lines(_("Om dere"), most=2000, rows=4, help_text=_("Kort, i vanlige ord."))
    can_by_video = _lines(
        _("Dette kan dere hjelpe med på video"),
        most=2000,
        rows=5,
        help_text=_("Én ting på hver linje. Står feltet tomt, viser siden en vanlig liste."),
    )
    cannot_by_video = _lines(
        _("Dette må pasienten møte opp for"),
        most=2000,
        rows=5,
        help_text=_("Én ting på hver linje. Står feltet tomt, viser siden en vanlig liste."),
    )
    help_kinds = _lines(
        _("Det pasienten kan velge mellom når de stiller seg i kø"),
        most=1000,
        rows=6,
        help_text=_("Én ting på hver linje, høyst tolv. Ikke navn på sykdommer: andre kan se skjermen."),
    )
    cost_words = _lines(
        _("Hva det koster"),
        most=1000,
        rows=3,
        help_text=_("Står feltet tomt, viser siden at video koster det samme som et vanlig besøk."),
    )
    address = _line(_("Besøksadresse"), most=200)
    website = _line(_("Nettsted"), most=200, help_text=_("For eksempel https://www.legekontoret.no"))
    alert_after_minutes = forms.IntegerField(
        label=_("Gi behandleren beskjed når noen har ventet så mange minutter"),
        help_text=_("Når en pasient venter og ingen har siden oppe, går det en melding på SMS eller e-post."),
        error_messages={**REQUIRED, "invalid": _("Skriv et helt tall.")},
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": 120, "class": "ds-input"}),
    )

    def __init__(self, *args: Any, clinic: "Clinic", **more: Any) -> None:
        initial = {name: getattr(clinic, name) for name in PROFILE}
        initial["help_kinds"] = "\n".join(kind["label"] for kind in clinic.help_kinds)
        super().__init__(*args, initial=initial, **more)
        standard = "\n".join(label for _slug, label in help_choices(clinic))
        self.fields["help_kinds"].widget.attrs["placeholder"] = "" if clinic.help_kinds else standard

    def values(self) -> dict[str, Any]:
        """What the clinic is to show, as its room asks for it."""
        return {**self.cleaned_data, "help_kinds": self.cleaned_data["help_kinds"].splitlines()}


class NoticeForm(StaffForm):
    """A word from the authorities: what it says, where it leads, when and where it stands."""

    names: Mapping[str, str] = {}

    title = _line(_("Overskrift"), most=120, required=True)
    words = forms.CharField(
        label=_("Tekst"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "ds-input"}),
        error_messages=REQUIRED,
        help_text=_("Si hva folk skal gjøre. To eller tre setninger er nok."),
    )
    link = _line(
        _("Lenke til den offisielle siden"), most=200, help_text=_("For eksempel https://www.fhi.no")
    )
    valid_from = forms.DateField(
        label=_("Første dag"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DAYS,
    )
    valid_to = forms.DateField(
        label=_("Siste dag"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DAYS,
        help_text=_("Tomt felt: til noen tar det ned."),
    )
    places = forms.MultipleChoiceField(
        label=_("Vis det her"),
        choices=PLACES,
        initial=["public", "patient"],
        widget=forms.CheckboxSelectMultiple,
        error_messages=REQUIRED,
    )

    def __init__(self, *args: Any, today: date, notice: "AuthorityNotice | None" = None, **more: Any) -> None:
        initial: dict[str, Any] = {"valid_from": today}
        if notice is not None:
            initial = {name: getattr(notice, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **more)
