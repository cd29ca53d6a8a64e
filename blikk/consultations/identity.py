"""Who is who: how it was made sure who the people in a conversation are, and who has not been yet."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, Case, Q, Value, When

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Membership
from blikk.consultations.errors import NoEid, NotIdentified, Over
from blikk.consultations.identity_tables import LONGEST_REASON, IdentityCheck
from blikk.consultations.models import Consultation, Participant, ParticipantRole
from blikk.consultations.queries import is_running
from blikk.consultations.states import (
    CardKind,
    ConsultationStatus,
    IdentityException,
    IdentityMethod,
    Outcome,
)
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.waiting_room.models import EidResult
from blikk.waiting_room.queries import eid_proof_of

# How a consultation came out in which clinician and patient met.
_MET = (Outcome.COMPLETED, Outcome.IN_PERSON_NEEDED, Outcome.MORE_INFORMATION_NEEDED)
_LAST_FOUR = re.compile(r"[0-9A-Za-zÆØÅæøå]{4}")


@dataclass(frozen=True, slots=True)
class Known:
    """From where a patient is known: who at the clinic met them last, and when."""

    by: str
    on: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody says of how they made sure who another one is."""

    method: str
    known_by: str = ""
    card_kind: str = ""
    card_last_four: str = ""
    reason: str = ""
    words: str = ""


def known_before(consultation: Consultation) -> Known | None:
    """Whether the clinic has met the patient: closed out, met, and not by way of an exception; one's own first."""
    exceptions = IdentityCheck.objects.filter(
        participant__role=ParticipantRole.PATIENT,
        replaced_at__isnull=True,
        method=IdentityMethod.EXCEPTION,
        consultation__appointment__patient=consultation.appointment.patient_id,
    )
    own = Q(clinician__user=consultation.clinician.user_id)
    earlier = (
        Consultation.objects.filter(
            clinic=consultation.clinic_id,
            appointment__patient=consultation.appointment.patient_id,
            status=ConsultationStatus.CLOSED_OUT,
            outcome__in=_MET,
            ended_at__isnull=False,
        )
        .exclude(pk=consultation.pk)
        .exclude(pk__in=exceptions.values("consultation"))
        .annotate(is_own=Case(When(own, then=Value(True)), default=False, output_field=BooleanField()))
        .select_related("clinician__user")
        .order_by("-is_own", "-ended_at", "-pk")
        .first()
    )
    if earlier is None or earlier.ended_at is None:
        return None
    return Known(earlier.clinician.name, earlier.ended_at, earlier.is_own)


def checks_of(consultation: Consultation) -> dict[int, IdentityCheck]:
    """How it was made sure who each participant is, by the participant's key; only what counts now."""
    rows = IdentityCheck.objects.filter(consultation=consultation, replaced_at__isnull=True)
    return {row.participant_id: row for row in rows.select_related("by__user", "participant")}


def check_of_patient(consultation: Consultation) -> IdentityCheck | None:
    """How it was made sure who the patient is, in this conversation."""
    rows = IdentityCheck.objects.filter(
        consultation=consultation, replaced_at__isnull=True, participant__role=ParticipantRole.PATIENT
    )
    return rows.select_related("by__user", "participant").first()


def is_identified(consultation: Consultation) -> bool:
    """Whether the patient is known, or it was made sure who they are, or a reason was given why not."""
    return check_of_patient(consultation) is not None or known_before(consultation) is not None


def require_identified(consultation: Consultation) -> None:
    """Raise NotIdentified for a patient who is new to the clinic and whom nobody has made sure of."""
    if not is_identified(consultation):
        raise NotIdentified


def has_eid(participant: Participant) -> bool:
    """Whether this person has proven by eID who they are; where nobody can, the way is not offered."""
    proof = eid_proof_of(participant.arrival) if participant.arrival is not None else None
    return proof is not None and proof.result == EidResult.SAME


