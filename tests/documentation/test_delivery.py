"""Notes on their way to a journal system: each arrives once, whatever befalls the line."""

import base64
import json
import random
from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.documentation.ehr import connections, queue
from blikk.documentation.ehr.client import Ehr
from blikk.documentation.ehr.deliveries import deliver_once
from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.fhir import systems
from blikk.documentation.models import Delivery, EhrConnection, PatientThere, RecordAppointment
from blikk.documentation.queries import is_delivered, versions_of
from blikk.journeys import closing
from blikk.journeys.delivered import NOT_SENT, undelivered
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, Overtaken
from blikk.kernel.ids import urn_of
from tests.builders import BORN, a_clinic, staff
from tests.documentation.conversations import END, a_full_conversation, numbered, signed
from tests.identities import consultation_of
from tests.journal import FAULTS, Journal, connect, journal, journal_process

pytestmark = pytest.mark.django_db
__all__ = ["journal", "journal_process"]


def begun(journal: Journal, *, has_number: bool = True, **more):
    """A full conversation at a clinic whose notes go to the journal system, signed."""
    hour = a_full_conversation(has_number=has_number)
    connect(journal, hour.clinic, **more)
    signed(hour)
    return hour


def deliver(journal: Journal, *, worker: str = "w") -> int:
    return deliver_once(worker, clock=journal.clock)


def deliver_all(journal: Journal, *, most: int = 2000) -> None:
    """Go on until nothing waits; the clock jumps to when the next is due."""
    for _ in range(most):
        deliver(journal)
        if not Delivery.objects.filter(status="waiting").exists():
            return
        journal.clock.later(seconds=30)
    raise AssertionError(list(Delivery.objects.values_list("status", "fault", "attempts")))


def own(kind: str, key: str) -> str:
    return f"identifier={systems.URN}|{urn_of(kind, key)}"


def notes_there(journal: Journal, hour) -> list:
    newest = versions_of(consultation_of(hour))[-1]
    return journal.there(f"DocumentReference?{own('DocumentReference', newest.public_id)}")


def visits_there(journal: Journal, hour) -> list:
    return journal.there(f"Encounter?{own('Encounter', consultation_of(hour).public_id)}")


def the(hour, kind="note") -> Delivery:
    return Delivery.objects.get(consultation__appointment=hour.appointment, kind=kind)


def test_a_signed_note_arrives_with_everything_around_it(journal: Journal):
    hour = begun(journal)
    assert not is_delivered(consultation_of(hour))
    assert deliver(journal) == 1
    found = the(hour)
    assert (found.status, found.fault, found.refused) == ("delivered", "", "")
    (document,) = notes_there(journal, hour)
    (visit,) = visits_there(journal, hour)
    assert document["context"]["encounter"] == [{"reference": f"Encounter/{visit['id']}"}]
    assert visit["subject"]["reference"] == document["subject"]["reference"]
    assert set(found.names.values()) >= {f"Encounter/{visit['id']}", f"DocumentReference/{document['id']}"}
    assert is_delivered(consultation_of(hour))
    assert Entry.objects.filter(act="delivery.made").count() == 1
    assert deliver(journal) == 0


def test_what_is_sent_again_changes_nothing(journal: Journal):
    begun(journal)
    deliver(journal)
    kinds = ["Patient", "Practitioner", "RelatedPerson", "Appointment", "Encounter", "DocumentReference"]
    before = {kind: journal.there(kind) for kind in kinds}
    Delivery.objects.update(status="waiting", settled_at=None)
    assert deliver(journal) == 1
    assert {kind: journal.there(kind) for kind in kinds} == before
    assert len(before["Patient"]) == 1 and len(before["Practitioner"]) == 2


def test_an_hour_that_came_from_the_record_is_referred_to_there(journal: Journal):
    hour = begun(journal)
    RecordAppointment.objects.create(
        clinic=hour.clinic,
        server=journal.base_url,
        record_id="time-17",
        appointment=hour.appointment,
        first_at=END,
        said_digest="x",
    )
    deliver(journal)
    assert journal.there("Appointment") == []
    assert visits_there(journal, hour)[0]["appointment"] == [{"reference": "Appointment/time-17"}]


def corrected(hour, text: str, *, number: int = 1):
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": END + timedelta(minutes=5)}
    name = consultation_of(hour).public_id
    return closing.correct_note(hour.clinic, name, number=number, text=text, reason="Feil side", **act)


