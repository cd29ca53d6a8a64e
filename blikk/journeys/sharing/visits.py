"""Hours, conversations, what was written about them, and what was asked in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from blikk.audit.queries import changed_since
from blikk.audit.services import named
from blikk.clinics.models import Clinic
from blikk.consultations.frame_lights import frames_of
from blikk.consultations.identity_tables import IdentityCheck
from blikk.consultations.models import ChannelChange, Consultation, FrameAnswer, Participant, ParticipantRole
from blikk.consultations.states import RUNNING, ConsultationStatus
from blikk.documentation import fhir
from blikk.documentation.models import NoteVersion
from blikk.journeys.sharing.asked import point, stretch
from blikk.journeys.sharing.kinds import Kind, Made, Source, by_code, by_key, by_time, by_trail
from blikk.scheduling.models import Appointment
from blikk.scheduling.states import AppointmentStatus

_HOUR = {status.value: (status.value,) for status in AppointmentStatus if status != AppointmentStatus.NO_SHOW}
_TALK = {
    "in-progress": tuple(RUNNING),
    "finished": tuple(status for status in ConsultationStatus if status not in RUNNING),
}


def _appointments(clinic: Clinic) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(clinic=clinic)
    return rows.select_related("patient", "clinician__user", "clinic")


def _make_appointments(clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made]:
    last = by_trail(clinic, rows)
    made = []
    for row in rows:
        said = fhir.appointment_resource(row, base_url=settings.BLIKK_BASE_URL, refer=fhir.by_path)
        resource = {"id": fhir.fhir_id(row.public_id), **said}
        made.append(Made(resource, last.get(named(row), row.created_at), row.patient.public_id))
    return made


APPOINTMENTS = Source(
    rows=_appointments,
    make=_make_appointments,
    keyed=lambda key: Q(public_id=key),
    key_of=lambda row: row.public_id,
    fits={
        "date": by_time(lambda when: point("starts_at", when)),
        "status": by_code("status", {**_HOUR, "noshow": (AppointmentStatus.NO_SHOW,)}),
        "patient": by_key("patient__"),
        "practitioner": by_key("clinician__"),
    },
    changed=lambda clinic, moment: Q(
        public_id__in=changed_since(clinic.pk, "scheduling.Appointment", moment)
    ),
)

_PEOPLE = Participant.objects.select_related(
    "membership__user", "invitation__companion", "arrival", "consultation__appointment__patient"
)
_CHECKS = (
    IdentityCheck.objects.filter(replaced_at__isnull=True)
    .select_related(
        "by__user",
        "participant__membership__user",
        "participant__invitation__companion",
        "participant__consultation__appointment__patient",
    )
    .order_by("at", "pk")
)


def _talks(clinic: Clinic) -> QuerySet[Consultation]:
    rows = Consultation.objects.filter(clinic=clinic)
    return rows.select_related(
        "clinic", "clinician__user", "appointment__patient", "appointment__clinician__user"
    )


def _encounters(clinic: Clinic) -> QuerySet[Consultation]:
    return _talks(clinic).prefetch_related(
        Prefetch("participants", queryset=_PEOPLE.all(), to_attr="people"),
        Prefetch("identity_checks", queryset=_CHECKS.all(), to_attr="checks"),
        "channel_changes",
    )


def _make_encounters(_clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made]:
    made = []
    for row in rows:
        said = fhir.encounter_resource(row, refer=fhir.by_path, participants=row.people, checks=row.checks)
        moments = [row.opened_at, row.ended_at, row.closed_out_at]
        moments += [at for one in row.people for at in (one.admitted_at, one.joined_at, one.left_at)]
        moments += [one.at for one in row.channel_changes.all()] + [one.at for one in row.checks]
        at = max(each for each in moments if each is not None)
        resource = {"id": fhir.fhir_id(row.public_id), **said}
        made.append(Made(resource, at, row.appointment.patient.public_id))
    return made


def _talk_changed(_clinic: Clinic, moment: datetime) -> Q:
    mine = OuterRef("pk")
    moved = Q(admitted_at__gte=moment) | Q(joined_at__gte=moment) | Q(left_at__gte=moment)
    return (
        Q(opened_at__gte=moment)
        | Q(ended_at__gte=moment, ended_at__isnull=False)
        | Q(closed_out_at__gte=moment, closed_out_at__isnull=False)
        | Q(Exists(Participant.objects.filter(moved, consultation=mine)))
        | Q(Exists(ChannelChange.objects.filter(consultation=mine, at__gte=moment)))
        | Q(Exists(IdentityCheck.objects.filter(consultation=mine, at__gte=moment, replaced_at__isnull=True)))
    )


ENCOUNTERS = Source(
    rows=_encounters,
    make=_make_encounters,
    keyed=lambda key: Q(public_id=key),
    key_of=lambda row: row.public_id,
    fits={
        "date": by_time(lambda when: stretch("opened_at", "ended_at", when)),
        "status": by_code("status", _TALK),
        "patient": by_key("appointment__patient__"),
        "practitioner": by_key("clinician__"),
        "appointment": by_key("appointment__"),
    },
    changed=_talk_changed,
)


def _versions(clinic: Clinic) -> QuerySet[NoteVersion]:
    rows = NoteVersion.objects.filter(note__clinic=clinic)
    others = NoteVersion.objects.filter(note=OuterRef("note"))
    return rows.annotate(
        is_superseded=Exists(others.filter(number__gt=OuterRef("number"))),
        superseded_at=Subquery(others.filter(number=OuterRef("number") + 1).values("signed_at")[:1]),
        replaces=Subquery(others.filter(number=OuterRef("number") - 1).values("public_id")[:1]),
    ).select_related(
        "signed_by__user", "note__consultation__clinic", "note__consultation__appointment__patient"
    )


def _make_documents(_clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made]:
    made = []
    for row in rows:
        version = fhir.Signed(
            row.public_id, row.number, row.text, row.signed_at, row.signed_by, row.reason, row.language
        )
        talk = row.note.consultation
        said = fhir.document_resource(
            version,
            talk,
            refer=fhir.by_path,
            replaces=row.replaces or "",
            is_superseded=row.is_superseded,
        )
        patient = talk.appointment.patient.public_id
        changed_at = row.superseded_at or row.signed_at
        made.append(Made({"id": fhir.fhir_id(row.public_id), **said}, changed_at, patient))
    return made


def _version_changed(_clinic: Clinic, moment: datetime) -> Q:
    newer = NoteVersion.objects.filter(note=OuterRef("note"), number__gt=OuterRef("number"))
    return Q(signed_at__gte=moment) | Q(Exists(newer.filter(signed_at__gte=moment)))


DOCUMENTS = Source(
    rows=_versions,
    make=_make_documents,
    keyed=lambda key: Q(public_id=key),
    key_of=lambda row: row.public_id,
    fits={
        "date": by_time(lambda when: point("signed_at", when)),
        "status": by_code("is_superseded", {"current": (False,), "superseded": (True,)}),
        "patient": by_key("note__consultation__appointment__patient__"),
        "encounter": by_key("note__consultation__"),
    },
    changed=_version_changed,
)


def _answered(clinic: Clinic) -> QuerySet[Consultation]:
    answers = FrameAnswer.objects.filter(
        check_of__invitation__in=Participant.objects.filter(
            consultation=OuterRef(OuterRef("pk")), role=ParticipantRole.PATIENT
        ).values("invitation")
    )
    patients = Participant.objects.filter(role=ParticipantRole.PATIENT, invitation__isnull=False)
    return (
        _talks(clinic)
        .filter(Exists(answers))
        .prefetch_related(Prefetch("participants", queryset=patients, to_attr="patients"))
    )


def _make_answers(clinic: Clinic, rows: Sequence[Any]) -> Sequence[Made | None]:
    whose = {row.pk: row.patients[0].invitation_id for row in rows if row.patients}
    frames = frames_of(clinic, whose.values())
    made: list[Made | None] = []
    for row in rows:
        frame = frames.get(whose.get(row.pk, 0))
        if frame is None:
            made.append(None)
            continue
        authored = frame.confirmed_at or row.ended_at or row.opened_at
        said = fhir.questionnaire_response_resource(row, frame.asked, authored=authored, refer=fhir.by_path)
        if said is None:
            made.append(None)
            continue
        moments = [at for one in frame.asked for at in (one.said_at, one.ticked_at) if at is not None]
        at = max([authored, *moments])
        patient = row.appointment.patient.public_id
        made.append(Made({"id": fhir.fhir_id(row.public_id), **said}, at, patient))
    return made


def _answers_changed(_clinic: Clinic, moment: datetime) -> Q:
    invited = Participant.objects.filter(
        consultation=OuterRef(OuterRef("pk")), role=ParticipantRole.PATIENT
    ).values("invitation")
    newer = FrameAnswer.objects.filter(
        Q(at__gte=moment) | Q(check_of__confirmed_at__gte=moment), check_of__invitation__in=invited
    )
    return Q(Exists(newer)) | Q(ended_at__gte=moment, ended_at__isnull=False) | Q(opened_at__gte=moment)


ANSWERS = Source(
    rows=_answered,
    make=_make_answers,
    keyed=lambda key: Q(public_id=key),
    key_of=lambda row: row.public_id,
    fits={
        "patient": by_key("appointment__patient__"),
        "encounter": by_key(""),
        "status": lambda _clinic, value: Q(pk__isnull=value.value != "completed"),
    },
    changed=_answers_changed,
)

_WHOSE = {"patient": "reference:Patient"}
APPOINTMENT = Kind(
    "Appointment",
    (APPOINTMENTS,),
    {"date": "date", "status": "token", "practitioner": "reference:Practitioner", **_WHOSE},
)
ENCOUNTER = Kind(
    "Encounter",
    (ENCOUNTERS,),
    {
        "date": "date",
        "status": "token",
        "practitioner": "reference:Practitioner",
        "appointment": "reference:Appointment",
        **_WHOSE,
    },
)
DOCUMENT_REFERENCE = Kind(
    "DocumentReference",
    (DOCUMENTS,),
    {"date": "date", "status": "token", "encounter": "reference:Encounter", **_WHOSE},
)
QUESTIONNAIRE_RESPONSE = Kind(
    "QuestionnaireResponse",
    (ANSWERS,),
    {"status": "token", "encounter": "reference:Encounter", **_WHOSE},
)
