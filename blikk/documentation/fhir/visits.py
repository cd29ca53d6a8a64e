"""The hour that was promised, and the conversation that was held: Appointment and Encounter."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from blikk.clinics.models import Membership
from blikk.consultations.channels import Stretch, stretches
from blikk.consultations.identity_tables import IdentityCheck
from blikk.consultations.models import Consultation, Participant
from blikk.consultations.states import RUNNING
from blikk.documentation.fhir import systems
from blikk.documentation.fhir.names import (
    Refer,
    Resource,
    moment,
    own_identifier,
    period,
    profile,
    related_person_key,
    whole,
)
from blikk.documentation.fhir.people import PRACTITIONERS
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Form

_STATUSES: Mapping[str, str] = {"no_show": "noshow"}
_PARTICIPATION: Mapping[str, tuple[str, str, str]] = {
    "clinician": (systems.PARTICIPATION, "PPRF", "primary performer"),
    "colleague": (systems.PARTICIPATION, "SPRF", "secondary performer"),
    "interpreter": (f"{systems.HL7}participant-type", "translator", "Translator"),
}
_PRESENT = (systems.PARTICIPATION, "PART", "Participation")
# The page where a code from the invitation is typed: it is the same for everybody and opens nothing by itself.
CODE_PAGE = "/kode"


def appointment_resource(appointment: Appointment, *, base_url: str, refer: Refer) -> Resource:
    """An hour. Where it is on video it says how to get there, and never by a link that lets anybody in."""
    is_cancelled = appointment.status == "cancelled"
    said = "declined" if is_cancelled else "accepted"
    return whole(
        {
            "resourceType": "Appointment",
            "meta": profile("no-basis-Appointment"),
            "extension": [] if appointment.form != Form.VIDEO else [_virtual_service(base_url)],
            "identifier": [own_identifier("Appointment", appointment.public_id)],
            "status": _STATUSES.get(appointment.status, appointment.status),
            "start": moment(appointment.starts_at),
            "end": moment(appointment.ends_at),
            "minutesDuration": appointment.minutes,
            "created": moment(appointment.created_at),
            "participant": [
                {"actor": _patient(appointment.patient, refer), "required": "required", "status": said},
                {"actor": _member(appointment.clinician, refer), "required": "required", "status": said},
            ],
        }
    )


def encounter_resource(
    consultation: Consultation,
    *,
    refer: Refer,
    participants: Iterable[Participant] | None = None,
    checks: Iterable[IdentityCheck] = (),
    has_appointment: bool = True,
) -> Resource:
    """A conversation, with what was really used, who was there, and how it was made sure who they were.

    Of a group only its own patient: one patient's journal names no other one.
    """
    people = list(consultation.participants.all() if participants is None else participants)
    changes = [(one.channel, one.how, one.at) for one in consultation.channel_changes.all()]
    used = stretches(changes, consultation.ended_at)
    appointment = consultation.appointment
    return whole(
        {
            "resourceType": "Encounter",
            "identifier": [own_identifier("Encounter", consultation.public_id)],
            "extension": [
                *(_form_used(one) for one in used),
                *(_identified(check, refer) for check in checks if check.participant.role != "member"),
                *_decided(consultation),
            ],
            "status": "in-progress" if consultation.status in RUNNING else "finished",
            "statusHistory": _history(consultation, people),
            "class": {"system": systems.ACT, "code": "VR", "display": "virtual"},
            "type": [_type(form) for form in forms_of(used, appointment)],
            "subject": _patient(appointment.patient, refer),
            "participant": [
                _present(person, consultation.ended_at, refer)
                for person in people
                if person.role not in {"patient", "member"}
            ],
            "appointment": [{"reference": refer("Appointment", appointment.public_id)}]
            if has_appointment
            else [],
            "period": period(consultation.opened_at, consultation.ended_at),
            "length": _length(consultation),
            "serviceProvider": {"display": consultation.clinic.name},
        }
    )


def forms_of(used: Sequence[Stretch], appointment: Appointment) -> list[str]:
    """What was really used, each once, in the order in which it was first used."""
    found = list(dict.fromkeys(one.channel for one in used))
    return found or [appointment.form]


def _virtual_service(base_url: str) -> Resource:
    return {
        "url": f"{systems.PROFILES}no-basis-virtual-service",
        "extension": [
            {
                "url": "channelType",
                "valueCoding": {"system": systems.CONTACT_SYSTEM, "code": "url", "display": "URL"},
            },
            {"url": "virtualAddress", "valueUrl": base_url + CODE_PAGE},
        ],
    }


def _type(form: str) -> Resource:
    codings = [systems.coding(systems.FORM, form)]
    if form in systems.CONFERENCES:
        code, words = systems.CONFERENCES[form]
        codings.append({"system": systems.CONFERENCE, "code": code, "display": words})
    return {"coding": codings, "text": systems.FORMS[form]}


def _form_used(one: Stretch) -> Resource:
    return {
        "url": systems.OF_FORM,
        "extension": [
            {"url": "form", "valueCoding": systems.coding(systems.FORM, one.channel)},
            {"url": "period", "valuePeriod": period(one.starts_at, one.ends_at)},
        ],
    }


def _identified(check: IdentityCheck, refer: Refer) -> Resource:
    person = check.participant
    inner = [
        {"url": "who", "valueReference": _person(person, refer)},
        {"url": "method", "valueCoding": systems.coding(systems.IDENTITY, check.method)},
        {"url": "when", "valueDateTime": moment(check.at)},
        {"url": "by", "valueReference": _member(check.by, refer)},
    ]
    return {"url": systems.OF_IDENTITY, "extension": inner}


def _decided(consultation: Consultation) -> list[Resource]:
    said = (
        (systems.OF_OUTCOME, systems.OUTCOME, consultation.outcome),
        (systems.OF_FOLLOW_UP, systems.FOLLOW_UP, consultation.follow_up),
    )
    return [{"url": url, "valueCoding": systems.coding(system, code)} for url, system, code in said if code]


def _history(consultation: Consultation, people: Sequence[Participant]) -> list[Resource]:
    came = min(
        (person.arrival.came_at for person in people if person.role == "patient" and person.arrival),
        default=None,
    )
    found = []
    if came is not None and came <= consultation.opened_at:
        found.append({"status": "arrived", "period": period(came, consultation.opened_at)})
    found.append({"status": "in-progress", "period": period(consultation.opened_at, consultation.ended_at)})
    return found


def _length(consultation: Consultation) -> Resource | None:
    if consultation.ended_at is None:
        return None
    minutes = max(round((consultation.ended_at - consultation.opened_at).total_seconds() / 60), 0)
    return {"value": minutes, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min"}


def _present(person: Participant, ended_at: datetime | None, refer: Refer) -> Resource:
    system, code, words = _PARTICIPATION.get(person.role, _PRESENT)
    kind = {
        "coding": [{"system": system, "code": code, "display": words}],
        "text": systems.ROLES[person.role],
    }
    start = person.joined_at or person.admitted_at
    return {
        "type": [kind],
        "period": period(start, person.left_at or ended_at),
        "individual": _person(person, refer),
    }


def _person(person: Participant, refer: Refer) -> Resource:
    if person.membership is not None:
        return _member(person.membership, refer)
    if person.role == "patient":
        return _patient(person.consultation.appointment.patient, refer)
    kind = "Practitioner" if person.role in PRACTITIONERS else "RelatedPerson"
    return {"reference": refer(kind, related_person_key(person)), "display": person.name}


def _patient(patient: Patient, refer: Refer) -> Resource:
    return {"reference": refer("Patient", patient.public_id), "display": patient.name}


def _member(member: Membership, refer: Refer) -> Resource:
    return {"reference": refer("Practitioner", member.public_id), "display": member.name}
