"""A signed note and its versions, in the words of its page, of a journal's field and of paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.documentation.forms import SICK_NOTE
from blikk.documentation.paper import Head
from blikk.web.presenters import words

if TYPE_CHECKING:
    from django.utils.functional import Promise
    from django.utils.functional import _StrPromise as StrPromise

    from blikk.consultations.models import Consultation
    from blikk.documentation.models import NoteVersion

POINTS: dict[str, StrPromise] = {
    "known_patient": _("Pasienten er kjent for meg"),
    "known_diagnosis": _("Diagnosen er kjent"),
    "work_ability": _("Arbeidsevnen kan vurderes uten undersøkelse"),
    "is_sound": _("Det er forsvarlig å sykmelde uten å undersøke nå"),
}
SAID: dict[str, tuple[Promise, Promise]] = {
    "known_patient": (_("pasienten er kjent fra før"), _("pasienten er ikke kjent fra før")),
    "known_diagnosis": (_("diagnosen er kjent"), _("diagnosen er ikke kjent")),
    "work_ability": (
        _("arbeidsevnen kan vurderes uten undersøkelse"),
        _("arbeidsevnen kan ikke vurderes uten undersøkelse"),
    ),
    "is_sound": (
        _("sykmelding uten undersøkelse nå er vurdert som forsvarlig"),
        _("sykmelding uten undersøkelse nå er ikke vurdert som forsvarlig"),
    ),
}


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One signed version."""

    number: int
    text: str
    signed_words: str
    reason: str
    copied_words: str


@dataclass(frozen=True, slots=True)
class ShownVersions:
    """The newest version, as it is copied too, and the older ones."""

    newest: ShownVersion
    journal: str
    older: Sequence[ShownVersion]


def show_versions(versions: Sequence[NoteVersion], zone: str) -> ShownVersions | None:
    """Put what is signed into words; nothing before the signing."""
    if not versions:
        return None
    shown = [_version(one, zone) for one in reversed(versions)]
    return ShownVersions(shown[0], for_journal(versions[-1], zone), shown[1:])


def _version(one: NoteVersion, zone: str) -> ShownVersion:
    when = words.day_and_clock(one.signed_at, zone)
    values = {"name": one.signed_by.name, "when": when, "number": one.number}
    if one.number == 1:
        said = gettext("Signert av %(name)s %(when)s.") % values
    else:
        said = gettext("Versjon %(number)s, rettet og signert av %(name)s %(when)s.") % values
    copied = [
        (
            gettext("%(name)s bekreftet %(when)s at det står i journalen.")
            if taken.how == "by_hand"
            else gettext("Kopiert til journalen av %(name)s %(when)s.")
        )
        % {"name": taken.by.name, "when": words.day_and_clock(taken.at, zone)}
        for taken in one.copied.all()
    ]
    return ShownVersion(one.number, one.text, said, one.reason, " ".join(copied))


def for_journal(version: NoteVersion, zone: str) -> str:
    """The text as it goes into a journal's field: plain lines, and at the end who signed it and what was corrected."""
    with translation.override(version.language):
        shown = _version(version, zone)
        lines = [version.text.strip(), "", shown.signed_words]
        if shown.reason:
            lines.append(gettext("Grunn til rettelsen: %(reason)s") % {"reason": shown.reason})
        return "\n".join(lines)


def head_of(consultation: Consultation, version: NoteVersion, *, number: str = "") -> Head:
    """What stands around the text on paper; the masked number only where the clinic wants it."""
    zone, patient = consultation.clinic.zone, consultation.appointment.patient
    with translation.override(version.language):
        shown = _version(version, zone)
        born = gettext("født %(born)s") % {"born": words.born(patient.birth_on)}
        facts = [
            (gettext("Pasient"), f"{patient.name}, {born}"),
            (gettext("Versjon"), str(version.number)),
            (gettext("Signert"), shown.signed_words),
        ]
        if number:
            facts.insert(1, (gettext("Fødselsnummer"), number))
        if version.reason:
            facts.append((gettext("Grunn"), version.reason))
        return Head(
            title=gettext("Notat fra konsultasjon"),
            clinic=consultation.clinic.name,
            author=version.signed_by.name,
            facts=facts,
            foot=gettext("%(name)s · versjon %(number)s") % {"name": patient.name, "number": version.number},
            page=gettext("Side {page} av {pages}"),
        )


def sick_note_line(answers: Mapping[str, bool] | None, language: str) -> str:
    """What was weighed for a sick note, as a sentence of the note; empty where none was written."""
    if answers is None:
        return ""
    with translation.override(language):
        said = [str(SAID[point][0 if answers.get(point) else 1]) for point in SICK_NOTE]
        return gettext("Sykmelding: %(said)s.") % {"said": "; ".join(said)}
