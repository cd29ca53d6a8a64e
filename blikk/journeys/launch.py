"""Blikk is started from a journal system: the same person, the right patient, and then where the work is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from blikk.accounts.models import User
from blikk.audit.services import hold, looked_at, record
from blikk.clinics.models import Clinic, Membership, Role
from blikk.clinics.queries import memberships_of
from blikk.consultations.models import Consultation
from blikk.consultations.states import RUNNING
from blikk.documentation import launches
from blikk.documentation.incoming_tables import RecordAppointment
from blikk.documentation.launch_tables import Launch, LaunchIssuer
from blikk.documentation.matching import Match, differences, match
from blikk.documentation.smart import client
from blikk.documentation.smart.faults import LaunchFault, Why
from blikk.documentation.smart.persons import RecordPerson, hpr_in, kept, person_in, to_keep
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.times import local
from blikk.patients import numbers
from blikk.patients.models import NumberSource, Patient
from blikk.patients.national_numbers import read
from blikk.patients.queries import get as get_patient
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import on_day
from blikk.scheduling.states import AppointmentStatus

BACK = "/journal/tilbake"
BIND, DECIDE, NEW, DONE = "bind", "decide", "new", "done"
AT_WORK = (Role.CLINICIAN, Role.SECRETARY)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a start has come to: it waits for the person ("bind", "decide", "new"), or something is to be opened."""

    at: str
    launch: str = ""
    patient: str = ""
    appointment: str = ""
    consultation: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient of ours who may be the one in the journal, and what is not the same."""

    patient: Patient
    differs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must decide: who the patient of the journal is here."""

    person: RecordPerson
    candidates: Sequence[Candidate]
    journal: str


def open_start(issuer: str, launch: str, *, browser: str, actor: Actor | None, now: datetime) -> str:
    """Begin a start that a journal system has asked for; gives its name. Raises LaunchFault, which is recorded."""
    try:
        return launches.open_launch(issuer, launch, browser=browser, now=now).public_id
    except LaunchFault as fault:
        launches.note_refused(fault.why, issuer=issuer, clinic_id=None, actor=actor, now=now)
        raise


def places_for(launch_id: str, user: User, *, browser: str, now: datetime) -> list[Membership]:
    """Where the person works that has registered this journal system.

    Raises LaunchFault: unknown_issuer where none has, not_for_role where they see no patients there.
    """
    launch = launches.get_launch(launch_id, browser=browser, now=now)
    clinics = {row.clinic_id for row in launches.registered(launch.issuer)}
    here = [each for each in memberships_of(user) if each.clinic_id in clinics]
    if not here:
        raise LaunchFault(Why.UNKNOWN_ISSUER)
    at_work = [each for each in here if each.role in AT_WORK]
    if not at_work:
        raise LaunchFault(Why.NOT_FOR_ROLE)
    return at_work


def go(launch_id: str, membership: Membership, *, browser: str, base_url: str, now: datetime) -> str:
    """Say where in the journal system the person is let in. Raises LaunchFault."""
    launch = launches.get_launch(launch_id, browser=browser, now=now)
    issuer = _issuer(membership.clinic, launch.issuer)
    if launch.state_digest or launch.used_at:
        raise LaunchFault(Why.REPLAYED, "begun before")
    name = str(launches.said_in(launch, at=("",))["launch"])
    asked = client.begin(issuer, launch=name, redirect_uri=base_url + BACK)
    launches.send_off(
        launch, user=membership.user, clinic=membership.clinic, state=asked.state, kept=asked.kept, now=now
    )
    return asked.url


def come_back(
    said: Mapping[str, str], user: User, *, browser: str, base_url: str, actor: Actor, now: datetime
) -> Step:
    """Read the answer that somebody is back with, and make sure of who they are and which patient is open.

    Raises LaunchFault; whatever is refused is recorded.
    """
    launch: Launch | None = None
    try:
        launch = launches.find_by_state(said.get("state", ""), browser=browser, now=now)
        membership = _membership(launch, user)
        secrets = launches.use_up(launch, now=now)
        opened = client.finish(
            _issuer(membership.clinic, launch.issuer),
            said,
            secrets,
            redirect_uri=base_url + BACK,
            now=now,
        )
        return _known(launch, membership, opened, actor=actor, now=now)
    except LaunchFault as fault:
        _refused(launch, fault, actor=actor, now=now)
        raise


