from datetime import timedelta

import pytest
import time_machine
from joserfc import jwt
from joserfc.jwk import OctKey

from blikk.audit.models import Entry
from blikk.clinics.machines import services
from blikk.clinics.models import MachineToken, UsedAssertion
from blikk.kernel.actors import SYSTEM
from tests.api.systems import BASE, KEY, OTHER_KEY, RSA, TOKEN, Asker, a_system, public
from tests.builders import NOW, a_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def system(clock) -> Asker:
    return a_system(a_clinic())


def refused(answer, error="invalid_client", status=401) -> str:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.content
    assert "access_token" not in answer.json()
    assert answer["Cache-Control"] == "no-store"
    return answer.json()["error_description"]


def test_who_signs_that_it_is_itself_gets_a_token_for_five_minutes(system):
    answer = system.ask()
    said = answer.json()
    assert (answer.status_code, said["token_type"], said["expires_in"]) == (200, "Bearer", 300)
    assert "system/Patient.rs" in said["scope"].split()
    assert len(said["access_token"]) >= 43
    row = MachineToken.objects.get()
    assert said["access_token"] not in str(row.__dict__)
    assert row.expires_at == NOW + timedelta(minutes=5)
    system.client.refresh_from_db()
    assert (system.client.last_used_at, system.client.last_used_from) == (NOW, "127.0.0.1")
    assert Entry.objects.filter(act="machine.token_given", actor_id=system.client.public_id).count() == 1


def test_the_same_proof_is_worth_nothing_a_second_time(system):
    proof = system.assertion()
    assert system.ask(proof).status_code == 200
    assert "brukt før" in refused(system.ask(proof))
    assert MachineToken.objects.count() == 1


def test_a_proof_by_another_key_an_unknown_system_and_one_that_is_off_are_told_the_same(system):
    stranger = Asker(a_system(a_clinic("Annet sted")).client, OTHER_KEY)
    nobody = system.assertion(iss="x" * 22, sub="x" * 22)
    forged = system.assertion(key=OTHER_KEY)
    off = a_system(system.client.clinic, name="Gammelt")
    services.turn_off(off.client.clinic, off.client.public_id, actor=SYSTEM, now=NOW)
    words = {refused(system.ask(one)) for one in (forged, nobody, stranger.assertion(), off.assertion())}
    assert len(words) == 1
    assert system.ask().status_code == 200


def test_algorithms_that_prove_nothing_are_not_taken(system):
    import base64
    import json

    def b64(said):
        return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()

    none = f"{b64({'alg': 'none', 'kid': 'a'})}.{b64(system.claims())}."
    shared = OctKey.import_key(public(KEY))
    by_public_key = jwt.encode({"alg": "HS256", "kid": "a"}, system.claims(), shared, algorithms=["HS256"])
    rsa = a_system(system.client.clinic, name="RSA", keys=(RSA,))
    weak = rsa.assertion(alg="RS256", key=RSA, header={"kid": "r"})
    for proof in (none, by_public_key, weak):
        refused(system.ask(proof))
    for alg in ("RS384", "PS256", "PS384"):
        assert rsa.ask(rsa.assertion(alg=alg, key=RSA, header={"kid": "r"})).status_code == 200
    assert system.ask().status_code == 200


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": int(NOW.timestamp())}, "utløpt"),
        ({"exp": int(NOW.timestamp()) + 331}, "for lenge"),
        ({"exp": None}, "exp mangler"),
        ({"exp": "snart"}, "exp mangler"),
        ({"exp": True}, "exp mangler"),
        ({"nbf": int(NOW.timestamp()) + 120}, "gjelder ikke ennå"),
        ({"iat": int(NOW.timestamp()) + 120}, "gjelder ikke ennå"),
        ({"aud": "https://annet.example.no/fhir/token"}, "aud"),
        ({"aud": [TOKEN, "https://annet.example.no/fhir/token"]}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "noen andre"}, "iss og sub"),
        ({"iss": None}, "iss og sub"),
        ({"jti": None}, "jti mangler"),
        ({"jti": "x" * 201}, "jti mangler"),
        ({"jti": 7}, "jti mangler"),
    ],
)
def test_a_proof_must_be_for_us_just_now_and_have_a_name_of_its_own(system, claims, words):
    assert words in refused(system.ask(system.assertion(**claims)))
    assert not UsedAssertion.objects.exists()
    assert system.ask(system.assertion(aud=[TOKEN])).status_code == 200


def test_a_proof_with_a_header_that_must_be_understood_is_refused(system):
    refused(system.ask(system.assertion(header={"kid": "en annen"})))
    for broken in ("", "a.b", "a.b.c", "x" * 9000, "..", "e30.e30.e30"):
        refused(system.ask(broken or " "))
    assert system.ask().status_code == 200


