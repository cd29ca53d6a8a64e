"""Come in person instead of by video: one act, from wherever somebody stands when they see that it must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.consultations import queries as consultations
from blikk.consultations.models import Consultation, ParticipantRole
from blikk.consultations.states import ConsultationStatus
from blikk.invitations import queries as invitations
from blikk.invitations import services as inviting
from blikk.invitations import wishes
from blikk.invitations.models import PersonRole
from blikk.invitations.states import Revoked
from blikk.invitations.words import Kind
from blikk.journeys import booking, invites, talk
from blikk.journeys.consent import tell_of
from blikk.journeys.errors import AlreadyArranged, AlreadyClosedOut, TalkIsRunning
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.kernel.times import local
from blikk.patients.contact_points import verified_channels
from blikk.scheduling import queries as planned
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, Form, OfferedTime, Turn
from blikk.scheduling.policies import REASONS
from blikk.scheduling.services import Meeting
from blikk.scheduling.states import FILLS_TIME, AppointmentStatus

LONGEST_WORDS = 500
MOST_TIMES = 6


@dataclass(frozen=True, slots=True)
class TypedTime:
    """A time that is not in the timetable, with whom the hour is with."""

    day: date
    at: time
    minutes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Why an hour is to be held in person, and when it could be. `same_time` is the time that it has."""

    reason: str
    words: str = ""
    place: str = "day"
    same_time: bool = False
    slots: tuple[str, ...] = ()
    typed: TypedTime | None = None


