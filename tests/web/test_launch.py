"""Blikk is started from a journal system: the whole way, and every way in which it can be wrong."""

import html
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from blikk.audit.models import Entry
from blikk.clinics.models import Membership
from blikk.documentation import launches
from blikk.documentation.models import Launch, LaunchIssuer, RecordPatient, RecordUser
from blikk.documentation.smart.keys import public_keys
from blikk.kernel.actors import SYSTEM
from blikk.kernel.sealing import bound_in, seal_text
from blikk.patients import numbers
from blikk.patients.models import Patient
from tests.builders import BORN, a_booked_hour, a_clinic, a_member, a_patient, admitted
from tests.national_numbers import made
from tests.people import code_at, give_password, signed_in, with_app
from tests.provider import another_key
from tests.smart_journal import HALF, TestJournal, patient, practitioner

pytestmark = pytest.mark.django_db
BASE = "http://localhost:8000"
NUMBER = made(BORN)


def now():
    from django.utils import timezone

    return timezone.now()


def register(journal: TestJournal, clinic: Any, client_id: str = "blikk") -> None:
    row = launches.register_issuer(
        clinic, issuer=journal.base, client_id=client_id, label="Fjordjournal", actor=SYSTEM, now=now()
    )
    journal.knows_client(client_id, public_keys(row), back=f"{BASE}/journal/tilbake")


@pytest.fixture(scope="module", autouse=True)
def _one_key():
    """One key for all that are registered here: making each anew is what would take the time."""
    text = json.dumps(
        {**(key := RSAKey.generate_key(3072, private=True)).as_dict(private=True), "kid": key.thumbprint()}
    )

    def same_key(row: LaunchIssuer) -> None:
        row.sealed_key = seal_text(text, bound_to=bound_in(LaunchIssuer, "sealed_key", row.public_id))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launches, "new_key", same_key)
        yield


@pytest.fixture
def kari(journal: TestJournal) -> Membership:
    member = a_member(a_clinic(), "clinician", "Kari Nordmann", hpr_number="9144900")
    register(journal, member.clinic)
    journal.put(practitioner())
    journal.put(patient(number=NUMBER))
    return member


def begin(client: Client, journal: TestJournal, **more: Any) -> Any:
    """Press the journal's button; gives where the browser is sent."""
    said = {"who": "kari", "fhir_user": "Practitioner/kari", "patient": "p1", **more}
    launch = journal.starts(f"L{Launch.objects.count()}", **said)
    asked = {"iss": journal.base, "launch": launch}
    page = client.get("/journal/start", asked)
    assert page.status_code == 200, page.content
    return client.post("/journal/start", asked)


def come_back(client: Client, said: dict[str, str]) -> Any:
    assert client.get("/journal/tilbake", said).status_code == 200
    return client.post("/journal/tilbake", said)


def launched(client: Client, journal: TestJournal, **more: Any) -> Any:
    """The whole way; gives the last answer."""
    to = begin(client, journal, **more)
    assert to.status_code == 302, to.content
    return come_back(client, journal.let_in(to["Location"]))


def why(answer: Any) -> str:
    page = html.unescape(answer.content.decode())
    assert answer.status_code in {422, 429}, (answer.status_code, answer.get("Location"))
    return page.split('data-why="')[1].split('"')[0]


def refusals() -> list[str]:
    rows = Entry.objects.filter(act="launch.refused").order_by("pk").values_list("details", flat=True)
    return [row.split('"why":"')[1].split('"')[0] for row in rows]


def test_the_patient_who_is_open_in_the_journal_is_open_here(journal, kari):
    ola = a_patient(kari.clinic, "Ola Hansen")
    assert launched(signed_in(kari), journal)["Location"] == f"/time/ny?pasient={ola.public_id}"
    assert RecordPatient.objects.get().patient == ola
    assert numbers.is_number_of(ola, NUMBER), "the number came along, where there was none"
    assert Entry.objects.filter(act="launch.opened", about__endswith=ola.public_id).exists()


def test_what_is_asked_for_is_what_smart_asks_for(journal, kari):
    a_patient(kari.clinic, "Ola Hansen")
    launched(signed_in(kari), journal)
    ask = next(path for method, path, _, _ in journal.asked if path.startswith("/auth"))
    for part in ("code_challenge_method=S256", "launch=L0", "state=", "nonce="):
        assert part in ask
    token = next(given for method, path, _, given in journal.asked if path == "/token")
    assert token["code_verifier"] not in ask
    assert token["client_assertion_type"].endswith("jwt-bearer")
    assert "client_secret" not in token


