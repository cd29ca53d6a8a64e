"""Questions about consultations."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation, Participant
from blikk.consultations.states import RUNNING, ConsultationStatus
from blikk.invitations.models import Invitation
from blikk.kernel.errors import NotFound
from blikk.scheduling.models import Appointment

_WITH = ("consultation__clinic", "consultation__appointment__patient", "consultation__external_room")
SEAT_GOES_COLD = timedelta(seconds=45)


def of(clinic: Clinic) -> QuerySet[Consultation]:
    """The clinic's consultations, each with its appointment, patient and clinician."""
    return Consultation.objects.filter(clinic=clinic).select_related(
        "clinic", "appointment__patient", "clinician__user"
    )


def get(clinic: Clinic, consultation_id: str) -> Consultation:
    """The consultation of that name at this clinic; raises NotFound."""
    consultation = of(clinic).filter(public_id=consultation_id).first()
    if consultation is None:
        raise NotFound
    return consultation


def find_for(appointment: Appointment) -> Consultation | None:
    """The consultation about an appointment, if it has begun."""
    return (
        Consultation.objects.filter(appointment=appointment)
        .select_related("clinic", "appointment__patient", "clinician__user")
        .first()
    )


def open_close_outs(clinic: Clinic, *, clinician: Membership | None = None) -> QuerySet[Consultation]:
    """Consultations that have ended but are not closed out, oldest first: nothing is forgotten."""
    found = of(clinic).filter(status=ConsultationStatus.ENDED)
    if clinician is not None:
        found = found.filter(clinician=clinician)
    return found.order_by("ended_at", "pk")


def has_ended_any(clinic: Clinic) -> bool:
    """Whether anybody at the clinic ever had a consultation and ended it."""
    return of(clinic).filter(ended_at__isnull=False).exists()


def participant_by_invitation(invitation: Invitation) -> Participant | None:
    """The invited person's place in a consultation, if they were let in."""
    return Participant.objects.filter(invitation=invitation).select_related(*_WITH).first()


def participant_of(consultation: Consultation, membership: Membership) -> Participant:
    """A member of staff's place in a consultation; raises NotFound where they have none."""
    found = (
        Participant.objects.filter(consultation=consultation, membership=membership)
        .select_related(*_WITH)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def roster(consultation: Consultation) -> list[Participant]:
    """Everybody who was let in and has not left for good, in the order in which they were let in."""
    return list(consultation.participants.filter(left_at__isnull=True))


def is_present(participant: Participant, *, now: datetime) -> bool:
    """Whether somebody sits in the person's place right now."""
    seen = participant.seat_seen_at
    return bool(participant.seat) and seen is not None and seen > now - SEAT_GOES_COLD


def is_running(consultation: Consultation) -> bool:
    """Whether people may still talk."""
    return consultation.status in RUNNING


def sits_in_conversation(user_id: int, *, now: datetime) -> bool:
    """Whether a member of staff is in a running conversation right now, at whatever clinic."""
    return Participant.objects.filter(
        membership__user_id=user_id,
        left_at__isnull=True,
        seat_seen_at__gt=now - SEAT_GOES_COLD,
        consultation__status__in=RUNNING,
    ).exists()
