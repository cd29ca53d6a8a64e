"""The staff's own equipment check: who reaches it, what is kept, and what may compute."""

import json

import pytest

from blikk.audit.models import Entry
from blikk.clinics.equipment import FINDINGS, checks_of, last_check
from tests.builders import NOW, a_clinic, a_member
from tests.people import signed_in
from tests.web.walk import ORIGIN

pytestmark = pytest.mark.django_db
WELL = {
    "camera": "ok",
    "microphone": "ok",
    "sound": "ok",
    "network": "ok",
    "echo": "none",
    "light": "ok",
}


@pytest.fixture
def member(time_machine):
    time_machine.move_to(NOW, tick=False)
    return a_member(a_clinic())


def post(member, path, body):
    return signed_in(member).post(
        path, json.dumps(body), content_type="application/json", headers={"Origin": ORIGIN}
    )


def test_what_was_found_is_kept_and_the_last_time_counts(member):
    assert last_check(member) is None
    assert post(member, "/utstyr/funn", {**WELL, "echo": "echo"}).json() == {"well": False}
    assert post(member, "/utstyr/funn", WELL).json() == {"well": True}
    kept = checks_of(member.clinic)[member.pk]
    assert (kept.checked_at, kept.found, kept.is_well) == (NOW, WELL, True)
    said = [
        json.loads(one.details)["echo"]
        for one in Entry.objects.filter(act="member.equipment_checked").order_by("pk")
    ]
    assert said == ["echo", "none"]
    assert "Da virket alt." in signed_in(member).get("/utstyr/").content.decode()


@pytest.mark.parametrize("needed", ["camera", "microphone", "network"])
def test_a_part_that_is_needed_and_does_not_work_is_not_well(member, needed):
    code = "no_relay" if needed == "network" else "denied"
    assert post(member, "/utstyr/funn", {**WELL, needed: code}).json() == {"well": False}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"camera": "ok"}, {**WELL, "camera": "Ola Hansen"}, {**WELL, "name": "x"}, {**WELL, "light": 3}],
)
def test_nothing_but_known_codes_gets_into_the_record(member, wrong):
    assert post(member, "/utstyr/funn", wrong).status_code == 422
    assert last_check(member) is None


def test_the_page_knows_a_colleague_of_another_clinic_by_nothing(member):
    post(member, "/utstyr/funn", WELL)
    assert checks_of(a_member(a_clinic(name="Fjellheimen")).clinic) == {}


def test_only_the_worker_that_blurs_may_compute(member):
    client = signed_in(member)
    worker = client.get("/utstyr/sloring.js")["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in worker
    assert "default-src 'none'" in worker
    for path in ("/utstyr/", "/dag/"):
        assert "unsafe" not in client.get(path)["Content-Security-Policy"]


def test_every_finding_has_an_untried():
    assert all("not_tried" in known for known in FINDINGS.values())
