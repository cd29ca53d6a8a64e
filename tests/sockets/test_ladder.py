"""Down the ladder together, captions that are passed on, and the way to another solution's room: by frames."""

import json

import pytest

from blikk.bus import hub
from blikk.clinics import video
from blikk.consultations.models import ChannelChange, Consultation, Participant
from blikk.kernel.actors import SYSTEM
from tests import builders
from tests.builders import NOW
from tests.sockets.pages import desk_page, door_page, later, opened, play

HOST = "join.nhn.example"
ROOM = f"https://{HOST}/karis-rom"
STATE = {
    "camera": True,
    "microphone": True,
    "sharing": False,
    "picture": True,
    "paused": False,
    "quality": "good",
}


@pytest.fixture
def elsewhere(hour, settings):
    settings.BLIKK_EXTERNAL_VIDEO_HOSTS = [HOST]
    chosen = {"kind": "fixed", "supplier": "Join", "address": ROOM}
    return video.choose(hour.clinic, **chosen, actor=SYSTEM, now=NOW)


async def both_in(clinician, patient, consultation):
    await patient.ask("hello", tab=patient.tab, epoch=patient.epoch)
    return [await page.join(consultation) for page in (clinician, patient)]


def test_the_phone_is_told_to_both_and_so_is_the_way_back(hour, desk):
    consultation = builders.admitted(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await both_in(clinician, patient, consultation)
            for channel in ("phone", "video"):
                assert (await clinician.ask("channel", channel=channel))["type"] == "done"
                told = {"type": "channel", "channel": channel}
                assert await patient.hear("channel") == await clinician.hear("channel") == told
            measured = await clinician.ask("channel", channel="sound", measured=True)
            assert measured["type"] == "done"
            rang = await clinician.ask("unanswered")
            assert (rang["type"], rang["times"]) == ("done", 1)

    play(scene)
    changes = ChannelChange.objects.order_by("pk").values_list("channel", "how")
    assert list(changes) == [("video", ""), ("phone", "by_hand"), ("video", "by_hand"), ("sound", "measured")]


def test_the_patient_asks_for_the_phone_and_a_page_that_comes_later_knows(hour, desk):
    consultation = builders.admitted(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            joined = await both_in(clinician, patient, consultation)
            assert [one["phone_asked"] for one in joined] == [False, False]
            assert (await patient.ask("ask_phone"))["type"] == "done"
            assert await clinician.hear("phone_asked") == {"type": "phone_asked"}
            assert (await clinician.join(consultation, move=True))["phone_asked"] is True
            assert (await clinician.ask("ask_phone"))["code"] == "not_found"
            assert (await patient.ask("unanswered"))["code"] == "not_found"
            assert (await patient.ask("use_own"))["code"] == "not_found"

    play(scene)


def test_captions_are_passed_on_and_kept_nowhere(hour, desk):
    consultation = builders.admitted(hour)
    words = "Jeg har vondt i kneet"

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await both_in(clinician, patient, consultation)
            await clinician.say("state", **STATE, captions=True, speech=False)
            assert (await patient.hear("state"))["captions"] is True
            await patient.say("caption", line=1, words=words, final=False)
            told = await clinician.hear("caption")
            assert (told["line"], told["words"], told["final"]) == (1, words, False)

    play(scene)
    for model in (Consultation, Participant, ChannelChange):
        assert words not in str(list(model.objects.values()))


def test_who_was_not_let_in_has_no_captions_and_no_room(hour, desk, elsewhere):
    builders.waiting(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await patient.ask("hello", tab=patient.tab, epoch=patient.epoch)
            for page in (clinician, patient):
                assert (await page.ask("room"))["code"] == "not_found"
            assert (await patient.ask("ask_phone"))["code"] == "not_found"

    play(scene)


def test_no_frame_tells_of_the_room_before_somebody_who_sits_there_asks(hour, desk, elsewhere):
    builders.waiting(hour)
    said: list[str] = []
    publish = hub.publish

    def overheard(topic, news):
        said.append(json.dumps(news))
        publish(topic, news)

    hub.publish = overheard

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            waiting = await patient.ask("hello", tab=patient.tab, epoch=patient.epoch)
            assert waiting["door"]["is_external"] is True
            version = await later(lambda: hour.invitation.arrivals.get().version)()
            page = {"tab": clinician.tab, "epoch": clinician.epoch}
            done = await clinician.ask("admit", arrival=waiting["door"]["arrival"], version=version, **page)
            news = await patient.hear("door")
            for joined in (done["joined"], news["joined"]):
                assert joined["engine"] == {"kind": "external", "supplier": "Join", "host": HOST}
                assert joined["ice"]["servers"] == []
            for frame in (waiting, done, news, *patient.heard, *clinician.heard):
                assert "karis-rom" not in json.dumps(frame)
            assert HOST not in json.dumps(waiting)
            room = await patient.ask("room")
            assert (room["address"], room["host"]) == (ROOM, HOST)
            assert (await clinician.ask("room"))["address"] == ROOM
            assert (await clinician.ask("use_own"))["type"] == "done"
            assert await patient.hear("engine") == {"type": "engine", "engine": "mesh"}
            again = await patient.join(done["consultation"])
            assert again["engine"]["kind"] == "mesh"
            assert (await patient.ask("room"))["code"] == "not_found"

    try:
        play(scene)
    finally:
        hub.publish = publish
    assert not any("karis-rom" in news for news in said)
