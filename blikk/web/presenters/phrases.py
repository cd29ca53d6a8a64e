"""Phrases: the names of their fields, what is filled in, and how they stand beside the note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.documentation.phrases import Field, filled
from blikk.kernel.times import local
from blikk.web.presenters import words

if TYPE_CHECKING:
    from blikk.documentation.models import Phrase
    from blikk.journeys.notes import Facts

# As they are typed, between braces: the same in every language, so that a phrase works whoever opens it.
NAMES: dict[str, str] = {
    Field.PATIENT: "pasient",
    Field.BORN: "født",
    Field.DATE: "dato",
    Field.TIME: "klokkeslett",
    Field.CLINICIAN: "behandler",
    Field.NEXT: "neste time",
}
MEANINGS: dict[str, Promise] = {
    Field.PATIENT: _("navnet til pasienten"),
    Field.BORN: _("fødselsdatoen"),
    Field.DATE: _("datoen for konsultasjonen"),
    Field.TIME: _("når den begynte"),
    Field.CLINICIAN: _("navnet til behandleren"),
    Field.NEXT: _("neste time som er bestilt"),
}
KEYS = 9


@dataclass(frozen=True, slots=True)
class ShownPhrase:
    """A phrase beside the note, with its fields filled in; the first nine have a key."""

    name: str
    text: str
    key: str
    is_shared: bool


def show_phrases(phrases: Sequence[Phrase], facts: Facts, language: str) -> list[ShownPhrase]:
    """Fill in what is known, in the language of the note."""
    with translation.override(language):
        values = _values(facts)
        return [
            ShownPhrase(
                one.name,
                filled(one.text, values),
                str(number) if number <= KEYS else "",
                one.membership_id is None,
            )
            for number, one in enumerate(phrases, 1)
        ]


def fields_in_words() -> list[tuple[str, str]]:
    """Each field as it is typed, and what it becomes."""
    return [(f"{{{NAMES[code]}}}", str(meaning)) for code, meaning in MEANINGS.items()]


def _values(facts: Facts) -> Mapping[str, str]:
    begun = local(facts.opened_at, facts.zone)
    said = {
        Field.PATIENT: facts.patient,
        Field.BORN: words.born(facts.born_on),
        Field.DATE: formats.date_format(begun, gettext("j. F Y")),
        Field.TIME: begun.strftime("%H:%M"),
        Field.CLINICIAN: facts.clinician,
        Field.NEXT: words.day_and_clock(facts.next_at, facts.zone)
        if facts.next_at
        else gettext("[ingen time bestilt]"),
    }
    return {NAMES[code]: value for code, value in said.items()}
