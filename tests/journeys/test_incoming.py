"""The journal's word about its appointments, in whatever order it comes: the hours here are as it said last."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.documentation import incoming as room
from blikk.documentation.ehr.incoming import Said
from blikk.documentation.models import RecordAppointment
from blikk.documentation.smart.persons import RecordPerson
from blikk.invitations.models import Invitation
from blikk.journeys import booking, door, incoming, incoming_people, talk
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.times import local
from blikk.notifications.models import Message
from blikk.patients.contact_points import read_back
from blikk.patients.models import ContactPoint, Patient
from blikk.scheduling.models import Appointment
from blikk.scheduling.services import add_absence
from blikk.scheduling.states import FILLS_TIME
from tests.builders import NOW, Hour, a_booked_hour, a_clinic, a_member, a_patient, open_link, staff, token_in

pytestmark = pytest.mark.django_db
SERVER = "https://journal.example/fhir"
OLA = RecordPerson("p1", "Ola", "Hansen", date(1944, 5, 17), phone="+4790123456")
KARI = "9144900"
AHEAD = timedelta(days=60)


@pytest.fixture
def kari() -> Membership:
    return a_member(a_clinic(), "clinician", "Kari Nordmann", hpr_number=KARI)


def said(
    name: str = "a1", *, at: timedelta = timedelta(hours=2), minutes: int = 20, tick: int = 0, **more: Any
) -> Said:
    """A word of the journal's; `tick` is how late it is."""
    starts = NOW + at
    values: dict[str, Any] = {
        "id": name,
        "updated_at": NOW + timedelta(seconds=tick),
        "is_video": True,
        "is_planned": True,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=minutes),
        "patient": "p1",
        **more,
    }
    return Said(**values)


def cancelled(name: str = "a1", *, tick: int = 0, **more: Any) -> Said:
    return Said(name, NOW + timedelta(seconds=tick), **{"is_video": True, "is_planned": False, **more})


def hears(
    clinic: Clinic,
    *words: Said,
    person: RecordPerson | None = OLA,
    hpr: str = KARI,
    invites: bool = True,
    now: datetime = NOW,
) -> None:
    for word in words:
        whom = replace(person, id=word.patient) if person and word.is_planned else None
        room.keep_word(clinic, SERVER, word, person=whom, hpr_number=hpr if word.is_planned else "", now=now)
    incoming.carry_out(clinic, SERVER, ahead=AHEAD, invites=invites, now=now)


def row(name: str = "a1") -> RecordAppointment:
    return RecordAppointment.objects.get(record_id=name)


def live() -> list[Appointment]:
    return list(Appointment.objects.filter(status__in=FILLS_TIME).order_by("starts_at"))


def verified(clinic: Clinic, **more: Any) -> Patient:
    return a_patient(clinic, "Ola Hansen", **more)


def test_a_video_hour_there_is_an_hour_here_with_an_invitation(kari):
    ola = verified(kari.clinic)
    hears(kari.clinic, said())
    hour = Appointment.objects.get()
    assert (hour.patient, hour.clinician, hour.starts_at) == (ola, kari, NOW + timedelta(hours=2))
    assert Message.objects.filter(kind="invited").count() == 1
    assert row().notice == ""
    assert Entry.objects.filter(act="appointment.booked", actor_id="journal").exists()


def test_the_same_word_again_changes_nothing(kari):
    verified(kari.clinic)
    hears(kari.clinic, said())
    before = (Entry.objects.count(), Message.objects.count(), Appointment.objects.values().get())
    for _ in range(3):
        hears(kari.clinic, said(), said(tick=5))
    assert (Entry.objects.count(), Message.objects.count(), Appointment.objects.values().get()) == before


def test_what_is_not_on_video_is_nothing_to_us(kari):
    hears(kari.clinic, cancelled(is_video=False))
    assert not RecordAppointment.objects.exists()
    assert not Appointment.objects.exists()


def test_nobody_is_written_to_before_somebody_has_verified_how_they_are_reached(kari):
    hears(kari.clinic, said())
    patient = Patient.objects.get()
    assert ContactPoint.objects.get().state == "unverified"
    assert not Message.objects.exists()
    assert row().notice == "needs_contact"
    with pytest.raises(Invalid):
        incoming.invite(kari.clinic, row().public_id, actor=staff(kari), now=NOW)
    read_back(patient, {"phone": "+4790123456"}, actor=staff(kari), now=NOW)
    hears(kari.clinic, now=NOW + timedelta(minutes=1))
    assert Message.objects.filter(kind="invited").count() == 1
    assert row().notice == ""


