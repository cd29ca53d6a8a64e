"""By which channel a consultation was held: when, for how long, and whether somebody chose it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.consultations.channels import Stretch, stretches, was_unreachable
from blikk.consultations.errors import Over
from blikk.consultations.models import ChannelChange, Participant
from blikk.consultations.queries import get
from blikk.journeys import closing, talk
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import NotFound
from blikk.web.presenters.note_draft import drafted
from tests.builders import NOW, a_booked_hour, a_member, admitted, staff


class Running:
    """A conversation that goes on."""

    def __init__(self):
        self.hour = a_booked_hour()
        self.id = admitted(self.hour)
        self.who = {"membership": self.hour.clinician, "actor": staff(self.hour.clinician)}

    def at(self, minutes):
        return NOW + timedelta(minutes=minutes)

    def to(self, channel, minutes, *, measured=False):
        return talk.change_channel(
            self.hour.clinic, self.id, channel=channel, measured=measured, **self.who, now=self.at(minutes)
        )

    def rang(self, minutes):
        return talk.note_unanswered(self.hour.clinic, self.id, **self.who, now=self.at(minutes))

    def end(self, minutes):
        return talk.end(self.hour.clinic, self.id, **self.who, now=self.at(minutes))

    def note(self):
        with translation.override("nb"):
            return drafted(closing.draft_of(get(self.hour.clinic, self.id)), "nb")

    @property
    def patient(self):
        return Participant.objects.get(consultation__public_id=self.id, role="patient")


@pytest.fixture
def running(db):
    return Running()


def test_the_note_of_a_whole_video_consultation_says_no_more_than_that(running):
    running.end(20)
    note = running.note()
    assert "Form: video.\n" in note
    assert "Kanal" not in note
    assert "telefon" not in note


def test_a_phone_call_is_no_video_consultation_and_the_note_says_how_long_it_was_which(running):
    running.to("sound", 8, measured=True)
    running.to("phone", 10)
    running.end(25)
    note = running.note()
    assert "Form: video, bare lyd og telefon" in note
    assert "video kl. 10:00–10:08, bare lyd kl. 10:08–10:10 (nettet var svakt)" in note
    assert "telefon kl. 10:10–10:25" in note
    assert "video i 8 minutter, bare lyd i 2 minutter og telefon i 15 minutter" in note


def test_what_was_chosen_is_not_told_as_the_networks_doing(running):
    running.to("sound", 5)
    running.end(9)
    assert "nettet var svakt" not in running.note()
    assert ChannelChange.objects.get(channel="sound").how == "by_hand"


def test_back_from_the_phone_to_video_is_one_act_and_both_times_are_known(running):
    running.to("phone", 3)
    running.to("video", 6)
    running.end(10)
    note = running.note()
    assert "Form: video og telefon" in note
    assert "video i 7 minutter og telefon i 3 minutter" in note


def test_what_is_measured_never_ends_a_phone_call_and_a_choice_does(running):
    running.to("phone", 3)
    assert running.to("sound", 4, measured=True).channel == "phone"
    assert running.to("video", 5).channel == "video"


def test_a_call_that_nobody_answers_is_noted_with_its_time_and_chosen_as_outcome(running):
    running.to("phone", 2)
    assert running.rang(3) == 1
    assert running.rang(9) == 2
    ended = running.end(12)
    assert "Ringt uten svar kl. 10:03 og 10:09" in running.note()
    assert was_unreachable(ended)
    assert Entry.objects.filter(act="consultation.call_unanswered").count() == 2


def test_who_came_back_to_video_was_reached_after_all(running):
    running.to("phone", 2)
    running.rang(3)
    running.to("video", 5)
    assert not was_unreachable(running.end(12))


def test_the_patient_asks_for_the_phone_once_and_going_there_answers(running):
    for _ in range(2):
        talk.ask_phone(running.patient, actor=SYSTEM, now=running.at(2))
    assert running.patient.asked_phone_at == running.at(2)
    assert Entry.objects.filter(act="consultation.phone_asked").count() == 1
    running.to("phone", 3)
    assert running.patient.asked_phone_at is None


def test_only_the_patient_asks_and_only_who_leads_notes_calls(running):
    clinician = Participant.objects.get(consultation__public_id=running.id, role="clinician")
    with pytest.raises(NotFound):
        talk.ask_phone(clinician, actor=SYSTEM, now=running.at(2))
    colleague = a_member(running.hour.clinic, name="Per Lege")
    with pytest.raises(NotFound):
        talk.note_unanswered(
            running.hour.clinic, running.id, membership=colleague, actor=staff(colleague), now=running.at(2)
        )
    running.end(5)
    with pytest.raises(Over):
        running.rang(6)
    with pytest.raises(Over):
        talk.ask_phone(running.patient, actor=SYSTEM, now=running.at(6))


CHANGES = st.lists(
    st.tuples(st.sampled_from(["video", "sound", "phone"]), st.just(""), st.integers(0, 50)), min_size=1
)


@given(CHANGES, st.integers(50, 60))
def test_stretches_follow_each_other_without_a_gap_and_end_with_the_end(changes, end):
    times = sorted(at for _channel, _how, at in changes)
    told = [(c, how, NOW + timedelta(minutes=at)) for (c, how, _), at in zip(changes, times, strict=True)]
    found = stretches(told, NOW + timedelta(minutes=end))
    assert all(isinstance(one, Stretch) for one in found)
    for one, following in pairwise(found):
        assert one.ends_at == following.starts_at
        assert one.channel != following.channel
    assert not found or found[-1].ends_at == NOW + timedelta(minutes=end)
    lasted = timedelta(minutes=end - times[0])
    assert sum(one.seconds for one in found) == lasted.total_seconds()
