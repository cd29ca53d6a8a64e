"""The working day as one page shows it: who is booked, who has come, and what is left to do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery

from blikk.audit.services import named
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.frame_lights import Frame, frames_of
from blikk.consultations.models import Consultation
from blikk.invitations.models import ConsentHow, Invitation, PersonRole, Wish
from blikk.invitations.states import InvitationStatus, WishStatus
from blikk.journeys.consent import Standing, standing_of
from blikk.journeys.consent import day_of as consent_day
from blikk.journeys.delivered import Undelivered, undelivered
from blikk.journeys.frame import frames_in
from blikk.journeys.invited import letter_of, weak_proof_of
from blikk.journeys.left_over import OpenCloseOut, close_outs_of
from blikk.journeys.reach import Reach, reach_of
from blikk.journeys.suitability import NotedAbout, noted_about
from blikk.journeys.tasks import OpenTask, open_tasks
from blikk.notifications.queries import MessageState, in_trouble, states_of
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import OpeningView, get, on_day, openings_on
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import EidFacts, Queue, delay_of, eid_facts_of, is_connected, queues_of
from blikk.waiting_room.states import PRESENT
from blikk.writing.models import Case
from blikk.writing.queries import open_cases

TROUBLE_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invited to an appointment, and where they are."""

    invitation: str
    name: str
    role: str
    birth_on: date | None
    phone: str
    sent_by: str
    is_locked: bool
    devices: int
    # The channels that there is an address for, whether or not something went by them.
    ways: tuple[str, ...] = ()
    arrival: str = ""
    version: int = 0
    status: str = ""
    came_at: datetime | None = None
    waiting_since: datetime | None = None
    camera: str = ""
    microphone: str = ""
    sound: str = ""
    network: str = ""
    is_connected: bool = False
    eid: EidFacts = field(default_factory=EidFacts)
    # What they chose when they were told that the clinician is late.
    late_answer: str = ""
    # What they have asked for from their link and nobody has answered, and its name.
    wish: str = ""
    wish_id: str = ""
    # How far a letter has come: "due", "printed" or "".
    letter: str = ""
    # What the trust in their device rests on where it is not the phone: "email_code", "letter" or "".
    weak_proof: str = ""
    messages: Sequence[MessageState] = ()
    # Of who comes along: whether they may take part, and what the record will say.
    standing: Standing = field(default_factory=Standing)
    spoken: str = ""
    qualification: str = ""
    alias: str = ""
    is_invited_by_patient: bool = False
    frame: Frame | None = None
    hold_until: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        return self.status == "waiting"

    @property
    def has_opened(self) -> bool:
        """Whether the person has proven themself; a link that something has merely looked at is not opened."""
        return self.devices > 0


