"""The client against a certified provider: the whole way, and every way in which an answer can be wrong."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey

from blikk.accounts.oidc import client
from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.proofs import b64
from blikk.accounts.oidc.providers import Provider, provider
from tests.provider import HIGH, HPR, LEVEL, LOW, PID, TestProvider, another_key, parts_of

BASE = "http://localhost:8000"
BACK = f"{BASE}/eid/tilbake"
NUMBER = "17054412345"


@pytest.fixture(autouse=True)
def _ola(op) -> None:
    op.knows("ola", pid=NUMBER, given_name="Ola", name="Ola Hansen")


def asked(name: str = "patient") -> Provider:
    found = provider(name)
    assert found is not None
    return found


def begin(**more: Any) -> client.Asked:
    return client.begin(asked(), redirect_uri=BACK, language="nb", now=timezone.now(), **more)


def go(op: TestProvider, who: str | None = "ola", **said: str) -> client.Person:
    """The whole way, with what stands in the address changed to what was `said`."""
    begun = begin()
    back = op.log_in(begun.url, who)
    assert back["state"] == begun.state
    return client.finish(asked(), {**back, **said}, begun.kept, redirect_uri=BACK, now=timezone.now())


def fault_of(op: TestProvider, who: str | None = "ola", **said: str) -> Reason:
    with pytest.raises(Fault) as caught:
        go(op, who, **said)
    return caught.value.reason


def test_a_person_is_who_the_provider_says(op):
    person = go(op)
    assert (person.number, person.level) == (NUMBER, HIGH)
    assert person.claims["given_name"] == "Ola"


def test_the_request_is_pushed_with_all_that_fapi_asks_for(op):
    begun = begin()
    assert begun.url.startswith(f"{op.issuer}/auth?client_id=blikk-patient&request_uri=urn")
    pushes = [given for _, path, _, given in op.asked if path == "/request"]
    # The first had no nonce of the provider's; the second has, and an assertion of its own.
    assert len(pushes) == 2
    first, second = (parts_of(given["client_assertion"]) for given in pushes)
    assert first[1]["jti"] != second[1]["jti"]
    for header, claims in (first, second):
        assert header["typ"] == "client-authentication+jwt"
        assert header["alg"] == "PS256"
        assert claims["aud"] == op.issuer
        assert claims["exp"] - claims["iat"] <= 60
    asks = pushes[1]
    assert (asks["code_challenge_method"], asks["acr_values"], asks["ui_locales"]) == ("S256", HIGH, "nb")
    assert asks["prompt"] == "login"
    assert begun.kept["verifier"] not in json.dumps(asks)


def test_nothing_of_a_person_stands_in_what_is_printed(op):
    person = go(op)
    assert NUMBER not in repr(person)
    assert "Ola" not in repr(person)
    assert "verifier" not in repr(begin())


def test_metadata_and_keys_are_asked_for_once(op):
    go(op)
    go(op)
    paths = [path for _, path, _, _ in op.asked]
    assert paths.count("/.well-known/openid-configuration") == 1
    assert paths.count("/jwks") == 1


def test_userinfo_is_asked_with_the_key_of_the_trip(op, settings):
    settings.BLIKK_PROVIDERS = op.settings(patient={"userinfo": True})
    assert go(op).number == NUMBER
    headers = next(headers for _, path, headers, _ in reversed(op.asked) if path == "/me")
    assert headers["authorization"].startswith("DPoP ")
    assert "ath" in parts_of(headers["dpop"])[1]


def test_userinfo_of_somebody_else_is_refused(op, settings):
    settings.BLIKK_PROVIDERS = op.settings(patient={"userinfo": True})

    def bend(_method, path, answer):
        return (200, {"content-type": "application/json"}, b'{"sub": "kari"}') if path == "/me" else answer

    op.bend = bend
    assert fault_of(op) == Reason.BAD_TOKEN


def test_something_weaker_than_was_asked_for_is_refused(op):
    op.knows("svak", pid=NUMBER, acr=LOW)
    assert fault_of(op, "svak") == Reason.WRONG_ACR
    op.knows("uten", pid=NUMBER, acr=None)
    assert fault_of(op, "uten") == Reason.WRONG_ACR


def test_who_has_no_number_is_told_apart(op):
    op.knows("utlending", given_name="Jane")
    assert fault_of(op, "utlending") == Reason.NO_NUMBER


def test_who_presses_cancel_has_cancelled(op):
    assert fault_of(op, None) == Reason.CANCELLED


def test_a_code_is_taken_once(op):
    begun = begin()
    back = op.log_in(begun.url, "ola")
    now = timezone.now()
    assert client.finish(asked(), back, begun.kept, redirect_uri=BACK, now=now).number == NUMBER
    with pytest.raises(Fault) as caught:
        client.finish(asked(), back, begun.kept, redirect_uri=BACK, now=now)
    assert caught.value.reason == Reason.REPLAYED


def test_an_answer_is_read_only_with_the_secret_of_its_own_question(op):
    first, second = begin(), begin()
    back = op.log_in(first.url, "ola")
    with pytest.raises(Fault) as caught:
        client.finish(asked(), back, second.kept, redirect_uri=BACK, now=timezone.now())
    assert caught.value.reason == Reason.REPLAYED


@pytest.mark.parametrize("iss", ["https://evil.example", ""])
def test_an_answer_from_another_issuer_is_refused(op, iss):
    assert fault_of(op, iss=iss) == Reason.WRONG_ISSUER


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("access_denied", Reason.CANCELLED),
        ("server_error", Reason.DOWN),
        ("temporarily_unavailable", Reason.DOWN),
        ("login_required", Reason.REFUSED),
        ("something_new", Reason.REFUSED),
    ],
)
def test_what_the_provider_says_no_with_has_a_reason(op, error, reason):
    assert fault_of(op, error=error) == reason


CHANGES: dict[str, tuple[Any, Reason]] = {
    "nonce": ({"nonce": "another"}, Reason.WRONG_NONCE),
    "no nonce": ({"nonce": None}, Reason.WRONG_NONCE),
    "issuer": ({"iss": "https://evil.example"}, Reason.WRONG_ISSUER),
    "audience": ({"aud": "somebody"}, Reason.BAD_TOKEN),
    "several audiences": ({"aud": ["blikk-patient", "somebody"]}, Reason.BAD_TOKEN),
    "other party": ({"azp": "somebody"}, Reason.BAD_TOKEN),
    "no subject": ({"sub": ""}, Reason.BAD_TOKEN),
    "no times": ({"exp": None}, Reason.BAD_TOKEN),
    "times in words": ({"exp": "tomorrow"}, Reason.BAD_TOKEN),
    "number that is none": ({"pid": 17054412345}, Reason.NO_NUMBER),
    "empty number": ({"pid": ""}, Reason.NO_NUMBER),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_token_that_says_something_else_is_refused(op, name):
    values, reason = CHANGES[name]

    def change(_header, claims):
        for key, value in values.items():
            if value is None:
                claims.pop(key, None)
            else:
                claims[key] = value

    op.tokens_say(change)
    assert fault_of(op) == reason
    op.tokens_say(lambda _header, _claims: None)
    assert go(op).number == NUMBER, "signed anew without a change it is taken"


def test_a_token_signed_with_another_key_is_refused(op):
    op.tokens_say(
        lambda header, claims: jwt.encode(
            {**header, "alg": "ES256"}, claims, another_key(), algorithms=["ES256"]
        )
    )
    assert fault_of(op) == Reason.BAD_TOKEN


def test_a_token_that_nobody_signed_is_refused(op):
    op.tokens_say(lambda header, claims: ".".join([encoded({**header, "alg": "none"}), encoded(claims), ""]))
    assert fault_of(op) == Reason.BAD_TOKEN


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(op):
    public = json.dumps(op.signing.as_dict(private=False)).encode()
    op.tokens_say(
        lambda header, claims: jwt.encode(
            {**header, "alg": "HS256"}, claims, OctKey.import_key(public), algorithms=["HS256"]
        )
    )
    assert fault_of(op) == Reason.BAD_TOKEN


def test_a_token_without_its_signature_or_at_all_is_refused(op):
    op.tokens_say(lambda header, claims: ".".join([encoded(header), encoded(claims), "AAAA"]))
    assert fault_of(op) == Reason.BAD_TOKEN
    op.tokens_say(lambda _header, _claims: "not.a.token")
    assert fault_of(op) == Reason.BAD_TOKEN


def encoded(said: dict[str, Any]) -> str:
    return b64(json.dumps(said).encode())


@pytest.mark.parametrize("ahead", [-400, 400])
def test_clocks_that_differ_are_told_apart_from_a_bad_token(op, ahead):
    def change(_header, claims):
        for name in ("iat", "exp", "auth_time"):
            if name in claims:
                claims[name] += ahead

    op.tokens_say(change)
    assert fault_of(op) == Reason.CLOCK


@pytest.mark.parametrize("ahead", [-50, 50])
def test_less_than_a_minute_is_borne(op, ahead):
    def change(_header, claims):
        claims["iat"] += ahead
        claims["exp"] = claims["iat"] if ahead < 0 else claims["exp"] + ahead

    op.tokens_say(change)
    assert go(op).number == NUMBER


def test_a_proof_from_this_morning_is_not_fresh(op):
    op.tokens_say(lambda _header, claims: claims.update(auth_time=claims["iat"] - 3600))
    assert fault_of(op) == Reason.NOT_FRESH


def test_a_provider_that_hangs_up_is_down(op):
    op.is_down = True
    with pytest.raises(Fault) as caught:
        begin()
    assert caught.value.reason == Reason.DOWN
    op.is_down = False
    begun = begin()
    back = op.log_in(begun.url, "ola")
    op.is_down = True
    with pytest.raises(Fault) as caught:
        client.finish(asked(), back, begun.kept, redirect_uri=BACK, now=timezone.now())
    assert caught.value.reason == Reason.DOWN


@pytest.mark.parametrize(
    "answer",
    [
        (503, {}, b"{}"),
        (302, {"location": "http://169.254.169.254/latest"}, b""),
        (200, {}, b"<html>"),
        (200, {}, b"[1]"),
        (200, {}, b" " * (1024 * 1024 + 1)),
    ],
    ids=["troubled", "leads elsewhere", "a page", "no object", "too large"],
)
def test_an_answer_that_is_none_counts_as_down(op, answer):
    op.bend = lambda _method, _path, _answer: answer
    with pytest.raises(Fault) as caught:
        begin()
    assert caught.value.reason == Reason.DOWN


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://169.254.169.254/token"},
        {"jwks_uri": "https://evil.example/jwks"},
        {"authorization_endpoint": "https://evil.example/auth"},
        {"pushed_authorization_request_endpoint": None},
    ],
    ids=str,
)
def test_metadata_that_leads_elsewhere_is_refused(op, said):
    def bend(_method, path, answer):
        status, headers, body = answer
        if path.startswith("/.well-known"):
            body = json.dumps({**json.loads(body), **said}).encode()
        return status, headers, body

    op.bend = bend
    with pytest.raises(Fault) as caught:
        begin()
    assert caught.value.reason == Reason.SETUP
    assert all(path.startswith("/.well-known") for _, path, _, _ in op.asked)


def test_a_client_that_the_provider_does_not_know_is_a_fault_of_the_setup(op, settings):
    settings.BLIKK_PROVIDERS = op.settings(patient={"client_id": "stranger"})
    with pytest.raises(Fault) as caught:
        begin()
    assert caught.value.reason == Reason.SETUP


def test_a_key_that_is_new_is_asked_for_once_a_minute(op):
    go(op)
    op.asked.clear()
    op.tokens_say(
        lambda header, claims: jwt.encode(
            {**header, "kid": "unknown"}, claims, op.signing, algorithms=["PS256"]
        )
    )
    for _ in range(4):
        assert fault_of(op) == Reason.BAD_TOKEN
    # The minute may turn in between.
    assert [path for _, path, _, _ in op.asked].count("/jwks") in {1, 2}


def test_a_token_that_is_not_bound_to_our_key_is_refused(op):
    def bend(_method, path, answer):
        status, headers, body = answer
        if path == "/token" and status == 200:
            body = json.dumps({**json.loads(body), "token_type": "Bearer"}).encode()
        return status, headers, body

    op.bend = bend
    assert fault_of(op) == Reason.BAD_TOKEN


def test_helse_id_says_level_and_hpr_number_in_its_own_claims(op):
    op.knows("lege", **{PID: NUMBER, LEVEL: "4", HPR: "9144900"}, acr="Level4")
    now = timezone.now()
    helse_id = asked("helseid")
    back_to = f"{BASE}/inn/helseid/tilbake"
    begun = client.begin(helse_id, redirect_uri=back_to, language="nb", now=now)
    said = op.log_in(begun.url, "lege")
    person = client.finish(helse_id, said, begun.kept, redirect_uri=back_to, now=now + timedelta(seconds=1))
    assert (person.number, person.level, person.claims[HPR]) == (NUMBER, "4", "9144900")
    op.knows("lege", **{PID: NUMBER, LEVEL: "3", HPR: "9144900"}, acr="Level4")
    begun = client.begin(helse_id, redirect_uri=back_to, language="nb", now=now)
    said = op.log_in(begun.url, "lege")
    with pytest.raises(Fault) as caught:
        client.finish(helse_id, said, begun.kept, redirect_uri=back_to, now=now)
    assert caught.value.reason == Reason.WRONG_ACR
