"""The words of what a patient can be asked in writing, by code; the clinic's own questions carry their own."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blikk.writing.sealed import Question

QUESTIONS: list[tuple[str, Promise]] = [
    ("since_when", _("Når begynte det?")),
    ("how_now", _("Hvordan er det nå, sammenliknet med da vi snakket sammen?")),
    ("tried", _("Hva har du prøvd, og hjalp det?")),
    ("medicines", _("Hvilke medisiner bruker du nå?")),
    ("allergies", _("Er det noe du ikke tåler?")),
    ("measured", _("Har du målt noe selv, som blodtrykk, temperatur eller blodsukker? Skriv tallene.")),
    ("daily_life", _("Hva får du ikke til i hverdagen?")),
]
OWN = "own"


def question_words(question: Question) -> str:
    """A question as the patient reads it, in the language that is active."""
    return question.words or str(dict(QUESTIONS).get(question.code, question.code))


def choices_of(own: Sequence[str]) -> list[tuple[str, str]]:
    """All questions that a clinic can choose from: the general ones, then its own."""
    general = [(code, str(words)) for code, words in QUESTIONS]
    return general + [(f"{OWN}{number}", words) for number, words in enumerate(own)]


def chosen_questions(codes: Sequence[str], own: Sequence[str]) -> tuple[Question, ...]:
    """The chosen questions in the order of the list; the clinic's own keep the words that they have now."""
    return tuple(
        Question(code, words if code.startswith(OWN) else "")
        for code, words in choices_of(own)
        if code in set(codes)
    )