@dataclass(frozen=True, slots=True)
class Row:
    """An appointment on the day page."""

    appointment: str
    version: int
    starts_at: datetime
    ends_at: datetime
    status: str
    patient: str
    patient_name: str
    birth_on: date
    phone: str
    clinician: str
    clinician_name: str
    doubts: Sequence[str] = ()
    people: Sequence[Person] = ()
    consultation: str = ""
    consultation_status: str = ""
    led_by: str = ""
    is_drop_in: bool = False
    is_group: bool = False
    is_in_person: bool = False
    is_in_writing: bool = False
    # What was ticked and judged last about video, and whether the patient has times in person to choose between.
    points: Sequence[str] = ()
    judgement: str = ""
    is_offered: bool = False
    uses_text: bool = False
    zone: str = ""

    @property
    def waiting(self) -> Sequence[Person]:
        return [person for person in self.people if person.is_waiting]


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody whose invitation did not arrive, or nobody knows whether it did; whatever day it is for."""

    appointment: str
    name: str
    starts_at: datetime
    status: str
    channel: str


@dataclass(frozen=True, slots=True)
class QueueDay:
    """A drop-in period on this day, and the queue of it where there is one already."""

    view: OpeningView
    queue: Queue | None
    # The control questions of those who wait, by their arrival.
    frames: Mapping[str, Frame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    """All that the day page shows."""

    day: date
    rows: Sequence[Row]
    close_outs: Sequence[OpenCloseOut]
    unreached: Sequence[Unreached] = field(default=())
    queues: Sequence[QueueDay] = ()
    # How many minutes the clinician has said that they are late.
    late_minutes: int = 0
    tasks: Sequence[OpenTask] = ()
    # What is written with patients and not closed.
    cases: Sequence[Case] = ()
    # What the journal system does not have yet.
    undelivered: Sequence[Undelivered] = ()


def day_of(clinic: Clinic, *, day: date, clinician: Membership | None = None, now: datetime) -> Day:
    """The day of a clinic, or of one clinician, in a constant number of queries."""
    appointments = list(on_day(clinic, day, clinician=clinician))
    keys = [appointment.pk for appointment in appointments]
    people = _people(keys, now=now)
    talks = {
        talk.appointment_id: talk
        for talk in Consultation.objects.filter(appointment__in=keys).only(
            "public_id", "status", "appointment_id"
        )
    }
    reach = reach_of([appointment.patient_id for appointment in appointments])
    about = noted_about(keys)
    rows = [_row(each, people[each.pk], talks.get(each.pk), reach, about) for each in appointments]
    delay = delay_of(clinician.pk, day) if clinician else None
    return Day(
        day,
        rows,
        close_outs_of(clinic, clinician=clinician),
        _unreached(clinic, clinician, now),
        queues_on(clinic, day, clinician=clinician, now=now),
        delay.minutes if delay else 0,
        open_tasks(clinic, holder=clinician),
        open_cases(clinic, clinician=clinician),
        undelivered(clinic, clinician=clinician),
    )


def queues_on(
    clinic: Clinic, day: date, *, clinician: Membership | None = None, now: datetime
) -> list[QueueDay]:
    """The drop-in queues of a day; for one clinician those that they are in, or are to be in."""
    views = openings_on(clinic, day, now=now)
    queues = queues_of([view.opening for view in views if view.opening], now=now)
    frames = frames_in(clinic, queues.values())
    found = [QueueDay(one, queues[one.opening.public_id] if one.opening else None, frames) for one in views]
    if clinician is None:
        return found
    return [
        one
        for one in found
        if clinician in one.view.clinicians
        or (one.queue and any(serving.membership == clinician.public_id for serving in one.queue.serving))
    ]


def _unreached(clinic: Clinic, clinician: Membership | None, now: datetime) -> list[Unreached]:
    """Invitations in trouble to hours that are still to come, soonest first."""
    troubled = {message.about: message for message in in_trouble(clinic.pk, since=now - TROUBLE_FOR)}
    ids = [about.rpartition(":")[2] for about in troubled if about.startswith("invitations.Invitation:")]
    found = Invitation.objects.filter(
        clinic=clinic, public_id__in=ids, status=InvitationStatus.OPEN, appointment__ends_at__gte=now
    ).select_related("appointment")
    if clinician is not None:
        found = found.filter(appointment__clinician=clinician)
    return [
        Unreached(
            each.appointment.public_id,
            each.name,
            each.appointment.starts_at,
            troubled[named(each)].status,
            troubled[named(each)].channel,
        )
        for each in found.order_by("appointment__starts_at", "pk")
        if each.appointment
    ]


def row_of(clinic: Clinic, appointment_id: str, *, now: datetime) -> Row:
    """One appointment as the day page would show it; raises NotFound."""
    appointment = get(clinic, appointment_id)
    talks = Consultation.objects.filter(appointment=appointment).select_related("clinician")
    people = _people([appointment.pk], now=now)[appointment.pk]
    return _row(
        appointment, people, talks.first(), reach_of([appointment.patient_id]), noted_about([appointment.pk])
    )


_asked = Wish.objects.filter(invitation=OuterRef("pk"), status=WishStatus.ASKED)


def _people(appointments: Sequence[int], *, now: datetime) -> dict[int, list[Person]]:
    invitations = list(
        Invitation.objects.filter(appointment__in=appointments)
        .exclude(status=InvitationStatus.REVOKED)
        .select_related("patient", "agreement", "clinic", "appointment__patient")
        .annotate(
            trusted=Count("devices", filter=Q(devices__trusted_at__isnull=False)),
            by_letter=Count("devices", filter=Q(devices__proof="letter")),
            by_email=Count("devices", filter=Q(devices__proof="email_code")),
            wish=Subquery(_asked.values("kind")[:1]),
            wish_id=Subquery(_asked.values("public_id")[:1]),
        )
        .order_by("pk")
    )
    arrivals = {
        arrival.invitation_id: arrival
        for arrival in Arrival.objects.filter(appointment__in=appointments, status__in=PRESENT)
    }
    eids = eid_facts_of(arrivals.values(), now=now)
    messages = states_of(named(invitation) for invitation in invitations)
    came = [one for one in invitations if one.role == PersonRole.PATIENT and one.pk in arrivals]
    frames = frames_of(came[0].clinic, [one.pk for one in came]) if came else {}
    people: dict[int, list[Person]] = defaultdict(list)
    for invitation in invitations:
        people[invitation.appointment_id or 0].append(
            _person(
                invitation,
                arrival := arrivals.get(invitation.pk),
                eids.get(arrival.pk if arrival else 0),
                messages.get(named(invitation), ()),
                frames.get(invitation.pk),
                now=now,
            )
        )
    return people


def _person(
    invitation: Invitation,
    arrival: Arrival | None,
    eid: EidFacts | None,
    messages: Sequence[MessageState],
    frame: Frame | None,
    *,
    now: datetime,
) -> Person:
    about_arrival = (
        {
            "arrival": arrival.public_id,
            "version": arrival.version,
            "status": arrival.status,
            "came_at": arrival.came_at,
            "waiting_since": arrival.waiting_since,
            "camera": arrival.camera,
            "microphone": arrival.microphone,
            "sound": arrival.sound,
            "network": arrival.network,
            "is_connected": is_connected(arrival, now=now),
            "eid": eid,
            "hold_until": arrival.hold_until,
            "frame": frame,
        }
        if arrival
        else {}
    )
    return Person(
        invitation=invitation.public_id,
        name=invitation.name,
        role=invitation.role,
        birth_on=invitation.patient.birth_on if invitation.patient else None,
        phone=invitation.phone,
        sent_by=invitation.sent_by,
        ways=tuple(way for way, to in (("sms", invitation.phone), ("email", invitation.email)) if to),
        is_locked=invitation.is_locked,
        late_answer=invitation.late_answer,
        wish=invitation.wish or "",  # type: ignore[attr-defined]
        wish_id=invitation.wish_id or "",  # type: ignore[attr-defined]
        letter=letter_of(invitation),
        weak_proof=weak_proof_of(invitation),
        devices=invitation.trusted,  # type: ignore[attr-defined]
        messages=messages,
        **_about_along(invitation, now=now),  # type: ignore[arg-type]
        **about_arrival,  # type: ignore[arg-type]
    )


def _about_along(invitation: Invitation, *, now: datetime) -> dict[str, object]:
    appointment = invitation.appointment
    if invitation.role == PersonRole.PATIENT or appointment is None:
        return {}
    day = consent_day(appointment, invitation.clinic, now=now)
    return {
        "standing": standing_of(invitation, appointment.patient, on=day),
        "spoken": invitation.spoken,
        "qualification": invitation.qualification,
        "alias": invitation.alias,
        "is_invited_by_patient": invitation.consent_how == ConsentHow.INVITED,
    }


def _row(
    appointment: Appointment,
    people: Sequence[Person],
    talk: Consultation | None,
    reach: dict[int, Reach],
    about: NotedAbout,
) -> Row:
    reached = reach.get(appointment.patient_id, Reach())
    noted = about.noted.get(appointment.pk)
    return Row(
        appointment=appointment.public_id,
        version=appointment.version,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        status=appointment.status,
        patient=appointment.patient.public_id,
        patient_name=appointment.patient.name,
        birth_on=appointment.patient.birth_on,
        phone=reached.phone,
        doubts=reached.doubts,
        clinician=appointment.clinician.public_id,
        clinician_name=appointment.clinician.name,
        people=people,
        consultation=talk.public_id if talk else "",
        consultation_status=talk.status if talk else "",
        led_by=talk.clinician.public_id if talk else "",
        is_drop_in=appointment.drop_in,
        is_group=appointment.is_group,
        is_in_person=appointment.form == "in_person",
        is_in_writing=appointment.form == "text",
        points=tuple(noted.points) if noted else (),
        judgement=noted.judgement if noted else "",
        is_offered=appointment.pk in about.offered,
        uses_text=appointment.patient.uses_text,
        zone=appointment.zone,
    )
