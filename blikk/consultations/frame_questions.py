"""The control questions: which there are, what can be answered, and which light an answer gives. Pure data and rules.

Answers have letters for codes. What a letter means stands here and in the words of the staff side, and nowhere in what
a patient's browser is sent: a bystander at the screen learns nothing from the page, its script or its network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import models


class Light(models.TextChoices):
    """What the clinician sees of a question."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNANSWERED = "unanswered"


class Danger(models.TextChoices):
    """What the clinician must know at once."""

    WORSE = "worse"
    UNSAFE = "unsafe"
    UNFREE = "unfree"


class AnswerSource(models.TextChoices):
    """Who gave an answer."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class Worry(models.TextChoices):
    """Which answer to a clinic's own question gives a red light."""

    YES = "yes"
    NO = "no"


class FrameWish(models.TextChoices):
    """What a patient would rather, when something is not as it should be."""

    FIVE_MINUTES = "five_minutes"
    SOUND = "sound"
    PHONE = "phone"


class Tick(models.TextChoices):
    """What the clinician notes of a question that was asked in the conversation."""

    OK = "ok"
    NOT_OK = "not_ok"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer."""

    light: Light
    danger: str = ""


_GREEN, _YELLOW, _RED = Choice(Light.GREEN), Choice(Light.YELLOW), Choice(Light.RED)

BUILT_IN: Mapping[str, Mapping[str, Choice]] = {
    "place": {"a": _GREEN, "b": _RED},
    "sound": {"a": _GREEN, "b": _YELLOW, "c": _RED},
    "safe": {"a": _GREEN, "b": _YELLOW, "c": Choice(Light.RED, Danger.UNSAFE)},
    "company": {"a": _GREEN, "b": _YELLOW, "c": Choice(Light.RED, Danger.UNFREE), "d": _RED},
    "overheard": {"a": _GREEN, "b": _YELLOW, "c": _RED},
    "worse": {"a": _GREEN, "b": _YELLOW, "c": Choice(Light.RED, Danger.WORSE)},
}
# The one answer that the patient's own page may react to: it shows the emergency numbers.
MUCH_WORSE = "c"
OWN = ("yes", "no")
# Who is helped is not alone, whatever was answered; and what was answered may not be what they would have said.
CHANGED_BY_HELP = frozenset({"safe", "company", "overheard"})


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the light needs it."""

    value: str
    at: datetime
    helped: bool = False
    danger: str = ""
    danger_at: datetime | None = None

    @property
    def last_at(self) -> datetime:
        return max(self.at, self.danger_at) if self.danger_at else self.at


def choice_of(question: str, value: str, *, worry: str = "") -> Choice | None:
    """What an answer means; None where the question has no such answer. `worry` is that of a clinic's own question."""
    if question in BUILT_IN:
        return BUILT_IN[question].get(value)
    if value not in OWN or not worry:
        return None
    return _RED if value == worry else _GREEN


def light_of(question: str, said: Given | None, tick: Given | None, *, worry: str = "") -> Light:
    """The light of a question: what the clinician heard last counts, then what must be known, then the answer."""
    if tick is not None and (said is None or tick.at >= said.last_at):
        return Light.GREEN if tick.value == Tick.OK else Light.RED
    if said is None:
        return Light.UNANSWERED
    choice = choice_of(question, said.value, worry=worry)
    if said.danger or choice is None:
        return Light.RED
    if said.helped and choice.light == Light.GREEN and question in CHANGED_BY_HELP:
        return Light.YELLOW
    return choice.light
