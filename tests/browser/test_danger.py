"""What must be known at once reaches the clinician, and is nowhere on the patient's page, network or storage."""

import json
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.calls import until
from tests.browser.conftest import Stage
from tests.browser.frames import Heard, answer_all, plain, shown
from tests.browser.people import Patient, together

# Of what the alert says to the clinician; none of it is a word of the patient's own page.
TELLING = (
    "unfree",
    "unsafe",
    "danger",
    "frame-alert",
    "snakke fritt",
    "kanskje ikke trygg",
    "på med en gang",
)


def waits(stage: Stage, browser: Browser, **said: str) -> tuple[Patient, Heard]:
    """Somebody who waits and has answered everything."""
    patient = stage.patient(browser)
    heard = Heard().over(patient.page)
    patient.wait()
    answer_all(patient, **said)
    return patient, heard


def received(heard: Heard) -> list[str]:
    """All that a page was told, without beats and without what differs each time.

    What is said of the door is the same whether it came as the answer or as news just after: on a busy machine two
    pieces of news become one.
    """
    frames = [json.loads(one) for one in heard.received]
    told = [one.get("door", one) for one in frames if one["type"] != "beat"]
    return sorted({plain(json.dumps(one, sort_keys=True)) for one in told})


def test_who_cannot_speak_freely_is_seen_by_the_clinician_and_by_nobody_at_the_patients_screen(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    stage, ordinary = set_stage(), set_stage()
    clinician = stage.clinician(staff_browser)
    told = Heard().over(clinician.page)
    with together(clinician):
        clinician.sign_in(day=stage.hour["day"])
        calm, of_calm = waits(ordinary, patient_browser, company="d")
        patient, heard = waits(stage, patient_browser, company="c", safe="c")
        with together(calm, patient):
            # The control: the clinician was told, by the socket and on the page.
            alert = clinician.sees("frame-alert")
            expect(alert).to_be_visible()
            expect(clinician.page.locator('[data-test="frame-alert"]')).to_have_count(2)
            assert any(json.loads(one)["type"] == "alert" for one in told.received)
            nothing_differs(patient, heard, calm, of_calm)
            # A reload, and the same place on a page that starts from nothing.
            for one in (patient, calm):
                one.page.reload()
                one.sees("questions-done")
            nothing_differs(patient, heard, calm, of_calm)
            in_the_conversation(stage, clinician, patient, heard)


def difference(mine: dict, theirs: dict) -> list[str]:
    """Where two pages begin to differ, with what stands around it."""
    found = []
    for name, value in mine.items():
        if value != theirs[name]:
            at = next((i for i, (a, b) in enumerate(zip(value, theirs[name], strict=False)) if a != b), 0)
            found += [f"{name}: …{one[max(at - 120, 0) : at + 120]}…" for one in (value, theirs[name])]
    return found


def nothing_differs(patient: Patient, heard: Heard, calm: Patient, of_calm: Heard) -> None:
    """Neither from what is shown to who answered otherwise, nor by any telling word."""
    # What is loaded while one waits may come to one page a moment before the other: both come to rest first.
    until(
        patient.page,
        lambda: shown(patient.page) == shown(calm.page),
        within=15,
        what=lambda: difference(shown(patient.page), shown(calm.page)),
    )
    mine = shown(patient.page)
    assert mine["pressed"] == 0
    assert received(heard) == received(of_calm)
    assert {json.loads(one)["type"] for one in heard.received} <= {"beat", "done", "door"}
    everything = json.dumps(mine) + "".join(heard.received)
    assert [word for word in TELLING if word in everything.lower()] == []


def in_the_conversation(stage: Stage, clinician, patient: Patient, heard: Heard) -> None:
    """Also while they talk; and the tick ends the alert."""
    clinician.admit()
    patient.is_in()
    panel = clinician.sees("frame")
    expect(panel.locator('[data-test="frame-alert"]')).to_have_count(2)
    expect(panel).to_contain_text("svaret er ja eller nei")
    everything = json.dumps(shown(patient.page)) + "".join(heard.received)
    assert [word for word in TELLING if word in everything.lower()] == []
    clinician.page.keyboard.press("1")
    expect(panel.locator('[data-test="frame-alert"]')).to_have_count(1)
    kept = stage.app.backstage.ask("frame", invitation=stage.hour["invitation"])
    assert sorted(kept["dangers"]) == ["unfree", "unsafe"]
