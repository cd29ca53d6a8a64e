"""The words about hours in person: fixed sentences with the closed list of fields, as all messages have (law 6).

They say neither why, nor with whom, nor where: an address can name a specialty.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from django.utils.translation import gettext

MeetingKind = Literal["in_person", "meet", "meet_offer", "meet_cancelled"]
# Subject and body.
Written = tuple[str, str]


def _in_person(fields: Mapping[str, str]) -> Written:
    return (
        gettext("Timen {day} kl. {time} er ikke på video").format(**fields),
        gettext(
            "{sender}: Timen din {day} kl. {time} blir et vanlig oppmøte, ikke på video. "
            "Du trenger ingen lenke.\nSpørsmål? Ring {phone}."
        ).format(**fields),
    )


def _meet(fields: Mapping[str, str]) -> Written:
    return (
        gettext("Oppmøte {day} kl. {time}").format(**fields),
        gettext(
            "{sender}: Du har time til oppmøte {day} kl. {time}, ikke på video. "
            "Du trenger ingen lenke.\nSpørsmål? Ring {phone}."
        ).format(**fields),
    )


def _meet_offer(fields: Mapping[str, str]) -> Written:
    return (
        gettext("Velg tid for oppmøte"),
        gettext(
            "{sender}: Vi foreslår at du møter opp i stedet for på video. Velg en tid her: {link}\n"
            "Passer ingen av dem? Ring {phone}."
        ).format(**fields),
    )


def _meet_cancelled(fields: Mapping[str, str]) -> Written:
    return (
        gettext("Timen {day} kl. {time} er avlyst").format(**fields),
        gettext("{sender}: Timen din {day} kl. {time} er avlyst.\nSpørsmål? Ring {phone}.").format(**fields),
    )


MEETING_WORDS: dict[MeetingKind, Callable[[Mapping[str, str]], Written]] = {
    "in_person": _in_person,
    "meet": _meet,
    "meet_offer": _meet_offer,
    "meet_cancelled": _meet_cancelled,
}
