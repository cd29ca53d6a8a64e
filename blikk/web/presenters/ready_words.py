"""Ready words about the video service, filled with the clinic's own times and links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from blikk.web.presenters import words
from blikk.web.presenters.timetable import weekday_names

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.scheduling.models import Period


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A text to copy, and where it belongs."""

    key: str
    title: str
    where: str
    text: str


def show_ready_words(
    clinic: Clinic, periods: Sequence[Period], *, base_url: str, badge: str
) -> list[ReadyText]:
    """Write the texts in the clinic's own language."""
    page = base_url + reverse("clinic_page", args=[clinic.slug])
    with translation.override(clinic.language):
        times = opening_words([one for one in periods if one.kind == "drop_in"])
        said = {
            "clinic": clinic.name,
            "sender": clinic.sender_label,
            "times": times,
            "page": page,
            "spoken": page.removeprefix("https://").removeprefix("http://"),
            "phone": words.phone(clinic.phone),
        }
        texts = {
            "switchboard": _switchboard(said),
            "website": _website(said),
            "machine": _machine(said),
            "helsenorge": _helsenorge(said),
            "sms": gettext("Spørsmål som ikke haster kan tas på video: {page}").format(**said),
            "badge": badge,
        }
    return [ReadyText(key, *_about(key), text) for key, text in texts.items()]


def opening_words(periods: Sequence[Period]) -> str:
    """When drop-in is open, as it is said: «mandag og onsdag 09:00–11:00»."""
    days: dict[str, set[int]] = defaultdict(set)
    for one in periods:
        days[f"{one.starts:%H:%M}–{one.ends:%H:%M}"].add(one.weekday)
    names = [words.day_inside(name) for name in weekday_names()]
    said = [
        f"{_and([names[day] for day in sorted(on)])} {clock}"
        for clock, on in sorted(days.items(), key=lambda item: (min(item[1]), item[0]))
    ]
    return "; ".join(said)


def _and(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s og %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _about(key: str) -> tuple[str, str]:
    return {
        "switchboard": (gettext("Sentralbordet"), gettext("Les opp når noen ringer.")),
        "website": (gettext("Nettsiden"), gettext("Lim inn der dere skriver om timebestilling.")),
        "machine": (gettext("Telefonsvareren"), gettext("Les inn med rolig stemme.")),
        "helsenorge": (
            gettext("Dialogen i Helsenorge"),
            gettext("Lim inn når dere trenger e-postadressen eller mobilnummeret til en pasient."),
        ),
        "sms": (
            gettext("Nederst i SMS-er"),
            gettext("Legg til i påminnelser dere sender fra andre systemer."),
        ),
        "badge": (
            gettext("Merke til nettsiden"),
            gettext("Én linje HTML som viser om drop-in er åpen nå. Ingen informasjonskapsler."),
        ),
    }[key]


def _switchboard(said: dict[str, str]) -> str:
    lines = [gettext("Du kan få hjelp på video hos {clinic}.").format(**said)]
    if said["times"]:
        lines.append(gettext("Vi har drop-in på video {times}. Du trenger ikke time.").format(**said))
    lines += [
        gettext("Gå til {spoken} på telefon eller PC. Du trenger ingen app.").format(**said),
        gettext("Haster det, kan vi ikke ta det på video: ring 116117, eller 113 hvis det står om livet."),
    ]
    return "\n".join(lines)


def _helsenorge(said: dict[str, str]) -> str:
    """Asks for a contact point where the patient is signed in; no word about what the appointment is for."""
    return "\n".join(
        [
            gettext("Hei. Vi vil gjerne sende deg lenken til videotimen din."),
            gettext("Svar på denne meldingen med e-postadressen og mobilnummeret du vil ha den på."),
            gettext("Skriv adressen nøyaktig, og se over den før du sender."),
            gettext("Spørsmål? Ring {phone}. Hilsen {sender}").format(**said),
        ]
    )


def _website(said: dict[str, str]) -> str:
    lines = [gettext("Snakk med oss på video")]
    if said["times"]:
        lines.append(
            gettext("Drop-in på video er åpen {times}. Du ser plassen din i køen mens du venter.").format(
                **said
            )
        )
    lines += [
        gettext("Du trenger bare telefonen eller PC-en din, ingen app og ingen konto: {page}").format(**said),
        gettext("Spørsmål? Ring {phone}. Øyeblikkelig hjelp: 116117. Fare for liv: 113.").format(**said),
    ]
    return "\n".join(lines)


def _machine(said: dict[str, str]) -> str:
    lines = [gettext("Du har ringt {clinic}.").format(**said)]
    if said["times"]:
        lines.append(gettext("Du kan få hjelp på video uten time {times}.").format(**said))
    lines += [
        gettext("Gå til {spoken}.").format(**said),
        gettext("Trenger du hjelp med en gang, ring 116117. Står det om livet, ring 113."),
    ]
    return "\n".join(lines)
