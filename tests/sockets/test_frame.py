"""Answers and alerts over the sockets: the clinician is told, and the patient's page sees nothing of it."""

import json

import pytest

from blikk.journeys import frame
from tests import builders
from tests.companions import come, invited
from tests.people import signed_in
from tests.sockets.pages import Page, desk_page, door_page, later, opened, play


async def greeted(page: Page) -> Page:
    await page.ask("hello", tab=page.tab, epoch=page.epoch)
    return page


async def types_until_quiet(page: Page) -> list[str]:
    """Everything that came, in order, when the page has asked once more and been answered."""
    await page.ask("hello", tab=page.tab, epoch=page.epoch)
    return [frame["type"] for frame in page.heard if frame["type"] != "beat"]


@pytest.mark.parametrize(("question", "letter"), [("company", "c"), ("safe", "c"), ("worse", "c")])
def test_what_must_be_known_is_told_to_the_clinician_of_the_hour_alone(hour, desk, question, letter):
    builders.waiting(hour)
    others = [
        signed_in(builders.a_member(hour.clinic, "clinician", "Per Lie")),
        signed_in(builders.a_member(hour.clinic, "secretary", "Siv Bakke")),
    ]

    async def scene():
        pages = [desk_page(desk), *(desk_page(one, tab=f"desk{n}") for n, one in enumerate(others))]
        async with opened(*pages, door_page(hour)) as (clinician, *strangers, patient):
            await greeted(patient)
            done = await patient.ask("frame_answer", question=question, answer=letter)
            assert done["type"] == "done"
            alert = await clinician.hear("alert")
            assert alert == {"type": "alert", "arrival": done["door"]["arrival"]}
            for stranger in strangers:
                # They are told that the day is another one, as after any answer.
                await stranger.hear("day")
                assert "alert" not in await types_until_quiet(stranger)
            assert "alert" not in await types_until_quiet(patient)

    play(scene)


def test_the_answer_to_the_patient_is_the_same_to_the_byte_whatever_they_said(hour, desk):
    builders.waiting(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await greeted(patient)
            told = []
            for letter in ("a", "c"):
                done = await patient.ask("frame_answer", question="company", answer=letter)
                done.pop("re")
                told.append((json.dumps(done, sort_keys=True), await types_until_quiet(patient)))
                patient.heard.clear()
            assert told[0] == told[1]
            await clinician.hear("alert")

    play(scene)


def test_who_comes_along_may_not_answer_and_hears_nothing(hour, desk):
    builders.waiting(hour)
    companion = come(invited(hour).invitation)

    async def scene():
        theirs = Page(
            f"/ws/door/{companion.invitation.public_id}", {"blikk_device": companion.device}, tab="along"
        )
        async with opened(desk_page(desk), door_page(hour), theirs) as (clinician, patient, beside):
            await greeted(patient)
            await greeted(beside)
            refused = await beside.ask("frame_answer", question="company", answer="a")
            assert (refused["type"], refused["code"]) == ("refused", "not_found")
            beside.heard.clear()
            assert (await patient.ask("frame_answer", question="company", answer="c"))["type"] == "done"
            await clinician.hear("alert")
            assert await types_until_quiet(beside) == []

    play(scene)


def test_five_minutes_are_shown_at_once_and_over_when_the_patient_is_ready(hour, desk):
    builders.waiting(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await greeted(patient)
            held = await patient.ask("frame_wish", wish="five_minutes")
            assert held["door"]["on_hold"] is True
            assert held["door"]["hold_until"]
            await clinician.hear("day")
            back = await patient.ask("frame_wish", wish="ready")
            assert back["door"]["on_hold"] is False

    play(scene)


def test_the_end_of_five_minutes_reaches_the_page_by_itself(hour):
    view = builders.waiting(hour)
    frame.hold_a_while(
        hour.clinic, view.arrival, words="", actor=builders.staff(hour.clinician), now=builders.NOW
    )

    async def scene():
        async with opened(door_page(hour)) as (patient,):
            await greeted(patient)
            await later(lambda: frame.end_whiles(now=builders.NOW + frame.A_WHILE))()
            assert (await patient.hear("door"))["door"]["on_hold"] is False

    play(scene)
