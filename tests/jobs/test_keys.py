"""Keys from the command line, and what the doctor says of eID and HelseID."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured

from blikk.accounts.services import unseal
from blikk.config import env, providers
from blikk.jobs import doctor_eid, keys
from tests.builders import BORN, NOW, a_clinic, a_member, a_patient
from tests.national_numbers import made
from tests.people import SECRET, with_app


@pytest.fixture
def data(settings, tmp_path):
    settings.BLIKK_DATA = tmp_path
    return tmp_path


def test_a_key_for_a_provider_is_made_once_and_only_its_public_part_is_printed(data, settings, capsys):
    settings.BLIKK_PROVIDERS = {}
    assert keys.make("patient") == 0
    (public,) = json.loads(capsys.readouterr().out)["keys"]
    assert (public["kty"], public["use"], public["alg"]) == ("RSA", "sig", "PS256")
    assert "d" not in public
    kept = data / "eid_patient.jwk"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = kept.read_bytes()
    assert keys.make("patient") == 0
    assert kept.read_bytes() == before
    assert json.loads(capsys.readouterr().out)["keys"][0]["kid"] == public["kid"]
    assert keys.show("helseid") == 1
    assert "blikk keys make helseid" in capsys.readouterr().err


def test_a_key_that_is_too_weak_is_none(data, settings):
    from joserfc.jwk import RSAKey

    from blikk.accounts.oidc.faults import Fault
    from blikk.accounts.oidc.keys import key_of

    weak = RSAKey.generate_key(1024, private=True).as_dict(private=True)
    public = RSAKey.generate_key(2048, private=True).as_dict(private=False)
    for key in (weak, public, {"kty": "oct", "k": "AAAA"}):
        settings.BLIKK_PROVIDERS = {"patient": {"key": json.dumps(key)}}
        with pytest.raises(Fault):
            key_of("patient")


def test_a_new_key_for_fields_stands_first_and_nothing_is_lost(data, settings, monkeypatch, capsys):
    monkeypatch.delenv("BLIKK_FIELD_KEYS", raising=False)
    settings.BLIKK_FIELD_KEYS = ["old" * 16]
    assert keys.new() == 0
    path = data / "blikk_field_keys.secret"
    assert path.read_text().split(",")[1:] == ["old" * 16]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setenv("BLIKK_FIELD_KEYS", "old" * 16)
    path.unlink()
    assert keys.new() == 0
    assert not path.exists()
    assert "Put this before what stands there" in capsys.readouterr().out


@pytest.mark.django_db
def test_everything_is_encrypted_anew_with_the_first_key(settings, capsys):
    from blikk.kernel.actors import SYSTEM
    from blikk.patients import numbers

    settings.BLIKK_FIELD_KEYS = ["old" * 16]
    clinic = a_clinic()
    patient = a_patient(clinic)
    numbers.type_in(patient, made(BORN), actor=SYSTEM, now=NOW)
    with_app(a_member(clinic))
    settings.BLIKK_FIELD_KEYS = ["new" * 16, "old" * 16]
    assert keys.renew() == 0
    settings.BLIKK_FIELD_KEYS = ["new" * 16]
    assert numbers.masked_of(patient)
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert unseal(app.data["secret"]) == SECRET
    settings.BLIKK_FIELD_KEYS = ["another" * 8]
    assert keys.renew() == 1
    assert "put that key back first" in capsys.readouterr().err


def found(name: str):
    return {finding.what: finding for finding in doctor_eid.providers()}[name]


def test_the_doctor_finds_nothing_wrong_where_nothing_is_used(settings):
    settings.BLIKK_PROVIDERS = {}
    assert all(finding.is_well for finding in doctor_eid.providers())


def test_the_doctor_looks_at_key_provider_and_clock(op, settings):
    assert found("eID for patients: key").is_well
    assert found("eID for patients: provider").is_well
    assert found("eID for patients: clock").is_well
    assert found("HelseID: provider").is_well
    op.is_down = True
    down = found("eID for patients: provider")
    assert not down.is_well
    assert "firewall" in down.fix
    op.is_down = False
    settings.BLIKK_PROVIDERS["patient"]["key"] = "{}"
    assert "blikk keys make patient" in found("eID for patients: key").fix


def test_the_doctor_says_when_the_clock_is_wrong():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert doctor_eid._clock("eID", now + timedelta(seconds=5), now).is_well
    assert not doctor_eid._clock("eID", now + timedelta(seconds=50), now).is_well
    assert doctor_eid._clock("eID", None, now).is_well


def test_numbers_for_testing_are_a_fault_where_patients_are(settings):
    settings.BLIKK_PROVIDERS, settings.BLIKK_TEST_NUMBERS, settings.BLIKK_DEMO = {}, True, False
    assert not found("test numbers").is_well


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"EID": "bankid"}, "BLIKK_EID is one of"),
        ({"EID": "idporten"}, "BLIKK_EID_CLIENT_ID is missing"),
        ({"EID": "broker", "EID_CLIENT_ID": "x"}, "BLIKK_EID_ISSUER is missing"),
        ({"HELSEID": "helseid"}, "BLIKK_HELSEID_CLIENT_ID is missing"),
        ({"EID_ISSUER": "http://id.example", "DEMO": False}, "must begin with https"),
        ({"EID_CA": "/nowhere.pem"}, "BLIKK_EID_CA"),
    ],
)
def test_a_wrong_setting_refuses_to_start_and_says_which(monkeypatch, said, words):
    for name, value in said.items():
        monkeypatch.setattr(env, name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        providers.providers()


def test_the_ready_settings_hold_what_each_provider_needs(monkeypatch, settings):
    from blikk.accounts.oidc.providers import missing, provider

    monkeypatch.setattr(env, "EID", "idporten-test")
    monkeypatch.setattr(env, "EID_CLIENT_ID", "blikk")
    monkeypatch.setattr(env, "HELSEID", "helseid")
    monkeypatch.setattr(env, "HELSEID_CLIENT_ID", "blikk")
    settings.BLIKK_PROVIDERS = providers.providers()
    assert missing("patient") == missing("helseid") == []
    patient, helse_id = provider("patient"), provider("helseid")
    assert patient is not None
    assert helse_id is not None
    assert (patient.issuer, patient.number_claim) == ("https://test.idporten.no", "pid")
    assert patient.levels == frozenset({"idporten-loa-high"})
    assert helse_id.levels == frozenset({"4"})
    assert helse_id.dpop
    monkeypatch.setattr(env, "EID_LEVELS", ["idporten-loa-high", "idporten-loa-substantial"])
    settings.BLIKK_PROVIDERS = providers.providers()
    both = provider("patient")
    assert both is not None
    assert both.acr_values == ("idporten-loa-high", "idporten-loa-substantial")
