"""The demo's clinic: invented people, a day around this very moment, and a patient whose link works now."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings

from blikk.accounts.services import choose_password, password_key, set_phone
from blikk.clinics import queries as clinics
from blikk.clinics import services as opening
from blikk.clinics.services import Post
from blikk.invitations import services as inviting
from blikk.invitations import wishes
from blikk.jobs.seed_companions import agree_with_families, invite_interpreter, take_along
from blikk.jobs.seed_timetable import open_queue_now, put_up_timetable
from blikk.journeys import booking, closing, door, talk
from blikk.journeys.booking import Booked
from blikk.journeys.contacts import ask_for_contact
from blikk.journeys.day import Row, day_of
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import new_secret
from blikk.kernel.times import local
from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.queries import inbox
from blikk.notifications.states import NUMBER_NOT_IN_USE
from blikk.notifications.transports import NotSent, Outgoing, Receipt
from blikk.notifications.transports.chosen import chosen_transports
from blikk.patients import contact_points
from blikk.patients import queries as patients
from blikk.patients.services import register

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership
    from blikk.consultations.models import Consultation
    from blikk.patients.models import Patient

SLUG, OTHER_SLUG = "fjordglott", "skogli"
GRID = timedelta(minutes=5)
PASSWORDS = {
    "ingrid@fjordglott.example": "Fjord-og-Fyr-26",
    "anders@fjordglott.example": "Nordavind-og-Tre-26",
    "marit@fjordglott.example": "Blaaveis-i-April-26",
    "per@fjordglott.example": "Granskog-og-Myr-26",
    "tone@skogli.example": "Lyng-og-Torvmyr-26",
}
STAFF = (
    ("ingrid@fjordglott.example", "Ingrid Solberg", Post("clinician", "Fastlege", "Lege", "9001001")),
    ("anders@fjordglott.example", "Anders Lunde", Post("clinician", "Psykolog", "Psykolog", "9001002")),
    ("marit@fjordglott.example", "Marit Haugen", Post("secretary", "Helsesekretær")),
    ("per@fjordglott.example", "Per Nygård", Post("administrator", "Daglig leder")),
)
# Given name, family name, birth date, language, phone, e-mail. Nobody of them exists, and nothing is ever sent.
PEOPLE = (
    ("Astrid", "Berge", date(1944, 5, 17), "nb", "90 00 00 11", "astrid.berge@post.example"),
    ("Odd", "Kvamme", date(1951, 3, 14), "nn", "90 00 00 12", "odd.kvamme@post.example"),
    ("Samira", "Hassan", date(1988, 11, 2), "nb", "90 00 00 13", "samira.hassan@post.example"),
    ("Leif Arne", "Strand", date(1962, 7, 30), "nb", "90 00 00 14", ""),
    ("Emma", "Dahl", date(2009, 1, 22), "nb", "90 00 00 15", "emma.dahl@post.example"),
    ("Piotr", "Nowak", date(1979, 9, 9), "en", "90 00 00 16", "piotr.nowak@post.example"),
    ("Ragnhild", "Moen", date(1937, 12, 24), "nb", "90 00 00 17", "ragnhild.moen@post.example"),
    ("Sofie", "Lie", date(2013, 6, 8), "nb", "90 00 00 22", ""),
    ("Jonas", "Vik", date(1995, 4, 1), "nb", "90 00 00 18", "jonas.vik@post.example"),
    ("Berit", "Aune", date(1958, 6, 8), "nb", "90 00 00 19", "berit.aune@gmial.com"),
    ("Torstein", "Myhre", date(1966, 10, 12), "nb", "90 00 00 20", ""),
)
# Whose number and address nobody has read back yet.
UNVERIFIED = "Aune"
LINK = re.compile(r"\S+/m#\S+")


class OutOfOrder:
    """An SMS road that is closed, so that the demo has one message that did not arrive."""

    honours_key = True

    def send(self, message: Outgoing) -> Receipt:
        raise NotSent(NUMBER_NOT_IN_USE, retry=False)


@dataclass(frozen=True, slots=True)
class Place:
    """The seeded clinic with those who book."""

    clinic: Clinic
    doctor: Membership
    psychologist: Membership
    actor: Actor
    now: datetime


def seed(*, now: datetime, base_url: str | None = None) -> dict[str, Any]:
    """Fill an empty demo, or keep what is there; always with a patient whose hour is about to begin."""
    base = (base_url or settings.BLIKK_BASE_URL).rstrip("/")
    clinic = clinics.find_by_slug(SLUG)
    is_new = clinic is None
    if clinic is None:
        clinic = _open(now=now)
        _open_other(now=now)
    doctor, psychologist = clinicians_in(clinic)
    place = Place(clinic, doctor, psychologist, Actor("staff", doctor.user.public_id), now)
    if is_new:
        put_up_timetable(clinic, doctor, psychologist, actor=place.actor, now=now)
        agree_with_families(clinic, by=doctor.name, actor=place.actor, now=now)
        set_phone(doctor.user, "+4790000041", places=[clinic.pk], actor=place.actor, now=now)
        opening.choose_alerts(doctor, by="both", actor=place.actor, now=now)
        _earlier_today(place)
        ask_for_contact(clinic, patient_of(place, "Myhre").public_id, actor=place.actor, now=now)
    open_queue_now(clinic, doctor, psychologist, actor=place.actor, now=now)
    # Two hours may stand there that were booked for today some days ago.
    if is_new or len(_rows(place)) < 3:
        _rest_of_day(place)
    invitation = _running_invitation(place) or _fresh_hour(place)
    dispatch(now)
    return _urls(base, _link(invitation), patient_of(place, "Berge").birth_on)


def _open(*, now: datetime) -> Clinic:
    clinic = opening.open_clinic(
        name="Fjordgløtt legesenter",
        slug=SLUG,
        phone="+4755000100",
        sender_label="Legekontoret",
        actor=SYSTEM,
        now=now,
    )
    desk = SYSTEM
    for email, name, post in STAFF:
        added = _add(clinic, email, name, post, now=now)
        desk = Actor("staff", added.user.public_id) if post.role == "secretary" else desk
    for given, family, born, language, phone, email in PEOPLE:
        register(
            clinic,
            given_name=given,
            family_name=family,
            birth_on=born,
            language=language,
            phone=phone,
            email=email,
            read_back=() if family == UNVERIFIED else ("phone", "email"),
            actor=desk,
            now=now,
        )
    return clinic


def _open_other(*, now: datetime) -> None:
    """A second clinic, whose staff see nothing of the first."""
    clinic = opening.open_clinic(
        name="Skogli helsehus",
        slug=OTHER_SLUG,
        phone="+4762000200",
        sender_label="Helsehuset",
        actor=SYSTEM,
        now=now,
    )
    post = Post("clinician", "Fysioterapeut", "Fysioterapeut", "9001003")
    member = _add(clinic, "tone@skogli.example", "Tone Bakke", post, now=now)
    patient = register(
        clinic,
        given_name="Halvor",
        family_name="Lien",
        birth_on=date(1970, 2, 3),
        phone="90 00 00 21",
        read_back=("phone",),
        actor=SYSTEM,
        now=now,
    )
    actor = Actor("staff", member.user.public_id)
    book_hour(clinic, patient, member, now + timedelta(minutes=15), actor=actor, now=now)


def _add(clinic: Clinic, email: str, name: str, post: Post, *, now: datetime) -> Membership:
    added = opening.add_member(
        clinic, email=email, name=name, post=post, language="nb", actor=SYSTEM, now=now
    )
    if added.needs_password:
        choose_password(password_key(added.membership.user), PASSWORDS[email], where="", now=now)
    return added.membership


def clinicians_in(clinic: Clinic) -> tuple[Membership, Membership]:
    found = {member.user.email: member for member in clinics.clinicians_of(clinic)}
    return found["ingrid@fjordglott.example"], found["anders@fjordglott.example"]


def patient_of(place: Place, family: str) -> Patient:
    return patients.search(place.clinic, family)[0]


def _earlier_today(place: Place) -> None:
    """One consultation that is finished, and one that waits for its note."""
    for family, before, is_finished in (("Moen", 150, True), ("Vik", 95, False)):
        began = place.now - timedelta(minutes=before)
        booked = book_hour(
            place.clinic,
            patient_of(place, family),
            place.doctor,
            began + GRID,
            actor=place.actor,
            now=began - GRID,
        )
        dispatch(began - GRID)
        hold_talk(place, booked, began + GRID, is_finished=is_finished)


def hold_talk(place: Place, booked: Booked, starts: datetime, *, is_finished: bool) -> Consultation:
    """Play a consultation through as the two of them would have."""
    secret, where = new_secret(), "192.0.2.10"
    invitation = booked.invitation
    token = _link(invitation.public_id).partition("#")[2]
    door.open_link(token, device_secret=secret, where=where, now=starts)
    born = booked.appointment.patient.birth_on
    door.answer_birth_date(invitation.public_id, secret, born=born, where=where, now=starts)
    view = door.arrive(invitation.public_id, secret, where=where, now=starts)
    by = {"membership": place.doctor, "actor": place.actor}
    held = talk.admit(place.clinic, view.arrival, now=starts + timedelta(minutes=2), **by)  # type: ignore[arg-type]
    together = starts + timedelta(minutes=2)
    theirs = talk.place_at_the_door(invitation.public_id, secret, now=together)
    mine = talk.place_of_member(place.clinic, held.public_id, membership=place.doctor)
    for seat in (mine, theirs):
        talk.sit_down(seat, tab="seed", epoch="seed", move=False, actor=place.actor, now=together)
    ended = starts + timedelta(minutes=14)
    talk.end(place.clinic, held.public_id, now=ended, **by)  # type: ignore[arg-type]
    if not is_finished:
        return held
    note = closing.note_of(place.clinic, held.public_id, now=ended, **by)  # type: ignore[arg-type]
    closing.sign_note(
        place.clinic,
        held.public_id,
        version=note.version,
        drafted="Form: video\nKontroll av medisiner. Ingen endring.",
        now=ended,
        **by,  # type: ignore[arg-type]
    )
    consultation = closing.consultation_of(place.clinic, held.public_id, membership=place.doctor)
    return closing.close_out(
        place.clinic,
        held.public_id,
        version=consultation.version,
        outcome="completed",
        follow_up="none",
        fee="charged_elsewhere",
        now=ended,
        **by,  # type: ignore[arg-type]
    )


def _rest_of_day(place: Place) -> None:
    """Hours to come, for both clinicians; one invitation does not arrive."""
    plan = (
        ("Hassan", place.psychologist, 25, ("sms",)),
        ("Kvamme", place.doctor, 35, ("sms", "email")),
        ("Dahl", place.psychologist, 80, ("email",)),
        ("Nowak", place.doctor, 65, ("sms",)),
    )
    booked = {
        family: _plan(place, family, clinician, minutes, channels)
        for family, clinician, minutes, channels in plan
    }
    _from_their_links(place, booked)
    interpreted = _plan(place, "Moen", place.doctor, 125, ("sms",))
    invite_interpreter(place.clinic, interpreted, actor=place.actor, now=place.now)
    child = _plan(place, "Lie", place.doctor, 155, ("sms",))
    take_along(place.clinic, child, actor=place.actor, now=place.now)
    dispatch(place.now)
    _plan(place, "Strand", place.doctor, 95, ("sms",))
    dispatch(place.now, sms=OutOfOrder())


def _from_their_links(place: Place, booked: dict[str, Booked]) -> None:
    """One would rather come in person; one cannot be reached but by letter; one is reminded before an hour to come."""
    wished = booked["Nowak"].invitation
    by = inviting.actor_of(wished, where="192.0.2.11")
    wishes.ask(wished, kind="in_person", actor=by, now=place.now)
    _plan(place, "Dahl", place.doctor, 2 * 24 * 60, ("letter",))
    _plan(place, "Kvamme", place.doctor, 2 * 24 * 60 + 45, ("sms", "email"))


def _plan(
    place: Place, family: str, clinician: Membership, minutes: int, channels: tuple[str, ...]
) -> Booked:
    patient = patient_of(place, family)
    # What did not arrive yesterday has put a number in doubt; in the demo it is read back every morning.
    contact_points.read_back(patient, patients.reach(patient), actor=place.actor, now=place.now)
    return book_hour(
        place.clinic,
        patient,
        clinician,
        place.now + timedelta(minutes=minutes),
        channels=channels,
        actor=place.actor,
        now=place.now,
    )


def book_hour(
    clinic: Clinic,
    patient: Patient,
    clinician: Membership,
    wanted: datetime,
    *,
    channels: tuple[str, ...] = ("sms",),
    actor: Actor,
    now: datetime,
) -> Booked:
    """Book the first free stretch from the wanted time on."""
    starts = datetime.fromtimestamp(-(-wanted.timestamp() // GRID.seconds) * GRID.seconds, wanted.tzinfo)
    for step in range(288):
        at = local(starts + step * GRID, clinic.zone)
        try:
            return booking.book(
                clinic,
                patient=patient,
                clinician=clinician,
                day=at.date(),
                at=at.time(),
                minutes=20,
                channels=channels,
                actor=actor,
                now=now,
            )
        except Invalid:
            continue
    raise Invalid(starts_at="taken")


def _rows(place: Place) -> list[Row]:
    today = local(place.now, place.clinic.zone).date()
    return list(day_of(place.clinic, day=today, now=place.now).rows)


def _running_invitation(place: Place) -> str:
    """The seeded patient's invitation to an hour that is not over; empty where there is none."""
    seeded = patient_of(place, "Berge").public_id
    for row in _rows(place):
        is_over = row.consultation_status in {"ended", "closed_out"} or row.ends_at <= place.now
        if row.patient != seeded or is_over or row.status not in {"booked", "arrived"}:
            continue
        for person in row.people:
            if person.role == "patient":
                return person.invitation
    return ""


