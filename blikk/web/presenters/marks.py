"""The small signs of a row: what the device check found, how the invitation went, and what to do about trouble."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.journeys.day import Person, Row
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
BY_CHANNEL: dict[str, Promise] = {"sms": _("Send på SMS"), "email": _("Send på e-post")}
WAYS: dict[str, Promise] = {
    "queued": _("Invitasjonen er på vei"),
    "sending": _("Invitasjonen er på vei"),
    "sent": _("Invitasjonen er sendt"),
    "delivered": _("Invitasjonen er levert"),
}


WENT: dict[str, Promise] = {
    "queued": _("%(channel)s: på vei"),
    "sending": _("%(channel)s: på vei"),
    "sent": _("%(channel)s: sendt"),
    "delivered": _("%(channel)s: levert"),
    "withdrawn": _("%(channel)s: trukket tilbake"),
}
FAILED: dict[str, Promise] = {
    "number_not_in_use": _("SMS kom ikke fram: nummeret er ikke i bruk."),
    "no_such_mailbox": _("E-post kom ikke fram: adressen finnes ikke."),
    "expired": _("SMS kom ikke fram: telefonen svarte ikke."),
}
# Nobody has opened the link, and the hour is near: by how far the message has come.
UNOPENED: dict[str, Promise] = {
    "queued": _("Lenken er ikke sendt ennå."),
    "sending": _("Lenken er ikke sendt ennå."),
    "sent": _("Lenken er sendt, men ikke åpnet."),
    "delivered": _("Lenken er levert, men ikke åpnet."),
}


@dataclass(frozen=True, slots=True)
class Other:
    """The other channel: what it is called in the form, and on the button."""

    channel: str
    words: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a person must mend: what it is, what to do, and the means to do it."""

    words: str
    remedy: str
    phone: str = ""
    phone_bare: str = ""
    send_again: str = ""
    other: Other | None = None


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


def of_presence(person: Person) -> list[Mark]:
    """What there is to know of somebody who is here: what an eID said first, then their equipment."""
    eid = person.eid
    said = of_eid(eid.said, is_proving=eid.is_proving, is_someone_else=eid.is_someone_else)
    return said + of_devices(person)


def of_eid(result: str, *, is_proving: bool, is_someone_else: bool) -> list[Mark]:
    """What an eID said of who waits; that it is somebody else comes before everything."""
    found = []
    if is_someone_else:
        found.append(Mark(gettext("Legitimerte seg som en annen enn pasienten"), "warning", "bad"))
    elif result == "same":
        found.append(Mark(gettext("Legitimert med eID"), "check", "good"))
    elif result == "unclear":
        found.append(Mark(gettext("eID kunne ikke sammenlignes, se på et kort"), "question", "care"))
    if is_proving:
        found.append(Mark(gettext("Legitimerer seg, kommer tilbake"), "clock", "live"))
    return found


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
    if person.has_opened:
        return [Mark(gettext("Har åpnet lenken"), "check", "good")]
    return of_letter(person) + [
        Mark(str(WAYS[message.status]), "message")
        for message in newest(person.messages)[:1]
        if message.status in WAYS
    ]


def of_each_channel(person: Person) -> list[Mark]:
    """How it went on each channel, and whether the link was opened."""
    marks = []
    for message in newest(person.messages):
        if message.is_in_trouble:
            marks.append(Mark(words_of(message), "warning", "bad"))
        elif message.status in WENT:
            by = {"channel": CHANNELS[message.channel]}
            how = "good" if message.status == "delivered" else ""
            marks.append(Mark(str(WENT[message.status]) % by, "message", how))
    if person.has_opened:
        marks.append(Mark(gettext("Har åpnet lenken"), "check", "good"))
    return marks


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


def troubles_of(person: Person, *, may_send: bool, is_near: bool = False) -> list[Trouble]:
    """What must be mended for this person to get in; `is_near` when the hour begins in a few minutes."""
    means = Trouble(
        "",
        "",
        phone=words.phone(person.phone),
        phone_bare=person.phone,
        send_again=reverse("send_again", args=[person.invitation]) if may_send else "",
        other=other_way(person) if may_send else None,
    )
    sent = newest(person.messages)
    found = [
        replace(means, words=words_of(message), remedy=_remedy(message, sent))
        for message in sent
        if message.is_in_trouble and not person.has_opened
    ]
    if is_near and not found and not person.has_opened:
        remedy = gettext("Timen er straks. Ring, eller send på nytt.")
        found.append(replace(means, words=_unopened(person), remedy=remedy))
    if person.is_locked and not person.arrival:
        remedy = gettext("Ring og hør hvem det er, og send så en ny lenke.")
        found.append(
            replace(means, words=gettext("Lenken er sperret etter fem feil svar."), remedy=remedy, other=None)
        )
    return found


def other_way(person: Person) -> Other | None:
    """A channel that there is an address for, and that nothing went by."""
    unused = [way for way in person.ways if way not in person.sent_by.split(",")]
    return Other(unused[0], str(BY_CHANNEL[unused[0]])) if unused else None


def _unopened(person: Person) -> str:
    states = [message.status for message in newest(person.messages)]
    furthest = next((state for state in ("delivered", "sent", "sending", "queued") if state in states), "")
    return str(UNOPENED[furthest]) if furthest else gettext("Lenken er ikke åpnet.")


def newest(messages: Sequence[MessageState]) -> list[MessageState]:
    """The newest message of each channel. Codes are left out, for the patient asks again, and reminders to come."""
    found: dict[str, MessageState] = {}
    for message in messages:
        is_to_come = message.kind == "reminder" and not message.is_in_trouble
        if message.kind != "code" and not is_to_come:
            found.setdefault(message.channel, message)
    return list(found.values())


def words_of(message: MessageState) -> str:
    """What became of a message, with the reason where it helps to mend it."""
    if message.status == "failed" and message.reason in FAILED:
        return str(FAILED[message.reason])
    return trouble_words(message.status, message.channel)


def trouble_words(status: str, channel: str) -> str:
    """What became of a message that a person must look after."""
    by = {"channel": CHANNELS.get(channel, channel)}
    if status == "failed":
        return gettext("%(channel)s kom ikke fram.") % by
    return gettext("Vi vet ikke om %(channel)s kom fram.") % by


def _remedy(message: MessageState, sent: Sequence[MessageState]) -> str:
    """What to do about a message, by what went on the other channel meanwhile."""
    went = {each.channel for each in sent if each.status in UNOPENED}
    if message.status == "failed" and message.channel == "sms" and "email" in went:
        return gettext("E-post er sendt i stedet. Ring og sjekk nummeret.")
    if message.status == "failed":
        return gettext("Ring og sjekk nummeret eller adressen, eller send på nytt.")
    return gettext("Ring og spør, eller send på nytt.")


def of_kind(row: Row) -> list[Mark]:
    """What kind of conversation it is, where that is out of the ordinary."""
    text = [Mark(gettext("Leser og skriver"), "talk")] if row.uses_text else []
    return text + ([Mark(gettext("Drop-in"), "person")] if row.is_drop_in else [])