def test_where_the_clinic_sends_invitations_itself_they_wait_for_a_press(kari):
    verified(kari.clinic)
    hears(kari.clinic, said(), invites=False)
    assert not Message.objects.exists()
    assert row().notice == "ready"
    incoming.invite(kari.clinic, row().public_id, actor=staff(kari), now=NOW)
    hears(kari.clinic, invites=False)
    assert Message.objects.filter(kind="invited").count() == 1
    assert row().notice == ""
    with pytest.raises(NotFound):
        incoming.invite(kari.clinic, row().public_id, actor=staff(kari), now=NOW)


def test_a_contact_point_that_we_have_is_not_replaced_by_the_journals(kari):
    ola = verified(kari.clinic, phone="+4790999888")
    hears(kari.clinic, said())
    assert ContactPoint.objects.get(patient=ola, kind="phone", retired_at__isnull=True).value == "+4790999888"


def test_a_change_follows_and_everybody_gets_a_new_way_in(kari):
    verified(kari.clinic)
    hears(kari.clinic, said())
    first = Invitation.objects.get()
    hears(kari.clinic, said(at=timedelta(hours=4), tick=9))
    assert [hour.starts_at for hour in live()] == [NOW + timedelta(hours=4)]
    first.refresh_from_db()
    assert first.status == "revoked"
    assert Message.objects.filter(kind="moved").count() == 1
    assert row().notice == ""


def test_an_older_word_that_comes_late_is_not_listened_to(kari):
    hears(kari.clinic, said(tick=9, at=timedelta(hours=4)))
    hears(kari.clinic, said(tick=1), cancelled(tick=2))
    assert [hour.starts_at for hour in live()] == [NOW + timedelta(hours=4)]


def test_another_clinician_there_is_another_clinician_here(kari):
    verified(kari.clinic)
    per = a_member(kari.clinic, "clinician", "Per", hpr_number="7654321")
    hears(kari.clinic, said())
    hears(kari.clinic, said(tick=1), hpr="7654321")
    assert [hour.clinician for hour in live()] == [per]
    assert Message.objects.filter(kind="moved_to_other").count() == 1


def test_a_cancellation_follows_and_the_patient_is_told(kari):
    verified(kari.clinic)
    hears(kari.clinic, said())
    hears(kari.clinic, cancelled(tick=1))
    assert not live()
    assert Message.objects.filter(kind="cancelled").count() == 1
    assert row().notice == ""
    hears(kari.clinic, said(tick=2))
    assert len(live()) == 1, "it is on again there, so it is on again here"


def test_no_longer_on_video_is_said_in_its_own_words(kari):
    verified(kari.clinic)
    hears(kari.clinic, said())
    hears(kari.clinic, cancelled(tick=1, is_video=False))
    assert not live()
    assert row().notice == "not_video"


def test_the_journal_wins_and_the_day_page_says_so(kari):
    verified(kari.clinic)
    hears(kari.clinic, said())
    hour = Appointment.objects.get()
    at = local(NOW + timedelta(hours=5), kari.clinic.zone)
    booking.move(
        kari.clinic,
        hour.public_id,
        version=hour.version,
        day=at.date(),
        at=at.time().replace(tzinfo=None),
        minutes=20,
        actor=staff(kari),
        now=NOW,
    )
    hears(kari.clinic)
    assert [each.starts_at for each in live()] == [NOW + timedelta(hours=2)]
    assert row().notice == "record_won"
    assert row().before_at == NOW + timedelta(hours=5)
    room.note_seen(row(), actor=staff(kari), now=NOW)
    hears(kari.clinic)
    assert room.notices_of(kari.clinic, now=NOW) == [], "seen once, it does not come back"


def test_what_was_cancelled_here_is_not_made_anew_by_itself_but_said(kari):
    """A patient who gave the hour up is not invited to it again by a program."""
    verified(kari.clinic)
    hears(kari.clinic, said())
    hour = Appointment.objects.get()
    booking.cancel(kari.clinic, hour.public_id, version=hour.version, actor=staff(kari), now=NOW)
    hears(kari.clinic)
    hears(kari.clinic, said(tick=3))
    assert not live()
    assert row().notice == "cancelled_here"
    hears(kari.clinic, said(tick=4, at=timedelta(hours=6)))
    assert [each.starts_at for each in live()] == [NOW + timedelta(hours=6)]
    assert row().notice == ""


def test_an_absence_here_does_not_stand_in_the_journals_way(kari):
    add_absence(
        kari.clinic, clinician=kari, kind="other", starts_at=NOW, ends_at=NOW + AHEAD, actor=SYSTEM, now=NOW
    )
    hears(kari.clinic, said())
    assert len(live()) == 1


