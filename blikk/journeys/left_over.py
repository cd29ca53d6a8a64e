"""What is left of conversations that have ended, until it is done."""

from dataclasses import dataclass
from datetime import datetime

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.queries import open_close_outs


@dataclass(frozen=True, slots=True)
class OpenCloseOut:
    """A consultation that has ended and is not finished."""

    consultation: str
    patient_name: str
    clinician: str
    clinician_name: str
    ended_at: datetime | None


def close_outs_of(clinic: Clinic, *, clinician: Membership | None = None) -> list[OpenCloseOut]:
    """The consultations that are not finished, of a clinic or of one clinician, oldest first."""
    return [
        OpenCloseOut(
            talk.public_id,
            talk.appointment.patient.name,
            talk.clinician.public_id,
            talk.clinician.name,
            talk.ended_at,
        )
        for talk in open_close_outs(clinic, clinician=clinician)
    ]
