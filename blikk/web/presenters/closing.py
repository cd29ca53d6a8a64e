"""The close-out: the note before it is signed, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from blikk.web import forms
from blikk.web.presenters import words
from blikk.web.presenters.in_person import turn_line
from blikk.web.presenters.note import POINTS, sick_note_line
from blikk.web.presenters.note_draft import (
    OUTCOMES,
    Decided,
    agreed_parts,
    drafted,
    follow_up_line,
    outcome_line,
)

if TYPE_CHECKING:
    from blikk.consultations.models import Consultation
    from blikk.documentation.models import Note
    from blikk.journeys.closing import Draft


@dataclass(frozen=True, slots=True)
class ShownClosing:
    """The close-out page."""

    name: str
    born: str
    version: int
    note_version: int
    note_href: str
    note_key: str
    draft: str
    # What stands after the clinician's own words; what a choice decides is named, so that the page can change it.
    agreed: Sequence[tuple[str, str]]
    free_text: str
    consultation: str
    is_closed: bool
    appointment: str
    decisions: Sequence[tuple[str, str]]
    in_person_href: str
    task_href: str
    # That the patient has an hour in person after this, or chooses one.
    meeting_words: str
    # That finishing says that the note stands in the journal.
    says_in_journal: bool
    # By choice and code, the sentence that it adds to the note.
    says: Mapping[str, Mapping[str, str]]


def show_closing(
    consultation: Consultation,
    note: Note,
    draft: Draft,
    *,
    language: str,
    key: str,
    decided: Decided,
    says_in_journal: bool,
) -> ShownClosing:
    """Put the end of a consultation into the words of its page."""
    patient = consultation.appointment.patient
    return ShownClosing(
        name=patient.name,
        born=words.born(patient.birth_on),
        version=consultation.version,
        note_version=note.version,
        note_href=reverse("note", args=[consultation.public_id]),
        note_key=key,
        draft=drafted(draft, language),
        agreed=agreed_parts(draft, language, decided),
        free_text=note.free_text,
        consultation=consultation.public_id,
        is_closed=consultation.status == "closed_out",
        appointment=consultation.appointment.public_id,
        decisions=_decisions(consultation),
        in_person_href=reverse("in_person", args=[consultation.appointment.public_id]),
        task_href=reverse("task_new", args=[consultation.appointment.public_id]),
        meeting_words=turn_line(draft.turn, consultation.clinic.zone),
        says_in_journal=says_in_journal,
        says=_says(draft, language),
    )


def _decisions(consultation: Consultation) -> list[tuple[str, str]]:
    if consultation.status != "closed_out":
        return []
    return [
        (gettext("Utfall"), forms.chosen(forms.OUTCOMES, consultation.outcome)),
        (gettext("Oppfølging"), forms.chosen(forms.FOLLOW_UPS, consultation.follow_up)),
        (gettext("Egenandel"), forms.chosen(forms.FEES, consultation.fee)),
    ]


def _says(draft: Draft, language: str) -> dict[str, dict[str, str]]:
    with translation.override(language):
        return {
            "outcome": {code: outcome_line(code) for code in OUTCOMES},
            "follow_up": {code: follow_up_line(code, draft) for code, _words in forms.FOLLOW_UPS},
            "sick_note": {
                "".join("1" if one else "0" for one in ticks): sick_note_line(
                    dict(zip(POINTS, ticks, strict=True)), language
                )
                for ticks in product((False, True), repeat=len(POINTS))
            },
        }