def test_a_time_that_is_taken_here_is_said_and_tried_again(kari):
    other = a_booked_hour(
        kari.clinic, clinician=kari, starts_in=timedelta(hours=2), patient=a_patient(kari.clinic, "Eva Lund")
    )
    hears(kari.clinic, said())
    assert row().notice == "taken"
    assert row().appointment is None
    booking.cancel(
        kari.clinic,
        other.appointment.public_id,
        version=other.appointment.version,
        actor=staff(kari),
        now=NOW,
    )
    hears(kari.clinic)
    assert row().appointment is not None
    assert row().notice == "needs_contact"


def test_hours_that_change_places_change_places(kari):
    hears(
        kari.clinic,
        said("a1", at=timedelta(hours=1)),
        said("a2", at=timedelta(hours=2)),
        said("a3", at=timedelta(hours=3)),
    )
    hears(
        kari.clinic,
        said("a1", at=timedelta(hours=2), tick=1),
        said("a2", at=timedelta(hours=3), tick=1),
        said("a3", at=timedelta(hours=1), tick=1),
    )
    assert [each.record_appointment.record_id for each in live()] == ["a3", "a1", "a2"]
    assert {each.starts_at for each in live()} == {NOW + timedelta(hours=hours) for hours in (1, 2, 3)}


def test_an_unknown_clinician_is_said_until_the_number_is_known(kari):
    hears(kari.clinic, said(), hpr="1234567")
    assert row().notice == "unknown_clinician"
    assert not Appointment.objects.exists()
    a_member(kari.clinic, "clinician", "Ny Lege", hpr_number="1234567")
    hears(kari.clinic)
    assert len(live()) == 1


def test_of_a_patient_who_is_here_twice_a_person_says_which(kari):
    first, second = verified(kari.clinic), verified(kari.clinic)
    hears(kari.clinic, said())
    assert row().notice == "which_patient"
    with pytest.raises(NotFound):
        incoming_people.say_who(
            kari.clinic, row().public_id, a_patient(a_clinic()).public_id, actor=staff(kari), now=NOW
        )
    incoming_people.say_who(kari.clinic, row().public_id, second.public_id, actor=staff(kari), now=NOW)
    hears(kari.clinic, said("a2", at=timedelta(hours=3)))
    assert {each.patient for each in live()} == {second}, "what was decided once holds for the next"
    assert first != second


def test_a_patient_who_is_there_twice_is_one_here_by_the_number(kari, settings):
    from tests.national_numbers import made

    person = replace(OLA, number=made(OLA.birth_on))
    hears(kari.clinic, said(), person=person)
    hears(kari.clinic, said("a2", at=timedelta(hours=3), patient="p77"), person=person)
    assert Patient.objects.count() == 1
    assert len(live()) == 2


def test_what_cannot_be_read_takes_nothing_away(kari):
    hears(kari.clinic, said())
    hears(kari.clinic, replace(said(tick=1), fault="unreadable", starts_at=None, ends_at=None), person=None)
    assert len(live()) == 1
    assert row().notice == "unreadable"
    hears(kari.clinic, said(tick=2, at=timedelta(hours=3)))
    assert [each.starts_at for each in live()] == [NOW + timedelta(hours=3)]
    assert row().notice == "needs_contact"


# While the patient waits, and while they talk


def _hour(kari: Membership) -> Hour:
    ola = verified(kari.clinic)
    hears(kari.clinic, said(at=timedelta(minutes=10)))
    message = Message.objects.get(kind="invited")
    appointment = Appointment.objects.get()
    return Hour(
        kari.clinic, kari, ola, appointment, Invitation.objects.get(), token_in(message), "", "x" * 43
    )


def _waiting(hour: Hour) -> door.DoorView:
    open_link(hour)
    door.answer_birth_date(hour.invitation.public_id, hour.device, born=OLA.birth_on, where="", now=NOW)
    return door.arrive(hour.invitation.public_id, hour.device, where="", now=NOW)


def test_who_waits_is_not_sent_away_by_a_move_until_somebody_says_so(kari):
    hour = _hour(kari)
    _waiting(hour)
    hears(kari.clinic, said(at=timedelta(hours=3), tick=1))
    assert door.door_of(hour.invitation.public_id, hour.device, now=NOW).step == "waiting"
    assert row().notice == "moved_waiting"
    assert row().before_at == NOW + timedelta(minutes=10)
    incoming.move_now(kari.clinic, row().public_id, actor=staff(kari), now=NOW)
    assert [each.starts_at for each in live()] == [NOW + timedelta(hours=3)]
    assert Message.objects.filter(kind="moved").count() == 1
    assert row().notice == ""


def test_who_waits_is_told_when_the_hour_is_cancelled_there(kari):
    hour = _hour(kari)
    _waiting(hour)
    hears(kari.clinic, cancelled(tick=1))
    assert not live()
    assert row().notice == "cancelled_waiting"
    assert Message.objects.filter(kind="cancelled").count() == 1


