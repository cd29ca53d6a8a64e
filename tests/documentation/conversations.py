"""A conversation with everything that can be in one, for what is sent to journal systems."""

from datetime import timedelta

from blikk.consultations.identity import Seen
from blikk.consultations.models import Consultation, FrameAnswer, FrameCheck
from blikk.consultations.states import Channel
from blikk.documentation.fhir.documents import Signed
from blikk.journeys import closing, talk
from blikk.kernel.actors import SYSTEM
from blikk.patients.numbers import type_in
from tests import companions
from tests.builders import BORN, NOW, Hour, a_booked_hour, admitted, staff
from tests.identities import consultation_of, identified, patient_in
from tests.national_numbers import made

END = NOW + timedelta(minutes=15)


def numbered(hour: Hour, number: str = "") -> str:
    """Let the patient have a national number."""
    number = number or made(BORN)
    type_in(hour.patient, number, actor=SYSTEM, now=NOW)
    return number


def a_full_conversation(hour: Hour | None = None, *, has_number: bool = True) -> Hour:
    """Video, then the phone; a daughter and an interpreter; identified; the control questions answered."""
    hour = hour or a_booked_hour()
    if has_number:
        numbered(hour)
    hour.clinician.hpr_number = "9144889"
    hour.clinician.save(update_fields=["hpr_number"])
    daughter = companions.invited(hour)
    interpreter = companions.invited(hour, "Amal Haddad", "+4790000033", role="interpreter")
    name = admitted(hour)
    identified(hour, Seen("card"))
    consultation = consultation_of(hour)
    for booked in (daughter, interpreter):
        invitation = booked.invitation
        consultation.participants.create(
            role=invitation.role,
            name=invitation.name,
            invitation=invitation,
            admitted_at=NOW,
            joined_at=NOW + timedelta(minutes=1),
        )
    _answered(consultation)
    act = {"membership": hour.clinician, "actor": staff(hour.clinician)}
    talk.change_channel(hour.clinic, name, channel=Channel.PHONE, **act, now=NOW + timedelta(minutes=5))
    talk.end(hour.clinic, name, **act, now=END)
    return hour


def _answered(consultation: Consultation) -> None:
    patient = consultation.participants.get(role="patient")
    check, _ = FrameCheck.objects.get_or_create(
        invitation=patient.invitation,
        defaults={"clinic": consultation.clinic},
    )
    said = {"place": "b", "sound": "b", "safe": "c", "company": "c", "worse": "a", "overheard": "a"}
    for question, value in said.items():
        FrameAnswer.objects.create(
            check_of=check, question=question, source="patient", value=value, by="patient", at=NOW
        )


def signed_version(hour: Hour, *, number: int = 1, reason: str = "", text: str = "Holdt på video.") -> Signed:
    return Signed(
        key=f"note-{hour.appointment.public_id}-{number}"[:60],
        number=number,
        text=text,
        signed_at=END + timedelta(minutes=number),
        signed_by=hour.clinician,
        reason=reason,
    )


def signed(hour: Hour, text: str = "Holdt på video.") -> Consultation:
    """Let the clinician sign."""
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": END + timedelta(minutes=1)}
    name = consultation_of(hour).public_id
    note = closing.note_of(hour.clinic, name, **act)
    closing.sign_note(hour.clinic, name, version=note.version, drafted=text, **act)
    return consultation_of(hour)


__all__ = ["a_full_conversation", "numbered", "patient_in", "signed", "signed_version"]
