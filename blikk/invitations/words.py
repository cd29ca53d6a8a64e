"""The words of every message: fixed sentences with a closed list of fields, so that none can leak (law 6)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import phonenumbers
from django.utils import formats, translation
from django.utils.translation import gettext

from blikk.clinics.labels import neutral, short_sender
from blikk.clinics.models import Clinic
from blikk.invitations.meeting_words import MEETING_WORDS, MeetingKind
from blikk.invitations.models import Invitation
from blikk.kernel.times import local

Kind = Literal[
    "invited", "moved", "cancelled", "code",
    "queued", "two_left", "your_turn", "missed", "queue_closed", "late", "other_clinician",
    "reminder", "link_again", "in_person",
    "along", "moved_to_other",
    "meet", "meet_offer", "meet_cancelled",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fields:
    """All that a message may carry. No name of a patient or clinician, no specialty, no free text."""

    sender: str
    day: str
    time: str
    phone: str
    link: str = ""
    typed_code: str = ""
    code_page: str = ""
    digits: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A message, ready to be sent."""

    subject: str
    body: str


def compose(
    kind: Kind,
    invitation: Invitation,
    *,
    base_url: str,
    token: str = "",
    typed_code: str = "",
    digits: str = "",
    minutes: int = 0,
) -> Words:
    """Write a message in the language of the person it goes to.

    Day and time are those of the booked hour; in a queue they are those of its end.
    """
    with translation.override(invitation.language):
        fields = fields_of(
            invitation,
            base_url=base_url,
            token=token,
            typed_code=typed_code,
            digits=digits,
            minutes=minutes,
        )
        return _WORDS[kind](fields)


def fields_of(
    invitation: Invitation,
    *,
    base_url: str,
    token: str = "",
    typed_code: str = "",
    digits: str = "",
    minutes: int = 0,
) -> Fields:
    """All that a message or a letter to this person may carry, in the language that is active."""
    clinic = invitation.clinic
    day, time = _when(*when_of(invitation))
    return Fields(
        sender=neutral(clinic.sender_label),
        day=day,
        time=time,
        phone=spoken_phone(clinic),
        link=f"{base_url}/m#{token}" if token else "",
        typed_code=spaced(typed_code),
        code_page=f"{base_url}/kode",
        digits=digits,
        minutes=minutes,
    )


def sender_of(clinic: Clinic, channel: str) -> str:
    """The name that a message comes from: a short one for an SMS."""
    return short_sender(clinic) if channel == "sms" else neutral(clinic.sender_label)


def spoken_phone(clinic: Clinic) -> str:
    """The clinic's number as people read it, and nothing but a number."""
    return re.sub(r"[^0-9+() -]", "", grouped(clinic.phone))[:20].strip()


def when_of(invitation: Invitation) -> tuple[datetime, str]:
    """The moment that a message names, and the zone of its clock."""
    if invitation.appointment is not None:
        return invitation.appointment.starts_at, invitation.appointment.zone
    if invitation.beside is not None:
        return when_of(invitation.beside)
    if invitation.opening is not None:
        return invitation.opening.closes_at, invitation.opening.zone
    return invitation.created_at, invitation.clinic.zone


def staff_alert(clinic: Clinic, *, minutes: int, language: str, base_url: str) -> Words:
    """Write to a member of staff that somebody has waited for long and was told nothing."""
    with translation.override(language):
        fields = Fields(
            sender=neutral(clinic.sender_label),
            day="",
            time="",
            phone=spoken_phone(clinic),
            link=f"{base_url}/dag/",
            minutes=minutes,
        )
        return Words(
            gettext("Noen venter i venterommet"),
            gettext(
                "{sender}: Noen har ventet i over {minutes} minutter uten å få beskjed.\nÅpne dagen: {link}"
            ).format(**_named(fields)),
        )


def wish_alert(clinic: Clinic, *, starts_at: datetime, language: str, base_url: str) -> Words:
    """Write to a member of staff that somebody asked from their link for a change, shortly before the hour."""
    with translation.override(language):
        _day, time = _when(starts_at, clinic.zone)
        fields = Fields(
            sender=neutral(clinic.sender_label),
            day="",
            time=time,
            phone=spoken_phone(clinic),
            link=f"{base_url}/dag/",
        )
        return Words(
            gettext("Endring i timen kl. {time}").format(time=fields.time),
            gettext(
                "{sender}: Det er kommet en beskjed om timen kl. {time}, kort tid før den starter.\n"
                "Åpne dagen: {link}"
            ).format(**_named(fields)),
        )


