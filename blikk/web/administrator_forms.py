"""What administrators type: the clinic's settings, its members, and what they look for in the record."""

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from blikk.clinics.services import SETTINGS, Post
from blikk.journeys.eid import setup as eid_setup
from blikk.web.audit_words import GROUPS
from blikk.web.forms import LANGUAGES, REQUIRED, WORDS, StaffForm

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership

ROLES = [
    ("clinician", _("Behandler")),
    ("secretary", _("Sekretær")),
    ("administrator", _("Administrator")),
]
EID_MEANS = {
    "idporten": _(
        "Pasienten logger inn med {label} og kommer tilbake til venterommet. Det er frivillig, og et kort går like "
        "bra. ID-porten er bare for offentlige virksomheter: en privat virksomhet må ha BankID i stedet."
    ),
    "broker": _(
        "Pasienten logger inn med {label} og kommer tilbake til venterommet. Det er frivillig, og et kort går like "
        "bra. Leverandøren kan ta betalt for hver innlogging."
    ),
    "none": _("Dette er ikke satt opp her. Den som drifter Blikk, kan gjøre det."),
}
ZONES = ["Europe/Oslo", "Arctic/Longyearbyen"]
EARLY: list[tuple[int, Any]] = [
    (minutes, format_lazy(_("{minutes} minutter"), minutes=minutes))
    for minutes in (5, 10, 15, 30, 45, 60, 120)
]


def _text(
    label: Any, *, most: int, required: bool = True, kind: str = "text", **more: Any
) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=most, required=required, widget=widget, error_messages=REQUIRED, **more
    )


def _tick(label: Any, help_text: Any) -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "ds-input"})
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=widget)


class ClinicForm(StaffForm):
    """How the clinic presents itself and lets people in."""

    name = _text(_("Virksomhetens navn"), most=120, help_text=_("Vises for ansatte."))
    sender_label = _text(
        _("Avsendernavn"),
        most=40,
        help_text=_(
            "Vises for pasienten i SMS, e-post og på lenkesiden. Velg noe nøytralt: andre kan se skjermen, "
            "og «Psykiatrisk poliklinikk» sier for mye. «Legekontoret» er trygt."
        ),
    )
    is_sure = _tick(
        _("Ja, bruk avsendernavnet likevel"),
        _("Sett kryss hvis navnet ikke sier noe om hva pasienten går til."),
    )
    phone = _text(
        _("Telefon"), most=20, kind="tel", help_text=_("Pasienten ser dette nummeret når noe ikke virker.")
    )
    language = forms.ChoiceField(
        label=_("Språk når pasienten ikke har valgt"), choices=LANGUAGES, error_messages=REQUIRED
    )
    zone = forms.ChoiceField(
        label=_("Tidssone"), choices=[(zone, zone) for zone in ZONES], error_messages=REQUIRED
    )
    opens_before_minutes = forms.TypedChoiceField(
        label=_("Venterommet åpner så lenge før timen"), choices=EARLY, coerce=int, error_messages=REQUIRED
    )
    asks_birth_date = _tick(
        _("Spør om fødselsdato"),
        _("Stopper den som har fått lenken ved en feil. Uten den får alle en kode på SMS i stedet."),
    )
    always_asks_code = _tick(
        _("Be alltid om kode på SMS"),
        _("Også på den første telefonen som åpner lenken. Tryggere, men ett steg til."),
    )
    keeps_card_mark = _tick(
        _("Før type legitimasjon og de fire siste tegnene"),
        _("Ellers føres bare at legitimasjon ble vist. Bildet av kortet lagres aldri."),
    )
    offers_eid = _tick(_("La pasienten legitimere seg med eID mens de venter"), "")
    relay_only = _tick(
        _("Skjul IP-adressene til deltakerne for hverandre"),
        _("Lyd og bilde går da alltid gjennom vår server. For behandlere som jobber hjemmefra."),
    )

    def __init__(self, *args: Any, clinic: "Clinic", **more: Any) -> None:
        initial = {name: getattr(clinic, name) for name in SETTINGS}
        super().__init__(*args, initial=initial, **more)
        label, kind = eid_setup()
        if not label:
            # Where there is nobody to ask, it is off, whatever was chosen while there was.
            self.fields["offers_eid"].disabled, self.initial["offers_eid"] = True, False
        self.fields["offers_eid"].help_text = format_lazy(EID_MEANS.get(kind, EID_MEANS["none"]), label=label)
        zones = self.fields["zone"]
        if (
            isinstance(zones, forms.ChoiceField)
            and clinic.zone not in ZONES
            and clinic.zone in available_timezones()
        ):
            zones.choices = [(clinic.zone, clinic.zone), *((zone, zone) for zone in ZONES)]
        early = self.fields["opens_before_minutes"]
        minutes = clinic.opens_before_minutes
        if isinstance(early, forms.ChoiceField) and minutes not in dict(EARLY):
            early.choices = [(minutes, format_lazy(_("{minutes} minutter"), minutes=minutes)), *EARLY]


class PostForm(StaffForm):
    """What a member does at the clinic."""

    role = forms.ChoiceField(label=_("Rolle"), choices=ROLES, error_messages=REQUIRED)
    title = _text(
        _("Tittel"), most=60, required=False, help_text=_("For eksempel «Fastlege». Vises for pasienten.")
    )
    profession = _text(_("Yrke"), most=60, required=False, help_text=_("For eksempel «Lege»."))
    hpr_number = _text(
        _("HPR-nummer"), most=9, required=False, help_text=_("Sju til ni sifre. Bare for helsepersonell.")
    )

    def __init__(self, *args: Any, member: "Membership | None" = None, **more: Any) -> None:
        if member is not None:
            more["initial"] = {
                name: getattr(member, name) for name in ("role", "title", "profession", "hpr_number")
            }
        super().__init__(*args, **more)
        self.fields["hpr_number"].widget.attrs["inputmode"] = "numeric"

    def post(self) -> Post:
        return Post(
            **{name: self.cleaned_data[name] for name in ("role", "title", "profession", "hpr_number")}
        )


class MemberForm(PostForm):
    """Somebody who begins to work at the clinic."""

    field_order = ("name", "email", "role", "title", "profession", "hpr_number", "language")

    name = _text(_("Navn"), most=120, help_text=_("Slik pasienter og kolleger skal se det."))
    email = forms.EmailField(
        label=_("E-post"),
        max_length=254,
        error_messages={"required": WORDS["missing"], "invalid": WORDS["not_an_email"]},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Hit går lenken for å velge passord."),
    )
    language = forms.ChoiceField(label=_("Språk"), choices=LANGUAGES, initial="nb", error_messages=REQUIRED)


class LogForm(StaffForm):
    """What to look for in the record."""

    patient = _text(_("Pasient"), most=80, required=False, kind="search")
    person = _text(_("Ansatt"), most=80, required=False, kind="search")
    group = forms.ChoiceField(label=_("Hva"), choices=[("", _("Alt")), *GROUPS], required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