@transaction.atomic
def check(
    participant: Participant, seen: Seen, *, replaces: str, by: Membership, actor: Actor, now: datetime
) -> IdentityCheck:
    """Write down how it was made sure who a participant is.

    `replaces` names what the screen showed before, nothing if nothing counted: who answers at the same moment as
    somebody else is told. Raises Overtaken, Over, NoEid, Invalid field by field.
    """
    consultation = participant.consultation
    hold(consultation.clinic_id)
    if not is_running(consultation):
        raise Over
    facts = _facts(participant, seen)
    before = IdentityCheck.objects.filter(participant=participant, replaced_at__isnull=True).first()
    if (before.public_id if before else "") != replaces:
        raise Overtaken
    if before is not None:
        rows = IdentityCheck.objects.filter(pk=before.pk, replaced_at__isnull=True)
        if rows.update(replaced_at=now) != 1:
            raise Overtaken
    made = IdentityCheck.objects.create(
        consultation=consultation, participant=participant, by=by, at=now, **facts
    )
    record(
        "participant.identified",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
        participant=participant.public_id,
        method=str(made.method),
        reason=str(made.reason),
        instead_of=str(before.method) if before else "",
    )
    announce(f"day:{consultation.clinic.public_id}", "day")
    return made


@transaction.atomic
def confirm_known(consultation: Consultation, *, by: Membership, actor: Actor, now: datetime) -> None:
    """Write down that the patient is known from before, where that stood there and nothing else was said.

    Part of confirming the frame: the same key. Raises NotIdentified.
    """
    if check_of_patient(consultation) is not None:
        return
    known, patient = known_before(consultation), patient_in(consultation)
    if known is None or patient is None:
        raise NotIdentified
    check(patient, Seen(IdentityMethod.KNOWN, known_by=known.by), replaces="", by=by, actor=actor, now=now)


def patient_in(consultation: Consultation) -> Participant | None:
    """The patient's own place in the conversation."""
    rows = consultation.participants.filter(role=ParticipantRole.PATIENT)
    return rows.select_related("consultation__clinic", "arrival").first()


def get_participant(consultation: Consultation, participant_id: str) -> Participant:
    """Somebody who was let in and can be identified by the clinician; raises NotFound."""
    rows = consultation.participants.exclude(role=ParticipantRole.CLINICIAN)
    found = rows.filter(public_id=participant_id).select_related("consultation__clinic", "arrival").first()
    if found is None:
        raise NotFound
    return found


def _facts(participant: Participant, seen: Seen) -> dict[str, str]:
    match seen.method:
        case IdentityMethod.KNOWN if seen.known_by:
            return {"method": seen.method, "known_by": seen.known_by}
        case IdentityMethod.CARD:
            return {"method": seen.method, **_card(participant.consultation, seen)}
        case IdentityMethod.EID:
            if not has_eid(participant):
                raise NoEid
            return {"method": seen.method}
        case IdentityMethod.EXCEPTION:
            return {"method": seen.method, **_reason(seen)}
        case _:
            raise Invalid(method="unknown")


def _card(consultation: Consultation, seen: Seen) -> dict[str, str]:
    """What is kept of a card: nothing, unless the clinic has said that it wants kind and last four signs."""
    if not consultation.clinic.keeps_card_mark:
        return {}
    faults = {}
    if seen.card_kind and seen.card_kind not in CardKind.values:
        faults["card_kind"] = "unknown"
    if seen.card_last_four and not _LAST_FOUR.fullmatch(seen.card_last_four):
        faults["card_last_four"] = "not_four_signs"
    if faults:
        raise Invalid(**faults)
    return {"card_kind": seen.card_kind, "card_last_four": seen.card_last_four.upper()}


def _reason(seen: Seen) -> dict[str, str]:
    words = " ".join(seen.words.split())
    faults = {}
    if seen.reason not in IdentityException.values:
        faults["reason"] = "missing"
    if not words:
        faults["words"] = "missing"
    if len(words) > LONGEST_REASON:
        faults["words"] = "too_long"
    if faults:
        raise Invalid(**faults)
    return {"reason": seen.reason, "words": words}
