"""Acts on notes: write, sign."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.models import Happening, Membership
from blikk.clinics.webhooks.services import reference, tell
from blikk.consultations.models import Consultation
from blikk.documentation.models import Note
from blikk.documentation.states import NOTE, NoteStatus
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.kernel.moves import change

LONGEST = 50_000


@transaction.atomic
def note_about(consultation: Consultation, *, now: datetime) -> Note:
    """The note about a consultation; made empty the first time it is asked for by an act."""
    note, _ = Note.objects.get_or_create(
        consultation=consultation, defaults={"clinic": consultation.clinic, "written_at": now}
    )
    return note


@transaction.atomic
def write(note: Note, *, free_text: str, version: int, actor: Actor, now: datetime) -> Note:
    """Keep the clinician's own words. Raises Overtaken if they were changed from elsewhere."""
    if note.status == NoteStatus.SIGNED:
        raise IllegalMove(note.status, NoteStatus.DRAFT)
    if note.version != version:
        raise Overtaken
    is_first = not note.free_text
    change(note, free_text=free_text[:LONGEST], written_at=now)
    if is_first:
        # Kept at every pause in the typing: the audit names the first time, the signing names the whole.
        record("note.written", actor=actor, about=note, clinic_id=note.clinic_id, now=now)
    return note


@transaction.atomic
def sign(
    note: Note, *, version: int, whole_text: str, membership: Membership, actor: Actor, now: datetime
) -> Note:
    """Sign a note: from now on nothing in it changes."""
    NOTE.make(
        note,
        NoteStatus.SIGNED,
        version=version,
        signed_text=whole_text,
        signed_at=now,
        signed_by=membership,
    )
    record("note.signed", actor=actor, about=note, clinic_id=note.clinic_id, now=now)
    consultation = note.consultation
    tell(
        note.clinic_id,
        Happening.DOCUMENTED,
        about=consultation.appointment.public_id,
        names={
            "appointment": reference("Appointment", consultation.appointment.public_id),
            "encounter": reference("Encounter", consultation.public_id),
            "document": reference("DocumentReference", note.public_id),
        },
        now=now,
    )
    return note
