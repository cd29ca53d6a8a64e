from dataclasses import replace

import pytest

from blikk.bus import announce
from blikk.consultations.models import ChannelChange, Consultation
from blikk.journeys import companions, door, talk
from blikk.scheduling.models import Appointment
from tests import builders
from tests.builders import NOW, Hour, staff
from tests.companions import come, invited
from tests.people import signed_in
from tests.sockets.pages import OFFER, desk_page, door_page, later, mute_bus, opened, play

STATE = {
    "camera": True,
    "microphone": False,
    "sharing": False,
    "picture": True,
    "paused": False,
    "quality": "good",
}


def test_from_the_waiting_room_to_the_end(hour, desk):
    builders.waiting(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            greeting = await patient.ask("hello", tab=patient.tab, epoch=patient.epoch)
            assert greeting["door"]["step"] == "waiting"
            arrival = greeting["door"]["arrival"]
            version = await later(lambda: hour.invitation.arrivals.get().version)()
            done = await clinician.ask("admit", arrival=arrival, version=version)
            news = await patient.hear("door")
            assert news["door"]["step"] == "admitted"
            assert news["door"]["consultation"] == done["consultation"]
            assert "joined" not in done
            assert news["joined"]["clinic"] == {"phone": hour.clinic.phone}
            assert [row["present"] for row in news["joined"]["roster"]] == [False, True]
            joined = await clinician.join(done["consultation"])
            assert [row["present"] for row in joined["roster"]] == [True, True]
            assert (await patient.hear("present"))["offers"] is False
            # The version moved when the patient was taken in, so the first one is too old.
            ended = await clinician.ask("end", version=joined["version"])
            assert ended["type"] == "done"
            assert (await patient.hear("ended"))["by_role"] == "clinician"
            assert await patient.end() == 4410
            assert (await clinician.hear("ended"))["by_role"] == "clinician"
            assert (await clinician.ask("hello", tab=clinician.tab))["type"] == "done"

    play(scene)


def test_with_the_admission_both_pages_sit_and_can_speak(hour, desk):
    builders.waiting(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            greeting = await patient.ask("hello", tab=patient.tab, epoch=patient.epoch)
            arrival = greeting["door"]["arrival"]
            version = await later(lambda: hour.invitation.arrivals.get().version)()
            page = {"tab": clinician.tab, "epoch": clinician.epoch}
            done = await clinician.ask("admit", arrival=arrival, version=version, **page)
            assert [row["present"] for row in done["joined"]["roster"]] == [True, False]
            present = await clinician.hear("present")
            assert (present["name"], present["offers"], present["yields"]) == ("Ola Hansen", True, False)
            seated = (await patient.hear("door"))["joined"]
            assert [row["present"] for row in seated["roster"]] == [True, True]
            to = {"to": seated["you"], "to_epoch": patient.epoch, "body": OFFER}
            await clinician.say("signal", epoch=clinician.epoch, **to)
            assert (await patient.hear("signal"))["from"] == done["joined"]["you"]
            assert await patient.silence() == []
            # Joining anew, as after a lost socket, takes the same seat.
            assert (await patient.join(done["consultation"]))["you"] == seated["you"]

    play(scene)


def test_who_sits_there_with_another_page_is_asked_first(hour, desk, talking):
    friend = a_companion(hour, admitted=False)
    arrival = friend.invitation.arrivals.get().public_id

    async def scene():
        async with opened(desk_page(desk), desk_page(desk, tab="other")) as (first, second):
            await first.join(talking)
            version = await later(lambda: friend.invitation.arrivals.get().version)()
            page = {"tab": second.tab, "epoch": second.epoch}
            done = await second.ask("admit", arrival=arrival, version=version, **page)
            assert (done["consultation"], "joined" in done) == (talking, False)
            assert (await second.join(talking))["code"] == "elsewhere"
            assert "moved_away" not in await first.silence()

    play(scene)


def test_who_was_not_let_in_does_not_sit_down_with_a_refused_admission(hour, desk):
    builders.waiting(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            greeting = await patient.ask("hello", tab=patient.tab, epoch=patient.epoch)
            page = {"tab": clinician.tab, "epoch": clinician.epoch}
            asked = {"arrival": greeting["door"]["arrival"], **page}
            assert (await clinician.ask("admit", version=99, **asked))["code"] == "overtaken"
            assert "door" not in await patient.silence()
            version = await later(lambda: hour.invitation.arrivals.get().version)()
            assert "joined" in await clinician.ask("admit", version=version, **asked)

    play(scene)


def test_who_reports_devices_while_being_let_in_is_told_all_the_same(hour):
    view = builders.waiting(hour)
    found = {"camera": "ok", "microphone": "ok", "sound": "ok", "network": "ok"}

    def admit_unheard():
        """Let in, where the news are still on their way."""
        with mute_bus():
            who = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
            talk.admit(hour.clinic, view.arrival, **who)

    async def scene():
        async with opened(door_page(hour)) as (patient,):
            await patient.ask("hello", tab=patient.tab)
            await later(admit_unheard)()
            assert (await patient.ask("devices", **found))["door"]["step"] == "admitted"
            await later(announce)(f"arrival:{view.arrival}", "door")
            assert (await patient.hear("door"))["door"]["step"] == "admitted"

    play(scene)


def test_who_missed_the_end_is_told_of_it_at_the_next_look(hour, talking):
    def end_unheard():
        """Ended, and the news of it were lost on the way."""
        with mute_bus():
            opened_talk = Consultation.objects.get(public_id=talking)
            who = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
            talk.end(hour.clinic, talking, version=opened_talk.version, **who)

    async def scene():
        async with opened(door_page(hour)) as (patient,):
            await patient.join(talking)
            await later(end_unheard)()
            await later(announce)(f"call:{talking}", "missed")
            assert (await patient.hear("ended"))["by_role"] == ""

    play(scene)


def test_what_one_says_the_other_hears_and_nobody_else(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            me = (await clinician.join(talking))["you"]
            joined = await patient.join(talking)
            you = joined["you"]
            await clinician.hear("present")
            await clinician.say("signal", to=you, to_epoch=patient.epoch, epoch=clinician.epoch, body=OFFER)
            told = await patient.hear("signal")
            assert told == {"type": "signal", "from": me, "epoch": clinician.epoch, "body": OFFER}
            await patient.say("state", **STATE)
            told = {"captions": False, "speech": False, **STATE}
            assert await clinician.hear("state") == {"type": "state", "from": you, **told}
            assert (await patient.ask("text", words="Hei <b>du</b>"))["type"] == "done"
            line = await clinician.hear("text")
            assert (line["from"], line["words"]) == (you, "Hei <b>du</b>")
            assert "signal" not in await clinician.silence()
            assert "text" not in await patient.silence()

    play(scene)


def test_a_signal_for_an_earlier_load_of_the_page_is_dropped(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await clinician.join(talking)
            you = (await patient.join(talking))["you"]
            to = {"to": you, "body": OFFER}
            await clinician.say("signal", to_epoch="another-load", epoch=clinician.epoch, **to)
            await clinician.say("signal", to_epoch=patient.epoch, epoch="another-load", **to)
            await clinician.say("signal", to_epoch=patient.epoch, epoch=clinician.epoch, **to)
            await patient.hear("signal")
            assert "signal" not in await patient.silence()

    play(scene)


@pytest.mark.parametrize("step", ["proven", "waiting"])
def test_before_the_admission_nothing_of_the_conversation_is_given_out(hour, desk, step):
    getattr(builders, step)(hour)
    # Another patient of the same clinician talks already, so that there is something to give out.
    other = builders.a_booked_hour(
        hour.clinic, clinician=hour.clinician, starts_in=builders.timedelta(minutes=1), minutes=5
    )
    running = builders.admitted(other)

    async def scene():
        async with opened(desk_page(desk), door_page(hour), door_page(other)) as (clinician, mine, theirs):
            await clinician.join(running)
            you = (await theirs.join(running))["you"]
            refused = await mine.join(running)
            assert (refused["type"], refused["code"]) == ("refused", "not_found")
            for frame in ("ice", "step_out"):
                assert (await mine.ask(frame))["code"] == "not_found"
            assert (await mine.ask("text", words="Hei"))["code"] == "over"
            await mine.say("signal", to=you, to_epoch=theirs.epoch, epoch=mine.epoch, body=OFFER)
            await mine.say("state", **STATE)
            assert not {"signal", "state", "text"} & set(await theirs.silence())
            assert await mine.silence() == []

    play(scene)


def test_after_the_end_every_frame_is_refused(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            version = (await clinician.join(talking))["version"]
            await patient.join(talking)
            await clinician.ask("end", version=version)
            await patient.end()
            assert (await clinician.join(talking))["code"] == "over"
            assert (await clinician.ask("text", words="Hei"))["code"] == "over"
            for frame in ({"type": "channel", "channel": "sound"}, {"type": "end", "version": 9}):
                assert (await clinician.ask(frame.pop("type"), **frame))["code"] == "not_found"
        async with opened(door_page(hour, tab="again")) as (late,):
            assert (await late.join(talking))["type"] == "refused"
            greeting = await late.ask("hello", tab=late.tab)
            assert greeting["door"]["step"] == "ended"

    play(scene)


def test_the_second_tab_is_asked_and_the_first_is_told(hour, talking):
    async def scene():
        async with opened(door_page(hour, tab="first"), door_page(hour, tab="second")) as (first, second):
            await first.ask("hello", tab=first.tab, epoch=first.epoch)
            assert (await first.join(talking))["type"] == "joined"
            for asked in (await second.ask("hello", tab=second.tab), await second.join(talking)):
                assert (asked["type"], asked["code"]) == ("refused", "elsewhere")
            assert await first.silence() == []
            moved = await second.ask("hello", tab=second.tab, epoch=second.epoch, move=True)
            assert moved["door"]["step"] == "admitted"
            await first.hear("moved_away")
            assert await first.end() == 4409
            assert (await second.join(talking))["type"] == "joined"

    play(scene)


def test_a_reload_takes_the_seat_back_and_the_others_hear_of_the_new_page(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await clinician.join(talking)
            await patient.join(talking)
            await clinician.hear("present")
            await patient.go()
            assert await clinician.hear("absent") == {
                "type": "absent",
                "participant": (await clinician.join(talking))["roster"][1]["participant"],
                "left": False,
            }
            async with opened(door_page(hour)) as (again,):
                assert (await again.join(talking))["type"] == "joined"
                assert (await clinician.hear("present"))["epoch"] == again.epoch

    play(scene)


def test_who_steps_out_has_left_and_may_come_back(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await clinician.join(talking)
            await patient.join(talking)
            assert (await patient.ask("step_out"))["type"] == "done"
            assert (await clinician.hear("absent"))["left"] is True
            assert (await patient.join(talking))["type"] == "joined"

    play(scene)


def test_the_channel_that_is_used_is_told_to_everybody_and_recorded(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await clinician.join(talking)
            await patient.join(talking)
            assert (await patient.ask("channel", channel="sound"))["code"] == "not_found"
            assert (await clinician.ask("channel", channel="sound"))["type"] == "done"
            assert await patient.hear("channel") == {"type": "channel", "channel": "sound"}
            changes = await later(_channels)(talking)
            assert changes == ["video", "sound"]

    play(scene)


def _channels(consultation: str) -> list[str]:
    rows = ChannelChange.objects.filter(consultation__public_id=consultation)
    return list(rows.values_list("channel", flat=True))


def test_an_end_that_was_overtaken_is_refused_and_nobody_is_thrown_out(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            version = (await clinician.join(talking))["version"]
            await patient.join(talking)
            await clinician.ask("channel", channel="sound")
            assert (await clinician.ask("end", version=version))["code"] == "overtaken"
            fresh = (await clinician.join(talking))["version"]
            assert (await clinician.ask("end", version=fresh))["type"] == "done"
            assert await patient.end() == 4410

    play(scene)


def test_the_relay_is_asked_for_again_and_never_by_strangers(hour, desk, talking, settings):
    settings.BLIKK_TURN_URLS = ["turn:relay.example:3478"]
    settings.BLIKK_TURN_SECRET = "only-for-tests"

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            assert (await clinician.ask("ice"))["code"] == "not_found"
            first = (await clinician.join(talking))["ice"]["servers"][0]
            fresh = (await clinician.ask("ice"))["ice"]["servers"][0]
            theirs = (await patient.join(talking))["ice"]["servers"][0]
            assert first["username"].split(":")[1] == fresh["username"].split(":")[1]
            assert first["username"] != theirs["username"]

    play(scene)


def test_a_page_whose_session_ends_is_closed_at_once(hour, desk, talking):
    async def scene():
        async with opened(desk_page(desk)) as (clinician,):
            await clinician.join(talking)
            await later(desk.logout)()
            await later(announce)(f"user:{hour.clinician.user.public_id}", "signed_out")
            assert await clinician.end() == 4401

    play(scene)


def test_a_session_that_ended_unannounced_can_do_nothing_more(hour, desk):
    view = builders.waiting(hour)

    async def scene():
        async with opened(desk_page(desk)) as (clinician,):
            await later(desk.logout)()
            await clinician.say("admit", id=1, arrival=view.arrival, version=2)
            assert await clinician.end() == 4401

    play(scene)
    assert hour.invitation.arrivals.get().status == "waiting"


def test_another_clinics_clinician_finds_nothing(hour, talking):
    stranger = signed_in(builders.a_member(builders.a_clinic("Skogli")))

    async def scene():
        async with opened(desk_page(stranger)) as (other,):
            assert (await other.join(talking))["code"] == "not_found"
            assert (await other.join("AAAAAAAAAAAAAAAAAAAAAA"))["code"] == "not_found"

    play(scene)


def test_the_desk_hears_who_comes(hour, desk):
    builders.proven(hour)

    async def scene():
        async with opened(desk_page(desk)) as (clinician,):
            await clinician.ask("hello", tab=clinician.tab)
            await later(door.arrive)(hour.invitation.public_id, hour.device, where="", now=NOW)
            assert (await clinician.hear("arrived"))["name"] == "Ola Hansen"
            await clinician.hear("day")

    play(scene)


def a_companion(hour: Hour, *, admitted: bool = True) -> Hour:
    """The patient's daughter, who has come to the waiting room by a link of her own, and was let in."""
    guest = come(invited(hour, "Randi Hansen", "+4791234567").invitation)
    hers = replace(hour, invitation=guest.invitation, device=guest.device)
    actor, arrival = staff(hour.clinician), guest.arrival
    if admitted:
        talk.admit(hour.clinic, arrival, membership=hour.clinician, actor=actor, now=NOW)
    return hers


def test_a_companion_who_is_sent_out_is_told_and_the_others_too(hour, desk, talking):
    hers = a_companion(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hers)) as (clinician, relative):
            await clinician.join(talking)
            joined = await relative.join(talking)
            assert [row["role"] for row in joined["roster"]] == ["clinician", "patient", "relative"]
            await later(talk.send_out)(
                hour.clinic,
                talking,
                joined["you"],
                membership=hour.clinician,
                actor=staff(hour.clinician),
                now=NOW,
            )
            assert (await relative.hear("ended"))["sent_out"] is True
            assert await relative.end() == 4410
            absent = {"type": "absent", "participant": joined["you"], "left": True}
            assert await clinician.hear("absent") == absent

    play(scene)


def test_in_a_group_only_the_clinician_is_told_whole_names(hour, desk):
    group = hour.appointment
    version = Appointment.objects.get(pk=group.pk).version
    by = {"actor": staff(hour.clinician), "now": NOW}
    companions.make_group(hour.clinic, group.public_id, version=version, is_group=True, **by)
    view = builders.waiting(hour)
    talking = talk.admit(hour.clinic, view.arrival, membership=hour.clinician, **by).public_id
    hers = a_companion(hour)

    async def scene():
        async with opened(desk_page(desk), door_page(hour), door_page(hers)) as (
            clinician,
            patient,
            relative,
        ):
            await clinician.join(talking)
            joined = await patient.join(talking)
            names = {row["role"]: row["name"] for row in joined["roster"]}
            assert names == {"clinician": "Kari Nordmann", "patient": "Ola", "relative": "Randi"}
            await relative.join(talking)
            assert (await patient.hear("present"))["name"] == "Randi"
            heard = [(await clinician.hear("present"))["name"] for _ in range(2)]
            assert heard == ["Ola Hansen", "Randi Hansen"]

    play(scene)


def test_the_patient_answers_about_a_companion_and_both_sides_hear_of_it(hour, desk):
    guest = come(invited(hour, "Randi Hansen", "+4791234567", said_yes=False).invitation)
    builders.waiting(hour)
    about = guest.invitation.public_id

    async def scene():
        async with opened(desk_page(desk), door_page(hour)) as (clinician, patient):
            await clinician.ask("hello", tab=clinician.tab)
            await patient.ask("hello", tab=patient.tab)
            answer = await patient.ask("companion_answer", companion=about, answer="yes")
            assert answer["door"]["along"][0]["answer"] == "yes"
            await clinician.hear("day")
            refused = await patient.ask("companion_answer", companion="A" * 22, answer="yes")
            assert refused["code"] == "not_found"

    play(scene)


def test_between_two_who_are_no_clinicians_the_first_who_came_offers(hour, talking):
    hers = a_companion(hour)

    async def scene():
        async with opened(door_page(hour), door_page(hers)) as (patient, relative):
            await patient.join(talking)
            await relative.join(talking)
            present = await patient.hear("present")
            assert (present["name"], present["offers"]) == ("Randi Hansen", True)

    play(scene)