def preview(
    clinic: Clinic, *, starts_at: datetime, language: str, in_person: bool = False, base_url: str
) -> Words:
    """Write the invitation as it will be sent, with dots where the two secrets will stand."""
    with translation.override(language):
        day, time = _when(starts_at, clinic.zone)
        return _WORDS["meet" if in_person else "invited"](
            Fields(
                sender=neutral(clinic.sender_label),
                day=day,
                time=time,
                phone=spoken_phone(clinic),
                link=f"{base_url}/m#…",
                typed_code="••••• •••••",
                code_page=f"{base_url}/kode",
            )
        )


def phone_code(clinic: Clinic, *, digits: str, language: str) -> Words:
    """Write the code that proves a phone on a public page: nothing but sender, digits and the clinic's phone."""
    with translation.override(language):
        fields = Fields(
            sender=neutral(clinic.sender_label), day="", time="", phone=spoken_phone(clinic), digits=digits
        )
        return _phone_code(fields)


def grouped(number: str) -> str:
    """Write a phone number as people read it; a Norwegian one without the country's code."""
    try:
        parsed = phonenumbers.parse(number, "NO")
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    is_norwegian = parsed.country_code == 47
    return phonenumbers.format_number(parsed, form.NATIONAL if is_norwegian else form.INTERNATIONAL)


def spaced(typed_code: str) -> str:
    """Write a typed code in two groups of five."""
    return f"{typed_code[:5]} {typed_code[5:]}".strip()


def _when(moment: datetime, zone: str) -> tuple[str, str]:
    at = local(moment, zone)
    return formats.date_format(at, gettext("l j. F")), formats.date_format(at, "H:i")


