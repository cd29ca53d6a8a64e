"""Run as a process beside the app: reads one act per line as JSON and answers in one line."""

import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from datetime import date, time, timedelta
from time import monotonic, sleep
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")

import django

django.setup()

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from blikk.accounts.models import User
from blikk.audit import queries as audit
from blikk.clinics import video as video_solution
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation, FrameCheck, Participant
from blikk.documentation.models import Note
from blikk.invitations.information import information_for
from blikk.invitations.models import Device, Invitation, PhoneProof
from blikk.journeys import booking, companions, contacts
from blikk.kernel.actors import SYSTEM
from blikk.kernel.times import local
from blikk.notifications.models import InboxMessage, Message
from blikk.patients.agreements import Person
from blikk.patients.models import Patient
from blikk.patients.services import register
from blikk.practice.models import Practice
from blikk.scheduling.models import Appointment, Opening
from blikk.waiting_room.models import Arrival
from blikk.writing.models import Case, Photo
from blikk.writing.models import Message as Letter
from tests import queues, timetables
from tests.browser import backstage_money

PASSWORD = "Fjord-og-fjell-2026"
FAMILIES = ("Nordmann", "Haugen", "Berg", "Lie", "Solberg")


def clinic(name: str = "Fjordgløtt legesenter", clinicians: int = 1, **more: Any) -> dict[str, Any]:
    number = Clinic.objects.count() + 1
    made = Clinic.objects.create(
        name=name, slug=f"klinikk-{number}", sender_label="Legekontoret", phone="+4755550100", **more
    )
    people = []
    for family in FAMILIES[:clinicians]:
        email = f"person{User.objects.count() + 1}@example.no"
        user = User.objects.create_user(email, f"Kari {family}", PASSWORD)
        member = Membership.objects.create(clinic=made, user=user, role="clinician", title="Lege")
        people.append(
            {"user": email, "password": PASSWORD, "name": user.name, "membership": member.public_id}
        )
    return {"clinic": made.public_id, "slug": made.slug, "name": made.name, "clinicians": people}


def administrator(clinic: str) -> dict[str, str]:
    email = f"person{User.objects.count() + 1}@example.no"
    user = User.objects.create_user(email, "Anne Vik", PASSWORD)
    Membership.objects.create(clinic=Clinic.objects.get(public_id=clinic), user=user, role="administrator")
    return {"user": email, "password": PASSWORD, "name": user.name}


def patient(clinic: str, name: str = "Ola Hansen", born: str = "1944-05-17", **more: Any) -> dict[str, str]:
    given, _, family = name.rpartition(" ")
    reach = {"phone": "+4790123456", "email": "ola.hansen@example.no"}
    particulars = {**reach, "read_back": tuple(reach), **more}
    made = register(
        Clinic.objects.get(public_id=clinic),
        given_name=given,
        family_name=family,
        birth_on=date.fromisoformat(born),
        actor=SYSTEM,
        now=timezone.now(),
        **particulars,
    )
    return {"patient": made.public_id, "name": name, "born": born}


def hour(
    clinic: str, membership: str, patient: str, minutes_ahead: int = 5, minutes: int = 20
) -> dict[str, str]:
    here, now = Clinic.objects.get(public_id=clinic), timezone.now()
    starts = local(now + timedelta(minutes=minutes_ahead), here.zone)
    booked = booking.book(
        here,
        patient=Patient.objects.get(clinic=here, public_id=patient),
        clinician=Membership.objects.get(clinic=here, public_id=membership),
        day=starts.date(),
        at=time(starts.hour, starts.minute),
        minutes=minutes,
        channels=("sms",),
        actor=SYSTEM,
        now=now,
    )
    return {"appointment": booked.appointment.public_id, "day": starts.date().isoformat(), **_way_in(booked)}


def companion(
    clinic: str, appointment: str, role: str, name: str, phone: str, said_yes: bool = True
) -> dict[str, str]:
    booked = companions.invite(
        Clinic.objects.get(public_id=clinic),
        appointment,
        role=role,
        person=Person(name, phone, spoken="arabisk", qualification="C", read_back=True),
        said_yes=said_yes,
        actor=SYSTEM,
        now=timezone.now(),
    )
    return {"name": name, "role": role, **_way_in(booked)}


def _way_in(booked: booking.Booked) -> dict[str, str]:
    message = Message.objects.filter(about__endswith=booked.invitation.public_id).latest("pk")
    return {
        "invitation": booked.invitation.public_id,
        "link": _link_in(message),
        "code": booked.typed_code,
    }


def _link_in(message: Message) -> str:
    return next(word for word in _words_of(message).split() if "/m#" in word)


def _words_of(message: Message) -> str:
    """What a message says. The outbox forgets it when it is sent, and from then on it lies in the inbox."""
    if message.body:
        return message.body
    return InboxMessage.objects.filter(key=message.key).values_list("body", flat=True).first() or ""