def test_the_hour_of_today_is_opened_and_a_conversation_that_runs(journal, kari):
    ola = a_patient(kari.clinic, "Ola Hansen")
    hour = a_booked_hour(kari.clinic, clinician=kari, patient=ola, now=now())
    browser = signed_in(kari)
    assert launched(browser, journal)["Location"] == f"/time/{hour.appointment.public_id}"
    talk = admitted(hour, now=now())
    assert launched(browser, journal)["Location"] == f"/samtale/{talk}"


def test_a_new_patient_is_never_made_silently(journal, kari):
    browser = signed_in(kari)
    to = launched(browser, journal)["Location"]
    assert to.startswith("/time/ny?journal=")
    page = html.unescape(browser.get(to).content.decode())
    assert 'value="Hansen"' in page
    assert 'value="17.05.1944"' in page
    assert not Patient.objects.exists()


def test_what_differs_is_said_and_a_person_decides(journal, kari):
    """The number is Ola's, and the journal has another name and another birth date."""
    ola = a_patient(kari.clinic, "Ola Hansen")
    numbers.type_in(ola, NUMBER, actor=SYSTEM, now=now())
    journal.put(patient(number=NUMBER, birthDate="1944-05-18", name=[{"family": "Berg", "given": ["Ola"]}]))
    browser = signed_in(kari)
    to = launched(browser, journal)["Location"]
    assert to.endswith("/pasient")
    page = html.unescape(browser.get(to).content.decode())
    assert "Fødselsdatoen er en annen" in page
    assert "Navnet er et annet" in page
    assert "Fødselsnummeret er et annet" not in page
    assert NUMBER not in page
    assert browser.post(to, {"patient": ola.public_id})["Location"] == f"/time/ny?pasient={ola.public_id}"
    entry = Entry.objects.get(act="launch.patient_decided")
    assert "name,birth_on" in entry.details
    # Decided once: the same patient is asked about again while the two places differ, and the page says so.
    assert launched(browser, journal)["Location"].endswith("/pasient")


def test_another_number_is_another_person_whatever_the_name(journal, kari):
    twin = a_patient(kari.clinic, "Ola Hansen")
    numbers.type_in(twin, made(BORN, start=700), actor=SYSTEM, now=now())
    browser = signed_in(kari)
    to = launched(browser, journal)["Location"]
    assert "Fødselsnummeret er et annet" in html.unescape(browser.get(to).content.decode())
    assert browser.post(to, {"patient": ""})["Location"].startswith("/time/ny?journal=")


def test_of_two_who_are_alike_a_person_says_which(journal, kari):
    journal.put(patient())
    first, second = a_patient(kari.clinic, "Ola Hansen"), a_patient(kari.clinic, "Ola Hansen")
    browser = signed_in(kari)
    to = launched(browser, journal)["Location"]
    page = browser.get(to).content.decode()
    assert first.public_id in page
    assert second.public_id in page
    browser.post(to, {"patient": second.public_id})
    assert launched(browser, journal)["Location"] == f"/time/ny?pasient={second.public_id}"


def test_a_patient_of_another_clinic_can_not_be_chosen(journal, kari):
    foreign = a_patient(a_clinic("Strandgata legevakt"), "Ola Hansen")
    own = a_patient(kari.clinic, "Ola Hansen")
    numbers.type_in(own, made(BORN, start=700), actor=SYSTEM, now=now())
    browser = signed_in(kari)
    to = launched(browser, journal)["Location"]
    assert foreign.public_id not in browser.get(to).content.decode()
    assert browser.post(to, {"patient": foreign.public_id}).status_code == 404
    assert browser.post(to, {"patient": own.public_id}).status_code == 302


# Who is who


def test_who_is_signed_in_there_must_be_who_is_signed_in_here(journal, kari):
    journal.put(practitioner("per", "7654321"))
    browser = signed_in(kari)
    assert why(launched(browser, journal, fhir_user="Practitioner/per")) == "other_user"
    assert refusals() == ["other_user"]
    assert Entry.objects.get(act="launch.refused").actor_id == kari.user.public_id