@pytest.mark.parametrize("has_gone", [True, False])
def test_a_correction_replaces_what_was_there(journal: Journal, has_gone):
    hour = begun(journal)
    if has_gone:
        deliver(journal)
    corrected(hour, "Høyre kne.")
    deliver_all(journal)
    old, new = sorted(journal.there("DocumentReference"), key=lambda one: one["docStatus"] == "amended")
    assert (old["status"], new["status"]) == ("superseded", "current")
    assert new["relatesTo"][0]["target"]["reference"] == f"DocumentReference/{old['id']}"
    kinds = [each["attachment"]["contentType"] for each in new["content"]]
    assert kinds == ["application/pdf", "text/plain; charset=utf-8"]
    assert base64.b64decode(new["content"][0]["attachment"]["data"]).startswith(b"%PDF")
    assert len(visits_there(journal, hour)) == 1 and is_delivered(consultation_of(hour))


def test_a_correction_takes_along_what_had_stopped(journal: Journal):
    hour = begun(journal)
    journal.faults = ["status_422"]
    deliver(journal)
    corrected(hour, "Høyre kne.")
    deliver_all(journal)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    assert len(journal.there("DocumentReference")) == 2


def test_a_patient_who_is_there_is_found_by_the_national_number(journal: Journal):
    hour = begun(journal)
    number = numbered(hour)
    journal.put(
        {"resourceType": "Patient", "identifier": [{"system": systems.BIRTH_NUMBER, "value": number}]}
    )
    deliver(journal)
    (patient,) = journal.there("Patient")
    assert "name" not in patient
    assert notes_there(journal, hour)[0]["subject"]["reference"] == f"Patient/{patient['id']}"


def test_what_it_came_to_follows_when_it_is_decided(journal: Journal):
    hour = begun(journal)
    deliver(journal)
    decided(hour)
    assert not is_delivered(consultation_of(hour))
    deliver(journal)
    (visit,) = visits_there(journal, hour)
    codes = [one["valueCoding"]["code"] for one in visit["extension"] if "valueCoding" in one]
    assert codes == ["completed", "none"]
    assert is_delivered(consultation_of(hour))


def decided(hour):
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": END + timedelta(minutes=2)}
    consultation = consultation_of(hour)
    return closing.close_out(
        hour.clinic,
        consultation.public_id,
        version=consultation.version,
        outcome="completed",
        follow_up="none",
        fee="no_charge",
        **act,
    )


def test_a_clinic_without_a_journal_system_sends_nothing(journal: Journal):
    hour = a_full_conversation()
    signed(hour)
    assert not Delivery.objects.exists()
    connections.choose(hour.clinic, kind="none", actor=SYSTEM, now=journal.clock.now)
    assert not is_delivered(consultation_of(hour))
    decided(hour)
    assert not is_delivered(consultation_of(hour))
    connections.choose(hour.clinic, kind="copy", actor=SYSTEM, now=journal.clock.now)
    assert not is_delivered(consultation_of(hour))
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": END}
    closing.take_note(hour.clinic, consultation_of(hour).public_id, how="copy", **act)
    assert is_delivered(consultation_of(hour))


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_got_over(journal: Journal, fault):
    hour = begun(journal)
    journal.faults = [fault]
    deliver(journal)
    assert the(hour).status in ({"delivered"} if fault == "status_401" else {"waiting"})
    if fault in {"status_503_wait", "status_429"}:
        journal.clock.later(seconds=35)
        assert deliver(journal) == 0
    journal.let_late_ones_through()
    deliver_all(journal)
    assert (len(notes_there(journal, hour)), len(visits_there(journal, hour))) == (1, 1)
    assert journal.befell[fault] == 1 and EhrConnection.objects.get().fault == ""


def test_after_many_random_faults_each_note_is_there_once(journal: Journal):
    """A hundred here; the bench does five hundred."""
    chance = random.Random(20261126)
    clinic_hours = [begun(journal)]
    clinic = clinic_hours[0].clinic
    for _ in range(5):
        clinic_hours.append(another(journal, clinic))
    journal.faults = [chance.choice(FAULTS) for _ in range(100)]
    for _ in range(400):
        deliver(journal)
        if chance.random() < 0.3:
            journal.let_late_ones_through()
        if not journal.faults and not Delivery.objects.filter(status="waiting").exists():
            break
        if not Delivery.objects.filter(status="waiting").exists():
            clinic_hours.append(another(journal, clinic))
        journal.clock.later(seconds=chance.choice([5, 60, 900]))
    journal.let_late_ones_through()
    assert sum(journal.befell.values()) == 100
    for hour in clinic_hours:
        assert (len(notes_there(journal, hour)), len(visits_there(journal, hour))) == (1, 1)
    assert len(journal.there("Encounter?_count=1000")) == len(clinic_hours)


