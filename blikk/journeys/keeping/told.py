"""Everything that is kept of one patient, for the patient: from which table, and apart what is about companions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q

from blikk.audit.services import record
from blikk.clinics.models import Clinic
from blikk.journeys.keeping.looks import more_about
from blikk.journeys.trail import things_about
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.telling import told
from blikk.notifications.models import Message as Letter
from blikk.patients.models import Companion, Patient
from blikk.writing.models import Case, Draft, Message, Photo
from blikk.writing.sealed import Written, asked_of, draft_of, picture_of, written_in

# From each table, the ways to the patient whom its rows are about. Nobody else in a group is on any of them.
WAYS: dict[str, tuple[str, ...]] = {
    "patients.Patient": ("pk",),
    "patients.NationalNumber": ("patient",),
    "patients.ContactPoint": ("patient",),
    "patients.ContactChange": ("point__patient",),
    "patients.ContactExemption": ("point__patient",),
    "patients.ContactRequest": ("patient",),
    "patients.ContactAnswer": ("request__patient",),
    "invitations.NoReminders": ("patient",),
    "scheduling.Appointment": ("patient",),
    "scheduling.Suitability": ("appointment__patient",),
    "scheduling.Turn": ("appointment__patient",),
    "scheduling.OfferedTime": ("turn__appointment__patient",),
    "scheduling.Task": ("appointment__patient",),
    "invitations.Invitation": ("patient",),
    "invitations.ExtraLink": ("invitation__patient",),
    "invitations.Device": ("invitation__patient",),
    "invitations.OneTimeCode": ("invitation__patient",),
    "invitations.Wish": ("invitation__patient",),
    "invitations.Information": ("invitation__patient", "appointment__patient"),
    "waiting_room.Arrival": ("invitation__patient",),
    "waiting_room.ProvenByEid": ("arrival__invitation__patient",),
    "waiting_room.Showing": ("arrival__invitation__patient",),
    "waiting_room.Notice": ("arrival__invitation__patient",),
    "consultations.Consultation": ("appointment__patient",),
    "consultations.Participant": ("consultation__appointment__patient",),
    "consultations.IdentityCheck": ("consultation__appointment__patient",),
    "consultations.ChannelChange": ("consultation__appointment__patient",),
    "consultations.UnansweredCall": ("consultation__appointment__patient",),
    "consultations.ExternalRoom": ("consultation__appointment__patient",),
    "consultations.FrameCheck": ("invitation__patient",),
    "consultations.FrameAnswer": ("check_of__invitation__patient",),
    "documentation.Note": ("consultation__appointment__patient",),
    "documentation.NoteVersion": ("note__consultation__appointment__patient",),
    "documentation.NoteCopied": ("version__note__consultation__appointment__patient",),
    "documentation.Delivery": ("consultation__appointment__patient",),
    "documentation.PatientThere": ("patient",),
    "documentation.RecordPatient": ("patient",),
    "documentation.RecordAppointment": ("patient", "appointment__patient"),
    "payments.Charge": ("patient",),
    "payments.ChargeRow": ("charge__patient",),
    "payments.Claim": ("charge__patient",),
    "writing.Case": ("patient",),
    "writing.Message": ("case__patient",),
    "writing.Photo": ("case__patient",),
    "writing.Draft": ("case__patient",),
    "writing.Link": ("case__patient",),
    "writing.Reader": ("case__patient",),
    "writing.ReaderCode": ("reader__case__patient",),
    "settlement.Bill": ("patient",),
    "settlement.BillRow": ("bill__patient",),
    "settlement.Payment": ("bill__patient",),
    "settlement.PayLink": ("bill__patient",),
    "settlement.PayDevice": ("link__bill__patient",),
    "settlement.Told": ("payment__bill__patient",),
    "settlement.Invoice": ("bill__patient",),
    "settlement.Reminder": ("invoice__bill__patient",),
    "settlement.BankEntry": ("invoice__bill__patient",),
}
# Of whom there are rows of several kinds in a table: which are the patient's own, and which a companion's.
_PATIENT_AND_STAFF = Q(role__in=("patient", "clinician"))
_OWN = {
    "consultations.Participant": _PATIENT_AND_STAFF,
    "consultations.IdentityCheck": Q(participant__role__in=("patient", "clinician")),
}
_OTHERS = ("patient", "clinician", "member")
ALONG: dict[str, tuple[str, str]] = {
    "patients.Agreement": ("patient", ""),
    "invitations.Invitation": ("appointment__patient", "role"),
    "consultations.Participant": ("consultation__appointment__patient", "role"),
    "consultations.IdentityCheck": ("consultation__appointment__patient", "participant__role"),
}
ASKED_BY = ("patient", "guardian", "attorney", "authority", "clinic")
HAND_OUT_BECAUSE = ("access", "portability", "complaint", "other")


@dataclass(slots=True)
class Kept:
    """What is kept of a patient, by table; photos by the name of their file."""

    patient: Patient
    own: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    companions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)


def kept_of(clinic: Clinic, patient_id: str) -> Kept:
    """Everything that is kept of a patient; the number of questions is the number of tables. Raises NotFound."""
    patient = Patient.objects.filter(clinic=clinic, public_id=patient_id).first()
    if patient is None:
        raise NotFound
    kept = Kept(patient)
    for label, ways in WAYS.items():
        rows = _rows(label, ways, patient, _OWN.get(label, Q()))
        if label == "writing.Photo":
            _take_photos(rows, kept)
        kept.own[label] = [_told(row) for row in rows]
    kept.own["notifications.Message"] = _letters(clinic, patient)
    for label, (way, role) in ALONG.items():
        only = ~Q(**{f"{role}__in": _OTHERS}) if role else Q()
        kept.companions[label] = [_told(row) for row in _rows(label, (way,), patient, only)]
    people = Companion.objects.filter(
        Q(agreements__patient=patient) | Q(invitations__appointment__patient=patient)
    )
    kept.companions["patients.Companion"] = [_told(one) for one in people.distinct().order_by("pk")]
    kept.own = {label: rows for label, rows in kept.own.items() if rows}
    kept.companions = {label: rows for label, rows in kept.companions.items() if rows}
    return kept


def hand_out(
    clinic: Clinic, patient_id: str, *, asked_by: str, because: str, actor: Actor, now: datetime
) -> Kept:
    """Give out what is kept of a patient, and record who asked and why. Raises Invalid, NotFound."""
    require_known(asked_by=(asked_by, ASKED_BY), because=(because, HAND_OUT_BECAUSE))
    kept = kept_of(clinic, patient_id)
    record(
        "patient.handed_out",
        actor=actor,
        about=kept.patient,
        clinic_id=clinic.pk,
        now=now,
        asked_by=asked_by,
        because=because,
    )
    return kept


def require_known(**given: tuple[str, Iterable[str]]) -> None:
    """Refuse what is none of the answers, field by field."""
    wrong = {name: "missing" for name, (value, allowed) in given.items() if value not in allowed}
    if wrong:
        raise Invalid(**wrong)


def _rows(label: str, ways: Iterable[str], patient: Patient, only: Q) -> list[Any]:
    mine = Q()
    for way in ways:
        mine |= Q(**{way: patient.pk})
    model = apps.get_model(label)
    leads = [one.name for one in model._meta.concrete_fields if one.is_relation]
    rows = model._default_manager.filter(mine, only).select_related(*leads, *_names_behind(model))
    return list(rows.order_by("pk").distinct())


def _names_behind(model: Any) -> list[str]:
    """A member of staff is called what their account is."""
    fields = model._meta.concrete_fields
    return [f"{one.name}__user" for one in fields if one.is_relation and _is_member(one.related_model)]


def _is_member(model: Any) -> bool:
    return bool(model._meta.label == "clinics.Membership")


def _told(row: Any) -> dict[str, Any]:
    said = told(row)
    if isinstance(row, Message):
        said["words"] = _words_of(written_in(row))
    if isinstance(row, Draft):
        said["words"] = _words_of(draft_of(row.case))
    if isinstance(row, Case):
        asked = asked_of(row)
        said["asked"] = "\n".join(
            filter(None, (asked.words, *(one.words or one.code for one in asked.questions)))
        )
    return {name: value for name, value in said.items() if value != ""}


def _words_of(written: Written) -> str:
    return "\n".join(part for part in (written.text, *written.answers) if part.strip())


def _letters(clinic: Clinic, patient: Patient) -> list[dict[str, Any]]:
    names = {*things_about(clinic, [patient]), *more_about(patient)}
    return [told(one) for one in Letter.objects.filter(clinic_id=clinic.pk, about__in=names).order_by("pk")]


def _take_photos(rows: Iterable[Photo], kept: Kept) -> None:
    for photo in rows:
        if photo.sealed:
            kept.photos[f"{photo.public_id}.jpg"] = picture_of(photo)
