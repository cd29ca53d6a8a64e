"""What staff type: the fields of each page, and the words for what the rooms will not accept."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.kernel.errors import Invalid, Refused

T = TypeVar("T")

LANGUAGES = [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("Engelsk"))]
LENGTHS = (10, 15, 20, 30, 45, 60, 90)
COMPANION_ROLES = [
    ("relative", _("Pårørende")),
    ("carer", _("Pleier eller hjelper")),
    ("guardian", _("Verge eller forelder")),
    ("interpreter", _("Tolk")),
    ("colleague", _("Kollega")),
]
CHANNELS = [("sms", _("SMS")), ("email", _("E-post"))]

WORDS: dict[str, Promise] = {
    "missing": _("Fyll ut dette feltet."),
    "in_the_past": _("Tidspunktet har allerede vært. Velg et senere."),
    "no_such_hour": _("Den timen finnes ikke: klokken stilles fram da. Velg en time tidligere eller senere."),
    "taken": _("Behandleren har en annen time da. Velg et annet tidspunkt."),
    "too_far_ahead": _("Tidspunktet er mer enn to år fram. Sjekk årstallet."),
    "unlikely_length": _("Velg en lengde mellom 5 minutter og 4 timer."),
    "not_a_phone": _("Dette ser ikke ut som et telefonnummer. Norske numre har åtte sifre."),
    "not_an_email": _("Dette ser ikke ut som en e-postadresse. Se etter krøllalfa og punktum."),
    "not_a_birth_date": _("Dette kan ikke være en fødselsdato. Skriv dag, måned og år: 14.03.1951."),
    "unknown": _("Velg fra listen."),
    "no_way_to_reach": _("Skriv inn et telefonnummer eller en e-postadresse som invitasjonen kan sendes til."),
    "no_phone": _("Skriv inn et telefonnummer, eller send invitasjonen som e-post."),
    "no_email": _("Skriv inn en e-postadresse, eller send invitasjonen som SMS."),
}
BIRTH_FORMATS = ["%d.%m.%Y", "%d%m%Y", "%Y-%m-%d", "%d/%m/%Y", "%d %m %Y"]
REQUIRED = {"required": WORDS["missing"], "invalid": WORDS["unknown"], "invalid_choice": WORDS["unknown"]}


def lengths() -> list[tuple[int, str]]:
    """The lengths to choose between."""
    return [(minutes, gettext("%(minutes)s minutter") % {"minutes": minutes}) for minutes in LENGTHS]


def words_for(code: str) -> str:
    """The sentence for a code from a room; a general one for codes that are new."""
    return str(WORDS.get(code, _("Dette kan ikke brukes. Se over feltet.")))


class StaffForm(forms.Form):
    """A form whose fields look alike, say what is wrong beside themselves, and take a room's refusals."""

    # Where a room's field has another name on the page.
    names: Mapping[str, str] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.use_required_attribute = False
        self.error_css_class = ""
        for name, field in self.fields.items():
            if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.HiddenInput):
                field.widget.attrs.setdefault("class", "ds-input")
            if self.is_bound and name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"
                field.widget.attrs["aria-describedby"] = f"id_{name}_error"

    def attempt(self, act: Callable[[], T]) -> T | None:
        """Do what was asked; where a room refuses, keep the page with words beside the field and answer None."""
        try:
            return act()
        except Invalid as fault:
            for field, code in fault.fields.items():
                self.refuse(field, code)
        except Refused as fault:
            self.refuse(None, fault.code)
        return None

    def refuse(self, field: str | None, code: str) -> None:
        """Say what is wrong with a field; with the whole form where the page has no such field."""
        name = self.names.get(field, field) if field else None
        if name not in self.fields:
            name = None
        self.add_error(name, words_for(code))
        if name:
            self.fields[name].widget.attrs.update({"aria-invalid": "true", "aria-describedby": f"id_{name}_error"})


