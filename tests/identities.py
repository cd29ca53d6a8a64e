"""Builders for who is who: a patient whom the clinic has met, and what a clinician says of who somebody is."""

from datetime import timedelta

from blikk.consultations.identity import Seen
from blikk.consultations.identity_tables import IdentityCheck
from blikk.consultations.models import Consultation, Participant
from blikk.journeys import closing, identity, talk
from blikk.kernel.actors import Actor
from tests.builders import NOW, Hour, a_booked_hour, admitted, staff

CARD = Seen("card")
EXCEPTION = Seen("exception", reason="urgent", words="Kjente igjen stemmen")


def consultation_of(hour: Hour) -> Consultation:
    return Consultation.objects.select_related("clinic", "appointment__patient", "clinician__user").get(
        appointment=hour.appointment
    )


def patient_in(hour: Hour) -> Participant:
    return Participant.objects.get(consultation__appointment=hour.appointment, role="patient")


def talking(**more: object) -> Hour:
    """An hour whose clinician and patient talk."""
    hour = a_booked_hour(**more)  # type: ignore[arg-type]
    admitted(hour)
    return hour


def identified(hour: Hour, seen: Seen = CARD, *, replaces: str = "", participant: str = "") -> IdentityCheck:
    return identity.identify(
        hour.clinic,
        consultation_of(hour).public_id,
        participant_id=participant or patient_in(hour).public_id,
        seen=seen,
        replaces=replaces,
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW,
    )


def finished(hour: Hour, *, outcome: str = "completed") -> Consultation:
    """End it, sign the note, and close it out."""
    name, actor = consultation_of(hour).public_id, staff(hour.clinician)
    who: dict[str, object] = {"membership": hour.clinician, "actor": actor, "now": NOW + timedelta(minutes=5)}
    talk.end(hour.clinic, name, **who)  # type: ignore[arg-type]
    note = closing.note_of(hour.clinic, name, **who)  # type: ignore[arg-type]
    closing.sign_note(hour.clinic, name, version=note.version, drafted="Notat", **who)  # type: ignore[arg-type]
    return closing.close_out(
        hour.clinic,
        name,
        version=consultation_of(hour).version,
        outcome=outcome,
        follow_up="none",
        fee="no_charge",
        **who,  # type: ignore[arg-type]
    )


def again(hour: Hour, **more: object) -> Hour:
    """The same patient's next hour, in which they talk already."""
    return talking(
        clinic=hour.clinic,
        patient=hour.patient,
        starts_in=timedelta(minutes=25),
        **{"clinician": hour.clinician, **more},
    )


def patient_actor(hour: Hour) -> Actor:
    return Actor("patient", hour.patient.public_id, "192.0.2.7")