def test_a_user_without_a_number_is_bound_once_by_who_confirms_who_they_are(journal, settings):
    settings.BLIKK_SECOND_FACTOR = True
    member = a_member(a_clinic(), "secretary", "Siv Sekretær")
    with_app(member)
    register(journal, member.clinic)
    journal.put(practitioner("siv", hpr=""))
    journal.put(patient())
    ola = a_patient(member.clinic, "Ola Hansen")
    stale = signed_in(member)
    to = launched(stale, journal, fhir_user="Practitioner/siv")["Location"]
    assert to.endswith("/bruker")
    assert "/konto/igjen" in stale.get(to)["Location"], "who signed in long ago confirms who they are first"
    assert "/konto/igjen" in stale.post(to)["Location"]
    assert not RecordUser.objects.exists()

    browser = Client()
    give_password(browser, member)
    browser.post("/inn/bekreft", {"code": code_at(now())})
    to = launched(browser, journal, fhir_user="Practitioner/siv")["Location"]
    assert browser.get(to).status_code == 200
    assert browser.post(to)["Location"] == f"/time/ny?pasient={ola.public_id}"
    assert launched(browser, journal, fhir_user="Practitioner/siv")["Location"].startswith(
        "/time/ny?pasient="
    )

    other = a_member(member.clinic, "secretary", "Per Sekretær")
    assert why(launched(signed_in(other), journal, fhir_user="Practitioner/siv")) == "other_user"
    journal.put(practitioner("per", hpr=""))
    assert why(launched(browser, journal, fhir_user="Practitioner/per")) == "other_user"
    assert "Brukeren din i journalen" in browser.get("/konto/bekreftelse").content.decode()
    browser.post("/konto/journal/fra")
    assert not RecordUser.objects.exists()


def test_who_is_not_signed_in_signs_in_in_the_middle_and_comes_back(journal, kari, settings):
    settings.BLIKK_SECOND_FACTOR = False
    ola = a_patient(kari.clinic, "Ola Hansen")
    browser = Client()
    to = begin(browser, journal)["Location"]
    way_in = browser.get(to)["Location"]
    assert way_in.startswith("/inn/?next=/journal/start/")
    back = browser.post(way_in, {"login": kari.user.email, "password": "Fjord-og-fjell-2026", "next": to})
    assert back["Location"] == to
    assert browser.get(to).status_code == 200
    there = browser.post(to)["Location"]
    assert come_back(browser, journal.let_in(there))["Location"] == f"/time/ny?pasient={ola.public_id}"


def test_an_administrator_sees_no_patient_this_way_either(journal, kari):
    boss = a_member(kari.clinic, "administrator", "Anne Administrator")
    assert why(begin(signed_in(boss), journal)) == "not_for_role"


def test_who_works_at_two_says_where_and_lands_there(journal, kari):
    from blikk.clinics.models import Membership as Work

    other = a_clinic("Strandgata legevakt")
    register(journal, other, "blikk-2")
    Work.objects.create(clinic=other, user=kari.user, role="clinician", hpr_number="9144900")
    theirs = a_patient(other, "Ola Hansen")
    browser = signed_in(kari)
    to = begin(browser, journal)["Location"]
    page = browser.get(to).content.decode()
    assert "Strandgata legevakt" in page
    there = browser.post(to, {"clinic": other.public_id})["Location"]
    assert "client_id=blikk-2" in there
    assert come_back(browser, journal.let_in(there))["Location"].endswith(theirs.public_id)
    assert (
        f'value="{theirs.public_id}"' in browser.get(f"/time/ny?pasient={theirs.public_id}").content.decode()
    )


# Forged, replayed, foreign, late


def test_a_journal_that_nobody_registered_starts_nothing(journal, kari):
    browser = signed_in(kari)
    for near in (
        journal.base + "/",
        journal.base.upper(),
        journal.base + "2",
        "https://elsewhere.example/fhir",
        "",
    ):
        asked = {"iss": near, "launch": "L"}
        assert why(browser.get("/journal/start", asked)) == "unknown_issuer"
        assert why(browser.post("/journal/start", asked)) == "unknown_issuer"
    assert not Launch.objects.exists()
    assert not journal.asked, "our server went nowhere"
    assert refusals() == ["unknown_issuer"] * 5
    launches.end_issuer(kari.clinic, launches.issuers_of(kari.clinic)[0].public_id, actor=SYSTEM, now=now())
    assert why(browser.get("/journal/start", {"iss": journal.base, "launch": "L"})) == "unknown_issuer"