class BirthDate(forms.DateField):
    """A birth date as people write it: 14.03.1951 or 14031951."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(
            format="%d.%m.%Y", attrs={"inputmode": "numeric", "autocomplete": "off", "class": "ds-input"}
        )
        faults = {"required": WORDS["missing"], "invalid": WORDS["not_a_birth_date"]}
        super().__init__(input_formats=BIRTH_FORMATS, widget=widget, error_messages=faults, **more)


def _text(label: Promise, *, kind: str = "text", required: bool = True, most: int = 80, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off", "class": "ds-input"})
    return forms.CharField(
        label=label, required=required, max_length=most, widget=widget, error_messages=REQUIRED, **more
    )


class PatientForm(StaffForm):
    """A patient's particulars and contact points."""

    given_name = _text(_("Fornavn"))
    family_name = _text(_("Etternavn"))
    birth_on = BirthDate(label=_("Fødselsdato"), help_text=_("For eksempel 14.03.1951"))
    language = forms.ChoiceField(label=_("Språk i meldinger"), choices=LANGUAGES, initial="nb", error_messages=REQUIRED)
    phone = _text(_("Mobiltelefon"), kind="tel", required=False, most=20)
    email = _text(_("E-post"), kind="email", required=False, most=254)

    def person(self) -> dict[str, Any]:
        """What the room of patients asks for."""
        names = ("given_name", "family_name", "birth_on", "language", "phone", "email")
        return {name: self.cleaned_data[name] for name in names}


class WhenForm(StaffForm):
    """A day, a time and a length."""

    names: Mapping[str, str] = {"starts_at": "at"}

    day = forms.DateField(
        label=_("Dag"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": WORDS["missing"], "invalid": _("Velg en dag som finnes.")},
    )
    at = forms.TimeField(
        label=_("Klokkeslett"),
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": WORDS["missing"], "invalid": _("Skriv klokkeslettet slik: 14:30.")},
    )
    minutes = forms.TypedChoiceField(
        label=_("Lengde"), choices=lengths, coerce=int, initial=20, error_messages=REQUIRED
    )


class MoveForm(WhenForm):
    """A new time for an appointment that the person saw in this version."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class VersionForm(StaffForm):
    """Which version of a thing the person saw when they pressed the button."""

    version = forms.IntegerField(min_value=1)


class BookForm(WhenForm):
    """A booking: for whom, with whom, when, and how the invitation goes."""

    NEW = "new"

    mode = forms.ChoiceField(
        label=_("Pasient"),
        choices=[("known", _("Finn pasient")), (NEW, _("Registrer ny pasient"))],
        initial="known",
        widget=forms.RadioSelect,
    )
    sok = _text(
        _("Søk på navn eller fødselsdato"), kind="search", required=False, help_text=_("Treff vises mens du skriver.")
    )
    patient = forms.CharField(required=False, widget=forms.HiddenInput)
    clinician = forms.ChoiceField(label=_("Behandler"), error_messages=REQUIRED)
    channels = forms.MultipleChoiceField(
        label=_("Slik sendes invitasjonen"),
        choices=CHANNELS,
        initial=["sms"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Velg SMS, e-post eller begge.")},
    )

    def __init__(self, *args: Any, clinicians: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["clinician"]
        if isinstance(field, forms.ChoiceField):
            field.choices = clinicians

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("mode") != self.NEW and not cleaned.get("patient"):
            self.add_error("sok", _("Velg en pasient i listen, eller registrer en ny."))
        return cleaned

    @property
    def is_for_new_patient(self) -> bool:
        return bool(self.is_bound and self.data.get("mode") == self.NEW)


class SearchForm(StaffForm):
    """Some words of a name, or a birth date."""

    sok = _text(_("Søk på navn eller fødselsdato"), kind="search", required=False)

    def asked(self) -> tuple[str, date | None]:
        """The words and the birth date that were asked for."""
        typed = str(self.data.get("sok", "")).strip()[:80]
        for form in BIRTH_FORMATS:
            try:
                return "", datetime.strptime(typed, form).date()  # noqa: DTZ007
            except ValueError:
                continue
        return typed, None


class CompanionForm(StaffForm):
    """Somebody to take along into a conversation."""

    role = forms.ChoiceField(label=_("Rolle"), choices=COMPANION_ROLES, error_messages=REQUIRED)
    name = _text(_("Navn"), most=160)
    phone = _text(_("Mobiltelefon"), kind="tel", required=False, most=20)
    email = _text(_("E-post"), kind="email", required=False, most=254)
    language = forms.ChoiceField(label=_("Språk i meldinger"), choices=LANGUAGES, initial="nb", error_messages=REQUIRED)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (cleaned.get("phone") or cleaned.get("email")):
            self.add_error("phone", WORDS["no_way_to_reach"])
        return cleaned
