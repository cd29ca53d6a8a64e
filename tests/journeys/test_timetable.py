"""What becomes of those booked when somebody is away, and a series with its invitations."""

from datetime import date, datetime, time, timedelta

import pytest

from blikk.audit.models import Entry
from blikk.invitations.models import Invitation
from blikk.journeys import timetable
from blikk.journeys.errors import TalkIsRunning
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment
from blikk.scheduling.queries import free_slots, get, other_times
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, admitted, staff, waiting
from tests.timetables import TODAY, a_period, an_opening

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def sick():
    """Three hours today of a clinician who has fallen ill."""
    clinic = a_clinic()
    clinician = a_member(clinic)
    return [
        a_booked_hour(clinic, clinician=clinician, patient=a_patient(clinic, name), starts_in=number * HOUR)
        for number, name in enumerate(("Anne Aas", "Bo Berg", "Cecilie Dahl"), start=1)
    ]


def declare(hours, **more):
    values = {
        "clinician": hours[0].clinician,
        "kind": "sick",
        "starts": datetime.combine(TODAY, time(10, 30)),
        "ends": datetime.combine(TODAY, time(23, 0)),
        "actor": staff(hours[0].clinician),
        "now": NOW,
    }
    return timetable.declare_absent(hours[0].clinic, **{**values, **more})


def resolve(hours, declared, *choices):
    chosen = {hour.appointment.public_id: choice for hour, choice in zip(hours, choices, strict=False)}
    return timetable.resolve_absent(
        hours[0].clinic,
        declared.absence.public_id,
        choices=chosen,
        actor=staff(hours[0].clinician),
        now=NOW,
    )


def hand_over(hour, colleague, **more):
    values = {"version": 1, "clinician": colleague, "actor": staff(hour.clinician), "now": NOW}
    return timetable.hand_over(hour.clinic, hour.appointment.public_id, **{**values, **more})


def kinds_for(hour):
    invitations = Invitation.objects.filter(appointment=hour.appointment)
    about = [f"invitations.Invitation:{each.public_id}" for each in invitations]
    return sorted(Message.objects.filter(about__in=about).values_list("kind", flat=True))


def test_an_absence_names_those_hit_and_tells_nobody_yet(sick):
    declared = declare(sick)
    assert declared.hit == [hour.appointment for hour in sick]
    assert {kind for hour in sick for kind in kinds_for(hour)} == {"invited"}
    assert Appointment.objects.filter(status="booked").count() == 3


def test_each_of_those_hit_gets_what_was_chosen(sick):
    clinic, colleague = sick[0].clinic, a_member(sick[0].clinic, name="Dina Eng")
    done = resolve(sick, declare(sick), "cancel", f"colleague:{colleague.public_id}", "keep")
    assert len(done) == 2
    states = [get(clinic, hour.appointment.public_id) for hour in sick]
    assert [(each.status, each.clinician.name) for each in states] == [
        ("cancelled", "Kari Nordmann"),
        ("booked", "Dina Eng"),
        ("booked", "Kari Nordmann"),
    ]
    assert "cancelled" in kinds_for(sick[0])
    assert kinds_for(sick[1]) == ["invited", "other_clinician"]
    assert kinds_for(sick[2]) == ["invited"]
    body = Message.objects.get(kind="other_clinician").body
    assert "Dina" not in body
    assert "Kari" not in body


def test_an_hour_can_be_moved_to_a_free_slot_of_another_day(sick):
    clinic, clinician = sick[0].clinic, sick[0].clinician
    a_period(clinic, clinician)
    slot = free_slots(clinic, first=TODAY + timedelta(days=7), days=1, now=NOW)[0]
    resolve(sick, declare(sick), f"slot:{slot.name}")
    moved = get(clinic, sick[0].appointment.public_id)
    assert (moved.starts_at, moved.ends_at) == (slot.starts_at, slot.ends_at)
    assert kinds_for(sick[0]).count("moved") == 1


def test_an_hour_that_goes_to_another_clinicians_slot_says_so_and_not_whose(sick):
    clinic, colleague = sick[0].clinic, a_member(sick[0].clinic, name="Dina Eng")
    a_period(clinic, colleague)
    slot = free_slots(clinic, first=TODAY + timedelta(days=7), days=1, now=NOW)[0]
    resolve(sick, declare(sick), f"slot:{slot.name}")
    moved = get(clinic, sick[0].appointment.public_id)
    assert (moved.starts_at, moved.clinician) == (slot.starts_at, colleague)
    body = Message.objects.get(kind="moved_to_other").body
    assert "en annen enn planlagt" in body
    assert "Dina" not in body
    entry = Entry.objects.get(act="appointment.moved")
    assert colleague.public_id in entry.details


def test_proposals_are_long_enough_and_in_time_and_each_has_a_first_of_its_own(sick):
    clinic, clinician = sick[0].clinic, sick[0].clinician
    colleague, away = a_member(clinic, name="Dina Eng"), a_member(clinic, name="Eli Foss")
    a_period(clinic, clinician)
    a_period(clinic, colleague, starts=time(9), ends=time(9, 15), slot_minutes=15)
    declare(sick, clinician=away)
    declared = declare(sick)
    found = other_times(clinic, declared.hit, now=NOW)
    firsts = [found[hour.appointment.public_id].slots[0] for hour in sick]
    assert len({slot.name for slot in firsts}) == 3
    assert {slot.clinician for slot in firsts} == {clinician}
    for one in found.values():
        assert all(slot.ends_at - slot.starts_at >= timedelta(minutes=20) for slot in one.slots)
        assert all(slot.starts_at >= NOW + HOUR for slot in one.slots)
        assert list(one.colleagues) == [colleague]