def test_an_answer_counts_once_and_in_its_own_browser(journal, kari):
    a_patient(kari.clinic, "Ola Hansen")
    browser, other = signed_in(kari), signed_in(kari)
    said = journal.let_in(begin(browser, journal)["Location"])
    assert why(come_back(other, said)) == "wrong_state"
    assert why(come_back(browser, {**said, "state": "x" * 43})) == "wrong_state"
    assert come_back(browser, said).status_code == 302
    assert why(come_back(browser, said)) == "replayed"
    assert refusals() == ["wrong_state", "wrong_state", "replayed"]


def test_a_start_is_begun_once(journal, kari):
    browser = Client()
    to = begin(browser, journal)["Location"]
    browser.force_login(kari.user)
    session = browser.session
    session["second_factor"] = True
    session.save()
    assert browser.post(to).status_code == 302
    assert why(browser.post(to)) == "replayed"


def test_an_answer_that_comes_too_late_is_not_used(journal, kari):
    browser = signed_in(kari)
    said = journal.let_in(begin(browser, journal)["Location"])
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        assert why(come_back(browser, said)) == "too_late"
    assert come_back(browser, said).status_code == 302


def test_another_member_in_the_same_browser_gets_nothing(journal, kari):
    browser = signed_in(kari)
    said = journal.let_in(begin(browser, journal)["Location"])
    other = a_member(kari.clinic, "clinician", "Per Nordmann", hpr_number="9144900")
    Launch.objects.update(user=other.user)
    assert why(come_back(browser, said)) == "wrong_state"
    Launch.objects.update(user=kari.user)
    assert come_back(browser, said).status_code == 302


def test_the_journal_can_say_no(journal, kari):
    browser = signed_in(kari)
    state = begin(browser, journal)["Location"].split("state=")[1].split("&")[0]
    assert why(come_back(browser, {"state": state, "error": "access_denied"})) == "cancelled"


def _claims(**changed: Any) -> Callable[[Any, Any], str | None]:
    def change(_header: Any, claims: Any) -> None:
        claims.update(changed)

    return change


def _none(header: Any, claims: Any) -> str:
    import base64

    def part(said: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()

    return f"{part({**header, 'alg': 'none'})}.{part(claims)}."


def _with_the_public_key(_header: Any, claims: Any) -> str:
    return jwt.encode(
        {"alg": "HS256", "kid": "j-1"}, claims, OctKey.import_key("x" * 32), algorithms=["HS256"]
    )


def _other_key(_header: Any, claims: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": "j-1"}, claims, another_key(), algorithms=["ES256"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_none, "bad_token"),
        (_with_the_public_key, "bad_token"),
        (_other_key, "bad_token"),
        (lambda header, claims: "not.a.token", "bad_token"),
        (_claims(aud="another"), "bad_token"),
        (_claims(aud=["blikk", "another"]), "bad_token"),
        (_claims(iss="https://elsewhere.example"), "wrong_issuer"),
        (_claims(nonce="another"), "wrong_nonce"),
        (_claims(exp=1), "clock"),
        (_claims(iat=99999999999), "clock"),
        (_claims(fhirUser="https://elsewhere.example/fhir/Practitioner/kari"), "bad_token"),
        (_claims(fhirUser="Practitioner/../Patient/p1"), "bad_token"),
        (_claims(fhirUser=None), "bad_token"),
        (_claims(fhirUser="Patient/p1"), "not_staff"),
    ],
)
def test_an_id_token_that_is_not_right_in_everything_opens_nothing(journal, kari, change, reason):
    a_patient(kari.clinic, "Ola Hansen")
    browser = signed_in(kari)
    journal.tokens_say(change)
    assert why(launched(browser, journal)) == reason
    assert refusals() == [reason]
    assert not RecordPatient.objects.exists()
    journal.tokens_say(_claims(auth_time=1))
    assert launched(browser, journal).status_code == 302, "the same token unharmed; signed in there long ago"


def _without(name: str) -> Callable[[Any], Any]:
    return lambda said: {key: value for key, value in said.items() if key != name}


