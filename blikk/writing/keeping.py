"""What of writing goes when an hour is forgotten, and what keeps it from going."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from blikk.kernel.forgetting import Forgotten
from blikk.writing.models import Case, Draft, Link, Message, Photo, Reader, ReaderCode
from blikk.writing.states import CaseStatus, PhotoStatus


def still_open(appointment: str = "pk") -> Exists:
    """That somebody still writes about an appointment, as a part of a question about appointments."""
    return Exists(
        Case.objects.filter(appointment=OuterRef(appointment)).filter(
            ~Q(status=CaseStatus.CLOSED) | Q(photos__status=PhotoStatus.SENT)
        )
    )


def closed_since(before: object, appointment: str = "pk") -> Exists:
    """That a case about an appointment was closed at that moment or later."""
    return Exists(Case.objects.filter(appointment=OuterRef(appointment), closed_at__gte=before))


def forget_cases(appointments: Collection[int], gone: Forgotten) -> None:
    """Delete every case about these appointments, with its words, photos, links and readers."""
    cases = Case.objects.filter(appointment__in=appointments)
    keys = list(cases.values_list("pk", flat=True))
    gone.take(ReaderCode.objects.filter(reader__case__in=keys))
    for kind in (Reader, Link, Draft, Photo, Message):
        gone.take(kind._default_manager.filter(case__in=keys))
    gone.take(Case.objects.filter(pk__in=keys))
