"""Acts on notes: write, sign, correct, take along."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, Happening, Membership
from blikk.clinics.webhooks.services import reference, tell
from blikk.consultations.models import Consultation
from blikk.documentation.models import Note, NoteCopied, NoteRules, NoteVersion
from blikk.documentation.queries import rules_of
from blikk.documentation.states import NOTE, NOTE_LANGUAGES, NoteStatus, TakenHow
from blikk.kernel.actors import Actor
from blikk.kernel.errors import IllegalMove, Invalid, Overtaken
from blikk.kernel.ids import new_id
from blikk.kernel.moves import change

LONGEST = 50_000
# The clinician's own words; what the system knows stands around them.
LONGEST_OWN = 20_000
LONGEST_REASON = 500


@transaction.atomic
def note_about(consultation: Consultation, *, now: datetime) -> Note:
    """The note about a consultation; made empty the first time it is asked for by an act."""
    note, _ = Note.objects.get_or_create(
        consultation=consultation, defaults={"clinic": consultation.clinic, "written_at": now}
    )
    return note


@transaction.atomic
def write(note: Note, *, free_text: str, version: int, actor: Actor, now: datetime) -> Note:
    """Keep the clinician's own words. Raises Overtaken if they were changed from elsewhere, Invalid (`free_text`).

    Words that are kept already were changed by nobody: the answer was lost on its way, and is given once more.
    """
    if note.status == NoteStatus.SIGNED:
        raise IllegalMove(note.status, NoteStatus.DRAFT)
    if len(free_text) > LONGEST_OWN:
        raise Invalid(free_text="too_long")
    if note.free_text == free_text:
        return note
    if note.version != version:
        raise Overtaken
    is_first = not note.free_text
    change(note, free_text=free_text, written_at=now)
    if is_first:
        # Kept again and again while somebody types: the audit names the first time, the signing names the whole.
        record("note.written", actor=actor, about=note, clinic_id=note.clinic_id, now=now)
    return note


@transaction.atomic
def sign(
    note: Note,
    *,
    version: int,
    whole_text: str,
    form: str,
    sick_note: Mapping[str, bool] | None,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Note:
    """Sign a note: from now on nothing in it changes."""
    NOTE.make(
        note,
        NoteStatus.SIGNED,
        version=version,
        form=form,
        sick_note=dict(sick_note) if sick_note is not None else None,
        signed_at=now,
        signed_by=membership,
    )
    _add(note, number=1, text=whole_text, reason="", membership=membership, now=now)
    record("note.signed", actor=actor, about=note, clinic_id=note.clinic_id, now=now, number=1)
    return note


@transaction.atomic
def correct(
    note: Note,
    *,
    number: int,
    text: str,
    reason: str,
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> NoteVersion:
    """Sign a correction as a new version. `number` is the version that was read: Overtaken if there is a newer one."""
    if note.status != NoteStatus.SIGNED:
        raise IllegalMove(note.status, NoteStatus.SIGNED)
    text, reason = text.replace("\r\n", "\n").strip(), " ".join(reason.split())
    faults = {name: "missing" for name, value in (("text", text), ("reason", reason)) if not value}
    if len(text) > LONGEST:
        faults["text"] = "too_long"
    if len(reason) > LONGEST_REASON:
        faults["reason"] = "too_long"
    if faults:
        raise Invalid(**faults)
    newest = note.versions.order_by("-number").first()
    if newest is None or newest.number != number:
        raise Overtaken
    if newest.text == text:
        raise Invalid(text="unchanged")
    change(note)
    made = _add(note, number=number + 1, text=text, reason=reason, membership=membership, now=now)
    record("note.corrected", actor=actor, about=note, clinic_id=note.clinic_id, now=now, number=made.number)
    return made


def _add(
    note: Note, *, number: int, text: str, reason: str, membership: Membership, now: datetime
) -> NoteVersion:
    made = NoteVersion.objects.create(
        # The first is known elsewhere, as in a record system, by the name of its note.
        public_id=note.public_id if number == 1 else new_id(),
        note=note,
        number=number,
        text=text,
        language=rules_of(note.clinic).language,
        reason=reason,
        signed_at=now,
        signed_by=membership,
    )
    consultation = note.consultation
    tell(
        note.clinic_id,
        Happening.DOCUMENTED,
        about=consultation.appointment.public_id,
        names={
            "appointment": reference("Appointment", consultation.appointment.public_id),
            "encounter": reference("Encounter", consultation.public_id),
            "document": reference("DocumentReference", made.public_id),
        },
        now=now,
    )
    return made


@transaction.atomic
def note_copied(
    version: NoteVersion, *, how: str, membership: Membership, actor: Actor, now: datetime
) -> None:
    """Somebody took a version with them to the journal, or says that it stands there. The first time of each stands."""
    NoteCopied.objects.get_or_create(version=version, by=membership, defaults={"at": now, "how": how})
    note = version.note
    record(
        "note.in_journal" if how == TakenHow.BY_HAND else "note.copied",
        actor=actor,
        about=note,
        clinic_id=note.clinic_id,
        now=now,
        number=version.number,
        how=how,
    )


@transaction.atomic
def set_rules(clinic: Clinic, *, language: str, shows_number: bool, actor: Actor, now: datetime) -> NoteRules:
    """Choose how the clinic wants its notes. Raises Invalid (`language`)."""
    if language not in dict(NOTE_LANGUAGES):
        raise Invalid(language="unknown")
    hold(clinic.pk)
    chosen = {"language": language, "shows_number": shows_number}
    rules, _ = NoteRules.objects.update_or_create(clinic=clinic, defaults=chosen)
    record("note.rules_set", actor=actor, about=clinic, clinic_id=clinic.pk, now=now, **chosen)  # type: ignore[arg-type]
    return rules