def period(
    clinic: str, membership: str, weekday: int = 2, starts: str = "09:00", ends: str = "12:00"
) -> dict[str, str]:
    """Booked hours on a weekday, as the timetable's page would lay them in."""
    here = Clinic.objects.get(public_id=clinic)
    people = [Membership.objects.get(clinic=here, public_id=membership)]
    stretch = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    made = timetables.a_period(here, *people, weekday=weekday, **stretch)
    return {"period": made.public_id}


def queue(clinic: str, memberships: list[str]) -> dict[str, str]:
    """A drop-in queue that is open now."""
    here = Clinic.objects.get(public_id=clinic)
    people = [Membership.objects.get(clinic=here, public_id=one) for one in memberships]
    opening = queues.an_opening(here, clinicians=tuple(people), now=timezone.now())
    return {"opening": opening.public_id}


def guest(opening: str, name: str) -> dict[str, str]:
    """Somebody who entered a queue, the secret of the browser they did it in, and the link in their SMS."""
    entered = queues.enter(Opening.objects.get(public_id=opening), name, now=timezone.now())
    invitation = entered.view.invitation
    message = Message.objects.get(about__endswith=invitation, kind="queued")
    return {
        "invitation": invitation,
        "device": entered.device,
        "name": name,
        "born": entered.invitation.patient.birth_on.isoformat(),
        "link": _link_in(message),
    }


def letter(patient: str, kind: str, number: int = 1, within: float = 20) -> str:
    """The link in the newest message of a kind about something in writing, once there are so many of them."""
    deadline = monotonic() + within
    while monotonic() < deadline:
        mine = Q(
            about__in=[
                f"writing.Case:{case.public_id}" for case in Case.objects.filter(patient__public_id=patient)
            ]
        )
        found = list(Message.objects.filter(mine, kind=kind).order_by("pk"))
        if len(found) >= number and (said := _words_of(found[-1])):
            return next(word for word in said.split() if "/s#" in word)
        sleep(0.1)
    raise TimeoutError(f"no message of the kind {kind} was sent")


def written_at_rest(patient: str) -> dict[str, int]:
    """How many photos of a patient still have a picture, and how many messages there are."""
    pictures = Photo.objects.filter(case__patient__public_id=patient, sealed__isnull=False)
    messages = Letter.objects.filter(case__patient__public_id=patient)
    return {"pictures": pictures.count(), "messages": messages.count()}


def digits(invitation: str, within: float = 20) -> str:
    """The newest code that was sent to somebody; it is asked for by their page, and may be a moment away."""
    deadline = monotonic() + within
    while monotonic() < deadline:
        found = Message.objects.filter(about__endswith=invitation, kind="code").order_by("-pk").first()
        if found and (code := re.search(r"\b\d{6}\b", _words_of(found))):
            return code[0]
        sleep(0.1)
    raise TimeoutError("no code was sent")


def phone_digits(clinic: str, purpose: str, within: float = 20) -> str:
    """The newest code that went to a phone which was typed on a public page."""
    deadline = monotonic() + within
    while monotonic() < deadline:
        proof = PhoneProof.objects.filter(clinic__public_id=clinic, purpose=purpose).last()
        found = Message.objects.filter(key=f"{proof.public_id}:phone_code").first() if proof else None
        if found and (code := re.search(r"\b\d{6}\b", _words_of(found))):
            return code[0]
        sleep(0.1)
    raise TimeoutError("no code was sent")


def contact_request(clinic: str, patient: str) -> dict[str, str]:
    """Ask a patient for their address, as the desk does; gives the link in the SMS."""
    here = Clinic.objects.get(public_id=clinic)
    asked = contacts.ask_for_contact(here, patient, actor=SYSTEM, now=timezone.now())
    message = Message.objects.get(key=f"{asked.public_id}:ask")
    return {"link": next(word for word in _words_of(message).split() if "/adresse#" in word)}


def contact_digits(within: float = 20) -> str:
    """The newest code that went to an address that somebody typed."""
    deadline = monotonic() + within
    while monotonic() < deadline:
        found = Message.objects.filter(kind="contact_code").order_by("-pk").first()
        if found and (code := re.search(r"\b\d{6}\b", _words_of(found))):
            return code[0]
        sleep(0.1)
    raise TimeoutError("no code was sent")


def practised(clinic: str) -> dict[str, Any]:
    """How people at a clinic practised, and what of it is in the clinic itself."""
    here = Clinic.objects.get(public_id=clinic)
    mine = Practice.objects.filter(clinic=here).order_by("pk")
    return {
        "steps": [one.steps for one in mine],
        "is_finished": [one.finished_at is not None for one in mine],
        "hours": Appointment.objects.filter(clinic=here).count(),
        "messages": Message.objects.filter(clinic_id=here.pk).count(),
        "patients": Patient.objects.filter(clinic=here).count(),
    }


