"""Reminders: when they go out, to whom, and when they are taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from blikk.invitations.wishes import choose_reminders
from blikk.journeys import booking, door, reminders
from blikk.journeys.reminders import moments
from blikk.kernel.actors import SYSTEM
from blikk.kernel.times import local
from blikk.notifications.models import Message
from blikk.patients.models import ContactPoint
from tests import builders as b

OSLO = "Europe/Oslo"
BOTH = [24 * 60, 60]
UNVERIFIED = {"state": "unverified", "verified_at": None}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def clock(starts_at: datetime, minutes: list[int], now: datetime = LONG_AGO) -> list[str]:
    planned = moments(starts_at, zone=OSLO, minutes=minutes, now=now)
    return [f"{local(at, OSLO):%d.%m %H:%M}" for _offset, at in planned]


def oslo(text: str) -> datetime:
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(OSLO)).astimezone(UTC)


def test_a_day_before_is_the_same_time_on_the_clock_and_an_hour_before_is_an_hour():
    assert clock(oslo("2026-11-25 13:00"), BOTH) == ["24.11 13:00", "25.11 12:00"]


def test_a_day_before_is_the_same_time_on_the_clock_when_the_clock_was_changed_between():
    # Summer time ends on 25 October 2026 and begins on 28 March 2027: a day of 25 hours, and one of 23.
    assert clock(oslo("2026-10-25 13:00"), BOTH) == ["24.10 13:00", "25.10 12:00"]
    assert clock(oslo("2027-03-28 13:00"), BOTH) == ["27.03 13:00", "28.03 12:00"]


def test_nobody_is_woken_and_no_reminder_is_late():
    assert clock(oslo("2026-11-25 08:30"), [60]) == ["24.11 20:00"]
    assert clock(oslo("2026-11-25 23:30"), [60]) == ["25.11 20:00"]
    assert clock(oslo("2026-11-25 00:30"), [60]) == ["24.11 20:00"]
    assert clock(oslo("2026-11-25 09:00"), [60]) == ["25.11 08:00"]


def test_two_that_come_to_the_same_evening_are_one():
    assert clock(oslo("2026-11-25 08:00"), [60, 120]) == ["24.11 20:00"]


def test_who_booked_a_moment_ago_gets_none():
    starts = oslo("2026-11-25 13:00")
    assert clock(starts, BOTH, now=oslo("2026-11-24 12:00")) == ["25.11 12:00"]
    assert clock(starts, BOTH, now=oslo("2026-11-24 10:59")) == ["24.11 13:00", "25.11 12:00"]
    assert clock(starts, BOTH, now=oslo("2026-11-25 10:30")) == []


def to_come(hour: b.Hour) -> list[tuple[str, str]]:
    found = Message.objects.filter(
        about__endswith=hour.invitation.public_id, kind="reminder", status="queued"
    )
    return [
        (m.channel, f"{local(m.next_at, OSLO):%d.%m %H:%M}") for m in found.order_by("next_at", "channel")
    ]


@pytest.fixture
def hour(db: None) -> b.Hour:
    # Booked on Tuesday 24 November at ten, for Thursday at eleven.
    return b.a_booked_hour(starts_in=timedelta(days=2, hours=1), channels=("sms", "email"))


def test_they_wait_in_the_outbox_with_a_link_that_works(hour):
    assert to_come(hour) == [
        ("email", "25.11 11:00"),
        ("sms", "25.11 11:00"),
        ("email", "26.11 10:00"),
        ("sms", "26.11 10:00"),
    ]
    tokens = {b.token_in(message) for message in Message.objects.filter(kind="reminder")}
    assert len(tokens) == 4
    for token in tokens:
        view = door.open_link(token, device_secret=hour.device, where="", now=b.NOW)
        assert view.invitation == hour.invitation.public_id


def test_they_are_taken_back_when_the_hour_is_cancelled(hour):
    booking.cancel(hour.clinic, hour.appointment.public_id, version=1, actor=SYSTEM, now=b.NOW)
    assert to_come(hour) == []
    taken = Message.objects.filter(kind="reminder", status="withdrawn")
    assert taken.count() == 4
    assert {message.body for message in taken} == {""}


def test_they_follow_the_hour_when_it_is_moved(hour):
    day = local(hour.appointment.starts_at, OSLO)
    moved = booking.move(
        hour.clinic,
        hour.appointment.public_id,
        version=1,
        day=day.date() + timedelta(days=1),
        at=day.time(),
        minutes=20,
        actor=SYSTEM,
        now=b.NOW,
    )
    assert to_come(hour) == []
    hour.invitation = moved.invitation
    assert [when for channel, when in to_come(hour) if channel == "sms"] == ["26.11 11:00", "27.11 10:00"]


def test_a_patient_may_refuse_one_channel_and_want_it_again(hour):
    reminders.choose(hour.clinic, hour.patient, channel="sms", wanted=False, actor=SYSTEM, now=b.NOW)
    assert {channel for channel, _when in to_come(hour)} == {"email"}
    reminders.choose(hour.clinic, hour.patient, channel="sms", wanted=True, actor=SYSTEM, now=b.NOW)
    assert [when for channel, when in to_come(hour) if channel == "sms"] == ["25.11 11:00", "26.11 10:00"]


def test_a_refusal_holds_for_the_next_booking_and_the_other_channel_is_a_control(db):
    clinic = b.a_clinic()
    patient = b.a_patient(clinic)
    choose_reminders(patient, channel="email", wanted=False, actor=SYSTEM, now=b.NOW)
    hour = b.a_booked_hour(
        clinic, patient=patient, starts_in=timedelta(days=2, hours=1), channels=("sms", "email")
    )
    assert {channel for channel, _when in to_come(hour)} == {"sms"}


def test_who_has_come_is_not_reminded(db):
    clinic = b.a_clinic(reminder_minutes=[15], opens_before_minutes=240)
    hour = b.a_booked_hour(clinic, starts_in=timedelta(hours=3))
    assert len(to_come(hour)) == 1
    b.waiting(hour)
    assert to_come(hour) == []


def test_a_number_that_was_changed_since_gets_no_reminder(hour):
    due = hour.appointment.starts_at - timedelta(days=1)
    assert reminders.take_back_stale(now=due) == 0
    ContactPoint.objects.filter(kind="phone").update(value="+4790000099")
    assert reminders.take_back_stale(now=b.NOW) == 0
    assert reminders.take_back_stale(now=due) == 2
    assert {channel for channel, _when in to_come(hour)} == {"email"}
    ContactPoint.objects.filter(kind="email").update(**UNVERIFIED)
    assert reminders.take_back_stale(now=due) == 2
    assert to_come(hour) == []


def test_a_contact_point_that_is_not_verified_any_more_is_not_planned_for(hour):
    for wanted in (False, True):
        ContactPoint.objects.filter(kind="email").update(**UNVERIFIED)
        for channel in ("sms", "email"):
            reminders.choose(
                hour.clinic, hour.patient, channel=channel, wanted=wanted, actor=SYSTEM, now=b.NOW
            )
    assert {channel for channel, _when in to_come(hour)} == {"sms"}


def test_a_clinic_that_wants_none_sends_none(db):
    hour = b.a_booked_hour(b.a_clinic(reminder_minutes=[]), starts_in=timedelta(days=3))
    assert to_come(hour) == []


def test_a_reminder_is_in_the_language_of_the_patient(db):
    clinic = b.a_clinic()
    hour = b.a_booked_hour(
        clinic, patient=b.a_patient(clinic, language="en"), starts_in=timedelta(days=2, hours=1)
    )
    words = Message.objects.filter(kind="reminder").first()
    assert words is not None
    assert words.language == "en"
    assert "Husk" not in words.body
    assert hour.invitation.language == "en"
