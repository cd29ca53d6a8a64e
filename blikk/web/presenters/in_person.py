"""Coming in person instead, in words: what becomes of the hour, the times, and the sentence for the note."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from blikk.web.in_person_forms import REASONS
from blikk.web.presenters import words

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.scheduling.models import Appointment, Turn
    from blikk.scheduling.queries import Slot


@dataclass(frozen=True, slots=True)
class ShownInPerson:
    """The head of the page, and what pressing the button does."""

    name: str
    when: str
    zone: str
    clinician: str
    is_running: bool
    has_ended: bool
    is_wished: bool
    is_meeting: bool
    may_stay: bool
    after: str
    back_href: str
    book_href: str
    meeting_href: str

    def slots(self, free: Sequence[Slot], *, chosen: Collection[str]) -> list[tuple[str, str]]:
        """Free hours in person as things to tick; who it is with where that is another."""
        shown = []
        for slot in free:
            said = words.capital(words.short_day_and_clock(slot.starts_at, self.zone))
            if slot.clinician.name != self.clinician:
                said = gettext("%(when)s, hos %(name)s") % {"when": said, "name": slot.clinician.name}
            shown.append((slot.name, said))
        gone = [name for name in chosen if name not in dict(shown)]
        return shown + [(name, gettext("Denne tiden er tatt")) for name in gone]


def show_in_person(
    clinic: Clinic,
    appointment: Appointment,
    *,
    talk: str,
    is_running: bool,
    is_wished: bool,
    turn: Turn | None,
    now: datetime,
) -> ShownInPerson:
    """Put an hour that may be held in person into words."""
    after = gettext("Timen blir et oppmøte. Lenken til video slutter å virke, og pasienten får en melding.")
    if is_running:
        after = gettext(
            "Samtalen avsluttes for alle når du trykker. Pasienten får en egen time til oppmøte, og en melding."
        )
    elif talk:
        after = gettext("Pasienten får en egen time til oppmøte, og en melding.")
    meeting = turn.meeting if turn and turn.meeting_id != appointment.pk else None
    return ShownInPerson(
        name=appointment.patient.name,
        when=words.day_and_clock(appointment.starts_at, clinic.zone),
        zone=clinic.zone,
        clinician=appointment.clinician.name,
        is_running=is_running,
        has_ended=bool(talk) and not is_running,
        is_wished=is_wished,
        is_meeting=appointment.form == "in_person",
        may_stay=not talk and appointment.form == "video" and appointment.ends_at > now,
        after=after,
        back_href=_back(appointment.public_id, talk, is_running=is_running),
        book_href=reverse("book") + f"?pasient={appointment.patient.public_id}&form=in_person",
        meeting_href=reverse("appointment", args=[meeting.public_id]) if meeting else "",
    )


def _back(appointment: str, talk: str, *, is_running: bool) -> str:
    if not talk:
        return reverse("appointment", args=[appointment])
    return reverse("conversation" if is_running else "close_out", args=[talk])


def reason_words(code: str) -> str:
    """Why an hour is held in person."""
    return str(dict(REASONS).get(code, code))


def turn_line(turn: Turn | None, zone: str) -> str:
    """The sentence for the note: that the patient is to come in person, why, and when."""
    if turn is None:
        return ""
    line = gettext("Innkalt til fysisk oppmøte: %(reason)s") % {
        "reason": words.uncapital(reason_words(turn.reason))
    }
    if turn.words:
        line += f". {turn.words.rstrip('.')}"
    if turn.status == "offered":
        return line + ". " + gettext("Pasienten velger tid")
    if turn.meeting is not None:
        when = words.day_and_clock(turn.meeting.starts_at, zone)
        line += ". " + gettext("Tid: %(when)s") % {"when": when}
    return line