def bind(launch_id: str, user: User, *, browser: str, actor: Actor, now: datetime) -> Step:
    """Show that the account and the journal's user are the same person, once and for all. Raises LaunchFault."""
    launch = launches.get_launch(launch_id, browser=browser, now=now)
    try:
        membership = _membership(launch, user)
        said = launches.said_in(launch, at=(BIND,))
        launches.bind(
            user, launch.issuer, str(said["fhir_user"]), clinic=membership.clinic, actor=actor, now=now
        )
        return _find(launch, membership, said, actor=actor, now=now)
    except LaunchFault as fault:
        if fault.why != Why.REPLAYED:
            _refused(launch, fault, actor=actor, now=now)
        raise


def question(launch_id: str, user: User, *, browser: str, now: datetime) -> Question:
    """What is to be decided about the patient. Raises LaunchFault."""
    launch = launches.get_launch(launch_id, browser=browser, now=now)
    membership = _membership(launch, user)
    person = kept(launches.said_in(launch, at=(DECIDE, NEW))["person"])
    found = match(membership.clinic, launch.issuer, person)
    candidates = [Candidate(each, differences(each, person)) for each in found.candidates]
    return Question(person, candidates, _issuer(membership.clinic, launch.issuer).label)


@transaction.atomic
def decide(launch_id: str, patient_id: str, user: User, *, browser: str, actor: Actor, now: datetime) -> Step:
    """Say that the patient of the journal is this one of ours, or none (empty). Raises LaunchFault, NotFound."""
    launch = launches.get_launch(launch_id, browser=browser, now=now)
    membership = _membership(launch, user)
    hold(membership.clinic_id)
    said = launches.said_in(launch, at=(DECIDE, NEW))
    if not patient_id:
        launches.settle(launch, NEW, kept=said)
        return Step(NEW, launch.public_id)
    person = kept(said["person"])
    patient = get_patient(membership.clinic, patient_id)
    record(
        "launch.patient_decided",
        actor=actor,
        about=patient,
        clinic_id=membership.clinic_id,
        now=now,
        differs=",".join(differences(patient, person)),
    )
    return _open(launch, membership, patient, person, str(said["appointment"]), actor=actor, now=now)


@transaction.atomic
def booked(
    launch_id: str, patient: Patient, user: User, *, browser: str, actor: Actor, now: datetime
) -> None:
    """Note that the patient who was booked is the one of the journal; a start that is over is left alone."""
    try:
        launch = launches.get_launch(launch_id, browser=browser, now=now)
        membership = _membership(launch, user)
        person = kept(launches.said_in(launch, at=(NEW,))["person"])
    except LaunchFault:
        return
    if patient.clinic_id != membership.clinic_id or "birth_on" in differences(patient, person):
        return
    _keep_link(membership.clinic, launch.issuer, person, patient, actor=actor, now=now)
    launches.settle(launch, DONE)


def _known(
    launch: Launch, membership: Membership, opened: client.Opened, *, actor: Actor, now: datetime
) -> Step:
    """Make sure that who is signed in there is who is signed in here, by the HPR number or by what was bound before."""
    person = person_in(opened.patient)
    if not person.is_whole:
        raise LaunchFault(Why.UNREADABLE, "no whole name or birth date")
    said = {
        "fhir_user": opened.fhir_user,
        "person": to_keep(person),
        "appointment": opened.appointment,
    }
    theirs, own = hpr_in(opened.practitioner), membership.hpr_number
    bound = launches.is_bound(membership.user, launch.issuer, opened.fhir_user)
    if bound is False or (theirs and own and theirs != own):
        raise LaunchFault(Why.OTHER_USER)
    if bound is None and not (theirs and own):
        launches.settle(launch, BIND, kept=said)
        return Step(BIND, launch.public_id)
    return _find(launch, membership, said, actor=actor, now=now)


@transaction.atomic
def _find(
    launch: Launch, membership: Membership, said: Mapping[str, Any], *, actor: Actor, now: datetime
) -> Step:
    """Find the patient; where anything speaks against it, a person decides, and nobody is made."""
    hold(membership.clinic_id)
    person = kept(said["person"])
    looked_at(
        "record_patient",
        actor=actor,
        about="launch",
        clinic_id=membership.clinic_id,
        now=now,
        server=launch.issuer,
    )
    found: Match = match(membership.clinic, launch.issuer, person)
    if found.patient is not None and found.is_sure:
        hint = str(said["appointment"])
        return _open(launch, membership, found.patient, person, hint, actor=actor, now=now)
    at = DECIDE if found.candidates else NEW
    launches.settle(launch, at, kept=said)
    return Step(at, launch.public_id)


