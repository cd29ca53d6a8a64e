"""Builders of a drop-in queue and of people in it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from blikk.clinics.models import Clinic, Membership
from blikk.invitations.models import Invitation, PhoneProof
from blikk.invitations.proofs import answer_proof, ask_proof
from blikk.journeys import door, queue
from blikk.kernel.ids import digest, new_secret
from blikk.kernel.times import local
from blikk.scheduling.models import Kind, Opening, Period
from blikk.waiting_room import services
from blikk.waiting_room.models import Arrival
from tests.builders import BORN, NOW, a_clinic, a_member

WHERE = "192.0.2.7"


@dataclass
class Guest:
    """Somebody who entered a queue, with the browser they did it in."""

    opening: Opening
    phone: str
    device: str
    view: door.DoorView
    name: str

    @property
    def invitation(self) -> Invitation:
        return Invitation.objects.get(public_id=self.view.invitation)

    @property
    def arrival(self) -> Arrival:
        """The newest one."""
        return Arrival.objects.filter(invitation__public_id=self.view.invitation).latest("pk")

    def look(self, *, now: datetime = NOW) -> door.DoorView:
        return door.door_of(self.view.invitation, self.device, now=now)


def an_opening(
    clinic: Clinic | None = None,
    *,
    name: str = "Drop-in",
    clinicians: tuple[Membership, ...] = (),
    capacity: int | None = None,
    opens_in: timedelta = timedelta(hours=-1),
    lasts: timedelta = timedelta(hours=4),
    last_entry: timedelta = timedelta(minutes=-30),
    expected: int = 10,
    now: datetime = NOW,
) -> Opening:
    clinic = clinic or a_clinic()
    period = Period.objects.create(
        clinic=clinic,
        kind=Kind.DROP_IN,
        name=name,
        weekday=1,
        starts=time(9),
        ends=time(13),
        last_entry=time(12, 30),
        valid_from=date(2026, 1, 1),
        expected_minutes=expected,
        created_at=now,
    )
    period.clinicians.set(clinicians)
    opens_at = now + opens_in
    return Opening.objects.create(
        clinic=clinic,
        period=period,
        day=local(now, clinic.zone).date(),
        opens_at=opens_at,
        last_entry_at=opens_at + lasts + last_entry,
        closes_at=opens_at + lasts,
        zone=clinic.zone,
        capacity=capacity,
        created_at=now,
    )


def prove(clinic: Clinic, phone: str, browser: str, *, now: datetime = NOW) -> None:
    """A phone whose proof stands, without the detour by the SMS."""
    PhoneProof.objects.create(
        clinic=clinic,
        phone=phone,
        browser_digest=digest(browser),
        purpose="drop_in",
        digits_key="",
        sent_at=now,
        expires_at=now + timedelta(minutes=10),
        proven_at=now,
    )


def prove_by_sms(clinic: Clinic, phone: str, browser: str, *, now: datetime = NOW) -> bool:
    """A phone that is proven with the code that came to it."""
    _proof, digits = ask_proof(clinic, phone=phone, browser=browser, purpose="drop_in", now=now)
    return answer_proof(clinic, phone=phone, browser=browser, purpose="drop_in", digits=digits or "", now=now)


def enter(
    opening: Opening,
    name: str = "Ola Hansen",
    *,
    phone: str = "",
    browser: str = "",
    born: date = BORN,
    already: str = "",
    now: datetime = NOW,
) -> Guest:
    phone = phone or f"+479{Arrival.objects.count():07d}"
    browser = browser or new_secret()
    prove(opening.clinic, phone, browser, now=now)
    given, _, family = name.rpartition(" ")
    entered = queue.enter(
        opening.clinic,
        opening,
        given_name=given,
        family_name=family,
        birth_on=born,
        phone=phone,
        help_kind="",
        already=already,
        browser=browser,
        where=WHERE,
        now=now,
    )
    return Guest(opening, phone, browser, entered.view, name)


def sit(guest: Guest, *, now: datetime = NOW) -> Guest:
    """Be in the waiting room with the page open."""
    guest.view = door.arrive(guest.view.invitation, guest.device, where=WHERE, now=now)
    services.take_seat(guest.arrival, tab="tab-of-theirs", move=False, now=now)
    return guest


def away_from_page(guest: Guest) -> None:
    """The phone is locked: the page lost touch."""
    arrival = guest.arrival
    services.give_up_seat(arrival.pk, tab="tab-of-theirs", clinic_id=arrival.clinic.public_id)


def waiting_guests(opening: Opening, count: int, *, now: datetime = NOW) -> list[Guest]:
    names = [f"Gjest Nummer{number}" for number in range(count)]
    return [sit(enter(opening, name, now=now), now=now) for name in names]


def a_queue(
    count: int = 3, *, servers: int = 1, **more: object
) -> tuple[Opening, list[Membership], list[Guest]]:
    """A queue with people in it and somebody to serve it."""
    clinic = a_clinic()
    members = [a_member(clinic, name=f"Lege {number}") for number in range(servers)]
    opening = an_opening(clinic, clinicians=tuple(members), **more)
    return opening, members, waiting_guests(opening, count)
