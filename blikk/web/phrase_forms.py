"""What is typed about phrases, and about how a clinic wants its notes."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.documentation.phrases import LONGEST_NAME, LONGEST_TEXT
from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def _tick(label: "StrPromise") -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, widget=forms.CheckboxInput(attrs={"class": "ds-input"})
    )


class PhraseForm(StaffForm):
    """A phrase: what it is called, and its words."""

    name = forms.CharField(
        label=_("Navn"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED,
        help_text=_("Det du leter etter mens du skriver. For eksempel «Kontroll blodtrykk»."),
    )
    text = forms.CharField(
        label=_("Tekst"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        error_messages=REQUIRED,
    )
    is_shared = _tick(_("Alle som skriver notater her, skal ha den"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RulesForm(StaffForm):
    """How the clinic wants its notes."""

    language = forms.ChoiceField(
        label=_("Språk i notatet"),
        choices=[("nb", _("Bokmål")), ("nn", _("Nynorsk"))],
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    shows_number = _tick(_("Vis fødselsnummeret på utskriften, med de fem siste sifrene skjult"))
