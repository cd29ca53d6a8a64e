"""The small signs of a row: what the device check found, how the invitation went, and what to do about trouble."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.journeys.day import Person
from blikk.notifications.queries import MessageState
from blikk.web.presenters import words
from blikk.web.presenters.words import Mark

GOOD: dict[str, Promise] = {"camera": _("kamera"), "microphone": _("mikrofon"), "network": _("nett")}
OK = "ok"
ICONS = {"camera": "camera-off", "microphone": "mic-off", "network": "network-off", "sound": "sound"}
FAULTS: dict[str, dict[str, Promise]] = {
    "camera": {
        "denied": _("Kameraet er ikke tillatt"),
        "denied_by_system": _("Kameraet er ikke tillatt"),
        "in_use": _("Kameraet er opptatt av et annet program"),
        "missing": _("Har ikke kamera"),
        "in_app_browser": _("Åpnet lenken inne i en annen app, uten kamera"),
        "unsupported": _("Nettleseren kan ikke bruke kamera"),
        "": _("Kameraet virker ikke"),
    },
    "microphone": {
        "denied": _("Mikrofonen er ikke tillatt"),
        "denied_by_system": _("Mikrofonen er ikke tillatt"),
        "in_use": _("Mikrofonen er opptatt av et annet program"),
        "missing": _("Har ikke mikrofon"),
        "silent": _("Mikrofonen er stille"),
        "": _("Mikrofonen virker ikke"),
    },
    "sound": {"": _("Hører ikke lyden")},
    "network": {"weak": _("Svakt nett"), "": _("Nettet slipper kanskje ikke samtalen gjennom")},
}
DOUBTS: dict[str, Promise] = {
    "bounced": _("En melding kom i retur"),
    "not_in_use": _("Nummeret er ikke i bruk"),
}
CHANNELS: dict[str, Promise] = {"sms": _("SMS"), "email": _("E-post")}
WAYS: dict[str, Promise] = {
    "queued": _("Invitasjonen er på vei"),
    "sending": _("Invitasjonen er på vei"),
    "sent": _("Invitasjonen er sendt"),
    "delivered": _("Invitasjonen er levert"),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a person must mend: what it is, what to do, and the means to do it."""

    words: str
    remedy: str
    phone: str = ""
    phone_bare: str = ""
    send_again: str = ""


def of_devices(person: Person) -> list[Mark]:
    """What the person's own check found: faults one by one, what works in one breath."""
    found = {name: getattr(person, name) for name in ("camera", "microphone", "sound", "network")}
    marks = [
        Mark(
            str(FAULTS[name].get(state, FAULTS[name][""])), ICONS[name], "bad" if name != "sound" else "care"
        )
        for name, state in found.items()
        if state not in {"", OK, "not_tried"}
    ]
    working = [str(GOOD[name]) for name in GOOD if found[name] == OK]
    if working:
        marks.append(Mark(gettext("Virker: %(what)s") % {"what": ", ".join(working)}, "check", "good"))
    if not marks:
        marks.append(Mark(gettext("Utstyret er ikke prøvd"), "question"))
    marks += of_proof(person)
    if person.devices > 1:
        marks.append(Mark(gettext("Har brukt mer enn én enhet, bekreftet med kode"), "device", "care"))
    return marks


def of_proof(person: Person) -> list[Mark]:
    """What the clinician must know of how the person proved themself, where it was not by their phone."""
    said = {
        "letter": Mark(gettext("Ikke bekreftet på telefon, bare med brev"), "question", "care"),
        "email_code": Mark(gettext("Bekreftet på e-post, ikke på telefon"), "question", "care"),
    }
    return [said[person.weak_proof]] if person.weak_proof else []


def of_wish(person: Person) -> list[Mark]:
    """What the patient has asked for from the link."""
    said = {
        "in_person": Mark(gettext("Vil heller møte opp"), "person", "care"),
        "cannot_come": Mark(gettext("Kan ikke komme"), "cross", "care"),
    }
    return [said[person.wish]] if person.wish in said else []


def of_letter(person: Person) -> list[Mark]:
    """How far the letter has come."""
    said = {
        "due": Mark(gettext("Brevet er ikke skrevet ut"), "message", "care"),
        "printed": Mark(gettext("Brevet er skrevet ut"), "message"),
    }
    return [said[person.letter]] if person.letter else []


def of_delivery(person: Person) -> list[Mark]:
    """How it goes with the invitation, as long as nothing is wrong with it."""
    return of_letter(person) + [
        Mark(str(WAYS[message.status]), "message")
        for message in _newest(person.messages)[:1]
        if message.status in WAYS
    ]


def of_doubt(codes: Sequence[str]) -> list[Mark]:
    """Contact points that came into doubt after the invitation went out."""
    return [Mark(doubt_words(code), "warning", "bad") for code in codes]


def doubt_words(code: str) -> str:
    """Why a contact point is not trusted any more."""
    return str(DOUBTS.get(code, gettext("Meldinger kommer ikke fram")))


def of_late_answer(person: Person, appointment: str) -> list[Mark]:
    """What the patient chose when told that the clinician is late, and the way to do it."""
    ring = gettext("Vil heller bli ringt")
    if person.phone:
        ring = gettext("Vil heller bli ringt: %(phone)s") % {"phone": words.phone(person.phone)}
    said = {
        "wait": Mark(gettext("Venter gjerne"), "check", "good"),
        "phone": Mark(ring, "phone", "care", href=f"tel:{person.phone}" if person.phone else ""),
        "new_time": Mark(
            gettext("Ber om ny time"),
            "clock",
            "care",
            href=f"{reverse('appointment', args=[appointment])}#move",
        ),
    }
    return [said[person.late_answer]] if person.late_answer in said else []


def troubles_of(person: Person, *, may_send: bool) -> list[Trouble]:
    """What must be mended for this person to get in."""
    number = {"phone": words.phone(person.phone), "phone_bare": person.phone}
    again = reverse("send_again", args=[person.invitation]) if may_send else ""
    found = [
        Trouble(trouble_words(message.status, message.channel), _remedy(message), send_again=again, **number)
        for message in _newest(person.messages)
        if message.is_in_trouble
    ]
    if person.is_locked and not person.arrival:
        found.append(
            Trouble(
                gettext("Lenken er sperret etter fem feil svar."),
                gettext("Ring og hør hvem det er, og send så en ny lenke."),
                send_again=again,
                **number,
            )
        )
    return found


def _newest(messages: Sequence[MessageState]) -> list[MessageState]:
    """The newest message of each channel. Codes are left out, for the patient asks again, and reminders to come."""
    newest: dict[str, MessageState] = {}
    for message in messages:
        is_to_come = message.kind == "reminder" and not message.is_in_trouble
        if message.kind != "code" and not is_to_come:
            newest.setdefault(message.channel, message)
    return list(newest.values())


def trouble_words(status: str, channel: str) -> str:
    """What became of a message that a person must look after."""
    by = {"channel": CHANNELS.get(channel, channel)}
    if status == "failed":
        return gettext("%(channel)s kom ikke fram.") % by
    return gettext("Vi vet ikke om %(channel)s kom fram.") % by


def _remedy(message: MessageState) -> str:
    if message.status == "failed":
        return gettext("Ring og sjekk nummeret eller adressen, eller send på nytt.")
    return gettext("Ring og spør, eller send på nytt.")