@pytest.mark.parametrize(
    ("word", "code"),
    [(cancelled(tick=1), "cancelled_in_talk"), (said(at=timedelta(hours=3), tick=1), "changed_in_talk")],
)
def test_a_running_conversation_is_never_torn_down(kari, word, code):
    hour = _hour(kari)
    view = _waiting(hour)
    talk.admit(kari.clinic, view.arrival, membership=kari, actor=staff(kari), now=NOW)
    hears(kari.clinic, word)
    assert Consultation.objects.get().status == "open"
    assert [each.starts_at for each in live()] == [NOW + timedelta(minutes=10)]
    assert row().notice == code
    room.note_seen(row(), actor=staff(kari), now=NOW)
    hears(kari.clinic)
    assert room.notices_of(kari.clinic, now=NOW) == []


# Clock changes


@pytest.mark.parametrize(
    "starts",
    [
        # The night in which half past two comes twice, and the one in which it does not come at all.
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    ],
)
def test_a_moment_is_a_moment_also_when_the_clocks_change(kari, starts):
    now = starts - timedelta(days=1)
    word = replace(said(), starts_at=starts, ends_at=starts + timedelta(minutes=20))
    hears(kari.clinic, word, now=now)
    assert [(each.starts_at, each.ends_at) for each in live()] == [(starts, starts + timedelta(minutes=20))]
    later = replace(word, starts_at=starts + timedelta(hours=1), ends_at=starts + timedelta(minutes=80))
    hears(kari.clinic, replace(later, updated_at=NOW + timedelta(seconds=1)), now=now)
    assert [each.starts_at for each in live()] == [starts + timedelta(hours=1)]


# Any order


@st.composite
def histories(draw: Any) -> tuple[list[Said], list[Said]]:
    """What became of up to four appointments there, and an order in which it comes here, some of it twice."""
    words = []
    for tick in range(1, draw(st.integers(2, 15))):
        name = draw(st.sampled_from(["a1", "a2", "a3", "a4"]))
        if draw(st.integers(0, 3)) == 0:
            words.append(cancelled(name, tick=tick))
        else:
            hours = draw(st.integers(1, 5))
            who = draw(st.sampled_from(["p1", "p2"]))
            words.append(said(name, at=timedelta(hours=hours), tick=tick, patient=who))
    again = draw(st.lists(st.sampled_from(words), max_size=5))
    return words, draw(st.permutations([*words, *again]))


@settings(
    phases=[Phase.generate, Phase.reuse],
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories(), st.lists(st.integers(1, 19), max_size=4))
def test_in_whatever_order_it_comes_the_hours_are_as_the_journal_said_last(history, cuts):
    words, order = history
    kari = a_member(a_clinic(), "clinician", "Kari", hpr_number=KARI)
    clinic = kari.clinic
    people = {"p1": OLA, "p2": RecordPerson("p2", "Eva", "Lund", date(1980, 1, 2), phone="+4790123457")}
    for part in _cut(order, cuts):
        for word in part:
            whom = people[word.patient] if word.is_planned else None
            room.keep_word(clinic, SERVER, word, person=whom, hpr_number=KARI if whom else "", now=NOW)
        incoming.carry_out(clinic, SERVER, ahead=AHEAD, invites=True, now=NOW)
    last = {word.id: word for word in words}
    planned = {name: word for name, word in last.items() if word.is_planned}
    hours = {
        each.record_appointment.record_id: each
        for each in Appointment.objects.filter(clinic=clinic, status__in=FILLS_TIME)
    }
    assert len(hours) == Appointment.objects.filter(clinic=clinic, status__in=FILLS_TIME).count(), (
        "one for each"
    )
    assert hours.keys() <= planned.keys(), "what is cancelled there is not here"
    times = [word.starts_at for word in planned.values()]
    # Two at once there cannot be two at once here: one keeps its place, which a third may want, and each is said.
    is_double = len(set(times)) < len(times)
    for name, word in planned.items():
        is_right = name in hours and (hours[name].starts_at, hours[name].patient.given_name) == (
            word.starts_at,
            people[word.patient].given,
        )
        notice = RecordAppointment.objects.get(clinic=clinic, record_id=name).notice
        assert is_right or (is_double and notice == "taken"), (name, notice, hours.get(name))
    assert Patient.objects.filter(clinic=clinic).count() <= 2


def _cut(order: Sequence[Said], cuts: Sequence[int]) -> list[Sequence[Said]]:
    at = [0, *sorted({cut for cut in cuts if cut < len(order)}), len(order)]
    return [order[begin:end] for begin, end in pairwise(at)]