def _open(
    launch: Launch,
    membership: Membership,
    patient: Patient,
    person: RecordPerson,
    hint: str,
    *,
    actor: Actor,
    now: datetime,
) -> Step:
    clinic = membership.clinic
    _keep_link(clinic, launch.issuer, person, patient, actor=actor, now=now)
    launches.settle(launch, DONE)
    record(
        "launch.opened", actor=actor, about=patient, clinic_id=clinic.pk, now=now, issuer=launch.issuer[:200]
    )
    appointment = _hour_today(membership, patient, launch.issuer, hint, now=now)
    if appointment is None:
        return Step(DONE, patient=patient.public_id)
    talk = Consultation.objects.filter(appointment=appointment, status__in=RUNNING).first()
    may_talk = membership.role == Role.CLINICIAN
    return Step(
        DONE,
        patient=patient.public_id,
        appointment=appointment.public_id,
        consultation=talk.public_id if talk and may_talk else "",
    )


def _hour_today(
    membership: Membership, patient: Patient, server: str, hint: str, *, now: datetime
) -> Appointment | None:
    """The patient's hour today that is most likely meant: the one open in the journal, one's own, the next."""
    today = local(now, membership.clinic.zone).date()
    hours = [
        each
        for each in on_day(membership.clinic, today)
        if each.patient_id == patient.pk and each.status != AppointmentStatus.CANCELLED
    ]
    if not hours:
        return None
    meant = RecordAppointment.objects.filter(clinic=membership.clinic, server=server, record_id=hint)
    named = {row.appointment_id for row in meant} if hint else set()

    def nearness(hour: Appointment) -> tuple[bool, bool, bool, float]:
        is_own = hour.clinician_id == membership.pk
        distance = abs((hour.starts_at - now).total_seconds())
        return hour.pk not in named, not is_own, hour.ends_at < now, distance

    return min(hours, key=nearness)


def _keep_link(
    clinic: Clinic, server: str, person: RecordPerson, patient: Patient, *, actor: Actor, now: datetime
) -> None:
    """Keep who is whom, and the number where we had none and nothing speaks against it."""
    launches.link_patient(clinic, server, person.id, patient, actor=actor, now=now)
    if person.number and not differences(patient, person):
        keep_number(patient, person.number, actor=actor, now=now)


def keep_number(patient: Patient, digits: str, *, actor: Actor, now: datetime) -> None:
    """Take a national number over from the journal, where we have none and it fits the birth date."""
    if numbers.is_number_of(patient, digits) is not None:
        return
    try:
        reading = read(digits)
        if reading.fits(patient.birth_on) is not False:
            numbers.keep(patient, reading, source=NumberSource.RECORD, actor=actor, now=now)
    except Invalid:
        return


def _membership(launch: Launch, user: User) -> Membership:
    """The work for which a start was begun, by who began it. Raises LaunchFault (`wrong_state`)."""
    if launch.user_id != user.pk:
        raise LaunchFault(Why.WRONG_STATE, "begun by another")
    found = next((each for each in memberships_of(user) if each.clinic_id == launch.clinic_id), None)
    if found is None or found.role not in AT_WORK:
        raise LaunchFault(Why.NOT_FOR_ROLE)
    return found


def _issuer(clinic: Clinic, address: str) -> LaunchIssuer:
    found = next((row for row in launches.registered(address) if row.clinic_id == clinic.pk), None)
    if found is None:
        raise LaunchFault(Why.UNKNOWN_ISSUER)
    return found


def _refused(launch: Launch | None, fault: LaunchFault, *, actor: Actor, now: datetime) -> None:
    launches.note_refused(
        fault.why,
        issuer=launch.issuer if launch else "",
        clinic_id=launch.clinic_id if launch else None,
        actor=actor,
        now=now,
    )
    # An answer that was used before says nothing about how the start itself went.
    if launch is not None and launch.used_at and fault.why != Why.REPLAYED:
        launches.settle(launch, str(fault.why)[:20])
