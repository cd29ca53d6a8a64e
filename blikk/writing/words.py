"""The words of messages about a case: fixed sentences with the same closed list of fields as all others (law 6)."""

from collections.abc import Callable
from typing import Literal

from django.utils import formats, translation
from django.utils.translation import gettext

from blikk.clinics.labels import neutral
from blikk.invitations.words import Fields, Words, spaced, spoken_phone
from blikk.kernel.times import local
from blikk.writing.models import Case

Kind = Literal["asked", "writing", "answered", "writing_code"]


def compose(
    kind: Kind, case: Case, *, base_url: str, token: str = "", typed_code: str = "", digits: str = ""
) -> Words:
    """Write a message in the patient's language. It never says what is asked, who asks, or what was answered."""
    with translation.override(case.language):
        due = local(case.due_at, case.clinic.zone) if case.due_at else None
        fields = Fields(
            sender=neutral(case.clinic.sender_label),
            day=formats.date_format(due, gettext("l j. F")) if due else "",
            time="",
            phone=spoken_phone(case.clinic),
            link=f"{base_url}/s#{token}" if token else "",
            typed_code=spaced(typed_code),
            code_page=f"{base_url}/kode",
            digits=digits,
        )
        return _WORDS[kind](fields)


def _asked(fields: Fields) -> Words:
    return Words(
        gettext("Vi trenger svar fra deg"),
        gettext(
            "{sender}: Vi trenger svar fra deg, senest {day}. Svar her: {link}\n"
            "Vil du ikke åpne lenker? Skriv koden {typed_code} på {code_page}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _writing(fields: Fields) -> Words:
    return Words(
        gettext("Du kan skrive med oss"),
        gettext(
            "{sender}: Du kan skrive med oss her: {link}\n"
            "Vil du ikke åpne lenker? Skriv koden {typed_code} på {code_page}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _answered(fields: Fields) -> Words:
    return Words(
        gettext("Du har fått svar"),
        gettext("{sender}: Du har fått svar. Les det her: {link}\nSpørsmål? Ring {phone}.").format(
            **_named(fields)
        ),
    )


def _writing_code(fields: Fields) -> Words:
    return Words(
        gettext("Engangskode"),
        gettext("{sender}: Koden din er {digits}. Den virker i ti minutter. Ikke gi den til andre.").format(
            **_named(fields)
        ),
    )


_WORDS: dict[Kind, Callable[[Fields], Words]] = {
    "asked": _asked,
    "writing": _writing,
    "answered": _answered,
    "writing_code": _writing_code,
}


def _named(fields: Fields) -> dict[str, str]:
    return {name: getattr(fields, name) for name in Fields.__dataclass_fields__}
