"""Ask somebody in to come along with a patient, and write down whether they may take part."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.queries import find_for, participant_of
from blikk.invitations import along as coming
from blikk.invitations import queries as invitations
from blikk.invitations import services as inviting
from blikk.invitations.models import Consent, ConsentHow, Invitation, PersonRole
from blikk.invitations.queries import along_with
from blikk.invitations.services import Along, Issued
from blikk.invitations.words import Kind
from blikk.journeys import booking, timetable
from blikk.journeys.booking import Booked, send
from blikk.journeys.consent import day_of, first_name, tell_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients.agreements import Person, checked
from blikk.patients.models import Agreement, ContactState, Ground, Patient
from blikk.patients.queries import agreements_on, get_agreement
from blikk.patients.services import clean_name
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import get as get_appointment
from blikk.scheduling.services import BookedSeries
from blikk.scheduling.states import FILLS_TIME
from blikk.waiting_room import queries as waiting_room
from blikk.waiting_room.queries import present_of

_VERIFIED = (ContactState.READ_BACK, ContactState.SELF_SUBMITTED)
LONGEST_ALIAS, LONGEST_REASON = 40, 300


@transaction.atomic
def invite(
    clinic: Clinic,
    appointment_id: str,
    *,
    role: str,
    person: Person,
    alias: str = "",
    said_yes: bool = False,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Ask somebody in by a link of their own, once. `said_yes`: the patient has agreed, and staff heard it.

    Raises Invalid, field by field: `name: already_invited` for who has a way in already.
    """
    hold(clinic.pk)
    appointment = _open_hour(clinic, appointment_id)
    known = _known(role, person, alias, is_group=appointment.is_group)
    return _invite(
        clinic, role, *known, appointment=appointment, beside=None, said_yes=said_yes, actor=actor, now=now
    )


@transaction.atomic
def invite_agreed(
    clinic: Clinic, appointment_id: str, agreement_id: str, *, actor: Actor, now: datetime
) -> Booked:
    """Ask in somebody with whom there is a standing agreement. Raises Invalid (`name`), NotFound if it has run out."""
    hold(clinic.pk)
    appointment = _open_hour(clinic, appointment_id)
    agreement = _agreement(clinic, agreement_id, appointment.patient, appointment, now=now)
    return _invite(
        clinic,
        agreement.role,
        *_agreed(agreement),
        appointment=appointment,
        beside=None,
        actor=actor,
        now=now,
    )