def test_no_password_and_no_shared_secret_is_taken(system):
    browser = system.browser
    form = "application/x-www-form-urlencoded"
    secret = browser.post(
        "/fhir/token", "grant_type=client_credentials&client_id=a&client_secret=b", content_type=form
    )
    assert "Passord" in refused(secret)
    refused(system.ask(grant_type="password"), "unsupported_grant_type", 400)
    refused(browser.post("/fhir/token", {}, content_type="application/json"), "invalid_request", 400)
    assert browser.get("/fhir/token").status_code == 405
    assert system.ask().status_code == 200


def test_a_token_is_good_for_what_the_administrator_gave_and_no_more(clock):
    system = a_system(a_clinic(), kinds=["Appointment", "Encounter"])
    assert system.ask().json()["scope"] == "system/Appointment.rs system/Encounter.rs"
    asked = system.ask(scope="system/Patient.rs system/Encounter.r openid")
    assert asked.json()["scope"] == "system/Encounter.r"
    assert system.ask(scope="system/*.rs").json()["scope"] == "system/Appointment.rs system/Encounter.rs"
    assert system.ask(scope="system/*.read").json()["scope"] == "system/Appointment.rs system/Encounter.rs"
    for nothing in ("system/Patient.rs", "user/Encounter.rs", "system/Encounter.cud", "system/Encounter."):
        refused(system.ask(scope=nothing), "invalid_scope", 400)


def test_a_token_runs_out_and_can_be_taken_back(system, clock):
    system.enter()
    assert system.get("/fhir/Encounter").status_code == 200
    clock.shift(timedelta(minutes=5))
    assert system.get("/fhir/Encounter").status_code == 401
    system.later(minutes=5).enter()
    other = a_system(system.client.clinic, name="Et annet").later(minutes=5)
    assert other.ask(path="/fhir/revoke", token=system.token).status_code == 200
    assert system.get("/fhir/Encounter").status_code == 200, "it is not the other's to take back"
    assert system.ask(path="/fhir/revoke", token=system.token).status_code == 200
    assert system.get("/fhir/Encounter").status_code == 401
    assert system.ask(path="/fhir/revoke", token="finnes ikke").status_code == 200
    refused(system.ask(path="/fhir/revoke"), "invalid_request", 400)


def test_who_is_turned_off_or_given_less_is_out_at_once(system):
    clinic, name = system.client.clinic, system.client.public_id
    system.enter()
    assert system.get("/fhir/Patient").status_code == 200
    change = {"name": "Journalen", "actor": SYSTEM, "now": NOW}
    services.change(clinic, name, kinds=["Encounter"], **change)
    assert system.get("/fhir/Patient").status_code == 401
    system.enter()
    assert system.get("/fhir/Patient").status_code == 403
    assert system.get("/fhir/Encounter").status_code == 200
    services.change(clinic, name, kinds=["Encounter"], keys=public(OTHER_KEY), **change)
    assert system.get("/fhir/Encounter").status_code == 401, "its key is gone"
    renewed = Asker(system.client, OTHER_KEY).enter()
    assert renewed.get("/fhir/Encounter").status_code == 200
    services.turn_off(clinic, name, actor=SYSTEM, now=NOW)
    assert renewed.get("/fhir/Encounter").status_code == 401


def test_who_asks_too_often_is_told_to_wait(system):
    for _ in range(60):
        system.ask("a.b.c")
    answer = system.ask()
    assert "for ofte" in refused(answer, "temporarily_unavailable", 429)
    assert answer["Retry-After"] == "60"


def test_what_has_run_out_is_forgotten_and_what_is_good_is_kept(system):
    system.enter()
    services.forget_old(now=NOW + timedelta(minutes=4))
    assert (MachineToken.objects.count(), UsedAssertion.objects.count()) == (1, 1)
    services.forget_old(now=NOW + timedelta(days=2))
    assert (MachineToken.objects.count(), UsedAssertion.objects.count()) == (0, 0)


def test_where_tokens_are_given_can_be_found_out(system):
    said = system.browser.get("/fhir/.well-known/smart-configuration").json()
    assert said["token_endpoint"] == TOKEN
    assert said["revocation_endpoint"] == f"{BASE}/revoke"
    assert said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert set(said["token_endpoint_auth_signing_alg_values_supported"]) >= {"RS384", "ES384"}
    assert not {"none", "HS256", "RS256"} & set(said["token_endpoint_auth_signing_alg_values_supported"])