def another(journal: Journal, clinic):
    """One more signed conversation at the same clinic."""
    hour = a_full_conversation()
    Delivery.objects.filter(consultation__appointment=hour.appointment).delete()
    for thing in (hour.appointment, consultation_of(hour)):
        thing.clinic = clinic
        thing.save(update_fields=["clinic"])
    hour.clinic = clinic
    hour.clinician.clinic = clinic
    hour.clinician.save(update_fields=["clinic"])
    signed(hour)
    return hour


def test_a_server_that_is_down_for_a_day_is_waited_for(journal: Journal):
    hour = begun(journal)
    journal.is_down = True
    until = journal.clock.now + timedelta(hours=24)
    tried = 0
    while journal.clock.now < until:
        tried += deliver(journal)
        journal.clock.later(minutes=15)
    assert the(hour).status == "waiting" and 40 < tried < 97
    connection = EhrConnection.objects.get()
    assert connection.fault == Reason.NO_ANSWER and connection.fault_at < until - timedelta(hours=23)  # type: ignore[operator]
    journal.is_down = False
    deliver_all(journal)
    assert len(notes_there(journal, hour)) == 1


def test_what_waited_when_the_clinic_chose_another_way_is_for_people(journal: Journal):
    hour = begun(journal)
    assert [one.fault for one in undelivered(hour.clinic, clinician=hour.clinician)] == [""]
    connections.choose(hour.clinic, kind="copy", actor=SYSTEM, now=journal.clock.now)
    assert [one.fault for one in undelivered(hour.clinic)] == [NOT_SENT]
    assert deliver(journal) == 0 and not is_delivered(consultation_of(hour))


def test_a_server_in_trouble_is_left_alone_by_everything_of_that_clinic(journal: Journal):
    hour = begun(journal)
    another(journal, hour.clinic)
    journal.faults = ["status_500"] * 9
    assert len(undelivered(hour.clinic)) == 2
    assert deliver(journal) == 1
    assert deliver(journal) == 0
    journal.clock.later(seconds=8)
    assert deliver(journal) == 1


def test_what_the_server_will_not_have_stops_and_is_kept_with_its_words(journal: Journal):
    hour = begun(journal)
    user = hour.clinician.user
    user.name = " "
    user.save(update_fields=["name"])
    deliver(journal)
    found = the(hour)
    assert (found.status, found.fault) == ("stopped", Reason.REFUSED)
    assert json.loads(found.refused)["resourceType"] == "Bundle" and "display" in found.words
    assert numbered(hour) not in found.refused and "•••••" in found.refused
    assert journal.there("Encounter") == []
    user.name = "Kari Nordmann"
    user.save(update_fields=["name"])
    assert not is_delivered(consultation_of(hour))
    assert queue.stopped_of(hour.clinic).count() == 1
    again = queue.try_again(found, version=found.version, actor=SYSTEM, now=journal.clock.now)
    assert again.status == "waiting"
    deliver(journal)
    assert the(hour).status == "delivered" and the(hour).refused == ""


def test_one_that_stops_does_not_hold_up_the_others(journal: Journal):
    first = begun(journal)
    second = another(journal, first.clinic)
    journal.faults = ["status_422"]
    assert deliver(journal) == 2
    assert (the(first).status, the(second).status) == ("stopped", "delivered")


def test_one_that_always_fails_while_others_go_is_stopped_in_the_end(journal: Journal):
    hour = begun(journal)
    for number in range(60):
        journal.faults = ["status_500"]
        deliver(journal)
        if number == 1:
            EhrConnection.objects.update(delivered_at=journal.clock.now + timedelta(seconds=1))
        if the(hour).status == "stopped":
            break
        journal.clock.later(minutes=15)
    assert the(hour).status == "stopped" and the(hour).attempts == 20
    assert the(hour).refused


def test_a_patient_who_is_there_twice_is_shown_and_chosen(journal: Journal):
    hour = begun(journal)
    number = numbered(hour)
    for name in ("Ola Hansen", "Ole Hansen"):
        journal.put(
            {
                "resourceType": "Patient",
                "identifier": [{"system": systems.BIRTH_NUMBER, "value": number}],
                "name": [{"text": name}],
                "birthDate": BORN.isoformat(),
            }
        )
    deliver(journal)
    found = the(hour)
    assert (found.status, found.fault) == ("stopped", Reason.PATIENT_TWICE)
    people = json.loads(found.candidates)
    assert sorted(one["name"] for one in people) == ["Ola Hansen", "Ole Hansen"]
    with pytest.raises(Invalid):
        queue.say_who(found, reference="../Patient/1", version=found.version, actor=SYSTEM, now=END)
    chosen = next(one["reference"] for one in people if one["name"] == "Ola Hansen")
    queue.say_who(found, reference=chosen, version=found.version, actor=SYSTEM, now=journal.clock.now)
    deliver(journal)
    assert the(hour).status == "delivered"
    assert notes_there(journal, hour)[0]["subject"]["reference"] == chosen
    assert len(journal.there("Patient")) == 2