@transaction.atomic
def invite_beside(
    clinic: Clinic,
    arrival_id: str,
    *,
    role: str = "",
    person: Person | None = None,
    agreement_id: str = "",
    said_yes: bool = False,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Ask somebody in beside a patient who waits in a queue and has no hour yet. Raises as `invite`."""
    hold(clinic.pk)
    arrival = waiting_room.get(clinic, arrival_id)
    mine = arrival.invitation
    if not arrival.is_in_queue or mine.patient is None:
        raise NotFound
    if agreement_id:
        agreement = _agreement(clinic, agreement_id, mine.patient, None, now=now)
        role, known = agreement.role, _agreed(agreement)
    elif person is not None:
        known = _known(role, person, "", is_group=False)
    else:
        raise Invalid(name="missing")
    return _invite(
        clinic,
        role,
        *known,
        appointment=mine.appointment,
        beside=mine,
        said_yes=said_yes,
        actor=actor,
        now=now,
    )


@transaction.atomic
def invite_for_patient(mine: Invitation, *, role: str, person: Person, actor: Actor, now: datetime) -> Booked:
    """Ask in whom the patient wants beside them; asking is saying yes. Raises Invalid, field by field."""
    hold(mine.clinic_id)
    known = _known(role, person, "", is_group=False)
    made = _invite(
        mine.clinic,
        role,
        *known,
        appointment=mine.appointment,
        beside=mine if mine.appointment is None else None,
        actor=actor,
        now=now,
    )
    coming.consent(made.invitation, answer=Consent.YES, how=ConsentHow.INVITED, actor=actor, now=now)
    return made


@transaction.atomic
def book_with(
    clinic: Clinic,
    *,
    patient: Patient,
    agreements: tuple[str, ...],
    actor: Actor,
    now: datetime,
    **booked: Any,
) -> Booked:
    """Book an hour and ask in those whom the patient has standing agreements with. Raises as `booking.book`."""
    hold(clinic.pk)
    made = booking.book(clinic, patient=patient, actor=actor, now=now, **booked)
    for agreement in agreements:
        invite_agreed(clinic, made.appointment.public_id, agreement, actor=actor, now=now)
    return made


@transaction.atomic
def book_series_with(
    clinic: Clinic,
    *,
    patient: Patient,
    agreements: tuple[str, ...],
    actor: Actor,
    now: datetime,
    **wanted: Any,
) -> BookedSeries:
    """Book a series and ask in those whom the patient has agreements with, to every hour on which they hold.

    Their messages go out when the patient's do. Raises as `timetable.book_series`.
    """
    hold(clinic.pk)
    made = timetable.book_series(clinic, patient=patient, actor=actor, now=now, **wanted)
    chosen = [get_agreement(clinic, name) for name in agreements]
    if any(agreement.patient_id != patient.pk for agreement in chosen):
        raise NotFound
    for number, appointment in enumerate(made.appointments):
        day = day_of(appointment, clinic, now=now)
        for agreement in chosen:
            if agreement.holds_on(day):
                _invite(
                    clinic,
                    agreement.role,
                    *_agreed(agreement),
                    appointment=appointment,
                    beside=None,
                    not_before=appointment.starts_at - timetable.INVITED_AHEAD if number else None,
                    actor=actor,
                    now=now,
                )
    return made


@transaction.atomic
def write_down(
    clinic: Clinic,
    consultation_id: str,
    invitation_id: str,
    *,
    answer: str,
    reason: str = "",
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Write down what the clinician decides or heard about somebody who comes along.

    "oral": the patient said yes. "ground": a guardian takes part on another ground than the patient's yes. "out":
    a guardian is left out, for a reason that is kept for staff alone. Raises Invalid, NotFound.
    """
    hold(clinic.pk)
    invitation = invitations.get(clinic, invitation_id)
    appointment = invitation.appointment
    consultation = find_for(appointment) if appointment else None
    if consultation is None or consultation.public_id != consultation_id:
        raise NotFound
    if participant_of(consultation, membership).role != "clinician" or invitation.role == PersonRole.PATIENT:
        raise NotFound
    arrival = present_of(invitation)
    if arrival is not None and arrival.status == "admitted":
        raise NotFound
    said = _decided(invitation, answer, clean_name(reason))
    written = coming.consent(invitation, **said, actor=actor, now=now)
    tell_of(written)
    return written


@transaction.atomic
def make_group(
    clinic: Clinic, appointment_id: str, *, version: int, is_group: bool, actor: Actor, now: datetime
) -> Appointment:
    """Let an hour be a group, or none any more; not while people talk, who have seen each other's names."""
    hold(clinic.pk)
    if find_for(get_appointment(clinic, appointment_id)) is not None:
        raise NotFound
    return scheduling.make_group(
        clinic, appointment_id, version=version, is_group=is_group, actor=actor, now=now
    )


def offered(
    clinic: Clinic, patient: Patient, appointment: Appointment | None, *, now: datetime
) -> list[Agreement]:
    """The agreements that hold on the day of an hour, or today, of who has no way in yet."""
    found = agreements_on(patient, day_of(appointment, clinic, now=now))
    if appointment is None:
        return found
    invited = invitations.open_for(appointment).values_list("companion_id", flat=True)
    there = set(invited)
    return [one for one in found if one.companion_id not in there]


def _open_hour(clinic: Clinic, appointment_id: str) -> Appointment:
    appointment = get_appointment(clinic, appointment_id)
    if appointment.status not in FILLS_TIME:
        raise NotFound
    return appointment


def _agreement(
    clinic: Clinic, agreement_id: str, patient: Patient, appointment: Appointment | None, *, now: datetime
) -> Agreement:
    agreement = get_agreement(clinic, agreement_id)
    is_theirs = agreement.patient_id == patient.pk
    if not is_theirs or not agreement.holds_on(day_of(appointment, clinic, now=now)):
        raise NotFound
    return agreement


def _known(role: str, person: Person, alias: str, *, is_group: bool) -> tuple[Person, Along]:
    allowed = set(PersonRole.values) - {PersonRole.PATIENT} - (set() if is_group else {PersonRole.MEMBER})
    faults: dict[str, str] = {} if role in allowed else {"role": "unknown"}
    shown = clean_name(alias)
    if len(shown) > LONGEST_ALIAS:
        faults["alias"] = "too_long"
    try:
        whole = checked(person, role=role)
    except Invalid as fault:
        raise Invalid(**faults, **fault.fields) from fault
    if faults:
        raise Invalid(**faults)
    return whole, Along(alias=shown, spoken=whole.spoken, qualification=whole.qualification)


def _agreed(agreement: Agreement) -> tuple[Person, Along]:
    """The person of an agreement, with the numbers and addresses that somebody has made sure of."""
    who = agreement.companion
    person = Person(
        name=who.name,
        phone=who.phone if who.phone_state in _VERIFIED else "",
        email=who.email if who.email_state in _VERIFIED else "",
        language=who.language,
        read_back=True,
    )
    known = Along(companion=who, agreement=agreement)
    if agreement.role == PersonRole.INTERPRETER:
        known = replace(known, spoken=who.spoken, qualification=who.qualification)
    return person, known


def _invite(
    clinic: Clinic,
    role: str,
    person: Person,
    along: Along,
    *,
    appointment: Appointment | None,
    beside: Invitation | None,
    said_yes: bool = False,
    not_before: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Booked:
    channels = tuple(channel for channel, to in (("sms", person.phone), ("email", person.email)) if to)
    if not channels:
        raise Invalid(phone="no_way_to_reach")
    _require_new(person, along, appointment, beside)
    issued = inviting.issue(
        clinic,
        appointment,
        role=role,
        name=person.name,
        phone=person.phone,
        email=person.email,
        language=person.language,
        channels=channels,
        along=replace(along, beside=beside, alias=along.alias or first_name(person.name)),
        actor=actor,
        now=now,
    )
    _say_at_once(issued, role, said_yes=said_yes, actor=actor, now=now)
    is_now = appointment is None or appointment.starts_at <= now
    kind: Kind = "along" if is_now else "invited"
    send(issued.invitation, kind, issued=issued, not_before=not_before, now=now)
    tell_of(issued.invitation)
    return Booked(appointment, issued.invitation, issued.typed_code)  # type: ignore[arg-type]


def _say_at_once(issued: Issued, role: str, *, said_yes: bool, actor: Actor, now: datetime) -> None:
    """What is said with the invitation itself: a group's members chose it, or staff heard the patient's yes."""
    how = ConsentHow.GROUP if role == PersonRole.MEMBER else ConsentHow.ORAL if said_yes else None
    if how is not None:
        coming.consent(issued.invitation, answer=Consent.YES, how=how, actor=actor, now=now)


def _require_new(
    person: Person, along: Along, appointment: Appointment | None, beside: Invitation | None
) -> None:
    """Nobody has two ways into one conversation: the second would be a second person of the same name."""
    there = along_with(beside) if beside else invitations.open_for(appointment) if appointment else []
    for one in there:
        is_same_person = along.companion is not None and one.companion_id == along.companion.pk
        is_same_name = one.name.casefold() == person.name.casefold()
        is_same_reach = (person.phone and one.phone == person.phone) or (
            person.email and one.email == person.email
        )
        if is_same_person or (is_same_name and is_same_reach):
            raise Invalid(name="already_invited")


def _decided(invitation: Invitation, answer: str, reason: str) -> dict[str, Any]:
    is_guardian = invitation.role == PersonRole.GUARDIAN
    if answer == "oral":
        return {"answer": Consent.YES, "how": ConsentHow.ORAL}
    if answer == "ground":
        if not is_guardian:
            raise Invalid(ground="only_for_guardians")
        if reason not in set(Ground.values) - {Ground.CONSENT}:
            raise Invalid(ground="missing")
        return {"answer": Consent.YES, "how": ConsentHow.GROUND, "ground": reason}
    if answer == "out":
        if not is_guardian:
            raise Invalid(reason="only_for_guardians")
        if not reason:
            raise Invalid(reason="missing")
        if len(reason) > LONGEST_REASON:
            raise Invalid(reason="too_long")
        return {"answer": Consent.NO, "how": ConsentHow.KEPT_OUT, "reason": reason}
    raise Invalid(answer="unknown")
