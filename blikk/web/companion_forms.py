"""What staff type and choose about those who come along with a patient."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.patients.agreements import LONGEST_LANGUAGE, LONGEST_NAME, LONGEST_WORDS, Person, Terms
from blikk.web.forms import LANGUAGES, REQUIRED, WORDS, StaffForm

if TYPE_CHECKING:
    from blikk.patients.models import Agreement, Companion

ROLES = [
    ("relative", _("Pårørende")),
    ("carer", _("Pleier eller hjelper")),
    ("assistant", _("Assistent")),
    ("guardian", _("Verge eller forelder")),
    ("interpreter", _("Tolk")),
    ("colleague", _("Kollega")),
]
MEMBER = ("member", _("Deltaker i gruppen"))
# The categories of Nasjonalt tolkeregister, from the highest.
QUALIFICATIONS = [
    ("", _("Velg")),
    ("A", _("A: statsautorisasjon og bachelorgrad")),
    ("B", _("B: bachelorgrad, eller statsautorisasjon og grunnemne")),
    ("C", _("C: statsautorisasjon")),
    ("D", _("D: grunnemne i tolking")),
    ("E", _("E: tospråktest og kurs, eller translatør og kurs")),
    ("none", _("Står ikke i Nasjonalt tolkeregister")),
    ("unknown", _("Vet ikke")),
]
GROUNDS = [
    ("consent", _("Pasienten har sagt ja")),
    ("parental", _("Foreldreansvar")),
    ("appointed", _("Verge oppnevnt av Statsforvalteren")),
    ("future_power", _("Fremtidsfullmakt")),
    ("child_welfare", _("Barneverntjenesten har omsorgen")),
]
EXTENTS = [
    ("whole", _("Være med i hele samtalen")),
    ("technical", _("Hjelpe med telefonen, og gå ut når pasienten ber om det")),
]
ENDED = [
    ("withdrawn", _("Pasienten vil ikke lenger")),
    ("no_longer", _("Hjelper ikke pasienten lenger")),
    ("of_age", _("Barnet bestemmer selv nå")),
    ("mistake", _("Avtalen var feil")),
]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": WORDS["missing"], "invalid": _("Velg en dag som finnes.")},
        **more,
    )


def _text(label: Any, *, most: int, kind: str = "text", **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off", "class": "ds-input"})
    return forms.CharField(label=label, max_length=most, widget=widget, error_messages=REQUIRED, **more)


class PersonForm(StaffForm):
    """Who comes along, and how they get their link. An interpreter's language and category are for the record."""

    role = forms.ChoiceField(label=_("Rolle"), choices=ROLES, error_messages=REQUIRED)
    name = _text(_("Navn"), most=LONGEST_NAME)
    phone = _text(_("Mobiltelefon"), kind="tel", required=False, most=40)
    email = _text(_("E-post"), kind="email", required=False, most=254)
    language = forms.ChoiceField(
        label=_("Språk i meldinger"), choices=LANGUAGES, initial="nb", error_messages=REQUIRED
    )
    spoken = _text(_("Tolker til og fra"), most=LONGEST_LANGUAGE, required=False)
    qualification = forms.ChoiceField(
        label=_("Kategori i Nasjonalt tolkeregister"), choices=QUALIFICATIONS, required=False
    )
    read_back = forms.BooleanField(
        label=_("Jeg har lest nummeret og adressen tilbake, tegn for tegn"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.read_contacts()
        if not (self.data.get("phone", "").strip() or self.data.get("email", "").strip()):
            self.refuse("phone", "no_way_to_reach")
        if not cleaned.get("read_back") and self.must_be_read_back():
            self.refuse("read_back", "not_read_back")
        if self.data.get("role") == "interpreter":
            for name in ("spoken", "qualification"):
                if not cleaned.get(name) and name not in self.errors:
                    self.refuse(name, "missing")
        return cleaned

    def must_be_read_back(self) -> bool:
        """Whether the number or address is one that nobody has made sure of yet."""
        return True

    def person(self) -> Person:
        """The person as the room of patients asks for them."""
        names = ("name", "phone", "email", "language", "spoken", "qualification", "read_back")
        return Person(**{name: self.cleaned_data[name] for name in names})


class InviteForm(PersonForm):
    """Somebody to take along into one conversation."""

    alias = _text(
        _("Navn de andre ser"),
        most=40,
        required=False,
        help_text=_("Fornavn eller et kallenavn. Står det tomt, brukes fornavnet."),
    )
    said_yes = forms.BooleanField(
        label=_("Pasienten har sagt ja til at personen er med"),
        required=False,
        help_text=_("Uten dette spør vi pasienten i venterommet."),
    )

    def __init__(self, *args: Any, is_group: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        role = self.fields["role"]
        if is_group and isinstance(role, forms.ChoiceField):
            role.choices = [MEMBER, *ROLES]
        if not is_group:
            del self.fields["alias"]

    def asked(self) -> dict[str, Any]:
        """What the invitation asks for."""
        said = {"role": self.cleaned_data["role"], "person": self.person()}
        return {**said, "said_yes": self.cleaned_data["said_yes"]}


class AgreementForm(PersonForm):
    """A standing agreement: with whom, as what, from when until when, and what the patient agreed to."""

    names: Mapping[str, str] = {"because": "ended_because"}

    companion = forms.CharField(required=False, max_length=22, widget=forms.HiddenInput)
    is_another = forms.BooleanField(label=_("En annen person med samme nummer eller adresse"), required=False)
    ground = forms.ChoiceField(
        label=_("Grunnlag"),
        choices=GROUNDS,
        initial="consent",
        error_messages=REQUIRED,
        help_text=_("Andre grunnlag enn pasientens ja gjelder bare verge eller forelder."),
    )
    extent = forms.ChoiceField(
        label=_("Hva pasienten har sagt ja til"), choices=EXTENTS, initial="whole", error_messages=REQUIRED
    )
    words = _text(_("Merknad"), most=LONGEST_WORDS, required=False)
    agreed_on = _day(_("Avtalt dag"))
    from_on = _day(_("Gjelder fra"))
    until_on = _day(_("Gjelder til og med"), required=False, help_text=_("Tomt: til avtalen avsluttes."))

    def __init__(self, *args: Any, known: "Companion | None" = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = known
        if known is not None:
            # Who is known is not typed anew.
            self.fields["name"].required = self.fields["language"].required = False

    def clean(self) -> dict[str, Any]:
        if self.known is None:
            return super().clean()
        return self.cleaned_data

    def terms(self) -> Terms:
        """What was agreed, as the room of patients asks for it."""
        names = ("role", "ground", "extent", "words", "agreed_on", "from_on", "until_on")
        return Terms(**{name: self.cleaned_data[name] for name in names})


class ChangeForm(PersonForm):
    """Corrections to the person of an agreement, and until when it holds."""

    until_on = _day(_("Gjelder til og med"), required=False, help_text=_("Tomt: til avtalen avsluttes."))

    def __init__(self, *args: Any, agreement: "Agreement", **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["role"]
        if agreement.role != "interpreter":
            del self.fields["spoken"], self.fields["qualification"]

    def must_be_read_back(self) -> bool:
        # The room knows whether it is as it was.
        return False

    def person(self) -> Person:
        typed = self.cleaned_data
        names = ("name", "phone", "email", "language", "read_back")
        interpreter = {name: typed.get(name, "") for name in ("spoken", "qualification")}
        return Person(**{name: typed[name] for name in names}, **interpreter)


class EndForm(StaffForm):
    """Why an agreement ends."""

    because = forms.ChoiceField(
        label=_("Hvorfor avtalen slutter"),
        choices=ENDED,
        widget=forms.RadioSelect,
        error_messages={**REQUIRED, "required": WORDS["missing"]},
    )


class FindForm(StaffForm):
    """Words of a name, or a number, of somebody who comes along with others already."""

    sok = _text(_("Navn eller telefonnummer"), most=80, kind="search", required=False)


class DecideForm(StaffForm):
    """What the clinician decides or heard about somebody who waits."""

    invitation = forms.CharField(max_length=22)
    answer = forms.ChoiceField(choices=[("oral", ""), ("ground", ""), ("out", "")])
    reason = forms.CharField(required=False, max_length=300)


class GroupForm(StaffForm):
    """Whether an hour is a group."""

    version = forms.IntegerField(min_value=1)
    is_group = forms.BooleanField(required=False)


def first_terms(today: date) -> dict[str, Any]:
    """What stands in the fields of a new agreement."""
    return {"agreed_on": today, "from_on": today, "role": "relative"}
