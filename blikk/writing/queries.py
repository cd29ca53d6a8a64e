"""Questions about cases in writing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest, keyed, normal_code
from blikk.kernel.times import local, wall_time
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import holiday_name
from blikk.writing.models import Case, Link, Message, Photo, Reader, Rules, Writer
from blikk.writing.states import CaseKind, CaseStatus, PhotoStatus

END_OF_THE_DAY = time(16, 0)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def rules_of(clinic: Clinic) -> Rules:
    """How the clinic writes with its patients; the usual rules where it has chosen none."""
    return Rules.objects.filter(clinic=clinic).first() or Rules(clinic=clinic)


def _whole() -> QuerySet[Case]:
    return Case.objects.select_related("clinic", "patient", "clinician__user", "appointment")


def get(clinic: Clinic, case_id: str) -> Case:
    """The case of that name at this clinic; raises NotFound."""
    found = _whole().filter(clinic=clinic, public_id=case_id).first()
    if found is None:
        raise NotFound
    return found


def find_by_token(token: str) -> Case | None:
    """The case whose link carries this token; a malformed one costs the same as an unknown one."""
    link = Link.objects.filter(token_digest=digest(token)).first()
    return _case_of(link) if _TOKEN.fullmatch(token) else None


def find_by_code(typed: str) -> Case | None:
    """The case with this typed code, read leniently."""
    code = normal_code(typed)
    link = Link.objects.filter(code_key=keyed("writing code", code or "")).first()
    return _case_of(link) if code else None


def _case_of(link: Link | None) -> Case | None:
    return _whole().filter(pk=link.case_id).first() if link else None


def find_presented(case_id: str, device_secret: str) -> tuple[Case, Reader]:
    """The case and this browser's place in it; raises NotFound if it never presented a link of it."""
    reader = (
        Reader.objects.filter(case__public_id=case_id, secret_digest=digest(device_secret or "none"))
        .select_related("case__clinic", "case__patient", "case__clinician__user", "case__appointment")
        .first()
    )
    if reader is None or not device_secret:
        raise NotFound
    return reader.case, reader


def messages_of(case: Case) -> Sequence[Message]:
    """What was written in a case, in order, each with its photos; no picture is read."""
    shown = Photo.objects.defer("sealed").exclude(status=PhotoStatus.WAITING)
    found = Message.objects.filter(case=case).select_related("membership__user", "read_by__user")
    return list(found.prefetch_related(Prefetch("photos", queryset=shown)))


def waiting_photos(case: Case) -> Sequence[Photo]:
    """What the patient has put up and not sent yet."""
    return list(Photo.objects.defer("sealed").filter(case=case, status=PhotoStatus.WAITING))


def photo_of(case: Case, photo_id: str) -> Photo:
    """A photo of a case that is not deleted; raises NotFound."""
    found = Photo.objects.filter(case=case, public_id=photo_id).exclude(status=PhotoStatus.DELETED).first()
    if found is None:
        raise NotFound
    return found


def undecided(case: Case) -> int:
    """How many photos wait for somebody to decide about them."""
    return Photo.objects.filter(case=case, status=PhotoStatus.SENT).count()


def unread_by_clinic(case: Case) -> int:
    """How many messages of the patient nobody has read."""
    return Message.objects.filter(case=case, writer=Writer.PATIENT, read_at__isnull=True).count()


def open_cases(clinic: Clinic, *, clinician: Membership | None = None) -> Sequence[Case]:
    """Cases that are not closed, and closed ones with a photo that nobody has decided about; oldest first.

    Each with how many messages are unread, how many photos undecided, and when something was written last.
    """
    unread = Q(messages__writer=Writer.PATIENT, messages__read_at__isnull=True)
    found = (
        _whole()
        .filter(clinic=clinic)
        .annotate(
            unread=Count("messages", filter=unread, distinct=True),
            undecided=Count("photos", filter=Q(photos__status=PhotoStatus.SENT), distinct=True),
            last_at=Max("messages__sent_at"),
        )
        .filter(~Q(status=CaseStatus.CLOSED) | Q(undecided__gt=0))
    )
    if clinician is not None:
        found = found.filter(clinician=clinician)
    return list(found.order_by("opened_at", "pk"))


def about(appointment: Appointment) -> Sequence[Case]:
    """The cases that came out of an appointment, oldest first."""
    return list(_whole().filter(appointment=appointment).order_by("opened_at", "pk"))


@dataclass(frozen=True, slots=True)
class Sum:
    """How much was written in a case, and what became of its photos."""

    kind: str
    opened_at: datetime
    first_answer_at: datetime | None
    from_patient: int
    from_clinic: int
    photos_kept: int
    photos_deleted: int


def sums_about(appointment: Appointment) -> Sequence[Sum]:
    """What was written about an appointment, for its note."""
    by_patient = Q(messages__writer=Writer.PATIENT)
    sent = Q(photos__message__isnull=False)
    found = Case.objects.filter(appointment=appointment).annotate(
        first_answer_at=Min("messages__sent_at", filter=by_patient),
        from_patient=Count("messages", filter=by_patient, distinct=True),
        from_clinic=Count("messages", filter=Q(messages__writer=Writer.CLINIC), distinct=True),
        photos_kept=Count("photos", filter=sent & Q(photos__status=PhotoStatus.TO_RECORD), distinct=True),
        photos_deleted=Count("photos", filter=sent & Q(photos__status=PhotoStatus.DELETED), distinct=True),
    )
    names = [field.name for field in fields(Sum)]
    return [Sum(*row) for row in found.order_by("opened_at", "pk").values_list(*names)]


def text_case_of(appointment: Appointment) -> Case | None:
    """The consultation in writing that an appointment is, if it is one."""
    return _whole().filter(appointment=appointment, kind=CaseKind.TEXT).first()


def answer_due(clinic: Clinic, *, now: datetime) -> datetime:
    """Until when a patient who writes now can expect an answer: the afternoon so many working days later."""
    days, day = rules_of(clinic).answer_within_days, local(now, clinic.zone).date()
    while days:
        day += timedelta(days=1)
        days -= int(day.weekday() < 5 and not holiday_name(day))
    return wall_time(day, END_OF_THE_DAY, clinic.zone)