def _invited(fields: Fields) -> Words:
    return Words(
        gettext("Videotime {day} kl. {time}").format(day=fields.day, time=fields.time),
        gettext(
            "{sender}: Du har en videotime {day} kl. {time}.\n"
            "Åpne denne lenken når det nærmer seg: {link}\n"
            "Vil du ikke åpne lenker? Skriv koden {typed_code} på {code_page}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _along(fields: Fields) -> Words:
    return Words(
        gettext("Videosamtale nå"),
        gettext(
            "{sender}: Du er bedt med i en videosamtale som er i gang eller snart begynner.\n"
            "Åpne denne lenken nå: {link}\n"
            "Vil du ikke åpne lenker? Skriv koden {typed_code} på {code_page}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _moved(fields: Fields) -> Words:
    return Words(
        gettext("Ny tid for videotimen: {day} kl. {time}").format(day=fields.day, time=fields.time),
        gettext(
            "{sender}: Videotimen din er flyttet til {day} kl. {time}.\n"
            "Bruk denne nye lenken: {link}\n"
            "Vil du ikke åpne lenker? Skriv koden {typed_code} på {code_page}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _moved_to_other(fields: Fields) -> Words:
    return Words(
        gettext("Ny tid for videotimen: {day} kl. {time}").format(day=fields.day, time=fields.time),
        gettext(
            "{sender}: Ny tid for videotimen: {day} kl. {time}. Du møter en annen enn planlagt.\n"
            "Ny lenke: {link}\n"
            "Vil du ikke åpne lenker? Skriv koden {typed_code} på {code_page}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _cancelled(fields: Fields) -> Words:
    return Words(
        gettext("Videotimen {day} kl. {time} er avlyst").format(day=fields.day, time=fields.time),
        gettext("{sender}: Videotimen din {day} kl. {time} er avlyst.\nSpørsmål? Ring {phone}.").format(
            **_named(fields)
        ),
    )


def _code(fields: Fields) -> Words:
    return Words(
        gettext("Engangskode"),
        gettext("{sender}: Koden din er {digits}. Den virker i ti minutter. Ikke gi den til andre.").format(
            **_named(fields)
        ),
    )


def _other_clinician(fields: Fields) -> Words:
    return Words(
        gettext("Videotimen {day} kl. {time}").format(day=fields.day, time=fields.time),
        gettext(
            "{sender}: Videotimen din {day} kl. {time} blir som avtalt, men du møter en annen enn planlagt. "
            "Lenken din er den samme.\nSpørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _phone_code(fields: Fields) -> Words:
    return Words(
        gettext("Engangskode"),
        gettext(
            "{sender}: Koden din er {digits}. Den virker i ti minutter. Ikke gi den til andre.\n"
            "Har du ikke bedt om en kode? Da kan du se bort fra denne meldingen. Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _queued(fields: Fields) -> Words:
    return Words(
        gettext("Plassen din i køen"),
        gettext(
            "{sender}: Du står i videokøen. Køen er åpen til kl. {time}.\n"
            "Åpne denne lenken for å se plassen din: {link}\n"
            "Vil du ikke åpne lenker? Skriv koden {typed_code} på {code_page}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _two_left(fields: Fields) -> Words:
    return Words(
        gettext("Snart din tur"),
        gettext(
            "{sender}: Det er snart din tur i videokøen. Kom tilbake nå: {link}\nSpørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _your_turn(fields: Fields) -> Words:
    return Words(
        gettext("Din tur"),
        gettext(
            "{sender}: Det er din tur i videokøen. Åpne lenken innen to minutter: {link}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _missed(fields: Fields) -> Words:
    return Words(
        gettext("Du står ikke lenger i køen"),
        gettext(
            "{sender}: Det var din tur to ganger, men vi fikk ikke kontakt. Du står ikke lenger i videokøen.\n"
            "Vil du ha en ny tid? Ring {phone}."
        ).format(**_named(fields)),
    )


def _queue_closed(fields: Fields) -> Words:
    return Words(
        gettext("Videokøen er stengt"),
        gettext(
            "{sender}: Videokøen er stengt for i dag, og vi rakk dessverre ikke å ta imot deg.\n"
            "Vil du ha en ny tid? Ring {phone}. Haster det? Ring 116117."
        ).format(**_named(fields)),
    )


def _late(fields: Fields) -> Words:
    return Words(
        gettext("Videotimen kl. {time} er forsinket").format(time=fields.time),
        gettext(
            "{sender}: Vi er omtrent {minutes} minutter forsinket til videotimen din kl. {time}.\n"
            "Du kan vente, bli oppringt eller få en ny tid. Svar her: {link}\n"
            "Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _reminder(fields: Fields) -> Words:
    return Words(
        gettext("Påminnelse: videotime {day} kl. {time}").format(day=fields.day, time=fields.time),
        gettext(
            "{sender}: Husk videotimen din {day} kl. {time}.\n"
            "Åpne denne lenken da: {link}\n"
            "Kan du ikke komme? Si fra samme sted, eller ring {phone}."
        ).format(**_named(fields)),
    )


def _link_again(fields: Fields) -> Words:
    return Words(
        gettext("Lenken til videotimen {day} kl. {time}").format(day=fields.day, time=fields.time),
        gettext(
            "{sender}: Her er lenken til videotimen din {day} kl. {time}: {link}\n"
            "Har du ikke bedt om den? Da kan du se bort fra denne meldingen. Spørsmål? Ring {phone}."
        ).format(**_named(fields)),
    )


def _about_meeting(kind: MeetingKind) -> Callable[[Fields], Words]:
    return lambda fields: Words(*MEETING_WORDS[kind](_named(fields)))


_WORDS: dict[Kind, Callable[[Fields], Words]] = {
    "invited": _invited,
    "along": _along,
    "moved": _moved,
    "moved_to_other": _moved_to_other,
    "cancelled": _cancelled,
    "other_clinician": _other_clinician,
    "code": _code,
    "queued": _queued,
    "two_left": _two_left,
    "your_turn": _your_turn,
    "missed": _missed,
    "queue_closed": _queue_closed,
    "late": _late,
    "reminder": _reminder,
    "link_again": _link_again,
    **{kind: _about_meeting(kind) for kind in MEETING_WORDS},
}


def _named(fields: Fields) -> dict[str, str]:
    return {name: getattr(fields, name) for name in Fields.__dataclass_fields__}
