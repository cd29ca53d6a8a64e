"""Contact points on the staff's pages: how sure they are, what to read aloud, and what looks like a slip."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.clinics.queries import names_of
from blikk.journeys import contacts
from blikk.kernel.times import local
from blikk.patients import contact_points, exemptions, requests
from blikk.patients.queries import history, newest_change
from blikk.patients.reading import readable_email, takes_sms
from blikk.patients.slips import Slip, slips_in
from blikk.web.contact_forms import KINDS, ReachedForm
from blikk.web.presenters import words
from blikk.web.presenters.marks import doubt_words
from blikk.web.presenters.words import Mark
from blikk.web.spelling import parts_of

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.invitations.models import Invitation
    from blikk.patients.models import ContactChange, ContactExemption, ContactPoint, ContactRequest, Patient


@dataclass(frozen=True, slots=True)
class Question:
    """What looks like a slip, and what was perhaps meant."""

    words: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part to read aloud and to tick."""

    index: int
    shown: str
    said: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class ReadBack:
    """All that stands below one field: how sure it is, questions, and the parts to read aloud.

    `names` is the other patient whom a question names, if one does.
    """

    kind: str
    prefix: str
    id: str
    legend: str
    value: str
    mark: Mark | None
    questions: Sequence[Question]
    is_sure: bool
    parts: Sequence[ShownPart]
    is_open: bool
    is_done: bool
    names: str

    @property
    def said_name(self) -> str:
        return f"{self.prefix}{self.kind}_said"

    @property
    def part_name(self) -> str:
        return f"{self.prefix}{self.kind}_part"

    @property
    def sure_name(self) -> str:
        return f"{self.prefix}{self.kind}_sure"


def show_read_backs(
    form: ReachedForm, clinic: Clinic, *, patient: Patient | None = None, asked: Collection[str] = KINDS
) -> list[ReadBack]:
    """What is to be read back of a form; open for the kinds that are `asked` for."""
    return [show_read_back(form, kind, clinic, patient=patient, is_open=kind in asked) for kind in KINDS]


def show_read_back(
    form: ReachedForm, kind: str, clinic: Clinic, *, patient: Patient | None = None, is_open: bool = True
) -> ReadBack:
    """What is to be read back of one field; nothing but a mark where that was done before."""
    value = form.typed(kind)
    point = contact_points.find(patient, kind) if patient else None
    is_kept = point is not None and point.value == value
    is_verified = is_kept and point is not None and point.is_verified
    ticked = form.ticked(kind)
    parts = [] if is_verified or not value else parts_of(kind, value)
    shown = [ShownPart(i, one.shown, one.said, i in ticked) for i, one in enumerate(parts)]
    slips = () if is_verified else slips_in(kind, value, clinic=clinic, patient=patient)
    prefix = f"{form.prefix}-" if form.prefix else ""
    return ReadBack(
        kind=kind,
        prefix=prefix,
        id=f"{prefix}{kind}-read-back",
        legend=gettext("Les nummeret tilbake") if kind == "phone" else gettext("Stav adressen tilbake"),
        value=value,
        mark=_named(kind, state_mark(point, clinic)) if is_kept and point else None,
        questions=[_question(slip) for slip in slips],
        is_sure=form.is_sure(kind),
        parts=shown,
        is_open=is_open or bool(ticked),
        is_done=bool(shown) and all(part.is_ticked for part in shown),
        names=next((slip.patient for slip in slips if slip.patient), ""),
    )


def _named(kind: str, mark: Mark) -> Mark:
    """Which of the two fields it is about."""
    said = {
        "field": gettext("Mobiltelefon") if kind == "phone" else gettext("E-post"),
        "state": words.uncapital(mark.words),
    }
    return Mark(gettext("%(field)s: %(state)s") % said, mark.icon, mark.tone)


def state_mark(point: ContactPoint, clinic: Clinic) -> Mark:
    """How sure a contact point is, and who made it so."""
    if point.is_verified:
        change = newest_change(point)
        return Mark(change_words(change, clinic) if change else gettext("Bekreftet"), "check", "good")
    if point.doubt:
        return Mark(
            gettext("%(what)s. Les tilbake på nytt.") % {"what": doubt_words(point.doubt)}, "warning", "bad"
        )
    return Mark(gettext("Ikke bekreftet ennå"), "question", "care")


def change_words(change: ContactChange, clinic: Clinic) -> str:
    """What happened to a contact point, when, and through whom."""
    return gettext("%(what)s %(day)s av %(who)s") % {
        "what": _what(change.what, change.because),
        "day": local(change.at, clinic.zone).strftime("%d.%m.%Y %H:%M"),
        "who": who_words(clinic, change.actor_kind, change.actor_id),
    }


def who_words(clinic: Clinic, kind: str, user_id: str) -> str:
    """Who did something to a contact point."""
    if kind == "staff":
        return names_of(clinic, {user_id}).get(user_id, gettext("en ansatt"))
    return gettext("pasienten selv") if kind == "patient" else gettext("systemet")


