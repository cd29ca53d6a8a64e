"""Builders for what comes from a journal system: hours with something to say about, and who may start Blikk."""

import json
from datetime import timedelta

from blikk.clinics.models import Clinic, Membership
from blikk.documentation import launches
from blikk.documentation.models import LaunchIssuer, RecordAppointment
from blikk.documentation.smart.persons import RecordPerson, to_keep
from blikk.kernel.actors import SYSTEM
from blikk.patients.models import Patient
from blikk.scheduling.services import promise_as_said
from tests.builders import BORN, NOW, Hour

SERVER = "https://journal.example/fhir"


def a_word(clinic: Clinic, name: str, *, notice: str, **more: object) -> RecordAppointment:
    """An hour of the journal's, with what the day page says of it."""
    person = more.pop("person", None)
    starts = NOW + timedelta(hours=9)
    values = {
        "is_planned": True,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=20),
        "patient_ref": name,
        "said_digest": "x",
        "first_at": NOW,
        "noticed_at": NOW,
        "person": json.dumps(to_keep(person)) if isinstance(person, RecordPerson) else "",
        **more,
    }
    return RecordAppointment.objects.create(
        clinic=clinic, server=SERVER, record_id=name, notice=notice, **values
    )


def things_of_the_record(
    clinic: Clinic, clinician: Membership, patient: Patient, waiting: Hour
) -> dict[str, str]:
    """One hour of each kind that somebody can do something about, and a journal that may start Blikk."""
    about = {"clinician": clinician, "patient": patient}
    starts = NOW + timedelta(hours=9)
    booked = promise_as_said(
        clinic,
        **about,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=20),
        actor=SYSTEM,
        now=NOW,
    )
    person = RecordPerson("p9", "Tvilling", "Dobbel", BORN)
    issuer = LaunchIssuer(clinic=clinic, issuer=SERVER, client_id="blikk", label="Fjordjournal", added_at=NOW)
    launches.new_key(issuer)
    issuer.save()
    launch = launches.open_launch(SERVER, "L", browser="nobody's", now=NOW)
    return {
        "incoming": a_word(clinic, "i1", notice="ready", appointment=booked, **about).public_id,
        "moved_waiting": a_word(
            clinic, "i2", notice="moved_waiting", appointment=waiting.appointment, **about
        ).public_id,
        "incoming_twice": a_word(clinic, "i3", notice="which_patient", person=person).public_id,
        "issuer": issuer.public_id,
        "launch": launch.public_id,
    }
