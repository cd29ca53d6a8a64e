"""What the API says of itself is so: walked over, address by address, with what fits and with what does not."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blikk.api.fhir.about import capability_statement
from blikk.api.fhir.description import ROUTES
from blikk.api.fhir.openapi import openapi_of
from blikk.clinics.machines.scopes import KINDS
from tests.api.systems import Asker, a_system
from tests.documentation.conversations import END, a_full_conversation, signed
from tests.fhir_validation import Validator, validator

pytestmark = pytest.mark.django_db
__all__ = ["validator"]
LATER = END + timedelta(minutes=5)


@pytest.fixture
def system():
    with time_machine.travel(LATER, tick=False):
        hour = a_full_conversation()
        signed(hour)
        yield a_system(hour.clinic).later(minutes=20).enter()


def resolved(schema, described):
    if "$ref" in schema:
        return described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def check(value, schema, described):
    """As much of JSON Schema as the description uses."""
    import re

    schema = resolved(schema, described)
    kinds = {"object": dict, "array": list, "string": str, "integer": int}
    if "type" in schema:
        assert isinstance(value, kinds[schema["type"]]), (value, schema)
    if "const" in schema:
        assert value == schema["const"]
    if "pattern" in schema:
        assert re.search(schema["pattern"], value)
    assert len(value) >= schema.get("minItems", 0) if isinstance(value, list) else True
    for name in schema.get("required", ()):
        assert name in value, (name, value)
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            check(value[name], inner, described)
    for one in value if isinstance(value, list) and "items" in schema else ():
        check(one, schema["items"], described)


def keeps_to_it(answer, operation, described):
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, (operation["operationId"], answer.status_code, answer.content[:300])
    contents = said.get("content", {})
    if not contents:
        return
    kind = answer["Content-Type"].partition(";")[0]
    assert kind in contents, (operation["operationId"], kind)
    if "json" in kind:
        check(json.loads(answer.content), contents[kind].get("schema", {}), described)


def operations(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_address_answers_as_the_description_says(system):
    described = openapi_of()
    walked = 0
    bad = Asker(system.client, token="x" * 43)
    for path, method, operation in operations(described):
        kind = next(iter(operation.get("tags", ())), "")
        ids = (
            [one["resource"]["id"] for one in system.get(f"/fhir/{kind}").json().get("entry", ())]
            if kind
            else []
        )
        for name in [*ids, "finnes-ikke", "a b", "æ"] if "{id}" in path else [""]:
            where = "/fhir" + path.replace("{id}", quote(name))
            for asker in (system, bad):
                answers = (
                    [asker.post(where, ""), asker.post(where, "gjett=1"), asker.post(where, "_count=1")]
                    if method == "post"
                    else [asker.get(where), asker.get(where, Accept="text/plain")]
                )
                for answer in answers:
                    keeps_to_it(answer, operation, described)
                    walked += 1
    assert walked > 60


def test_whatever_is_asked_for_is_answered_as_the_description_says(system):
    described = openapi_of()
    cases = [
        (path, operation)
        for path, method, operation in operations(described)
        if method == "get" and "{id}" not in path and operation.get("security")
    ]

    @hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def ask(data):
        from django.core.cache import cache

        cache.clear()
        path, operation = data.draw(st.sampled_from(cases))
        names = [one["name"] for one in operation["parameters"]]
        text = st.text(max_size=30) | st.sampled_from(
            [
                "2026",
                "ge2026-11-24",
                "a|b",
                "Patient/x",
                "-1",
                "0",
                "7",
                "\x00",
                "urn:uuid:x",
                "9999-12-31",
                ",",
            ]
        )
        chosen = data.draw(
            st.lists(st.tuples(st.sampled_from(names) | st.text(max_size=8), text), max_size=5)
        )
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in chosen)
        answer = system.get(f"/fhir{path}?{query}")
        assert answer.status_code < 500, answer.content
        keeps_to_it(answer, operation, described)

    ask()


def test_the_description_has_every_address_and_no_other():
    paths = openapi_of()["paths"]
    assert len(paths) == 6 + 3 * len(KINDS)
    methods = {(route.name, method) for route in ROUTES for method in route.methods}
    assert {("read", "GET"), ("search", "GET"), ("search_post", "POST"), ("token", "POST")} <= methods
    assert not {method for _, method in methods} & {"PUT", "PATCH", "DELETE"}


def test_the_conformance_statement_is_valid_and_says_only_what_is_so(system, validator: Validator):
    said = system.browser.get("/fhir/metadata").json()
    assert validator.errors(said) == []
    assert said["fhirVersion"] == "4.0.1"
    (rest,) = said["rest"]
    assert {one["type"] for one in rest["resource"]} == set(KINDS)
    for resource in rest["resource"]:
        assert {one["code"] for one in resource["interaction"]} == {"read", "search-type"}
        for parameter in resource["searchParam"]:
            answer = system.get(
                f"/fhir/{resource['type']}?{parameter['name']}=2026", Prefer="handling=strict"
            )
            assert answer.status_code == 200, (resource["type"], parameter["name"])


def test_every_answer_is_valid(system, validator: Validator):
    checked = 0
    for kind in KINDS:
        bundle = system.get(f"/fhir/{kind}?_elements=id&_total=accurate").json()
        assert validator.errors(bundle) == []
        for entry in bundle["entry"]:
            assert validator.errors(entry["resource"]) == []
            checked += 1
    assert checked > 10
    for wrong in ("/fhir/Patient?gjett=1", "/fhir/Patient/finnes-ikke", "/fhir/Medication"):
        assert validator.errors(system.get(wrong).json()) == []
    assert validator.errors({**capability_statement(), "status": "finnes ikke"}) != []


def test_the_page_for_people_names_everything_and_asks_nobody_else(system):
    text = system.browser.get("/fhir/").content.decode()
    for kind in KINDS:
        assert f"system/{kind}.rs" in text
    assert "https://" not in text.replace("https://testserver", "") or 'src="https://' not in text
    assert system.browser.get("/fhir/openapi.json").json()["openapi"].startswith("3.1")
