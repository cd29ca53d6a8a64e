"""A clinic where people do anything at any time: every act at random, and what must be true after each."""

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q

from blikk.audit.queries import verify
from blikk.consultations.models import Consultation
from blikk.consultations.states import RUNNING
from blikk.documentation.models import Note
from blikk.invitations.models import Invitation
from blikk.journeys import booking, closing, door, talk
from blikk.kernel.errors import DomainError, NotFound
from blikk.kernel.times import local
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment
from blikk.scheduling.states import FILLS_TIME
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import PRESENT
from tests.builders import NOW, Hour, a_booked_hour, a_clinic, a_member, a_patient, open_link, staff

WHERE = "192.0.2.7"
HOURS_REMEMBERED = 12


class Town:
    """Two clinics, four clinicians, and hours that are booked as the day goes."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = NOW
        self.members = [a_member(clinic) for clinic in (a_clinic("Nord"), a_clinic("Sør")) for _ in range(2)]
        self.patients = {
            clinic: [a_patient(clinic) for _ in range(5)] for clinic in {m.clinic for m in self.members}
        }
        self.hours: list[Hour] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        # Half of the acts follow the usual way of an hour; the other half is anything.
        often = [self.open_link, self.answer_birth_date, self.arrive, self.admit, self.sit_down, self.end]
        now_and_then = [self.sign, self.close_out, self.change_channel, self.step_out]
        seldom = [self.answer_wrongly, self.leave, self.move, self.cancel, self.send_again, self.intrude]
        self.acts = [*often * 6, *now_and_then * 4, *seldom, self.book, self.book]
        self.usual = [self.open_link, self.answer_birth_date, self.arrive, self.admit, self.end]
        self.usual += [self.sign, self.close_out]
        self.hour: Any = None
        self.next = 0

    def step(self) -> None:
        """One act by somebody, sensible or not."""
        self.now += timedelta(seconds=self.dice.choice([0, 0, 1, 1, 5, 20]))
        if self.hour is None or self.dice.random() < 0.05:
            self.hour, self.next = self.dice.choice(self.hours) if self.hours else None, 0
        act = self.dice.choice(self.acts) if self.hours else self.book
        if self.hour and self.next < len(self.usual) and self.dice.random() < 0.5:
            act = self.usual[self.next]
            self.next += 1
        try:
            act()
        except DomainError as refusal:
            self.refused[f"{act.__name__}: {refusal.code}"] += 1
        else:
            self.done[act.__name__] += 1

    # Acts

    def book(self) -> None:
        member = self.dice.choice(self.members)
        patient = self.dice.choice(self.patients[member.clinic])
        starts_in = timedelta(minutes=self.dice.randrange(-10, 60, 5))
        hour = a_booked_hour(
            member.clinic, clinician=member, patient=patient, starts_in=starts_in, minutes=10, now=self.now
        )
        self.hours = [*self.hours, hour][-HOURS_REMEMBERED:]

    def open_link(self) -> None:
        open_link(self.hour, now=self.now)

    def answer_birth_date(self) -> None:
        hour = self.hour
        born = hour.patient.birth_on
        door.answer_birth_date(hour.invitation.public_id, hour.device, born=born, where=WHERE, now=self.now)

    def answer_wrongly(self) -> None:
        hour = self.hour
        born = hour.patient.birth_on + timedelta(days=self.dice.randrange(1, 900))
        door.answer_birth_date(hour.invitation.public_id, hour.device, born=born, where=WHERE, now=self.now)

    def arrive(self) -> None:
        hour = self.hour
        door.arrive(hour.invitation.public_id, hour.device, where=WHERE, now=self.now)

    def leave(self) -> None:
        hour = self.hour
        door.leave(hour.invitation.public_id, hour.device, where=WHERE, now=self.now)

    def admit(self) -> None:
        hour = self.hour
        arrival = Arrival.objects.filter(invitation=hour.invitation).order_by("-pk").first()
        if arrival is None:
            raise NotFound
        member = hour.clinician
        talk.admit(hour.clinic, arrival.public_id, membership=member, actor=staff(member), now=self.now)

    def consultation(self, hour: Hour) -> Consultation:
        found = Consultation.objects.filter(appointment=hour.appointment).order_by("-pk").first()
        if found is None:
            raise NotFound
        return found

    def sit_down(self) -> None:
        hour = self.hour
        place = talk.place_at_the_door(hour.invitation.public_id, hour.device, now=self.now)
        tab, move = self.dice.choice("ab"), self.dice.random() < 0.5
        talk.sit_down(place, tab=tab, epoch=tab, move=move, actor=staff(hour.clinician), now=self.now)

    def step_out(self) -> None:
        hour = self.hour
        place = talk.place_at_the_door(hour.invitation.public_id, hour.device, now=self.now)
        talk.step_out(place, actor=staff(hour.clinician), now=self.now)

    def change_channel(self) -> None:
        hour = self.hour
        talk.change_channel(
            hour.clinic,
            self.consultation(hour).public_id,
            channel=self.dice.choice(["video", "sound", "phone", "text"]),
            membership=hour.clinician,
            actor=staff(hour.clinician),
            now=self.now,
        )

    def end(self) -> None:
        hour = self.hour
        talk.end(
            hour.clinic,
            self.consultation(hour).public_id,
            membership=hour.clinician,
            actor=staff(hour.clinician),
            now=self.now,
        )

    def sign(self) -> None:
        hour = self.hour
        given = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": self.now}
        consultation = self.consultation(hour).public_id
        note = closing.note_of(hour.clinic, consultation, **given)
        closing.sign_note(hour.clinic, consultation, version=note.version, drafted="Video.", **given)

    def close_out(self) -> None:
        hour = self.hour
        consultation = self.consultation(hour)
        closing.close_out(
            hour.clinic,
            consultation.public_id,
            version=consultation.version,
            outcome="completed",
            follow_up="none",
            fee="no_charge",
            membership=hour.clinician,
            actor=staff(hour.clinician),
            now=self.now,
        )

    def move(self) -> None:
        hour = self.hour
        hour.appointment.refresh_from_db()
        starts = local(self.now + timedelta(minutes=self.dice.randrange(5, 90, 5)), hour.clinic.zone)
        moved = booking.move(
            hour.clinic,
            hour.appointment.public_id,
            version=hour.appointment.version,
            day=starts.date(),
            at=starts.time().replace(second=0, microsecond=0),
            minutes=10,
            actor=staff(hour.clinician),
            now=self.now,
        )
        self.follow(hour, moved.invitation)

    def send_again(self) -> None:
        hour = self.hour
        sent = booking.send_again(
            hour.clinic, hour.invitation.public_id, actor=staff(hour.clinician), now=self.now
        )
        self.follow(hour, sent.invitation)

    def follow(self, hour: Hour, invitation: Invitation) -> None:
        """The patient finds the new link in the newest message."""
        hour.invitation = invitation
        message = Message.objects.filter(about__endswith=invitation.public_id).latest("pk")
        hour.token = message.body.split("/m#")[1].split()[0]

    def cancel(self) -> None:
        hour = self.hour
        hour.appointment.refresh_from_db()
        version = hour.appointment.version
        actor = staff(hour.clinician)
        booking.cancel(hour.clinic, hour.appointment.public_id, version=version, actor=actor, now=self.now)

    def intrude(self) -> None:
        """A member of another clinic tries an hour that is not theirs; it must never succeed."""
        hour = self.hour
        stranger = next(member for member in self.members if member.clinic != hour.clinic)
        arrival = Arrival.objects.filter(invitation=hour.invitation).order_by("-pk").first()
        if arrival is None:
            raise NotFound
        talk.admit(
            stranger.clinic, arrival.public_id, membership=stranger, actor=staff(stranger), now=self.now
        )
        raise AssertionError("a stranger admitted somebody")

    # What must be true

    def look(self) -> None:
        """What no order of acts may break; cheap enough for after every act."""
        present = Count("arrivals", filter=Q(arrivals__status__in=PRESENT))
        assert not Invitation.objects.annotate(present=present).filter(present__gt=1).exists()
        for consultation in Consultation.objects.exclude(status__in=RUNNING):
            assert consultation.ended_at is not None
            assert not Invitation.objects.filter(appointment=consultation.appointment, status="open").exists()
            assert Note.objects.filter(consultation=consultation).count() == 1
        for member in self.members:
            filled = Appointment.objects.filter(clinician=member, status__in=FILLS_TIME).order_by("starts_at")
            hours = list(filled.values_list("starts_at", "ends_at"))
            assert all(ends <= starts for (_, ends), (starts, _) in pairwise(hours))

    def look_closely(self) -> None:
        """What takes longer: the record is whole, and no message is there twice."""
        assert verify() == []
        doubled = Message.objects.values("key").annotate(times=Count("pk")).filter(times__gt=1)
        assert not doubled.exists()