@pytest.mark.parametrize(
    ("path", "change", "status", "reason"),
    [
        ("/token", lambda said: {"error": "invalid_grant"}, 400, "replayed"),
        ("/token", lambda said: {"error": "invalid_client"}, 401, "setup"),
        ("/token", lambda said: b"<html>", 200, "down"),
        ("/token", lambda said: [], 200, "down"),
        ("/token", lambda said: {}, 503, "down"),
        ("/token", _without("id_token"), 200, "bad_token"),
        ("/token", _without("access_token"), 200, "bad_token"),
        ("/token", _without("patient"), 200, "no_patient"),
        ("/token", lambda said: {**said, "patient": "../Practitioner/kari"}, 200, "bad_token"),
        ("/token", lambda said: {**said, "patient": "p9"}, 200, "unreadable"),
        ("/fhir/Patient/p1", lambda said: {**said, "id": "p2"}, 200, "other_patient"),
        ("/fhir/Patient/p1", lambda said: {**said, "resourceType": "Group"}, 200, "other_patient"),
        ("/fhir/Patient/p1", lambda said: {**said, "birthDate": "1944"}, 200, "unreadable"),
        ("/fhir/Patient/p1", lambda said: {**said, "name": "Ola"}, 200, "unreadable"),
        ("/fhir/Patient/p1", lambda said: b'{"resourceType":', 200, "down"),
        ("/fhir/Patient/p1", lambda said: {}, 403, "refused"),
        ("/fhir/Practitioner/kari", lambda said: {**said, "id": "per"}, 200, "other_user"),
        ("/jwks", lambda said: {"keys": "none"}, 200, "bad_token"),
    ],
)
def test_a_server_that_answers_wrongly_opens_nothing(journal, kari, path, change, status, reason):
    a_patient(kari.clinic, "Ola Hansen")
    journal.answers(path, change, status=status)
    assert why(launched(signed_in(kari), journal)) == reason
    assert not RecordPatient.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        _without("jwks_uri"),
        _without("issuer"),
        lambda said: {**said, "code_challenge_methods_supported": ["plain"]},
        lambda said: {**said, "token_endpoint": "https://169.254.169.254/token"},
        lambda said: {**said, "authorization_endpoint": "http://localhost/auth"},
        lambda said: {**said, "jwks_uri": "https://elsewhere.example/jwks"},
    ],
)
def test_a_journal_that_leads_elsewhere_or_is_not_safe_is_not_gone_to(journal, kari, change):
    journal.answers("/fhir/.well-known/smart-configuration", change)
    assert why(begin(signed_in(kari), journal)) == "setup"


def test_a_journal_that_is_down_or_breaks_off_is_said_to_be(journal, kari):
    browser = signed_in(kari)
    journal.is_down = True
    assert why(begin(browser, journal)) == "down"
    journal.is_down = False
    said = journal.let_in(begin(browser, journal)["Location"])
    journal.pace = HALF
    assert why(come_back(browser, said)) == "down"
    assert refusals() == ["down", "down"]


# Frames, sessions and what is kept


def test_in_a_frame_there_is_only_the_way_out_and_only_for_who_was_registered(journal, kari):
    asked = {"iss": journal.base, "launch": "L"}
    framed = {"Sec-Fetch-Dest": "iframe"}
    answer = Client().get("/journal/start", asked, headers=framed)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    launches.register_issuer(
        kari.clinic,
        issuer=journal.base,
        client_id="blikk",
        label="Fjordjournal",
        framed_by="https://journal.example",
        actor=SYSTEM,
        now=now(),
    )
    answer = Client().get("/journal/start", asked, headers=framed)
    assert "frame-ancestors https://journal.example;" in answer["Content-Security-Policy"] + ";"
    page = answer.content.decode()
    assert 'target="_blank"' in page
    assert "<form" not in page.partition("<main")[2]
    assert "frame-ancestors 'none'" in Client().get("/journal/start", asked)["Content-Security-Policy"]


def test_nothing_of_a_person_is_kept_readable_or_longer_than_it_is_needed(journal, kari):
    browser = signed_in(kari)
    launched(browser, journal)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM documentation_launch")
        lying = str(cursor.fetchall())
    assert "Hansen" not in lying
    assert NUMBER not in lying
    assert NUMBER not in str(list(Entry.objects.values()))
    assert launches.forget_old(now=now() + timedelta(hours=1)) == 0
    assert Launch.objects.get().kept == ""
    assert launches.forget_old(now=now() + timedelta(days=3)) == 1


def test_the_token_of_the_journal_is_kept_nowhere(journal, kari):
    a_patient(kari.clinic, "Ola Hansen")
    launched(signed_in(kari), journal)
    tokens = [headers["authorization"][7:] for _, path, headers, _ in journal.asked if "/Patient/" in path]
    assert tokens
    for table in (Launch, RecordPatient, RecordUser, Entry):
        assert tokens[0] not in str(list(table.objects.values()))