@transaction.atomic
def come_in_person(
    clinic: Clinic,
    appointment_id: str,
    asked: Asked,
    *,
    version: int,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Turn:
    """Let an hour be held in person: at one time at once, or at the one of several that the patient chooses.

    Before anybody talked it is the same appointment, moved. A conversation that runs is ended, and it and one that
    has ended are followed by an appointment of their own. Raises Invalid field by field, Overtaken, IllegalMove,
    TalkIsRunning for who does not lead the conversation, AlreadyClosedOut, AlreadyArranged.
    """
    hold(clinic.pk)
    appointment = planned.get(clinic, appointment_id)
    if appointment.version != version:
        raise Overtaken
    consultation = consultations.find_for(appointment)
    if consultation is not None:
        _require_may_follow(appointment, consultation, membership)
    elif appointment.status not in FILLS_TIME or appointment.drop_in:
        raise IllegalMove(appointment.status, Form.IN_PERSON)
    meetings = _meetings(clinic, appointment, asked, may_stay=consultation is None, now=now)
    wishes.agree_all(appointment, actor=actor, now=now)
    told = {"reason": asked.reason, "words": asked.words.strip(), "place": asked.place, "by": membership}
    if consultation is not None:
        return _after_talk(appointment, consultation, meetings, told, membership, actor=actor, now=now)
    return _before_talk(appointment, meetings, told, actor=actor, now=now)


def _meetings(
    clinic: Clinic, appointment: Appointment, asked: Asked, *, may_stay: bool, now: datetime
) -> list[Meeting]:
    """The times that were chosen or typed. Raises Invalid, field by field."""
    faults = {}
    if asked.reason not in REASONS:
        faults["reason"] = "missing"
    if len(asked.words.strip()) > LONGEST_WORDS:
        faults["words"] = "too_long"
    found = []
    for name in asked.slots:
        try:
            slot = planned.find_slot(clinic, name, form=Form.IN_PERSON, now=now)
        except Invalid as fault:
            raise Invalid(slots="slot_taken") from fault
        found.append(Meeting(slot.clinician, slot.starts_at, slot.ends_at))
    if asked.same_time and may_stay:
        found.append(Meeting(appointment.clinician, appointment.starts_at, appointment.ends_at))
    if asked.typed is not None:
        typed = asked.typed
        starts_at, ends_at = scheduling.stretch(clinic, typed.day, typed.at, typed.minutes, now)
        problem = planned.why_not(appointment.clinician, starts_at, ends_at, but=appointment, now=now)
        if problem:
            raise Invalid(starts_at=problem)
        found.append(Meeting(appointment.clinician, starts_at, ends_at))
    found = sorted(dict.fromkeys(found), key=lambda one: (one.starts_at, one.clinician.pk))
    if not found:
        faults["times"] = "no_time"
    elif len(found) > MOST_TIMES:
        faults["times"] = "too_many_times"
    if faults:
        raise Invalid(**faults)
    return found


def _before_talk(
    appointment: Appointment,
    meetings: Sequence[Meeting],
    told: dict[str, object],
    *,
    actor: Actor,
    now: datetime,
) -> Turn:
    invites.drop_offer(appointment, actor=actor, now=now)
    if len(meetings) > 1 and appointment.form == Form.IN_PERSON:
        # Its link is closed: there is no way to choose by.
        raise Invalid(times="one_time")
    if len(meetings) == 1:
        made = scheduling.turn(appointment, meeting=appointment, **told, actor=actor, now=now)  # type: ignore[arg-type]
        _meet(appointment, meetings[0], actor=actor, now=now)
        return made
    made = scheduling.turn(appointment, meeting=None, times=meetings, **told, actor=actor, now=now)  # type: ignore[arg-type]
    _send_offer(appointment, made, now=now)
    return made


def _send_offer(appointment: Appointment, made: Turn, *, now: datetime) -> None:
    """Send the patient the way to the times: one more link into the invitation that they have."""
    invitation = next(
        (one for one in invitations.open_for(appointment) if one.role == PersonRole.PATIENT), None
    )
    if invitation is None:
        raise NotFound
    token = inviting.another_link(invitation, now=now)
    tell_of(invitation)
    invites.send(invitation, "meet_offer", token=token, again=made.public_id, now=now)


def _meet(appointment: Appointment, meeting: Meeting, *, actor: Actor, now: datetime) -> Appointment:
    """Give an appointment its time in person, close the way in by video, and tell everybody."""
    was_video = appointment.form == Form.VIDEO
    before = (appointment.starts_at, appointment.clinician_id)
    appointment = scheduling.meet(
        appointment.clinic,
        appointment.public_id,
        version=appointment.version,
        meeting=meeting,
        actor=actor,
        now=now,
    )
    if invitations.open_for(appointment).exists():
        stays = was_video and before == (appointment.starts_at, appointment.clinician_id)
        kind: Kind = "in_person" if stays else "meet"
        invites.close_links(appointment, because=Revoked.IN_PERSON, kind=kind, actor=actor, now=now)
    else:
        invites.tell_again(appointment, "meet", now=now)
    return appointment


def _require_may_follow(appointment: Appointment, consultation: Consultation, membership: Membership) -> None:
    """Only who leads a conversation ends it or says what follows. Raises NotFound or a refusal with words."""
    try:
        leads = consultations.participant_of(consultation, membership).role == ParticipantRole.CLINICIAN
    except NotFound:
        leads = False
    if not leads and consultations.is_running(consultation):
        raise TalkIsRunning
    if not leads:
        raise NotFound
    if consultation.status == ConsultationStatus.CLOSED_OUT:
        raise AlreadyClosedOut
    earlier = planned.turn_of(appointment)
    meeting = earlier.meeting if earlier else None
    if meeting is not None and meeting.pk != appointment.pk and meeting.status in FILLS_TIME:
        raise AlreadyArranged


def _after_talk(
    appointment: Appointment,
    consultation: Consultation,
    meetings: Sequence[Meeting],
    told: dict[str, object],
    membership: Membership,
    *,
    actor: Actor,
    now: datetime,
) -> Turn:
    invites.drop_offer(appointment, actor=actor, now=now)
    clinic = appointment.clinic
    # Which way the patient was reached is read before the conversation ends.
    before = invitations.last_of_patient(appointment)
    first, several = meetings[0], len(meetings) > 1
    if consultations.is_running(consultation):
        talk.end(clinic, consultation.public_id, membership=membership, actor=actor, now=now)
    meeting = scheduling.promise(
        clinic,
        patient=appointment.patient,
        clinician=first.clinician,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        form=Form.IN_PERSON,
        status=AppointmentStatus.PROPOSED if several else AppointmentStatus.BOOKED,
        actor=actor,
        now=now,
    )
    ways = tuple(before.sent_by.split(",")) if before else ("sms",)
    # What has come into doubt must not stand in the way of care: then the message is a letter.
    channels = verified_channels(appointment.patient, ways) or ("letter",)
    kind: Kind = "meet_offer" if several else "meet"
    invites.tell_meeting(clinic, meeting, channels=channels, kind=kind, actor=actor, now=now)
    times = meetings if several else ()
    return scheduling.turn(appointment, meeting=meeting, times=times, **told, actor=actor, now=now)  # type: ignore[arg-type]


@transaction.atomic
def choose_time(offer: Turn, time_id: str, *, actor: Actor, now: datetime) -> Appointment:
    """Take the time that the patient chose. The caller holds the clinic's line.

    Raises Overtaken where the offer is answered or taken back, and Invalid (`time`: taken, unknown).
    """
    chosen = next((one for one in planned.offered_times(offer, now=now) if one.public_id == time_id), None)
    if chosen is None:
        raise Invalid(time="unknown")
    appointment = offer.meeting or offer.appointment
    meeting = Meeting(chosen.clinician, chosen.starts_at, chosen.ends_at)
    try:
        moved = _meet(appointment, meeting, actor=actor, now=now)
    except Invalid as fault:
        raise Invalid(time="slot_taken") from fault
    scheduling.settle_turn(offer, meeting=moved, actor=actor, now=now)
    return moved


def times_of(offer: Turn, *, now: datetime) -> list[OfferedTime]:
    """The times of an offer that can still be had."""
    appointment = offer.meeting or offer.appointment
    return [
        one
        for one in planned.offered_times(offer, now=now)
        if not planned.why_not(one.clinician, one.starts_at, one.ends_at, but=appointment, now=now)
    ]


@transaction.atomic
def withdraw_offer(
    clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime
) -> Appointment:
    """Take an offer of times back: a video hour stands as it was, and what was only proposed is cancelled."""
    hold(clinic.pk)
    appointment = planned.get(clinic, appointment_id)
    offer = planned.open_turn(appointment)
    if offer is None or appointment.version != version:
        raise Overtaken
    meeting = offer.meeting
    if meeting is not None and meeting.status == AppointmentStatus.PROPOSED:
        return booking.cancel(clinic, meeting.public_id, version=meeting.version, actor=actor, now=now)
    invites.drop_offer(appointment, actor=actor, now=now)
    for invitation in invitations.open_for(appointment):
        tell_of(invitation)
    return appointment


@transaction.atomic
def back_to_video(
    clinic: Clinic, appointment_id: str, *, version: int, actor: Actor, now: datetime
) -> Appointment:
    """Let an hour in person be on video after all: everybody who had a link gets a new one.

    Raises Overtaken, IllegalMove, and Invalid as `invites.invite_patient`.
    """
    hold(clinic.pk)
    appointment = scheduling.on_video_again(clinic, appointment_id, version=version, actor=actor, now=now)
    made = planned.turned_into(appointment)
    if made is not None:
        scheduling.take_back_turn(made, actor=actor, now=now)
    seen: set[str] = set()
    for old in reversed(list(invitations.closed_in_person(appointment))):
        who = old.role if old.role == PersonRole.PATIENT else f"{old.role}:{old.name}:{old.phone}:{old.email}"
        if who not in seen:
            seen.add(who)
            invites.invite_anew(old, actor=actor, now=now)
    return appointment


def is_wished(appointment: Appointment) -> bool:
    """Whether the patient has asked to come in person and nobody has answered."""
    return wishes.is_wished(appointment)


def free_meetings(
    clinic: Clinic, appointment: Appointment, *, days: int, most: int, now: datetime
) -> list[planned.Slot]:
    """Free hours in person, the clinician's own first; by time among themselves."""
    first = local(now, clinic.zone).date()
    found = planned.free_slots(clinic, first=first, days=days, form=Form.IN_PERSON, now=now)
    own = [slot for slot in found if slot.clinician.pk == appointment.clinician_id]
    others = [slot for slot in found if slot.clinician.pk != appointment.clinician_id]
    return sorted([*own, *others][:most], key=lambda slot: (slot.starts_at, slot.clinician.name))