def test_a_colleague_is_proposed_first_when_one_would_wait_a_week_longer_for_the_same(sick):
    clinic, clinician = sick[0].clinic, sick[0].clinician
    colleague = a_member(clinic, name="Dina Eng")
    a_period(clinic, clinician)
    a_period(clinic, colleague, weekday=2)
    three_weeks = datetime.combine(TODAY + timedelta(days=15), time(0))
    declared = declare(sick, ends=three_weeks)
    first = other_times(clinic, declared.hit, now=NOW)[sick[0].appointment.public_id].slots[0]
    assert first.clinician == colleague


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ("colleague:busy", "taken"),
        ("colleague:away", "absent"),
        ("colleague:nobody", "unknown"),
        ("slot:nothing", "unknown"),
        ("dance", "unknown"),
    ],
)
def test_one_choice_that_cannot_be_stops_all_of_them(sick, choice, code):
    clinic = sick[0].clinic
    busy, away = a_member(clinic, name="Busy"), a_member(clinic, name="Away")
    a_booked_hour(clinic, clinician=busy, patient=a_patient(clinic, "Eli Foss"), starts_in=2 * HOUR)
    declare(sick, clinician=away)
    declared = declare(sick)
    choice = choice.replace("busy", busy.public_id).replace("away", away.public_id)
    with pytest.raises(Invalid) as refusal:
        resolve(sick, declared, "cancel", choice)
    assert refusal.value.fields == {sick[1].appointment.public_id: code}
    assert not Appointment.objects.filter(status="cancelled").exists()
    resolve(sick, declared, "cancel", "cancel")
    assert Appointment.objects.filter(status="cancelled").count() == 2


def test_an_hour_that_the_absence_does_not_hit_is_left_alone(sick):
    tomorrow = a_booked_hour(sick[0].clinic, clinician=sick[0].clinician, starts_in=timedelta(days=1))
    assert resolve([tomorrow], declare(sick), "cancel") == []
    assert get(tomorrow.clinic, tomorrow.appointment.public_id).status == "booked"


def test_another_clinic_cannot_resolve(sick):
    declared = declare(sick)
    with pytest.raises(NotFound):
        timetable.resolve_absent(
            a_clinic("Nabolaget"),
            declared.absence.public_id,
            choices={},
            actor=staff(sick[0].clinician),
            now=NOW,
        )
    with pytest.raises(NotFound):
        declare(sick, clinician=a_member(a_clinic("Skogli")))


def test_a_running_queue_that_is_left_with_nobody_is_named():
    clinic = a_clinic()
    first, second = a_member(clinic), a_member(clinic)
    opening = an_opening(clinic, first, second)
    shared = {"kind": "sick", "actor": staff(first), "now": NOW}
    day = {"starts": datetime.combine(TODAY, time(8)), "ends": datetime.combine(TODAY, time(16))}
    assert timetable.declare_absent(clinic, clinician=first, **day, **shared).openings == []
    closed = timetable.declare_absent(clinic, clinician=None, **day, **shared)
    assert [view.opening for view in closed.openings] == [opening]


def test_a_patient_in_the_waiting_room_can_be_handed_to_a_colleague_without_a_message(sick):
    colleague = a_member(sick[0].clinic, name="Dina Eng")
    hour = a_booked_hour(sick[0].clinic, clinician=sick[0].clinician)
    waiting(hour)
    version = get(hour.clinic, hour.appointment.public_id).version
    assert hand_over(hour, colleague, version=version).clinician == colleague
    assert "other_clinician" not in kinds_for(hour)
    assert Entry.objects.filter(act="appointment.handed_over").count() == 1


def test_nobody_is_handed_over_while_they_talk_or_to_somebody_who_does_not_work_here(sick):
    clinic = sick[0].clinic
    colleague = a_member(clinic, name="Dina Eng")
    for wrong in (a_member(clinic, role="secretary"), a_member(a_clinic("Nabolaget"))):
        with pytest.raises(NotFound):
            hand_over(sick[0], wrong)
    with pytest.raises(Overtaken):
        hand_over(sick[0], colleague, version=9)
    talking = a_booked_hour(clinic, clinician=sick[0].clinician)
    admitted(talking)
    with pytest.raises(TalkIsRunning):
        hand_over(talking, colleague, version=2)
    assert hand_over(sick[0], colleague).clinician == colleague


def series(hour, **more):
    values = {
        "patient": hour.patient,
        "clinician": hour.clinician,
        "day": date(2026, 12, 3),
        "at": time(9, 0),
        "minutes": 20,
        "every_weeks": 1,
        "count": 3,
        "channels": ("sms",),
        "actor": staff(hour.clinician),
        "now": NOW,
    }
    return timetable.book_series(hour.clinic, **{**values, **more})


def test_a_series_sends_one_invitation_now_and_the_others_a_week_before_their_hour():
    hour = a_booked_hour()
    booked = series(hour)
    assert len(booked.appointments) == 3
    for number, appointment in enumerate(booked.appointments):
        invitation = appointment.invitations.get()
        message = Message.objects.get(about=f"invitations.Invitation:{invitation.public_id}")
        expected = appointment.starts_at - timedelta(days=7) if number else NOW
        assert message.next_at == expected
        assert "/m#" in message.body


def test_a_series_without_a_way_to_reach_the_patient_is_not_booked():
    hour = a_booked_hour()
    silent = a_patient(hour.clinic, "Stille Dal", phone="", email="stille@example.no")
    with pytest.raises(Invalid) as refusal:
        series(hour, patient=silent)
    assert refusal.value.fields == {"channels": "no_way_to_reach"}
    assert Appointment.objects.count() == 1
    with pytest.raises(NotFound):
        series(hour, patient=a_patient(a_clinic("Nabolaget")))
    assert len(series(hour, patient=silent, channels=("email",)).appointments) == 3
