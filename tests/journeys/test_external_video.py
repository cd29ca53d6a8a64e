"""The video solution that a clinic has: chosen by whom, told to whom, and made by Whereby where it is so."""

import pytest
from django.utils import translation

from blikk.audit.models import Entry
from blikk.clinics import video
from blikk.clinics.models import VideoSolution
from blikk.consultations.errors import Over
from blikk.consultations.models import Consultation, ExternalRoom, Participant
from blikk.journeys import closing, door, external, talk
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from blikk.media.errors import RoomNotMade
from blikk.web.presenters.note_draft import drafted
from tests import builders
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, admitted, staff
from tests.whereby import running_whereby

HOST = "join.nhn.example"
FIXED = {"kind": "fixed", "supplier": "Join", "address": f"https://{HOST}/kari"}
PATTERN = {"kind": "template", "supplier": "Join", "address": f"https://{HOST}/{{random}}"}
MADE = {"kind": "whereby", "supplier": "Whereby"}
HOSTS = [HOST, "*.whereby.com"]


@pytest.fixture(autouse=True)
def opened(settings, db):
    settings.BLIKK_EXTERNAL_VIDEO_HOSTS = HOSTS


@pytest.fixture
def hour():
    return a_booked_hour()


@pytest.fixture(scope="module")
def standin():
    with running_whereby() as server:
        yield server


@pytest.fixture
def whereby(standin, settings):
    standin.asked.clear()
    standin.rooms.clear()
    standin.instead, standin.redirect, standin.host = None, "", "klinikken.whereby.com"
    settings.BLIKK_WHEREBY_URL = standin.origin
    settings.BLIKK_WHEREBY_KEY = standin.key
    settings.BLIKK_EXTERNAL_VIDEO_CA = str(standin.certificate)
    return standin


def choose(hour, values, member=None):
    return video.choose(hour.clinic, member, **values, actor=SYSTEM, now=NOW)


def room(consultation, role="patient"):
    participant = Participant.objects.get(consultation__public_id=consultation, role=role)
    return external.room_for(participant, now=NOW)


def test_without_a_choice_people_see_each_other_here(hour):
    consultation = admitted(hour)
    assert Consultation.objects.get().engine == "mesh"
    with pytest.raises(NotFound):
        room(consultation)


def test_the_clinics_room_is_for_all_and_a_clinician_may_differ(hour):
    choose(hour, FIXED)
    other = a_member(hour.clinic, name="Per Lege")
    assert video.is_elsewhere(hour.clinician)
    assert video.is_elsewhere(other)
    choose(hour, {"kind": "own"}, hour.clinician)
    assert not video.is_elsewhere(hour.clinician)
    assert video.is_elsewhere(other)
    choose(hour, {"kind": ""}, hour.clinician)
    choose(hour, {**FIXED, "supplier": "Teams"}, other)
    assert video.solution_of(hour.clinic.pk, other.pk).supplier == "Teams"
    assert video.solution_of(hour.clinic.pk, hour.clinician.pk).supplier == "Join"
    choose(hour, {"kind": ""})
    assert not video.is_elsewhere(hour.clinician)
    assert not any("kari" in str(entry.details) for entry in Entry.objects.filter(act="clinic.video_chosen"))


def test_nobody_chooses_for_somebody_of_another_clinic(hour):
    stranger = a_member(a_clinic("Strandgata legevakt"))
    with pytest.raises(NotFound):
        choose(hour, FIXED, stranger)
    assert not VideoSolution.objects.exists()


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({**FIXED, "address": "https://evil.example/"}, {"address": "host_not_allowed"}),
        ({**FIXED, "address": "javascript:alert(1)"}, {"address": "not_a_room"}),
        ({**FIXED, "supplier": " "}, {"supplier": "missing"}),
        ({**FIXED, "supplier": "Join\u202e"}, {"supplier": "unreadable"}),
        ({**PATTERN, "address": FIXED["address"]}, {"address": "no_random"}),
        (MADE, {"key": "no_key"}),
        ({**FIXED, "kind": "frame"}, {"kind": "unknown"}),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field(hour, values, faults):
    with pytest.raises(Invalid) as fault:
        choose(hour, values)
    assert fault.value.fields == faults
    assert not VideoSolution.objects.exists()


def test_both_are_led_to_the_same_room_and_the_record_says_who(hour):
    choose(hour, FIXED)
    consultation = admitted(hour)
    assert Consultation.objects.get().engine == "external"
    told = {"address": FIXED["address"], "host": HOST, "supplier": "Join"}
    assert room(consultation) == room(consultation, "clinician") == told


def test_a_pattern_gives_each_conversation_a_name_that_nobody_guesses(hour):
    choose(hour, PATTERN)
    second = a_booked_hour(hour.clinic, clinician=a_member(hour.clinic, name="Per Lege"))
    addresses = {room(admitted(one))["address"] for one in (hour, second)}
    assert len(addresses) == 2
    assert all(len(address.removeprefix(f"https://{HOST}/")) == 22 for address in addresses)


def test_a_changed_setting_moves_nobody_and_a_closed_host_stops_everybody(hour, settings):
    choose(hour, FIXED)
    consultation = admitted(hour)
    choose(hour, {**FIXED, "address": f"https://{HOST}/ny"})
    assert room(consultation)["address"] == FIXED["address"]
    settings.BLIKK_EXTERNAL_VIDEO_HOSTS = []
    with pytest.raises(RoomNotMade):
        room(consultation)


