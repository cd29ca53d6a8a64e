import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blikk.clinics.models import Happening, MachineClient, Webhook, WebhookEvent
from blikk.clinics.webhooks import services
from blikk.kernel.actors import SYSTEM
from tests.api.systems import KEY, a_system, public
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient
from tests.people import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "https://journal.example.no/blikk"


@pytest.fixture
def clinic():
    with time_machine.travel(NOW, tick=False):
        yield a_clinic()


@pytest.fixture
def administrator(clinic):
    return signed_in(a_member(clinic, "administrator", "Anne Admin"))


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_system_is_registered_and_told_what_it_needs(administrator, clinic):
    form = {"name": "Journalen", "kinds": ["Encounter"], "keys": public(KEY)}
    answer = administrator.post("/klinikk/systemer/nytt", form, follow=True)
    made = MachineClient.objects.get()
    assert made.public_id in words(answer) and "/fhir/token" in words(answer)
    assert "Ikke brukt ennå." in words(answer)
    assert "Journalen" in words(administrator.get("/klinikk/systemer/"))


def test_a_private_key_is_refused_and_never_kept(administrator):
    import json

    private = json.dumps(KEY.as_dict(private=True))
    pem = KEY.as_pem(private=True).decode()
    for keys in (private, pem):
        answer = administrator.post(
            "/klinikk/systemer/nytt", {"name": "Journalen", "kinds": ["Encounter"], "keys": keys}
        )
        assert (answer.status_code, "privat nøkkel" in words(answer)) == (422, True)
    assert not MachineClient.objects.exists()
    good = {"name": "Journalen", "kinds": ["Encounter"], "keys": KEY.as_pem(private=False).decode()}
    assert administrator.post("/klinikk/systemer/nytt", good).status_code == 302


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"keys": "{}"}, "ikke en offentlig nøkkel"),
        ({"keys": '{"keys": []}'}, "ikke en offentlig nøkkel"),
        ({"keys": '{"kty": "oct", "k": "aGVtbWVsaWc"}'}, "ikke en offentlig nøkkel"),
        ({"keys": "https://journal.example.no/jwks"}, "ikke en offentlig nøkkel"),
        ({"keys": public(KEY, KEY)}, "samme navn"),
        ({"kinds": []}, "Fyll ut dette feltet."),
        ({"kinds": ["Medication"]}, "Velg fra listen."),
        ({"name": " "}, "Fyll ut dette feltet."),
    ],
)
def test_what_cannot_be_used_is_said_beside_the_field_and_nothing_typed_is_lost(administrator, form, said):
    asked = {"name": "Journalen", "kinds": ["Encounter"], "keys": public(KEY), **form}
    answer = administrator.post("/klinikk/systemer/nytt", asked)
    assert answer.status_code == 422
    assert said in words(answer)
    assert asked["name"].strip() in words(answer) or f'value="{asked["name"]}"' in answer.content.decode()


def test_a_system_can_be_given_less_and_turned_off(administrator, clinic):
    system = a_system(clinic)
    page = f"/klinikk/systemer/{system.client.public_id}"
    administrator.post(page, {"name": "Nytt navn", "kinds": ["Patient"], "keys": ""})
    system.client.refresh_from_db()
    assert (system.client.name, system.client.kinds) == ("Nytt navn", ["Patient"])
    assert len(system.client.keys) == 1
    assert administrator.post(f"{page}/av").status_code == 302
    assert administrator.get(page).status_code == 404


def test_the_secret_is_shown_once(administrator, clinic):
    form = {"address": ADDRESS, "happenings": ["arrived", "ended"]}
    answer = administrator.post("/klinikk/systemer/beskjed/ny", form)
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", answer.content.decode())[0]
    assert "no-store" in answer["Cache-Control"]
    page = f"/klinikk/systemer/beskjed/{Webhook.objects.get().public_id}"
    assert "whsec_" not in administrator.get(page).content.decode()
    other = administrator.post(f"{page}/bytt").content.decode()
    assert "whsec_" in other and secret not in other
    assert "Den gamle virker til" in words(administrator.get(page))
    administrator.post(f"{page}/glem")
    assert "Den gamle virker til" not in words(administrator.get(page))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://journal.example.no/", "Adressen må begynne med https://."),
        ("https://10.0.0.1/", "internt nett"),
        ("https://a b/", "Skriv hele adressen"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_beside_the_field(administrator, address, said):
    form = {"address": address, "happenings": ["ended"]}
    answer = administrator.post("/klinikk/systemer/beskjed/ny", form)
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert not Webhook.objects.exists()


def test_how_it_goes_stands_on_the_page_with_a_button(administrator, clinic):
    hook, _ = services.set_up(clinic, address=ADDRESS, happenings=["ended"], actor=SYSTEM, now=NOW)
    services.tell(clinic.pk, Happening.ENDED, about="a", names={}, now=NOW)
    event = WebhookEvent.objects.get()
    event.tries.create(at=NOW, code=500, reason="troubled", took_ms=12)
    WebhookEvent.objects.update(status="dead", settled_at=NOW)
    page = f"/klinikk/systemer/beskjed/{hook.public_id}"
    text = words(administrator.get(page))
    assert "1 beskjed er gitt opp." in text
    assert "Serveren har problemer. Svar 500. (12 ms)" in text
    assert event.public_id in text
    assert "1 beskjed er gitt opp." in words(administrator.get("/klinikk/systemer/"))
    administrator.post(f"{page}/igjen")
    assert WebhookEvent.objects.get().status == "waiting"
    administrator.post(f"{page}/prov")
    assert [one.happening for one in WebhookEvent.objects.all()] == ["ended", "trial"]
    administrator.post(f"{page}/slutt")
    assert administrator.get(page).status_code == 404


def test_what_a_system_looked_at_stands_in_the_log_under_its_name_and_the_patients(administrator, clinic):
    hour = a_booked_hour(clinic)
    other = a_patient(clinic, "Anne Lie")
    a_booked_hour(clinic, clinician=hour.clinician, patient=other, starts_in=timedelta(hours=2))
    system = a_system(clinic).enter()
    system.get("/fhir/Appointment")
    text = words(administrator.post("/klinikk/logg", {"patient": "Hansen", "group": "looks"}))
    assert "Journalen Et annet system søkte" in text
    nobody = words(administrator.post("/klinikk/logg", {"patient": "Finnesikke", "group": "looks"}))
    assert "Et annet system søkte" not in nobody


def test_the_page_takes_as_many_questions_whatever_there_is(administrator, clinic):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert administrator.get("/klinikk/systemer/").status_code == 200
        return len(queries)

    before = asked()
    for number in range(3):
        a_system(clinic, name=f"System {number}")
        services.set_up(clinic, address=ADDRESS, happenings=["ended"], actor=SYSTEM, now=NOW)
    assert asked() == before
