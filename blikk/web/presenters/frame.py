"""The frame in the words of the staff side: a light for each question, what to ask, and what is left to confirm."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.consultations.frame_lights import belongs_in_record
from blikk.web.presenters import words
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blikk.consultations.frame_lights import Asked, Frame
    from blikk.journeys.frame import Standing, Troubled

NAMES: dict[str, Promise] = {
    "place": _("Sted"),
    "sound": _("Lyd og lys"),
    "safe": _("Trygg"),
    "company": _("Andre der"),
    "overheard": _("Innsyn"),
    "worse": _("Verre"),
}
# As one says them aloud.
ASKS: dict[str, Promise] = {
    "place": _("Sitter du et sted der vi kan snakke i ro?"),
    "sound": _("Ser og hører du meg godt?"),
    "safe": _("Er du trygg og uforstyrret der du er?"),
    "company": _("Er det noen andre i rommet hos deg?"),
    "overheard": _("Kan noen uvedkommende se eller høre oss?"),
    "worse": _("Er du blitt verre siden du tok kontakt?"),
}
ANSWERS: dict[str, dict[str, Promise]] = {
    "place": {"a": _("ja"), "b": _("nei")},
    "sound": {"a": _("bra"), "b": _("sånn passe"), "c": _("dårlig")},
    "safe": {"a": _("ja"), "b": _("noen kan komme inn"), "c": _("ikke helt")},
    "company": {
        "a": _("ingen"),
        "b": _("noen pasienten vil ha med"),
        "c": _("noen, og vil helst ha ja- og nei-spørsmål"),
        "d": _("noen andre"),
    },
    "overheard": {"a": _("nei"), "b": _("vet ikke"), "c": _("ja")},
    "worse": {"a": _("nei"), "b": _("litt"), "c": _("mye")},
}
OWN: dict[str, Promise] = {"yes": _("ja"), "no": _("nei")}
LIGHTS: dict[str, tuple[str, Promise]] = {
    "green": ("check", _("i orden")),
    "yellow": ("warning", _("verdt å vite")),
    "red": ("cross", _("må avklares")),
    "unanswered": ("question", _("ikke svart")),
}
ALERTS: dict[str, Promise] = {
    "worse": _(
        "Pasienten sier at de er mye verre. Skjermen deres viser 113 og 116 117. Slipp inn nå, eller ring."
    ),
    "unsafe": _(
        "Pasienten er kanskje ikke trygg. Spør slik at svaret er ja eller nei, og si ikke høyt hva de svarte."
    ),
    "unfree": _(
        "Pasienten kan ikke snakke fritt. Spør slik at svaret er ja eller nei, og si ikke høyt hva de svarte."
    ),
}
# In the conversation, where what to ask stands below.
IN_TALK: dict[str, Promise] = {
    "worse": _("Pasienten sier at de er mye verre."),
    "unsafe": _("Pasienten er kanskje ikke trygg."),
    "unfree": _("Pasienten kan ikke snakke fritt."),
}
WISHES: dict[str, Promise] = {
    "five_minutes": _("Ba om fem minutter"),
    "sound": _("Vil helst ha bare lyd"),
    "phone": _("Vil helst ta det på telefon"),
}


@dataclass(frozen=True, slots=True)
class ShownLight:
    """One question as a light: icon and words, never a colour alone."""

    name: str
    light: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownLights:
    """All lights of somebody who waits, and what to do when one is red."""

    lights: Sequence[ShownLight]
    summary: Mark
    wish: Mark | None
    # For clinicians alone: what must be known at once.
    alerts: Sequence[str]
    hold_href: str
    back_href: str
    in_person_href: str


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question that is not settled: what to ask, what was answered, and the key that ticks it."""

    question: str
    name: str
    ask: str
    said: str
    light: str
    icon: str
    key: str
    is_private: bool


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """The panel beside the picture."""

    lights: Sequence[ShownLight]
    asks: Sequence[ShownQuestion]
    settled: Sequence[ShownQuestion]
    notes: Sequence[str]
    alerts: Sequence[str]
    is_in_confidence: bool
    others: Sequence[str]
    wish: Mark | None
    has_red: bool
    own_side: str
    is_identified: bool
    is_ready: bool
    is_confirmed: bool
    is_going_on: bool
    needs_reason: bool
    confirmed: str
    exception: str
    refused: str
    typed: str
    tick_href: str
    confirm_href: str
    in_person_href: str
    consultation: str

    @property
    def fingerprint(self) -> str:
        """Changes when the panel does."""
        return hashlib.blake2s(repr(self).encode(), digest_size=9).hexdigest()


def show_lights(
    frame: Frame | None, *, arrival: str, status: str, appointment: str, is_clinician: bool
) -> ShownLights | None:
    """Put the lights of somebody who waits into words; what was answered is for clinicians."""
    if frame is None:
        return None
    red = [one for one in frame.asked if one.light == "red"]
    is_waiting = status == "waiting"
    return ShownLights(
        lights=[_light(one) for one in frame.asked] if frame.is_begun else [],
        summary=_summary(frame, red, is_clinician=is_clinician),
        wish=_wish(frame),
        alerts=[str(ALERTS[code]) for code in frame.dangers] if is_clinician else [],
        hold_href=reverse("hold_a_while", args=[arrival]) if red and is_waiting else "",
        back_href=reverse("back_from_a_while", args=[arrival]) if status == "on_hold" else "",
        in_person_href=in_person_href(appointment) if red and appointment else "",
    )


def in_person_href(appointment: str) -> str:
    """Where one makes it a physical visit instead."""
    return reverse("in_person", args=[appointment])


