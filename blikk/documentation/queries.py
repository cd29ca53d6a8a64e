"""Questions about notes, and about what the journal has of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from blikk.clinics.models import Clinic
from blikk.consultations.models import Consultation
from blikk.documentation.models import Delivery, EhrConnection, EhrKind, Note, NoteRules, NoteVersion
from blikk.documentation.states import NOTE_LANGUAGES, DeliveryStatus, NoteStatus


def find_for(consultation: Consultation) -> Note | None:
    """The note about a consultation, if anybody has begun one."""
    return Note.objects.filter(consultation=consultation).select_related("signed_by__user").first()


@dataclass(frozen=True, slots=True)
class Rules:
    """How a clinic wants its notes."""

    language: str
    shows_number: bool = False


def rules_of(clinic: Clinic) -> Rules:
    """How the clinic wants its notes; without a choice of its own, in its own language where that is a journal's."""
    row = NoteRules.objects.filter(clinic=clinic).first()
    if row is not None:
        return Rules(row.language, row.shows_number)
    known = dict(NOTE_LANGUAGES)
    return Rules(clinic.language if clinic.language in known else next(iter(known)))


def signed_version_of(consultation: Consultation) -> NoteVersion | None:
    """What is signed about a consultation as it now stands: the newest version."""
    return _versions(consultation).order_by("-number").first()


def versions_of(consultation: Consultation) -> list[NoteVersion]:
    """Everything that was signed about a consultation, oldest first."""
    return list(_versions(consultation).order_by("number"))


def _versions(consultation: Consultation) -> QuerySet[NoteVersion]:
    found = NoteVersion.objects.filter(note__consultation=consultation)
    return found.select_related("note", "signed_by__user").prefetch_related("copied__by__user")


def is_delivered(consultation: Consultation) -> bool:
    """Whether the journal surely has what was written about a conversation: nothing is deleted before that.

    What went by FHIR counts as soon as all of it is there, or somebody wrote it in by hand. A clinic that has no way
    from here to its journal has delivered nothing.
    """
    note = find_for(consultation)
    if note is None or note.status != NoteStatus.SIGNED:
        return False
    statuses = set(Delivery.objects.filter(consultation=consultation).values_list("status", flat=True))
    if statuses:
        return statuses <= {DeliveryStatus.DELIVERED, DeliveryStatus.BY_HAND}
    return is_by_copy(consultation.clinic) and is_taken(consultation)


def is_by_copy(clinic: Clinic) -> bool:
    """Whether somebody copies what is written into the journal: so it is where nobody has chosen another way."""
    connection = EhrConnection.objects.filter(clinic=clinic).first()
    return connection is None or connection.kind == EhrKind.COPY


def is_taken(consultation: Consultation) -> bool:
    """Whether somebody took the newest version with them for the journal, or said that it stands there."""
    newest = signed_version_of(consultation)
    return newest is not None and newest.copied.exists()


def journals_in_trouble(*, since: datetime) -> int:
    """How many clinics' journal systems could not be used since then, while something waits for them."""
    waiting = Delivery.objects.filter(status=DeliveryStatus.WAITING).values("connection")
    return EhrConnection.objects.filter(pk__in=waiting, kind=EhrKind.FHIR, fault_at__lt=since).count()


def signed_between(clinic: Clinic, start: datetime, end: datetime) -> QuerySet[Note]:
    """Signed notes of the conversations that began in a time, oldest first: for their form, not for their text."""
    rows = Note.objects.filter(
        clinic=clinic,
        status=NoteStatus.SIGNED,
        consultation__opened_at__gte=start,
        consultation__opened_at__lt=end,
    )
    with_talks = rows.select_related("consultation__clinician").prefetch_related(
        "consultation__channel_changes"
    )
    return with_talks.defer("free_text").order_by("consultation__opened_at", "pk")
