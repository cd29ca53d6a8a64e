"""What the note says of what was written with the patient: when and how much, never the words."""

from django.utils.translation import gettext, ngettext

from blikk.journeys.closing import Draft, WritingUsed
from blikk.web.presenters import words


def times_in_writing(draft: Draft) -> str:
    """From when to when: a consultation in writing may last for days."""
    start = words.day_and_clock(draft.opened_at, draft.zone)
    if draft.ended_at is None:
        return gettext("Start %(start)s") % {"start": start}
    end = words.day_and_clock(draft.ended_at, draft.zone)
    return gettext("Start %(start)s, slutt %(end)s") % {"start": start, "end": end}


def people_in_writing(draft: Draft) -> str:
    """Who wrote with each other: nobody was let in anywhere."""
    both = ((draft.clinician, "clinician"), (draft.patient, "patient"))
    return words.listed([f"{name} ({words.role(role)})" for name, role in both])


def lines_in_writing(draft: Draft) -> list[str]:
    """One line for each case: the consultation itself, and what the patient was asked beside it."""
    return [_line(one, draft.zone) for one in draft.writing]


def _line(one: WritingUsed, zone: str) -> str:
    if one.kind == "text":
        patient = _count(one.from_patient)
        said = gettext("Skrevet: %(patient)s fra pasienten, %(clinic)s fra behandleren") % {
            "patient": patient,
            "clinic": _count(one.from_clinic),
        }
    else:
        when = words.day_and_clock(one.at, zone)
        said = gettext("Spurte pasienten om mer %(when)s") % {"when": when}
        if one.answered_at is None:
            said += gettext(", ikke besvart")
        else:
            said += gettext(", besvart %(when)s") % {"when": words.day_and_clock(one.answered_at, zone)}
    if one.photos_kept:
        kept = ngettext("%(count)s bilde til journalen", "%(count)s bilder til journalen", one.photos_kept)
        said += "; " + kept % {"count": one.photos_kept}
    if one.photos_deleted:
        gone = ngettext("%(count)s bilde slettet", "%(count)s bilder slettet", one.photos_deleted)
        said += "; " + gone % {"count": one.photos_deleted}
    return said


def _count(messages: int) -> str:
    return ngettext("%(count)s melding", "%(count)s meldinger", messages) % {"count": messages}