def show_frame(
    standing: Standing, others: Iterable[Troubled], zone: str, *, refused: str = "", typed: str = ""
) -> ShownFrame:
    """Put the frame of a conversation into the words of its panel."""
    frame, consultation = standing.frame, standing.consultation
    name = [consultation.public_id]
    open_ = [one for one in frame.asked if not one.is_settled]
    confirmed_at = frame.confirmed_at
    is_confirmed = confirmed_at is not None
    return ShownFrame(
        lights=[_light(one) for one in frame.asked],
        asks=[_question(one, str(at)) for at, one in enumerate(open_, 1)],
        settled=[_question(one, "") for one in frame.asked if one.is_settled],
        notes=[_note(one) for one in frame.asked if one.light == "yellow"],
        alerts=[str(IN_TALK[code]) for code in frame.dangers],
        is_in_confidence=bool({"unsafe", "unfree"} & set(frame.dangers)),
        others=[one.name for one in others],
        wish=_wish(frame),
        has_red=any(one.light == "red" for one in frame.asked),
        own_side=words.clock(standing.own_side_at, zone) if standing.own_side_at else "",
        is_identified=standing.is_identified,
        is_ready=standing.is_ready,
        is_confirmed=is_confirmed,
        is_going_on=standing.is_running,
        needs_reason=not frame.is_settled,
        confirmed=gettext("Rammen er bekreftet kl. %(time)s av %(name)s.")
        % {"time": words.clock(confirmed_at, zone), "name": frame.confirmed_by}
        if confirmed_at
        else "",
        exception=frame.exception,
        refused=refused,
        typed=typed,
        tick_href=reverse("frame_tick", args=name),
        confirm_href=reverse("confirm_frame", args=name),
        in_person_href=in_person_href(standing.appointment),
        consultation=consultation.public_id,
    )


def note_lines(frame: Frame, zone: str) -> list[str]:
    """What the drafted note says of the frame: only what matters, and never what was told in confidence."""
    lines = []
    told = [_told(one) for one in frame.asked if belongs_in_record(one)]
    if told:
        lines.append(gettext("Kontrollspørsmål: %(told)s") % {"told": "; ".join(told)})
    if frame.confirmed_at is None:
        return [*lines, gettext("Rammen ble ikke bekreftet.")]
    at = {"time": words.clock(frame.confirmed_at, zone), "name": frame.confirmed_by}
    if frame.exception:
        lines.append(
            gettext("Rammen bekreftet kl. %(time)s av %(name)s, med unntak: %(why)s")
            % {**at, "why": frame.exception}
        )
    else:
        lines.append(gettext("Rammen bekreftet kl. %(time)s av %(name)s.") % at)
    return lines


def _told(one: Asked) -> str:
    said = _answer_words(one) or gettext("spurt i samtalen")
    ticked = {"ok": gettext("avklart"), "not_ok": gettext("ikke i orden")}.get(one.tick, "")
    return f"{_ask(one)} {said}" + (f", {ticked}" if ticked else "")


def _light(one: Asked) -> ShownLight:
    icon, state = LIGHTS[one.light]
    return ShownLight(_name(one), one.light, icon, str(state))


def _name(one: Asked) -> str:
    return one.words or str(NAMES[one.question])


def _ask(one: Asked) -> str:
    return one.words or str(ASKS[one.question])


def _answer_words(one: Asked) -> str:
    if not one.value:
        return ""
    found = OWN if one.words else ANSWERS[one.question]
    return str(found.get(one.value, one.value))


def _said(one: Asked) -> str:
    said = _answer_words(one)
    if not said:
        return gettext("Ikke svart")
    if one.tick == "not_ok":
        said = gettext("%(said)s, og ikke i orden i samtalen") % {"said": said}
    if one.helped:
        return gettext("Svarte med hjelp: %(said)s") % {"said": said}
    return gettext("Svarte: %(said)s") % {"said": said}


def _question(one: Asked, key: str) -> ShownQuestion:
    icon, _state = LIGHTS[one.light]
    return ShownQuestion(
        one.question,
        _name(one),
        gettext("Spør slik at svaret er ja eller nei, for eksempel: «Passer det å snakke nå?»")
        if one.danger in {"unsafe", "unfree"}
        else _ask(one),
        _said(one),
        one.light,
        icon,
        key if len(key) == 1 else "",
        is_private=bool(one.danger),
    )


def _note(one: Asked) -> str:
    if one.question == "company" and one.value == "b":
        return gettext("Noen er med pasienten. Be dem si hvem de er.")
    return f"{_name(one)}: {words.uncapital(_said(one))}"


def _wish(frame: Frame) -> Mark | None:
    if frame.wish not in WISHES:
        return None
    return Mark(str(WISHES[frame.wish]), "phone" if frame.wish == "phone" else "clock", "care")


def _summary(frame: Frame, red: Sequence[Asked], *, is_clinician: bool) -> Mark:
    """The lights in one breath."""
    if not frame.is_begun:
        return Mark(gettext("Har ikke svart på spørsmålene ennå"), "question")
    left = sum(1 for one in frame.asked if one.light == "unanswered")
    if red:
        about = [
            f"{_name(one)} ({_answer_words(one)})" if is_clinician and not one.danger else _name(one)
            for one in red
        ]
        return Mark(gettext("Må avklares: %(what)s") % {"what": ", ".join(about)}, "warning", "bad")
    if left:
        return Mark(
            ngettext("%(count)s spørsmål står igjen", "%(count)s spørsmål står igjen", left)
            % {"count": left},
            "question",
        )
    return Mark(gettext("Spørsmålene er i orden"), "check", "good")
