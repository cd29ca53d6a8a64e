"""The way to the journal system: what may be chosen, and the key that goes with it."""

import pytest

from blikk.documentation.ehr import connections, keys
from blikk.documentation.ehr.addresses import read_address, require_allowed
from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.models import EhrConnection
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from tests.builders import NOW, a_clinic

HOST = "fhir.legekontor.example"


@pytest.fixture(autouse=True)
def _named(settings):
    settings.BLIKK_EHR_HOSTS = [HOST, "journal.example:8443"]


def chosen(clinic, **more):
    given = {"kind": "fhir", "base_url": f"https://{HOST}/r4/", "client_id": "blikk"}
    return connections.choose(clinic, **{**given, **more}, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (f"http://{HOST}/r4", "not_https"),
        ("https://annen.example/r4", "host_not_allowed"),
        (f"https://{HOST}:8443/r4", "host_not_allowed"),
        ("https://127.0.0.1/r4", "host_not_allowed"),
        ("https://2130706433/", "host_not_allowed"),
        ("https://[::1]/", "host_not_allowed"),
        (f"https://{HOST}@127.0.0.1/", "not_an_address"),
        (f"https://blikk:x@{HOST}/", "not_an_address"),
        (f"https://{HOST}/r4?x=1", "not_an_address"),
        (f"https://{HOST}/r4#x", "not_an_address"),
        (f"https://{HOST}/../inn", "not_an_address"),
        (f"https://{HOST}\\@annen.example/", "not_an_address"),
        (f"https://{HOST}/r 4", "not_an_address"),
        (f"https://{HOST}:x/", "not_an_address"),
        ("file:///etc/passwd", "not_an_address"),
        ("gopher://fhir.legekontor.example/", "not_an_address"),
        ("", "not_https"),
    ],
)
def test_only_what_the_operator_has_named_is_an_address(address, why):
    with pytest.raises(Invalid) as refused:
        read_address(address, "base_url")
    assert refused.value.fields == {"base_url": why}
    with pytest.raises(Fault) as fault:
        require_allowed(address)
    assert fault.value.reason == Reason.HOST


def test_what_the_operator_has_named_is_an_address(settings):
    assert read_address(f" https://{HOST}/r4/ ", "base_url") == f"https://{HOST}/r4"
    assert require_allowed("https://journal.example:8443/fhir") == "https://journal.example:8443/fhir"
    settings.BLIKK_EHR_HOSTS = [HOST]
    with pytest.raises(Fault):
        require_allowed("https://journal.example:8443/fhir")


def test_a_key_is_made_once_and_never_leaves_whole(db):
    clinic = a_clinic()
    connection = chosen(clinic)
    public = keys.public_keys(connection)["keys"]
    assert [set(key) for key in public] == [{"kty", "n", "e", "kid", "use", "alg"}]
    assert bytes(connection.sealed_key)[:2] == b"B2"
    connections.choose(clinic, kind="copy", actor=SYSTEM, now=NOW)
    assert connections.fhir_connection_of(clinic) is None
    again = chosen(clinic, base_url="https://journal.example:8443")
    assert keys.public_keys(again)["keys"] == public
    assert connections.fhir_connection_of(clinic) == again


def test_the_next_key_is_published_beside_the_one_in_use(db):
    clinic = a_clinic()
    first = keys.public_keys(chosen(clinic))["keys"]
    connection = connections.make_next_key(clinic, actor=SYSTEM, now=NOW)
    both = keys.public_keys(connection)["keys"]
    assert both[:1] == first and len({key["kid"] for key in both}) == 2
    keys.promote(connection)
    assert keys.public_keys(connection)["keys"] == both[1:]


def test_a_key_of_another_clinics_row_cannot_be_read(db):
    mine, theirs = chosen(a_clinic()), chosen(a_clinic("Naboen"))
    theirs.sealed_key = mine.sealed_key
    with pytest.raises(Fault) as fault:
        keys.key_of(theirs)
    assert fault.value.reason == Reason.NO_KEY
    assert keys.key_of(mine).as_dict(private=True)["d"]


def test_what_is_missing_is_said_field_by_field(db):
    clinic = a_clinic()
    with pytest.raises(Invalid) as refused:
        chosen(clinic, base_url="https://annen.example", client_id=" ", scopes='"')
    assert refused.value.fields == {
        "base_url": "host_not_allowed",
        "client_id": "missing",
        "scopes": "unreadable",
    }
    with pytest.raises(Invalid):
        connections.choose(clinic, kind="fax", actor=SYSTEM, now=NOW)
    assert not EhrConnection.objects.exists()
    with pytest.raises(NotFound):
        connections.make_next_key(clinic, actor=SYSTEM, now=NOW)


def test_a_key_signs_as_the_other_side_reads():
    assert keys.algorithm_for(None) == "RS384"
    assert keys.algorithm_for(["ES384", "PS256", "RS256"]) == "RS256"
    with pytest.raises(Fault) as fault:
        keys.algorithm_for(["ES384"])
    assert fault.value.reason == Reason.ALGORITHM
