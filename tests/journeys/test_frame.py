"""The frame: answers while waiting, lights, what must be known at once, and the confirmation."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.bus import hub
from blikk.consultations import frame_lights, own_questions
from blikk.consultations.errors import FrameOpen, NotIdentified, OwnSideOpen
from blikk.consultations.models import Consultation, FrameAnswer, FrameCheck
from blikk.invitations.models import PersonRole
from blikk.journeys import door, frame, talk
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import IllegalMove, Invalid, NotFound
from blikk.notifications.models import Message
from blikk.waiting_room.models import Arrival
from tests import builders
from tests.builders import NOW, a_booked_hour, admitted, staff, waiting
from tests.companions import come, invited
from tests.frames import all_well, confirm, let_in, met_before, own_side, say, tick

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def hour():
    return a_booked_hour()


@pytest.fixture
def told(monkeypatch):
    """Everything that is announced."""
    heard: list[tuple[str, dict]] = []
    monkeypatch.setattr(hub, "publish", lambda topic, news: heard.append((topic, news)))
    return heard


def lights(hour) -> dict[str, str]:
    return {one.question: one.light for one in frame_lights.frame_of(hour.invitation).asked}


def test_answers_are_kept_with_who_gave_them_and_when_and_never_go_back(hour):
    waiting(hour)
    view = say(hour, "place", "b", helped=True)
    kept = FrameAnswer.objects.get()
    assert (kept.value, kept.by, kept.helped, kept.at) == ("b", "Ola Hansen", True, NOW)
    assert view.frame == {"answered": ["place"], "is_urgent": False, "wish": ""}
    assert lights(hour)["place"] == "red"
    say(hour, "place", "a", now=SOON)
    assert FrameAnswer.objects.get().value == "a"
    assert lights(hour)["place"] == "green"


def test_answers_are_the_same_on_another_device(hour):
    waiting(hour)
    all_well(hour)
    seen = door.door_of(hour.invitation.public_id, hour.device, now=SOON)
    assert len(seen.frame["answered"]) == 6


def test_before_the_waiting_room_nothing_can_be_answered(hour):
    builders.proven(hour)
    with pytest.raises(NotAtThisStep):
        say(hour, "place", "a")
    door.arrive(hour.invitation.public_id, hour.device, where="", now=NOW)
    assert say(hour, "place", "a").frame["answered"] == ["place"]


def test_who_comes_along_answers_nothing_for_the_patient(hour):
    waiting(hour)
    companion = come(invited(hour, "Liv Hansen", "+4790000001").invitation)
    asked = {"where": "", "now": NOW}
    with pytest.raises(NotFound):
        frame.answer(
            companion.invitation.public_id,
            companion.device,
            question="place",
            answer="a",
            helped=False,
            **asked,
        )
    with pytest.raises(NotFound):
        frame.wish(companion.invitation.public_id, companion.device, wish="phone", **asked)
    with pytest.raises(NotFound):
        frame.own_words_for(companion.invitation.public_id, companion.device, now=NOW)
    assert companion.view.frame is None
    assert frame.own_words_for(hour.invitation.public_id, hour.device, now=NOW)[0] == "nb"


@pytest.mark.parametrize(
    ("question", "answer"), [("place", "z"), ("nonsense", "a"), ("place", "yes"), ("", "")]
)
def test_what_is_no_answer_is_refused(hour, question, answer):
    waiting(hour)
    with pytest.raises(Invalid):
        say(hour, question, answer)
    assert not FrameAnswer.objects.exists()


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [("worse", "c", "worse"), ("safe", "c", "unsafe"), ("company", "c", "unfree")],
)
def test_what_must_be_known_at_once_stays_known_and_is_told_to_the_clinician_alone(
    hour, told, question, answer, code, django_capture_on_commit_callbacks
):
    arrival = waiting(hour).arrival
    with django_capture_on_commit_callbacks(execute=True):
        say(hour, question, answer)
    alerts = [(topic, news) for topic, news in told if news["event"] == "alert"]
    assert [topic for topic, _ in alerts] == [f"day:{hour.clinic.public_id}"]
    assert alerts[0][1]["clinician"] == hour.clinician.public_id
    assert not [news for topic, news in told if topic == f"arrival:{arrival}" and news["event"] != "door"]
    # Somebody makes them answer otherwise.
    say(hour, question, "a", now=SOON)
    assert frame_lights.frame_of(hour.invitation).dangers == [code]
    assert lights(hour)[question] == "red"


def test_what_must_be_known_differs_in_nothing_from_another_answer_but_for_those_who_treat(
    hour, told, django_capture_on_commit_callbacks
):
    waiting(hour)
    seen = []
    for answer in ("a", "c"):
        FrameCheck.objects.all().delete() if not seen else FrameAnswer.objects.all().delete()
        before = Entry.objects.count()
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            view = say(hour, "company", answer)
        act = Entry.objects.latest("pk")
        news = [(topic, one) for topic, one in told if not topic.startswith("day:")]
        seen.append((view.facts(), Entry.objects.count() - before, act.act, act.details, news))
    assert seen[0] == seen[1]
    assert seen[0][2] == "frame.answered"


def test_no_message_says_anything_of_it(hour):
    before = Message.objects.count()
    waiting(hour)
    all_well(hour, company="c", worse="c")
    assert Message.objects.count() == before


def test_the_clinician_ticks_what_is_open_and_what_was_known_is_settled_by_it(hour):
    waiting(hour)
    all_well(hour, company="c")
    consultation = let_in(hour)
    assert frame_lights.frame_of(hour.invitation).dangers == ["unfree"]
    tick(hour, consultation, "company", now=SOON)
    found = frame_lights.frame_of(hour.invitation)
    assert found.dangers == []
    assert found.is_settled
    tick(hour, consultation, "company", "not_ok", now=SOON)
    assert lights(hour)["company"] == "red"


def test_the_frame_is_confirmed_when_all_is_settled_and_not_before(hour):
    met_before(hour)
    waiting(hour)
    all_well(hour, place="b")
    consultation = let_in(hour)
    with pytest.raises(OwnSideOpen):
        confirm(hour, consultation)
    own_side(hour)
    with pytest.raises(FrameOpen):
        confirm(hour, consultation)
    tick(hour, consultation, "place", now=SOON)
    assert confirm(hour, consultation, now=SOON).status == "confirmed"
    check = FrameCheck.objects.get()
    assert (check.confirmed_at, check.confirmed_by, check.own_side_at) == (SOON, hour.clinician, NOW)
    # A second press changes nothing.
    confirm(hour, consultation, now=SOON + timedelta(minutes=1))
    assert Entry.objects.filter(act="frame.confirmed").count() == 1


def test_with_a_reason_it_is_confirmed_with_open_questions_and_the_reason_is_kept(hour):
    met_before(hour)
    consultation = admitted(hour)
    own_side(hour)
    with pytest.raises(FrameOpen):
        confirm(hour, consultation, exception="   ")
    assert confirm(hour, consultation, exception=" Akutt,  samtalen haster ").status == "confirmed"
    assert FrameCheck.objects.get().exception == "Akutt, samtalen haster"


def test_a_patient_whom_nobody_knows_is_not_confirmed(hour):
    waiting(hour)
    all_well(hour)
    consultation = let_in(hour)
    own_side(hour)
    with pytest.raises(NotIdentified):
        confirm(hour, consultation)
    met_before(hour)
    assert confirm(hour, consultation).status == "confirmed"


def test_what_was_said_of_the_own_side_holds_for_a_day_and_can_be_taken_back(hour):
    own_side(hour)
    assert frame.own_side_of(hour.clinic, hour.clinician, now=SOON) == NOW
    assert frame.own_side_of(hour.clinic, hour.clinician, now=NOW + timedelta(days=1)) is None
    other = builders.a_member(hour.clinic)
    assert frame.own_side_of(hour.clinic, other, now=SOON) is None
    own_side(hour, ok=False, now=SOON)
    assert frame.own_side_of(hour.clinic, hour.clinician, now=SOON) is None


def test_nobody_but_who_leads_the_conversation_sees_ticks_or_confirms(hour):
    consultation = admitted(hour)
    other = builders.a_member(hour.clinic)
    who = {"membership": other, "actor": staff(other), "now": NOW}
    with pytest.raises(NotFound):
        frame.standing_of(hour.clinic, consultation, membership=other, now=NOW)
    with pytest.raises(NotFound):
        frame.tick(hour.clinic, consultation, question="place", value="ok", **who)
    with pytest.raises(NotFound):
        frame.confirm_frame(hour.clinic, consultation, exception="x", **who)
    mine = frame.standing_of(hour.clinic, consultation, membership=hour.clinician, now=NOW)
    assert not mine.is_ready


def test_after_the_end_nothing_is_confirmed(hour):
    met_before(hour)
    consultation = admitted(hour)
    own_side(hour)
    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=staff(hour.clinician), now=SOON)
    with pytest.raises(IllegalMove):
        confirm(hour, consultation, exception="x", now=SOON)
    assert Consultation.objects.get(public_id=consultation).status == "ended"


def test_five_minutes_end_by_themselves_or_when_the_patient_is_ready(hour):
    arrival = waiting(hour).arrival
    frame.hold_a_while(hour.clinic, arrival, words="", actor=staff(hour.clinician), now=NOW)
    seen = door.door_of(hour.invitation.public_id, hour.device, now=SOON)
    assert (seen.step, seen.on_hold, seen.hold_until) == ("waiting", True, NOW + frame.A_WHILE)
    assert frame.end_whiles(now=NOW + timedelta(minutes=4)) == 0
    assert frame.end_whiles(now=NOW + frame.A_WHILE) == 1
    assert Arrival.objects.get().status == "waiting"
    said = {"where": "", "now": NOW}
    frame.wish(hour.invitation.public_id, hour.device, wish="five_minutes", **said)
    assert Arrival.objects.get().status == "on_hold"
    ready = frame.wish(hour.invitation.public_id, hour.device, wish="ready", **said)
    assert (ready.on_hold, ready.hold_until, ready.frame["wish"]) == (False, None, "")


def test_who_is_on_hold_without_an_end_is_not_taken_back_by_the_clock_or_the_patient(hour):
    waiting(hour)
    arrival = Arrival.objects.get()
    from blikk.waiting_room import services

    services.put_on_hold(arrival, words="Hent medisinlisten", actor=SYSTEM, now=NOW)
    assert frame.end_whiles(now=NOW + timedelta(hours=1)) == 0
    frame.wish(hour.invitation.public_id, hour.device, wish="ready", where="", now=NOW)
    assert Arrival.objects.get().status == "on_hold"


def test_an_answer_keeps_the_words_that_it_answered(hour):
    made = {"actor": SYSTEM, "now": NOW}
    asked = own_questions.add(hour.clinic, words="Har du spist?", worry="no", is_on=True, **made)
    waiting(hour)
    say(hour, asked.public_id, "no")
    own_questions.change(hour.clinic, asked.series, words="Er du fastende?", worry="no", is_on=True, **made)
    own = [one for one in frame_lights.frame_of(hour.invitation).asked if one.words]
    assert [(one.words, one.light) for one in own] == [("Har du spist?", "red")]
    other = a_booked_hour(hour.clinic, clinician=builders.a_member(hour.clinic), patient=hour.patient)
    fresh = [one.words for one in frame_lights.frame_of(other.invitation).asked if one.words]
    assert fresh == ["Er du fastende?"]


def test_the_patient_of_a_group_answers_and_the_members_do_not(hour):
    waiting(hour)
    member = invited(hour, "Eva Moe", "+4790000002", role=PersonRole.RELATIVE)
    assert come(member.invitation).view.frame is None
    assert door.door_of(hour.invitation.public_id, hour.device, now=NOW).frame is not None
