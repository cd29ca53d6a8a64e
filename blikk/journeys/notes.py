"""What stands beside a note while it is written: phrases with their facts, and the key of what the browser keeps."""

import base64
from dataclasses import dataclass
from datetime import date, datetime

from blikk.clinics.models import Membership
from blikk.consultations.models import Consultation
from blikk.documentation.models import Note
from blikk.journeys.closing import next_hour_of
from blikk.kernel.sealing import key_for_now


@dataclass(frozen=True, slots=True)
class Facts:
    """What phrases have filled in."""

    patient: str
    born_on: date
    clinician: str
    opened_at: datetime
    zone: str
    next_at: datetime | None = None


def facts_of(consultation: Consultation) -> Facts:
    """What is filled in."""
    patient = consultation.appointment.patient
    return Facts(
        patient=patient.name,
        born_on=patient.birth_on,
        clinician=consultation.clinician.name,
        opened_at=consultation.opened_at,
        zone=consultation.appointment.zone,
        next_at=next_hour_of(consultation),
    )


def browser_key(note: Note, membership: Membership) -> str:
    """The key under which one clinician's browser keeps what the server does not have yet.

    It comes with the page and is kept nowhere: what lies in the browser of a shared computer is nothing to anybody
    who cannot open the page.
    """
    return base64.b64encode(key_for_now(f"note:{note.public_id}:{membership.public_id}")).decode()
