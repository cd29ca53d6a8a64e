"""What the system knows about a consultation, as a clinician would write it: the beginning and the end of its note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.kernel.times import local
from blikk.web.presenters import channels, words
from blikk.web.presenters.companions import interpreter_words, note_words
from blikk.web.presenters.frame import note_lines
from blikk.web.presenters.in_person import turn_line
from blikk.web.presenters.note import sick_note_line
from blikk.web.presenters.note_writing import lines_in_writing, people_in_writing, times_in_writing
from blikk.web.presenters.suitability import note_line
from blikk.web.presenters.who import who_lines

if TYPE_CHECKING:
    from blikk.journeys.closing import Draft, Present
    from blikk.journeys.tasks import OpenTask

OUTCOMES: dict[str, Promise] = {
    "in_person_needed": _("Pasienten trenger å møte opp."),
    "more_information_needed": _("Det trengs flere opplysninger før det kan avgjøres."),
    "unreachable": _("Vi fikk ikke kontakt med pasienten."),
    "technical_failure": _("Konsultasjonen kunne ikke gjennomføres på grunn av teknisk feil."),
}
FOLLOW_UPS: dict[str, Promise] = {
    "none": _("Det er ikke avtalt oppfølging."),
    "new_appointment": _("Pasienten skal ha ny time."),
    "in_person": _("Pasienten skal ha time med fysisk oppmøte."),
    "patient_makes_contact": _("Pasienten tar kontakt ved behov."),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What the clinician has chosen on the page so far."""

    outcome: str = ""
    follow_up: str = ""
    sick_note: Mapping[str, bool] | None = None


def drafted(draft: Draft, language: str) -> str:
    """What stands before the clinician's own words."""
    in_writing = draft.form == "text"
    with translation.override(language):
        people = people_in_writing(draft) if in_writing else _people(draft)
        form = gettext("Form: tekst") if in_writing else channels.form_line(draft)
        lines = [
            _when(draft) + " " + _sentence(form),
            times_in_writing(draft) if in_writing else "",
            gettext("Til stede: %(people)s") % {"people": people},
            *channels.note_lines(draft),
            *who_lines(draft.who, draft.zone, clinician=draft.clinician),
            *lines_in_writing(draft),
            *(note_lines(draft.frame, draft.zone) if draft.frame else []),
            note_line(draft.suitability),
        ]
        return "\n".join(_sentence(line) for line in lines if line)


def agreed(draft: Draft, language: str, decided: Decided) -> str:
    """What stands after them: the sick note, what it came to, what was agreed, and what is still to be found out."""
    return "\n".join(line for _name, line in agreed_parts(draft, language, decided) if line)


def agreed_parts(draft: Draft, language: str, decided: Decided) -> list[tuple[str, str]]:
    """The same as parts: those that a choice on the page decides are there although they are empty."""
    with translation.override(language):
        parts = [
            ("sick_note", sick_note_line(decided.sick_note, language)),
            ("outcome", outcome_line(decided.outcome)),
            ("", turn_line(draft.turn, draft.zone)),
            ("follow_up", follow_up_line(decided.follow_up, draft)),
            *(("", _task_line(one)) for one in draft.tasks),
        ]
        return [(name, _sentence(line)) for name, line in parts if name or line]


def outcome_line(outcome: str) -> str:
    """What it came to; a consultation that was carried out as planned needs no words."""
    return str(OUTCOMES.get(outcome, ""))


def follow_up_line(follow_up: str, draft: Draft) -> str:
    """What was agreed, with the day where the hour is booked already."""
    is_turned = draft.turn is not None and draft.turn.meeting is not None
    if follow_up == "in_person" and is_turned:
        # The sentence about the meeting says it, with its time.
        return ""
    said = str(FOLLOW_UPS.get(follow_up, ""))
    if said and follow_up in {"new_appointment", "in_person"} and draft.next_at is not None:
        when = words.day_and_clock(draft.next_at, draft.zone)
        said += " " + gettext("Timen er bestilt til %(when)s.") % {"when": when}
    return said


def _sentence(line: str) -> str:
    return line if not line or line.endswith((".", "?", "!", ":")) else line + "."


def _when(draft: Draft) -> str:
    day = formats.date_format(local(draft.opened_at, draft.zone), gettext("j. F Y"))
    if draft.form == "text":
        return _sentence(gettext("Konsultasjon %(day)s") % {"day": day})
    start = words.clock(draft.opened_at, draft.zone)
    if draft.ended_at is None:
        return gettext("Konsultasjon %(day)s, fra kl. %(start)s.") % {"day": day, "start": start}
    minutes = max(round((draft.ended_at - draft.opened_at).total_seconds() / 60), 1)
    return gettext("Konsultasjon %(day)s kl. %(start)s–%(end)s (%(length)s).") % {
        "day": day,
        "start": start,
        "end": words.clock(draft.ended_at, draft.zone),
        "length": words.minutes_in_words(minutes),
    }


def _people(draft: Draft) -> str:
    shown = [_person(one) for one in draft.present]
    if draft.others:
        # One patient's record names no other one.
        shown.append(
            ngettext("%(count)s annen i gruppen", "%(count)s andre i gruppen", draft.others)
            % {"count": draft.others}
        )
    return words.listed(shown)


def _person(one: Present) -> str:
    about: Sequence[str] = (
        words.role(one.role),
        interpreter_words(one.spoken, one.qualification),
        note_words(one.consent_how, one.consent_ground),
        gettext("sluppet inn, men kom ikke med") if one.joined_at is None else "",
    )
    return f"{one.name} ({'; '.join(said for said in about if said)})"


def _task_line(task: OpenTask) -> str:
    return gettext("Skal innhentes: %(what)s (%(name)s, frist %(day)s)") % {
        "what": task.what.rstrip("."),
        "name": task.holder_name,
        "day": words.born(task.due_on),
    }