def booked(patient: str) -> dict[str, str]:
    """The newest hour of a patient, which was booked on the page."""
    found = Appointment.objects.filter(patient__public_id=patient).latest("pk")
    return {"appointment": found.public_id, "day": local(found.starts_at, found.zone).date().isoformat()}


def at_the_door(invitation: str) -> dict[str, Any]:
    """What scanners must not change."""
    found = Invitation.objects.get(public_id=invitation)
    arrivals = Arrival.objects.filter(invitation=found)
    return {
        "tries": found.tries,
        "revoked": found.revoked_because,
        "devices": Device.objects.filter(invitation=found).count(),
        "arrivals": list(arrivals.values_list("status", flat=True)),
        "messages": list(Message.objects.filter(about__endswith=invitation).values_list("kind", flat=True)),
        "conversations": Participant.objects.filter(arrival__in=arrivals).count(),
    }


def talk(appointment: str) -> dict[str, Any]:
    """The conversation of an appointment, as the record has it."""
    found = Consultation.objects.get(appointment__public_id=appointment)
    note = Note.objects.filter(consultation=found).first()
    return {
        "consultation": found.public_id,
        "status": found.status,
        "channels": [change.channel for change in found.channel_changes.order_by("at")],
        "participants": [
            {"name": one.name, "role": one.role, "joined": one.joined_at is not None}
            for one in found.participants.order_by("pk")
        ],
        "appointment": Appointment.objects.get(public_id=appointment).status,
        "note": "" if note is None else note.status,
    }


def video(clinic: str, supplier: str, address: str) -> None:
    """Hold the clinic's conversations in another solution."""
    kind = "template" if "{random}" in address else "fixed"
    here = Clinic.objects.get(public_id=clinic)
    chosen = {"kind": kind, "supplier": supplier, "address": address}
    video_solution.choose(here, **chosen, actor=SYSTEM, now=timezone.now())


def met_before(clinic: str, membership: str, patient: str) -> dict[str, str]:
    """A consultation a month ago that was done to its end: the clinic knows this patient."""
    here, then = Clinic.objects.get(public_id=clinic), timezone.now() - timedelta(days=30)
    clinician = Membership.objects.get(clinic=here, public_id=membership)
    hour = Appointment.objects.create(
        clinic=here,
        patient=Patient.objects.get(clinic=here, public_id=patient),
        clinician=clinician,
        starts_at=then,
        ends_at=then + timedelta(minutes=20),
        zone=here.zone,
        status="fulfilled",
        created_at=then,
    )
    done = {"outcome": "completed", "follow_up": "none", "fee": "no_charge", "closed_out_at": then}
    made = Consultation.objects.create(
        clinic=here,
        appointment=hour,
        clinician=clinician,
        status="closed_out",
        opened_at=then,
        ended_at=then,
        **done,
    )
    return {"consultation": made.public_id}


def ended_talk(appointment: str) -> str:
    """A conversation of an hour that has just ended, with its note to be written."""
    hour, now = Appointment.objects.get(public_id=appointment), timezone.now()
    made = Consultation.objects.create(
        clinic=hour.clinic,
        appointment=hour,
        clinician=hour.clinician,
        status="ended",
        opened_at=now - timedelta(minutes=9),
        ended_at=now,
    )
    made.participants.create(
        membership=hour.clinician,
        role="clinician",
        name=hour.clinician.name,
        admitted_at=made.opened_at,
        joined_at=made.opened_at,
    )
    Note.objects.create(clinic=hour.clinic, consultation=made, written_at=now)
    return made.public_id


def frame(invitation: str) -> dict[str, Any]:
    """What the patient answered, and whether the frame was confirmed."""
    check = FrameCheck.objects.get(invitation__public_id=invitation)
    said = check.answers.filter(source="patient")
    return {
        "answers": {one.question: one.value for one in said},
        "dangers": [one.danger for one in said if one.danger],
        "confirmed": check.confirmed_at is not None,
    }


def counted() -> dict[str, int]:
    """How many rows every table has."""
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts


def told(appointment: str) -> dict[str, list[str]]:
    """Which words the patient of an hour was shown before they went in."""
    found = information_for(Appointment.objects.get(public_id=appointment))
    return {"versions": [one.version for one in found if one.version]}


def audit_faults() -> list[str]:
    return [str(fault) for fault in audit.verify()]


ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        clinic,
        administrator,
        patient,
        hour,
        companion,
        period,
        queue,
        guest,
        booked,
        digits,
        letter,
        written_at_rest,
        practised,
        phone_digits,
        contact_request,
        contact_digits,
        at_the_door,
        talk,
        video,
        told,
        met_before,
        ended_talk,
        frame,
        counted,
        audit_faults,
        *backstage_money.ACTS,
    )
}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"answer": ACTS[asked.pop("act")](**asked)}
        except Exception:  # noqa: BLE001 - the one who asked shall see every fault
            answer = {"fault": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
