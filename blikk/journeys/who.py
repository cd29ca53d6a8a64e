"""What the note says of who was who and of what was told, gathered from the rooms."""

from dataclasses import dataclass
from datetime import datetime

from blikk.consultations import identity
from blikk.consultations.identity_tables import IdentityCheck
from blikk.consultations.models import Consultation, ParticipantRole
from blikk.invitations.information import information_for
from blikk.waiting_room.models import Showing


@dataclass(frozen=True, slots=True)
class Identified:
    """How it was made sure who somebody is."""

    name: str
    role: str
    method: str
    by: str
    at: datetime
    known_by: str = ""
    card_kind: str = ""
    card_last_four: str = ""
    reason: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """That the patient was told, by the page or by somebody."""

    how: str
    at: datetime
    version: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """Who was who, both ways, and what was told."""

    identified: tuple[Identified, ...] = ()
    # From where the patient was known, where nobody said anything in this conversation.
    known_by: str = ""
    showing: str = ""
    shown_by: str = ""
    was_asked: bool = False
    told: tuple[Told, ...] = ()


def who_of(consultation: Consultation) -> Who:
    """Gather the facts for the note; of a group only those of its own patient."""
    checks = [
        check
        for check in identity.checks_of(consultation).values()
        if check.participant.role != ParticipantRole.MEMBER
    ]
    of_patient = any(check.participant.role == ParticipantRole.PATIENT for check in checks)
    known = None if of_patient else identity.known_before(consultation)
    patient = identity.patient_in(consultation)
    rows = Showing.objects.filter(arrival=patient.arrival_id) if patient else Showing.objects.none()
    showing = rows.select_related("shown_by__user").first()
    return Who(
        identified=tuple(
            Identified(
                check.participant.name,
                check.participant.role,
                check.method,
                check.by.name,
                check.at,
                check.known_by,
                check.card_kind,
                check.card_last_four,
                check.reason,
                check.words,
            )
            for check in sorted(checks, key=_patient_first)
        ),
        known_by=known.by if known else "",
        showing=str(showing.status) if showing else "",
        shown_by=showing.shown_by.name if showing and showing.shown_by else "",
        was_asked=bool(showing and showing.asked_at),
        told=tuple(
            Told(str(one.how), one.at, one.version, one.by_name)
            for one in information_for(consultation.appointment)
        ),
    )


def _patient_first(check: IdentityCheck) -> tuple[bool, datetime]:
    return check.participant.role != ParticipantRole.PATIENT, check.at