def test_nothing_of_the_address_is_told_before_the_admission(hour):
    choose(hour, FIXED)
    for view in (builders.open_link(hour), builders.waiting(hour)):
        facts = str(view.facts())
        assert "Join" not in facts
        assert HOST not in facts
        assert "kari" not in facts
    assert door.door_of(hour.invitation.public_id, hour.device, now=NOW).is_external
    assert not ExternalRoom.objects.exists()


def test_the_end_closes_our_side(hour):
    choose(hour, FIXED)
    consultation = admitted(hour)
    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=staff(hour.clinician), now=NOW)
    with pytest.raises(Over):
        room(consultation)


def test_back_to_ours_in_one_press_and_the_note_says_until_when(hour):
    choose(hour, FIXED)
    consultation = admitted(hour)
    who = {"membership": hour.clinician, "actor": staff(hour.clinician)}
    colleague = a_member(hour.clinic, name="Per Lege")
    with pytest.raises(NotFound):
        external.use_own(hour.clinic, consultation, membership=colleague, actor=staff(colleague), now=NOW)
    external.use_own(hour.clinic, consultation, **who, now=NOW + builders.timedelta(minutes=4))
    with pytest.raises(NotFound):
        room(consultation)
    assert not door.door_of(hour.invitation.public_id, hour.device, now=NOW).is_external
    ended = talk.end(hour.clinic, consultation, **who, now=NOW + builders.timedelta(minutes=9))
    with translation.override("nb"):
        note = drafted(closing.draft_of(ended), "nb")
    assert f"Videoløsning: Join ({HOST}) til kl. 10:04, deretter Blikk" in note


def test_whereby_makes_one_room_for_each_conversation(hour, whereby):
    choose(hour, MADE)
    consultation = admitted(hour)
    assert whereby.asked == []
    guest, host = room(consultation), room(consultation, "clinician")
    assert guest["address"] == "https://klinikken.whereby.com/rom-1"
    assert host["address"] == "https://klinikken.whereby.com/rom-1?roomKey=hemmelig1"
    assert guest["host"] == "klinikken.whereby.com"
    [(method, path, content)] = whereby.asked
    assert (method, path) == ("POST", "/v1/meetings")
    assert content == {
        "endDate": (NOW + external.ROOM_LASTS).isoformat(),
        "isLocked": False,
        "fields": ["hostRoomUrl"],
    }


def test_of_two_rooms_that_were_made_at_once_one_is_used_and_the_other_taken_away(hour, whereby):
    choose(hour, MADE)
    consultation = admitted(hour)
    participant = Participant.objects.get(consultation__public_id=consultation, role="patient")
    late = ExternalRoom.objects.get()
    first = external.room_for(participant, now=NOW)
    assert external._made(late, "", now=NOW).address == first["address"]
    assert whereby.rooms == {"m1"}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda w: setattr(w, "redirect", "https://localhost:1/v1/meetings"), "refused"),
        (lambda w: setattr(w, "instead", (500, b"")), "refused"),
        (lambda w: setattr(w, "instead", (201, b"<html>")), "not_understood"),
        (lambda w: setattr(w, "instead", (201, b"[]")), "not_understood"),
        (lambda w: setattr(w, "instead", (201, b'{"roomUrl": 7, "meetingId": "m"}')), "not_understood"),
        (lambda w: setattr(w, "instead", (201, b"x" * 70_000)), "no_answer"),
        (lambda w: setattr(w, "host", "evil.example"), "host_not_allowed"),
    ],
)
def test_an_answer_that_leads_astray_is_no_room(hour, whereby, spoil, why):
    choose(hour, MADE)
    consultation = admitted(hour)
    spoil(whereby)
    with pytest.raises(RoomNotMade) as fault:
        room(consultation)
    assert fault.value.why == why
    assert ExternalRoom.objects.get().address == ""
    whereby.instead, whereby.redirect, whereby.host = None, "", "klinikken.whereby.com"
    assert room(consultation)["address"].startswith("https://klinikken.whereby.com/")


def test_a_wrong_key_and_an_unknown_certificate_are_told_apart(hour, whereby, settings):
    choose(hour, MADE)
    consultation = admitted(hour)
    settings.BLIKK_WHEREBY_KEY = "feil"
    with pytest.raises(RoomNotMade) as fault:
        room(consultation)
    assert fault.value.why == "not_let_in"
    settings.BLIKK_EXTERNAL_VIDEO_CA = ""
    with pytest.raises(RoomNotMade) as fault:
        room(consultation)
    assert fault.value.why == "no_answer"


def test_a_clinics_own_key_is_sealed_kept_and_used(hour, whereby, settings):
    settings.BLIKK_WHEREBY_KEY = ""
    choose(hour, {**MADE, "key": whereby.key})
    sealed = bytes(VideoSolution.objects.get().sealed_key)
    assert sealed
    assert whereby.key.encode() not in sealed
    choose(hour, {**MADE, "supplier": "Whereby hos oss"})
    assert video.key_for(hour.clinic.pk, hour.clinician.pk) == whereby.key
    assert room(admitted(hour))["address"].startswith("https://klinikken.whereby.com/")
    assert not any(whereby.key in str(entry.details) for entry in Entry.objects.all())
    choose(hour, FIXED)
    assert bytes(VideoSolution.objects.get().sealed_key) == b""
