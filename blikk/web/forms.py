"""What staff type: the fields of each page, and the words for what the rooms will not accept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.kernel.errors import Invalid, Refused
from blikk.patients.services import normal_email, normal_phone
from blikk.web.contact_forms import KINDS, ReachedForm
from blikk.web.refusals import WORDS as WORDS
from blikk.web.refusals import words_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

T = TypeVar("T")

LANGUAGES = [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("Engelsk"))]
LENGTHS = (10, 15, 20, 30, 45, 60, 90)
CHANNELS = [("sms", _("SMS")), ("email", _("E-post")), ("letter", _("Brev"))]

OUTCOMES = [
    ("completed", _("Gjennomført")),
    ("in_person_needed", _("Trenger fysisk oppmøte")),
    ("more_information_needed", _("Trenger flere opplysninger")),
    ("unreachable", _("Fikk ikke kontakt")),
    ("technical_failure", _("Teknisk feil")),
]
FOLLOW_UPS = [
    ("none", _("Ingen oppfølging")),
    ("new_appointment", _("Ny time")),
    ("in_person", _("Time med fysisk oppmøte")),
    ("patient_makes_contact", _("Pasienten tar kontakt ved behov")),
]
FEES = [
    ("charged", _("Kreves inn fra Blikk")),
    ("charged_elsewhere", _("Kreves inn i journalsystemet")),
    ("exempt", _("Fritatt")),
    ("no_charge", _("Ingen egenandel")),
]
# Days outside are slips of the hand, and some of them no clock can tell.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
BIRTH_FORMATS = ["%d.%m.%Y", "%d%m%Y", "%Y-%m-%d", "%d/%m/%Y", "%d %m %Y"]
REQUIRED = {
    "required": WORDS["missing"],
    "invalid": WORDS["unknown"],
    "invalid_choice": WORDS["unknown"],
    "max_length": _("Dette er for langt. Skriv det kortere."),
}


def lengths() -> list[tuple[int, str]]:
    """The lengths to choose between."""
    return [(minutes, gettext("%(minutes)s minutter") % {"minutes": minutes}) for minutes in LENGTHS]


def chosen(choices: Sequence[tuple[str, "StrPromise"]], value: str) -> str:
    """The words of what was chosen."""
    return str(dict(choices).get(value, value))


class StaffForm(forms.Form):
    """A form whose fields look alike, say what is wrong beside themselves, and take a room's refusals."""

    # Where a room's field has another name on the page.
    names: Mapping[str, str] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.use_required_attribute = False
        self.beside: StaffForm | None = None
        for field in self.fields.values():
            if not isinstance(
                field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.HiddenInput
            ):
                field.widget.attrs.setdefault("class", "ds-input")

    def attempt(self, act: Callable[[], T]) -> T | None:
        """Do what was asked, if it can be read; where a room refuses, put words beside the field and answer None."""
        if not self.is_valid():
            return None
        try:
            return act()
        except Invalid as fault:
            for field, code in fault.fields.items():
                self.refuse(field, code)
        except Refused as fault:
            self.refuse(None, fault.code)
        return None

    def forgive(self) -> None:
        """Forget what is wrong: the person only asked for a list."""
        self._errors = ErrorDict()

    def read_contacts(self) -> None:
        """Say what is wrong with phone and e-mail together with the rest, and not one round later."""
        for field, read in (("phone", normal_phone), ("email", normal_email)):
            try:
                read(self.cleaned_data.get(field, ""))
            except Invalid as fault:
                self.refuse(field, fault.fields[field])

    def refuse(self, field: str | None, code: str) -> None:
        """Say what is wrong with a field; with the whole form where the page has no such field."""
        name = self.names.get(field, field) if field else None
        if name in self.fields:
            self.add_error(name, words_for(code))
        elif self.beside and name in self.beside.fields:
            self.beside.add_error(name, words_for(code))
        else:
            self.add_error(None, words_for(code))


