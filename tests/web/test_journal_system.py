"""The administrator's page about the journal system, and what a clinician sees of a note that is not there yet."""

import json

import pytest
import time_machine
from django.test import Client

from blikk.documentation.ehr.deliveries import deliver_once
from blikk.documentation.ehr.faults import Reason
from blikk.documentation.models import Delivery, EhrConnection
from blikk.web.presenters.journal import FAULTS
from tests.builders import a_clinic, a_member
from tests.documentation.conversations import a_full_conversation, numbered, signed
from tests.identities import consultation_of
from tests.journal import CLIENT, Clock, Journal, connect, journal, journal_process
from tests.people import signed_in

pytestmark = pytest.mark.django_db
__all__ = ["journal", "journal_process"]
PAGE = "/klinikk/journal"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(Clock().now, tick=False):
        yield


def administrator(clinic) -> Client:
    return signed_in(a_member(clinic, "administrator", "Anne Admin"))


def typed(journal: Journal, **more):
    given = {
        "kind": "fhir",
        "base_url": journal.base_url,
        "client_id": CLIENT,
        "scopes": "",
        "token_url": "",
        "document_kind": "B02-2",
    }
    return {**given, **more}


def page(client: Client, at: str = PAGE) -> str:
    return client.get(at).content.decode()


def stopped(journal: Journal, hour) -> Delivery:
    connect(journal, hour.clinic)
    signed(hour)
    journal.faults = ["status_422"]
    deliver_once("w", clock=journal.clock)
    return Delivery.objects.get()


def test_an_administrator_chooses_the_way_and_hands_over_the_key(journal: Journal):
    clinic = a_clinic()
    client = administrator(clinic)
    assert "jwks.json" not in page(client)
    assert client.post(PAGE, typed(journal)).status_code == 302
    connection = EhrConnection.objects.get(clinic=clinic)
    said = Client().get(f"/journal/{connection.public_id}/jwks.json").json()
    assert [set(key) for key in said["keys"]] == [{"kty", "n", "e", "kid", "use", "alg"}]
    assert f"/journal/{connection.public_id}/jwks.json" in page(client)
    assert Client().get("/journal/finnes-ikke/jwks.json").status_code == 404


def test_an_address_that_the_operator_has_not_named_is_refused_beside_the_field(journal: Journal):
    client = administrator(a_clinic())
    answer = client.post(PAGE, typed(journal, base_url="https://169.254.169.254/latest"))
    assert answer.status_code == 422 and "har ikke åpnet for denne serveren" in answer.content.decode()
    assert not EhrConnection.objects.exists()


def test_trying_the_connection_says_in_words_what_is_wrong(journal: Journal):
    clinic = a_clinic()
    client = administrator(clinic)
    client.post(PAGE, typed(journal))
    client.post(f"{PAGE}/prov")
    assert str(FAULTS["key_refused"]) in page(client)
    journal.knows(EhrConnection.objects.get())
    client.post(f"{PAGE}/prov")
    assert "Det virker" in page(client)
    journal.is_down = True
    client.post(f"{PAGE}/prov")
    assert str(FAULTS["no_answer"]) in page(client)


def test_a_key_is_changed_when_the_other_side_has_the_new_one(journal: Journal):
    clinic = a_clinic()
    client = administrator(clinic)
    client.post(PAGE, typed(journal))
    connection = EhrConnection.objects.get()
    journal.knows(connection)
    client.post(f"{PAGE}/nokkel", {"act": "make"})
    client.post(f"{PAGE}/nokkel", {"act": "use"})
    assert "Den gamle nøkkelen er fortsatt i bruk" in page(client)
    connection.refresh_from_db()
    journal.knows(connection)
    client.post(f"{PAGE}/nokkel", {"act": "use"})
    assert "Den nye nøkkelen er i bruk" in page(client)


def test_what_was_refused_is_kept_and_shown_and_can_be_sent_again(journal: Journal):
    hour = a_full_conversation()
    delivery = stopped(journal, hour)
    client = administrator(hour.clinic)
    assert "Ola Hansen" in page(client) and str(FAULTS["refused"]) in page(client)
    at = f"{PAGE}/sending/{delivery.public_id}"
    assert "DocumentReference" in page(client, at)
    delivery.refresh_from_db()
    client.post(at, {"act": "again", "version": delivery.version})
    deliver_once("w", clock=journal.clock)
    assert "Levert" in page(client)
    assert Delivery.objects.get().status == "delivered"


def test_a_patient_who_is_there_twice_is_chosen_on_the_page(journal: Journal):
    hour = a_full_conversation()
    connect(journal, hour.clinic)
    number = numbered(hour)
    for name in ("Ola Hansen", "Ole Hanssen"):
        identifier = [{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": number}]
        journal.put({"resourceType": "Patient", "identifier": identifier, "name": [{"text": name}]})
    signed(hour)
    deliver_once("w", clock=journal.clock)
    delivery = Delivery.objects.get()
    client, at = administrator(hour.clinic), f"{PAGE}/sending/{delivery.public_id}"
    assert "Ole Hanssen" in page(client, at)
    reference = json.loads(delivery.candidates)[0]["reference"]
    client.post(at, {"act": "who", "version": delivery.version, "reference": reference})
    deliver_once("w", clock=journal.clock)
    assert Delivery.objects.get().status == "delivered"


def test_a_note_that_is_not_there_stands_on_the_day_until_somebody_has_done_something(journal: Journal):
    hour = a_full_conversation()
    stopped(journal, hour)
    client = signed_in(hour.clinician)
    day = page(client, "/dag/")
    assert "Ikke i journalen ennå" in day and str(FAULTS["refused"]) in day
    at = f"/avslutning/{consultation_of(hour).public_id}/journal"
    assert at in day
    delivery = Delivery.objects.get()
    said = {"act": "by_hand", "version": delivery.version, "delivery": delivery.public_id}
    assert client.post(at, said).status_code == 302
    assert "Ikke i journalen ennå" not in page(client, "/dag/")
    assert "Alt er i journalen" in page(client, at)


def test_a_colleague_sees_nothing_of_it(journal: Journal):
    hour = a_full_conversation()
    delivery = stopped(journal, hour)
    at = f"/avslutning/{consultation_of(hour).public_id}/journal"
    colleague = signed_in(a_member(hour.clinic))
    said = {"act": "by_hand", "version": delivery.version, "delivery": delivery.public_id}
    assert colleague.get(at).status_code == 404 and colleague.post(at, said).status_code == 404
    assert Delivery.objects.get().status == "stopped"
    assert signed_in(hour.clinician).get(at).status_code == 200


def test_every_fault_has_words():
    assert {str(reason) for reason in Reason} <= set(FAULTS)
