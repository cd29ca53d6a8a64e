"""What people type on the pages for everybody: who they are, how to reach them, and the code that they were sent."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from blikk.kernel.errors import Invalid
from blikk.patients.services import normal_email, normal_phone
from blikk.patients.slips import slips_in_email
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.typed import read_birth_date, read_digits

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def _text(label: "StrPromise", *, most: int, autocomplete: str, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": autocomplete, "class": "ds-input words"}
    kind = more.pop("kind", "text")
    if mode := more.pop("inputmode", ""):
        attrs["inputmode"] = mode
    widget = forms.TextInput(attrs={"type": kind, **attrs})
    return forms.CharField(label=label, max_length=most, widget=widget, error_messages=REQUIRED, **more)


class PersonForm(StaffForm):
    """Who somebody is, and the phone that a code goes to."""

    given_name = _text(_("Fornavn"), most=80, autocomplete="given-name")
    family_name = _text(_("Etternavn"), most=80, autocomplete="family-name")
    birth_on = _text(
        _("Fødselsdato"),
        most=40,
        autocomplete="bday",
        inputmode="numeric",
        help_text=_("Dag, måned og år. Eksempel: 05111944"),
    )
    phone = _text(
        _("Mobiltelefon"),
        most=20,
        autocomplete="tel",
        kind="tel",
        help_text=_("Du får en kode på SMS til dette nummeret."),
    )

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        self.born: date | None = None

    def clean_birth_on(self) -> str:
        typed = str(self.cleaned_data["birth_on"])
        try:
            self.born = read_birth_date(typed, today=self.today)
        except Invalid:
            self.refuse("birth_on", "not_a_birth_date")
        return typed

    def clean_phone(self) -> str:
        try:
            return normal_phone(str(self.cleaned_data["phone"]))
        except Invalid as fault:
            self.refuse("phone", fault.fields["phone"])
            return ""

    def person(self) -> dict[str, Any]:
        """What the acts ask for."""
        return {
            "given_name": self.cleaned_data["given_name"],
            "family_name": self.cleaned_data["family_name"],
            "birth_on": self.born,
            "phone": self.cleaned_data["phone"],
        }


class _AsksAboutEmail(StaffForm):
    """An address of one's own: what looks like a slip is asked about, and never refused."""

    suggestion = ""
    has_question = False

    def clean_email(self) -> str:
        typed = self.data.get("email_use") or str(self.cleaned_data["email"])
        try:
            return normal_email(typed)
        except Invalid as fault:
            self.refuse("email", fault.fields["email"])
            return ""

    def has_no_question(self) -> bool:
        """Whether the address looks right, or somebody said that it is; the page asks otherwise."""
        address = self.cleaned_data.get("email", "")
        if not address or self.data.get("email_sure") == address:
            return True
        slips = list(slips_in_email(address))
        if slips:
            self.has_question = True
            self.suggestion = next((slip.instead for slip in slips if slip.instead), "")
            self.refuse("email", "likely_slip_own")
        return not slips

    @property
    def email_as_typed(self) -> str:
        """The address as it would be kept."""
        return str(
            self.data.get("email_use") or self.cleaned_data.get("email", "") or self.data.get("email", "")
        )


def _email_field() -> forms.CharField:
    return _text(
        _("E-postadresse"),
        most=254,
        autocomplete="email",
        kind="email",
        required=False,
        help_text=_("Du får en kode til denne adressen. La feltet stå tomt hvis du ikke bruker e-post."),
    )


class OwnEmailForm(_AsksAboutEmail):
    """The patient behind a link: their birth date, and the address that they want to be reached at."""

    names: Mapping[str, str] = {"birth_date": "birth_on"}

    birth_on = PersonForm.base_fields["birth_on"]
    email = _email_field()

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        self.born: date | None = None

    def clean_birth_on(self) -> str:
        typed = str(self.cleaned_data["birth_on"])
        try:
            self.born = read_birth_date(typed, today=self.today)
        except Invalid:
            self.refuse("birth_on", "not_a_birth_date")
        return typed


class OwnContactForm(_AsksAboutEmail, PersonForm):
    """Somebody on the clinic's page who says how they are reached."""

    email = _email_field()


class DropInForm(PersonForm):
    """Somebody who wants to stand in a queue: who, and for what kind of help. No word about illness is asked for."""

    names: Mapping[str, str] = {"period": "ko"}
    # As they stand on the page: the summary of what is wrong names them in the same order.
    field_order = ("ko", "help_kind", *PersonForm.base_fields)

    ko = forms.ChoiceField(label=_("Kø"), widget=forms.RadioSelect, error_messages=REQUIRED)
    help_kind = forms.ChoiceField(
        label=_("Hva trenger du hjelp til?"),
        widget=forms.RadioSelect,
        error_messages={**REQUIRED, "required": _("Velg det som passer best.")},
    )

    def __init__(
        self, *args: Any, queues: list[tuple[str, str]], kinds: list[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.has_choice = len(queues) > 1
        if not self.has_choice:
            # Nothing to choose; whether that queue still takes anybody is for the queue to say.
            self.fields["ko"] = forms.CharField(required=False, widget=forms.HiddenInput)
        for name, choices in (("ko", queues), ("help_kind", kinds)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def queue(self, only: str) -> str:
        """The period whose queue was chosen; the only one there is, where there was nothing to choose."""
        return only if not self.has_choice else str(self.cleaned_data["ko"])


class CodeForm(StaffForm):
    """Six digits that came by SMS."""

    code = _text(
        _("Kode"),
        most=20,
        autocomplete="one-time-code",
        inputmode="numeric",
        help_text=_("Seks sifre. Det kan ta et minutt før meldingen kommer."),
    )

    def forgive(self) -> None:
        """Forget what is wrong: nothing was typed, another code was asked for."""
        self._errors = ErrorDict()

    def clean_code(self) -> str:
        try:
            return read_digits(self.cleaned_data["code"])
        except Invalid:
            self.refuse("code", "empty_code")
            return ""