class BirthDate(forms.DateField):
    """A birth date as people write it: 14.03.1951 or 14031951."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(
            format="%d.%m.%Y", attrs={"inputmode": "numeric", "autocomplete": "off", "class": "ds-input"}
        )
        faults = {"required": WORDS["missing"], "invalid": WORDS["not_a_birth_date"]}
        super().__init__(input_formats=BIRTH_FORMATS, widget=widget, error_messages=faults, **more)


def _text(
    label: "StrPromise", *, kind: str = "text", required: bool = True, most: int = 80, **more: Any
) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off", "class": "ds-input"})
    return forms.CharField(
        label=label, required=required, max_length=most, widget=widget, error_messages=REQUIRED, **more
    )


class PatientForm(ReachedForm, StaffForm):
    """A patient's particulars and contact points."""

    given_name = _text(_("Fornavn"))
    family_name = _text(_("Etternavn"))
    birth_on = BirthDate(label=_("Fødselsdato"), help_text=_("For eksempel 14.03.1951"))
    language = forms.ChoiceField(
        label=_("Språk i meldinger"), choices=LANGUAGES, initial="nb", error_messages=REQUIRED
    )
    phone = _text(_("Mobiltelefon"), kind="tel", required=False, most=40)
    email = _text(_("E-post"), kind="email", required=False, most=254)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.read_contacts()
        return cleaned

    def person(self) -> dict[str, Any]:
        """What the room of patients asks for."""
        names = ("given_name", "family_name", "birth_on", "language", "phone", "email")
        return {**{name: self.cleaned_data[name] for name in names}, "read_back": self.read_back()}


class ReachForm(ReachedForm, StaffForm):
    """How a patient who is known already is reached now; `of` says for which patient the fields were filled."""

    of = forms.CharField(required=False, widget=forms.HiddenInput)
    phone = _text(_("Mobiltelefon"), kind="tel", required=False, most=40)
    email = _text(_("E-post"), kind="email", required=False, most=254)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.read_contacts()
        return cleaned

    def reach(self) -> dict[str, Any]:
        """What the room of patients asks for."""
        values = {kind: self.cleaned_data[kind] for kind in KINDS}
        return {"reach": values, "read_back": self.read_back()}


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


class MoveToFreeForm(StaffForm):
    """A free slot that was proposed for an appointment, which the person saw in this version."""

    slot = forms.CharField(max_length=60)
    version = forms.IntegerField(min_value=1)


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
        error_messages=REQUIRED,
    )
    sok = _text(
        _("Søk på navn eller fødselsdato"),
        kind="search",
        required=False,
        help_text=_("Treff vises mens du skriver."),
    )
    patient = forms.CharField(required=False, widget=forms.HiddenInput)
    clinician = forms.ChoiceField(label=_("Behandler"), error_messages=REQUIRED)
    channels = forms.MultipleChoiceField(
        label=_("Slik sendes invitasjonen"),
        choices=CHANNELS,
        initial=["sms"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={**REQUIRED, "required": _("Velg SMS, e-post eller brev.")},
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
        return bool(self["mode"].value() == self.NEW)


class PreviewForm(StaffForm):
    """As much of a booking as its message needs."""

    day = forms.DateField()
    at = forms.TimeField(input_formats=["%H:%M", "%H.%M", "%H%M"])
    patient = forms.CharField(required=False)
    mode = forms.CharField(required=False)
    form = forms.CharField(required=False)
    channels = forms.MultipleChoiceField(choices=CHANNELS)


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


class CloseOutForm(StaffForm):
    """What the consultation came to, what happens next, and the co-payment."""

    outcome = forms.ChoiceField(
        label=_("Utfall"),
        choices=OUTCOMES,
        initial="completed",
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    follow_up = forms.ChoiceField(
        label=_("Oppfølging"), choices=FOLLOW_UPS, widget=forms.RadioSelect, error_messages=REQUIRED
    )
    fee = forms.ChoiceField(
        label=_("Egenandel"), choices=FEES, widget=forms.RadioSelect, error_messages=REQUIRED
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class NoteForm(StaffForm):
    """The clinician's own words, and which version of the note they were written in."""

    free_text = forms.CharField(required=False, strip=False)
    note_version = forms.IntegerField(min_value=1)

    def clean_free_text(self) -> str:
        # A form sends other line ends than the script does.
        return str(self.cleaned_data["free_text"]).replace("\r\n", "\n")


class DayForm(StaffForm):
    """Which day, and whose."""

    dag = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    hvem = forms.ChoiceField(required=False, choices=[("mine", ""), ("alle", "")])

    def day(self, today: date) -> date:
        """The day asked for; today where none was, or none that exists."""
        self.full_clean()
        asked: date | None = self.cleaned_data.get("dag")
        return asked if asked and FIRST_DAY <= asked <= LAST_DAY else today

    def is_mine(self, *, by_itself: bool) -> bool:
        """Whether only the person's own rows were asked for."""
        asked = self.cleaned_data.get("hvem") if self.is_valid() else ""
        return asked == "mine" if asked else by_itself
