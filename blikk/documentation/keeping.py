"""What of the documentation goes when an hour is forgotten, and when the journal had it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.consultations.states import ConsultationStatus
from blikk.documentation.models import (
    Delivery,
    EhrConnection,
    EhrKind,
    Note,
    NoteCopied,
    NoteVersion,
    PatientThere,
    RecordAppointment,
    RecordPatient,
)
from blikk.documentation.states import DeliveryStatus, NoteStatus
from blikk.kernel.forgetting import Forgotten

_THERE = (DeliveryStatus.DELIVERED, DeliveryStatus.BY_HAND)


def delivered_before(before: datetime) -> "QuerySet[Consultation]":
    """The conversations that are finished and whose journal had everything before a moment.

    It chooses whom to look at; `queries.is_delivered` has the last word about each.
    """
    mine = Delivery.objects.filter(consultation=OuterRef("pk"))
    by_hand = ~Exists(EhrConnection.objects.filter(clinic=OuterRef("clinic")).exclude(kind=EhrKind.COPY))
    copied = Exists(_newest().filter(copied__at__lt=before))
    late = Q(settled_at__gte=before) | ~Q(status__in=_THERE)
    return Consultation.objects.filter(
        Exists(_signed_before(before)),
        ~Exists(_newest().filter(signed_at__gte=before)),
        ~Exists(mine.filter(late)),
        Q(Exists(mine)) | Q(by_hand) & Q(copied),
        status=ConsultationStatus.CLOSED_OUT,
        closed_out_at__lt=before,
    )


def _signed_before(before: datetime) -> "QuerySet[Note]":
    return Note.objects.filter(consultation=OuterRef("pk"), status=NoteStatus.SIGNED, signed_at__lt=before)


def _newest() -> "QuerySet[NoteVersion]":
    """What is signed about a conversation as it now stands, as a part of a question about conversations."""
    later = NoteVersion.objects.filter(note=OuterRef("note"), number__gt=OuterRef("number"))
    return NoteVersion.objects.filter(~Exists(later), note__consultation=OuterRef("pk"))


def forget_notes(consultations: Collection[int], gone: Forgotten) -> None:
    """Delete the notes about these conversations, and how they were delivered."""
    gone.take(Delivery.objects.filter(consultation__in=consultations))
    gone.take(NoteCopied.objects.filter(version__note__consultation__in=consultations))
    gone.take(NoteVersion.objects.filter(note__consultation__in=consultations))
    gone.take(Note.objects.filter(consultation__in=consultations))


def forget_patients_there(patients: Collection[int], gone: Forgotten) -> None:
    """Forget who these patients are in the journal system."""
    gone.take(PatientThere.objects.filter(patient__in=patients))
    gone.take(RecordPatient.objects.filter(patient__in=patients))
    gone.take(RecordAppointment.objects.filter(patient__in=patients, appointment__isnull=True))


def forget_read_in(appointments: Collection[int], gone: Forgotten) -> None:
    """Delete what the journal system said of these hours."""
    gone.take(RecordAppointment.objects.filter(appointment__in=appointments))


def planned_there(moment: datetime, way: str = "appointment") -> Exists:
    """That the journal still plans an hour for that moment or later: forgotten here, it would come in again."""
    rows = RecordAppointment.objects.filter(is_planned=True, ends_at__gte=moment)
    return Exists(rows.filter(**{way: OuterRef("pk")}))


def days_planned(patient: int, *, after: datetime) -> list[datetime]:
    """When the journal plans hours for a patient that are none here."""
    rows = RecordAppointment.objects.filter(patient=patient, appointment__isnull=True, is_planned=True)
    return [at for at in rows.filter(ends_at__gte=after).values_list("starts_at", flat=True) if at]


def forget_unused(clinic: Clinic, gone: Forgotten, *, before: datetime) -> None:
    """Delete what the journal system said of hours that are over and never became one here."""
    over = Q(ends_at__lt=before) | Q(ends_at__isnull=True, first_at__lt=before)
    gone.take(RecordAppointment.objects.filter(over, clinic=clinic, appointment__isnull=True))


def late_at(moment: datetime) -> "QuerySet[Consultation]":
    """The conversations that the journal got, or that were finished, at a moment or later: their time runs."""
    late = Delivery.objects.filter(consultation=OuterRef("pk"), settled_at__gte=moment)
    written = NoteVersion.objects.filter(note__consultation=OuterRef("pk"))
    taken = Exists(written.filter(copied__at__gte=moment))
    return Consultation.objects.filter(
        Q(closed_out_at__gte=moment) | Exists(late) | Exists(written.filter(signed_at__gte=moment)) | taken
    )
