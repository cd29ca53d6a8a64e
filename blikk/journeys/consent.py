"""Whether somebody who comes along may take part: what the patient said, what was agreed, and what their age means.

It gives no verdict about the law: it shows what is known, and records what people decide (decision 0022).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.consultations.errors import Over
from blikk.consultations.models import Participant
from blikk.consultations.queries import find_for, is_running
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.queries import along_with, open_for
from blikk.journeys.errors import NoConsent, PatientFirst
from blikk.kernel.times import local
from blikk.patients.models import Ground, Patient
from blikk.patients.queries import age_on
from blikk.scheduling.models import Appointment
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.queries import present_of
from blikk.waiting_room.states import PRESENT

# Pasient- og brukerrettighetsloven §§ 3-4 and 4-3: from twelve a child's reasons count, from sixteen it decides.
HEARD_FROM, DECIDES_FROM, OF_AGE = 12, 16, 18
_ENDS_WITH_CHILDHOOD = (Ground.PARENTAL, Ground.CHILD_WELFARE)

Youth = Literal["", "child", "heard", "decides"]
How = Literal["", "patient", "invited", "oral", "ground", "kept_out", "group", "agreement"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands with somebody's taking part: yes, no, or not said yet."""

    answer: Literal["", "yes", "no"] = ""
    how: How = ""
    ground: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Along:
    """Somebody who comes along, as the patient and the clinician see them."""

    invitation: str
    name: str
    role: str
    spoken: str
    qualification: str
    standing: Standing
    arrival: str = ""
    status: str = ""

    @property
    def is_here(self) -> bool:
        return self.status == "waiting"


def youth(born: date, day: date) -> Youth:
    """What somebody's age on the day of the consultation means for who decides."""
    age = age_on(born, day)
    if age >= OF_AGE:
        return ""
    if age >= DECIDES_FROM:
        return "decides"
    return "heard" if age >= HEARD_FROM else "child"


def standing_of(invitation: Invitation, patient: Patient, *, on: date) -> Standing:
    """What holds for somebody today: what was said about this conversation, and else what was agreed before.

    A parent's agreement says yes for a child below sixteen; from then on the young person's own yes is needed.
    """
    if invitation.consent:
        return Standing(
            invitation.consent,  # type: ignore[arg-type]
            invitation.consent_how,  # type: ignore[arg-type]
            invitation.consent_ground,
            invitation.consent_reason,
        )
    agreement = invitation.agreement
    if agreement is None or not agreement.holds_on(on):
        return Standing()
    if agreement.ground in _ENDS_WITH_CHILDHOOD and age_on(patient.birth_on, on) >= DECIDES_FROM:
        return Standing()
    return Standing("yes", "agreement", agreement.ground)


def day_of(appointment: Appointment | None, clinic: Clinic, *, now: datetime) -> date:
    """The day on which the conversation is, on the clinic's calendar."""
    return local(appointment.starts_at if appointment else now, clinic.zone).date()


def along(invitation: Invitation, patient: Patient, *, now: datetime) -> Sequence[Along]:
    """Everybody who comes along with a patient, where they are, and how it stands, in two queries."""
    invited = list(along_with(invitation))
    if not invited:
        return ()
    present = {
        arrival.invitation_id: arrival
        for arrival in Arrival.objects.filter(invitation__in=invited, status__in=PRESENT)
    }
    day = day_of(invitation.appointment, invitation.clinic, now=now)
    return tuple(
        Along(
            invitation=one.public_id,
            name=one.name,
            role=one.role,
            spoken=one.spoken,
            qualification=one.qualification,
            standing=standing_of(one, patient, on=day),
            arrival=present[one.pk].public_id if one.pk in present else "",
            status=present[one.pk].status if one.pk in present else "",
        )
        for one in invited
    )


def require_welcome(arrival: Arrival, appointment: Appointment, *, now: datetime) -> Standing:
    """How somebody who comes along may be let in. Raises Over after the end, PatientFirst, NoConsent."""
    consultation = find_for(appointment)
    if consultation is not None and not is_running(consultation):
        raise Over
    patients = Participant.objects.filter(role=PersonRole.PATIENT, left_at__isnull=True)
    is_there = consultation is not None and patients.filter(consultation=consultation).exists()
    if not is_there:
        raise PatientFirst
    day = day_of(appointment, arrival.clinic, now=now)
    standing = standing_of(arrival.invitation, appointment.patient, on=day)
    if standing.answer != "yes":
        raise NoConsent
    return standing


def tell_of(invitation: Invitation) -> None:
    """Tell the day, the patient's page and their own that something about somebody who comes along has changed."""
    announce(f"day:{invitation.clinic.public_id}", "day")
    mine = invitation.beside
    if mine is None and invitation.appointment is not None:
        mine = open_for(invitation.appointment).filter(role=PersonRole.PATIENT).first()
    for one in (mine, invitation):
        arrival = present_of(one) if one is not None else None
        if arrival is not None:
            announce(f"arrival:{arrival.public_id}", "door", version=arrival.version)


def first_name(name: str) -> str:
    """As whom somebody is listed in a group who chose nothing else."""
    return name.split(" ", 1)[0][:40]


def along_facts(invitation: Invitation, *, now: datetime) -> tuple[dict[str, Any], ...]:
    """Those who come along, for the patient: who they are, whether they wait, and what was answered.

    In a group nobody is asked about the other members, and nobody's name is shown.
    """
    if invitation.patient is None or invitation.role != PersonRole.PATIENT:
        return ()
    found = along(invitation, invitation.patient, now=now)
    return tuple(
        {
            "id": one.invitation,
            "name": one.name,
            "role": one.role,
            "spoken": one.spoken,
            "answer": one.standing.answer,
            "is_settled": one.standing.how == "kept_out",
            "is_agreed": one.standing.how == "agreement",
            "status": one.status,
        }
        for one in found
        if one.role != PersonRole.MEMBER
    )


def alias_of(invitation: Invitation) -> str:
    """As whom the others in a group see somebody; empty where there is no group."""
    appointment = invitation.appointment
    if appointment is None or not appointment.is_group:
        return ""
    return invitation.alias or first_name(invitation.name)
