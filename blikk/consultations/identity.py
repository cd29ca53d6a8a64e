"""Whether it is known who the patient in a consultation is."""

from blikk.consultations.errors import NotIdentified
from blikk.consultations.models import Consultation
from blikk.consultations.states import ConsultationStatus


def is_identified(consultation: Consultation) -> bool:
    """Whether the clinic knows this patient: an earlier consultation of theirs here was closed out."""
    earlier = Consultation.objects.filter(
        clinic=consultation.clinic,
        appointment__patient=consultation.appointment.patient_id,
        status=ConsultationStatus.CLOSED_OUT,
    )
    return earlier.exclude(pk=consultation.pk).exists()


def require_identified(consultation: Consultation) -> None:
    """Raise NotIdentified where nobody knows yet who the patient is."""
    if not is_identified(consultation):
        raise NotIdentified