def _what(what: str, because: str) -> str:
    return {
        "added": gettext("Lagt inn"),
        "read_back": gettext("Lest tilbake"),
        "self_submitted": gettext("Bekreftet"),
        "doubted": doubt_words(because),
        "retired": gettext("Tatt ut av bruk"),
    }.get(what, what)


def _question(slip: Slip) -> Question:
    said = {"about": slip.about, "instead": slip.instead}
    return {
        "nearly": Question(gettext("Det står %(about)s. Mente du %(instead)s?") % said, slip.instead),
        "looks_like": Question(
            gettext("%(about)s ligner på noe annet. Mente du %(instead)s?") % said, slip.instead
        ),
        "strange_letters": Question(gettext("%(about)s har uvanlige bokstaver. Er det riktig?") % said),
        "landline": Question(gettext("Dette er en fasttelefon, og den kan ikke få SMS. Er det riktig?")),
        "foreign": Question(gettext("Dette er et utenlandsk nummer (%(about)s). Er det riktig?") % said),
        "of_another": Question(
            gettext("Dette står også på en annen pasient: %(about)s. Er det riktig?") % said
        ),
    }[slip.code]


def shown_value(point: ContactPoint) -> str:
    """A contact point as it is read."""
    return words.phone(point.value) if point.kind == "phone" else readable_email(point.value)


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """What the patient was asked, or what came in and waits for the clinic."""

    id: str
    version: int
    words: str
    is_offer: bool


@dataclass(frozen=True, slots=True)
class ShownExemption:
    """Leave that somebody asks for."""

    id: str
    version: int
    patient: str
    reach: str
    why: str
    doubt: str


@dataclass(frozen=True, slots=True)
class ContactPage:
    """All about a patient's contact points on the patient's page."""

    states: Sequence[tuple[str, Mark]]
    elsewhere: Sequence[str]
    requests: Sequence[ShownRequest]
    leaves: Sequence[str]
    unsure: Sequence[tuple[str, str]]
    history: Sequence[str]
    may_ask: bool


def show_contact_page(clinic: Clinic, patient: Patient, *, now: datetime) -> ContactPage:
    """Put a patient's contact points, what happened to them and what is under way into words."""
    points = [point for kind in KINDS if (point := contact_points.find(patient, kind))]
    return ContactPage(
        states=[(shown_value(point), state_mark(point, clinic)) for point in points],
        elsewhere=[_elsewhere(one, clinic) for one in contacts.sent_elsewhere(clinic, patient, now=now)],
        requests=[_request(one, clinic) for one in requests.running_of(patient, now=now)],
        leaves=[_leave(one) for one in exemptions.running_of(patient, now=now)],
        unsure=[(str(point.kind), shown_value(point)) for point in points if not point.is_verified],
        history=[f"{shown_value(one.point)}: {change_words(one, clinic)}" for one in history(patient)[:30]],
        may_ask=any(point.kind == "phone" and takes_sms(point.value) for point in points),
    )


def show_exemptions(clinic: Clinic, asked: Sequence[ContactExemption]) -> list[ShownExemption]:
    """Put what the administrator is asked for into a list."""
    names = names_of(clinic, {one.asked_by for one in asked})
    return [
        ShownExemption(
            id=one.public_id,
            version=one.version,
            patient=one.point.patient.name,
            reach=shown_value(one.point),
            why=gettext("%(who)s: %(why)s")
            % {"who": names.get(one.asked_by, gettext("en ansatt")), "why": one.asked_because},
            doubt=doubt_words(one.point.doubt) if one.point.doubt else "",
        )
        for one in asked
    ]


def _elsewhere(invitation: Invitation, clinic: Clinic) -> str:
    to = [
        words.phone(invitation.phone) if way == "sms" else readable_email(invitation.email)
        for way in invitation.sent_by.split(",")
    ]
    when = (
        words.day_and_clock(invitation.appointment.starts_at, clinic.zone) if invitation.appointment else ""
    )
    return gettext("%(when)s, sendt til %(to)s") % {"when": words.capital(when), "to": ", ".join(to)}


def _request(one: ContactRequest, clinic: Clinic) -> ShownRequest:
    day = local(one.created_at, clinic.zone).strftime("%d.%m.%Y %H:%M")
    if one.status == "offered":
        values = [words.phone(one.phone) if one.phone else "", readable_email(one.email) if one.email else ""]
        said = gettext("Sendt inn %(day)s: %(what)s") % {
            "day": day,
            "what": ", ".join(value for value in values if value),
        }
    else:
        said = gettext("Spurt på SMS %(day)s. Pasienten har ikke svart ennå.") % {"day": day}
    return ShownRequest(one.public_id, one.version, said, one.status == "offered")


def _leave(one: ContactExemption) -> str:
    if one.status == "allowed":
        said = gettext("Administrator har tillatt én invitasjon til %(to)s: %(why)s")
        return said % {"to": shown_value(one.point), "why": one.decided_because}
    said = gettext("Administrator er spurt om én invitasjon til %(to)s: %(why)s")
    return said % {"to": shown_value(one.point), "why": one.asked_because}