def _fresh_hour(place: Place) -> str:
    starts = place.now + timedelta(minutes=3)
    booked = book_hour(
        place.clinic, patient_of(place, "Berge"), place.doctor, starts, actor=place.actor, now=place.now
    )
    take_along(place.clinic, booked, actor=place.actor, now=place.now)
    return booked.invitation.public_id


def dispatch(now: datetime, **instead: OutOfOrder) -> None:
    transports: Any = {**chosen_transports(), **instead}
    silent: Callable[[object], None] = lambda _news: None  # noqa: E731
    while dispatch_once("seed", transports=transports, clock=lambda: now, tell=silent):
        pass


def _link(invitation_id: str) -> str:
    """The link of an invitation. Its secret exists nowhere but in the message."""
    for message in inbox(1000):
        if message.key.startswith(f"{invitation_id}:") and message.kind in {"invited", "moved"}:
            found = LINK.search(message.body)
            if found:
                return found.group()
    return ""


def _urls(base: str, link: str, born: date) -> dict[str, Any]:
    def way_in(email: str) -> dict[str, str]:
        return {"url": f"{base}/inn/", "user": email, "password": PASSWORDS[email]}

    return {
        "base": base,
        "clinician": way_in("ingrid@fjordglott.example"),
        "secretary": way_in("marit@fjordglott.example"),
        "administrator": way_in("per@fjordglott.example"),
        "patient_link": link,
        "patient_birth_date": f"{born:%d%m%Y}",
        "inbox": f"{base}/innboks/",
        "clinic_page": f"{base}/k/{SLUG}",
        "drop_in": f"{base}/k/{SLUG}/drop-in",
        "second_clinician": way_in("anders@fjordglott.example"),
        "other_clinic": way_in("tone@skogli.example"),
    }
