"""Builders of those who come along: invited, come to the waiting room, agreed with."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from blikk.invitations.models import Invitation
from blikk.journeys import companions, door
from blikk.journeys.booking import Booked
from blikk.journeys.door import DoorView
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.patients.agreements import Person, Terms, agree
from blikk.patients.models import Agreement, Patient
from tests.builders import NOW, Hour, staff, token_in

WHERE = "192.0.2.8"


def a_person(name: str = "Liv Hansen", phone: str = "+4790000032", **more: object) -> Person:
    return Person(**{"name": name, "phone": phone, "read_back": True, **more})  # type: ignore[arg-type]


def invited(
    hour: Hour,
    name: str = "Liv Hansen",
    phone: str = "+4790000032",
    *,
    role: str = "relative",
    said_yes: bool = True,
    now: datetime = NOW,
    **more: object,
) -> Booked:
    if role == "interpreter":
        more = {"spoken": "arabisk", "qualification": "C", **more}
    return companions.invite(
        hour.clinic,
        hour.appointment.public_id,
        role=role,
        person=a_person(name, phone, **more),
        said_yes=said_yes,
        actor=staff(hour.clinician),
        now=now,
    )


def agreed(
    hour: Hour,
    name: str = "Liv Hansen",
    phone: str = "+4790000032",
    *,
    role: str = "relative",
    patient: Patient | None = None,
    from_on: date = date(2026, 1, 1),
    until_on: date | None = None,
    ground: str = "consent",
    now: datetime = NOW,
    **more: object,
) -> Agreement:
    return agree(
        hour.clinic,
        (patient or hour.patient).public_id,
        terms=Terms(role, from_on, until_on, from_on, ground),
        person=a_person(name, phone, **more),
        by="Kari Nordmann",
        actor=staff(hour.clinician),
        now=now,
    )


@dataclass(frozen=True)
class Guest:
    """Somebody who comes along, in the waiting room."""

    view: DoorView
    device: str
    invitation: Invitation

    @property
    def arrival(self) -> str:
        return self.view.arrival


def come(invitation: Invitation, *, now: datetime = NOW) -> Guest:
    """Open the link, prove the device by the code, and sit down."""
    device, name = new_secret(), invitation.public_id
    letter = Message.objects.filter(about__endswith=name).exclude(kind="code").latest("pk")
    view = door.open_link(token_in(letter), device_secret=device, where=WHERE, now=now)
    if view.step == "code":
        door.ask_code(name, device, now=now)
        code = Message.objects.filter(kind="code", about__endswith=name).latest("pk")
        (digits,) = re.findall(r"\b\d{6}\b", code.body)
        door.answer_code(name, device, digits=digits, where=WHERE, now=now)
    return Guest(door.arrive(name, device, where=WHERE, now=now), device, invitation)