def test_a_patient_without_a_number_is_not_made_there_unless_the_clinic_says_so(journal: Journal):
    hour = begun(journal, has_number=False)
    deliver(journal)
    found = the(hour)
    assert (found.status, found.fault) == ("stopped", Reason.NO_NUMBER)
    assert journal.there("Patient") == []
    EhrConnection.objects.update(makes_patients=True)
    queue.try_again(found, version=found.version, actor=SYSTEM, now=journal.clock.now)
    deliver(journal)
    (patient,) = journal.there("Patient")
    numbered(hour)
    Delivery.objects.update(status="waiting", settled_at=None)
    deliver(journal)
    assert journal.there("Patient") == [patient]
    assert PatientThere.objects.get().reference == f"Patient/{patient['id']}"


def test_what_was_written_in_by_hand_is_not_sent(journal: Journal):
    hour = begun(journal)
    found = the(hour)
    with pytest.raises(Overtaken):
        queue.done_by_hand(found, version=found.version + 1, actor=SYSTEM, now=END)
    queue.done_by_hand(found, version=found.version, actor=SYSTEM, now=END)
    assert deliver(journal) == 0
    assert is_delivered(consultation_of(hour)) and journal.there("Encounter") == []


def test_two_workers_never_send_for_one_clinic_at_once(journal: Journal):
    hour = begun(journal)
    now = journal.clock.now
    EhrConnection.objects.update(leased_by="other", lease_until=now + timedelta(seconds=100))
    assert deliver(journal) == 0
    journal.clock.later(seconds=101)
    assert deliver(journal, worker="mine") == 1
    assert the(hour).status == "delivered"
    assert EhrConnection.objects.get().lease_until is None


def test_a_token_is_asked_for_once_and_again_when_it_ends(journal: Journal):
    hour = begun(journal)
    deliver(journal)
    another(journal, hour.clinic)
    deliver(journal)
    assert journal.asked["POST /token"] == 1
    journal.control("revoke")
    another(journal, hour.clinic)
    deliver(journal)
    assert journal.asked["POST /token"] == 2
    assert not Delivery.objects.exclude(status="delivered").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"client_id": "somebody-else"}, Reason.KEY_REFUSED),
        ({"scopes": "system/Everything.write"}, Reason.SCOPE_REFUSED),
        ({"base_url": "https://elsewhere.example/r4"}, Reason.HOST),
        ({"token_url": "https://elsewhere.example/token"}, Reason.HOST),
        ({"sealed_key": b""}, Reason.NO_KEY),
    ],
)
def test_what_is_set_up_wrongly_says_what_it_is(journal: Journal, change, reason):
    clinic = a_clinic()
    connect(journal, clinic)
    EhrConnection.objects.update(**change)
    connection = connections.fhir_connection_of(clinic)
    with pytest.raises(Fault) as fault, Ehr(connection) as ehr:
        ehr.search("Patient", {"_count": "1"}, now=journal.clock.now)
    assert fault.value.reason == reason


def test_the_key_of_another_is_refused_and_the_right_one_is_not(journal: Journal):
    clinic = a_clinic()
    connection = connect(journal, clinic)
    with Ehr(connection) as ehr:
        assert ehr.search("Patient", {}, now=journal.clock.now)["resourceType"] == "Bundle"
    connections.make_next_key(clinic, actor=SYSTEM, now=journal.clock.now)
    with pytest.raises(Fault) as fault:
        connections.use_next_key(clinic, actor=SYSTEM, now=journal.clock.now)
    assert fault.value.reason == Reason.KEY_REFUSED
    journal.knows(connections.fhir_connection_of(clinic))
    connections.use_next_key(clinic, actor=SYSTEM, now=journal.clock.now)
    connection = connections.fhir_connection_of(clinic)
    assert not connection.sealed_next_key
    with Ehr(connection) as ehr:
        assert ehr.read("metadata", now=journal.clock.now)["resourceType"] == "CapabilityStatement"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(journal: Journal, settings):
    connection = connect(journal, a_clinic())
    settings.BLIKK_EHR_CA = ""
    with pytest.raises(Fault) as fault, Ehr(connection) as ehr:
        ehr.capabilities(now=journal.clock.now)
    assert fault.value.reason == Reason.CERTIFICATE
