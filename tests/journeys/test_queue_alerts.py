"""Somebody waits and nobody was told anything: who hears of it, how, and how often."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.clinics.services import choose_alerts
from blikk.journeys import own_phone, queue
from blikk.journeys.queue import sweep
from blikk.kernel.errors import Invalid
from blikk.notifications.models import Message
from blikk.scheduling.services import add_absence
from tests.builders import NOW, a_booked_hour, a_member, staff, waiting
from tests.queues import a_queue, enter, sit

pytestmark = pytest.mark.django_db

MOBILE = "+4790000077"
MINUTE = timedelta(minutes=1)


def alerts():
    return [(m.channel, m.to) for m in Message.objects.filter(kind="staff_alert").order_by("pk")]


def give_phone(member, number=MOBILE):
    own_phone.ask_code(member, phone=number, now=NOW)
    digits = _code()
    assert own_phone.answer_code(member, phone=number, digits=digits, actor=staff(member), now=NOW)


def _code():
    body = Message.objects.filter(kind="phone_code").latest("pk").body
    return next(word.strip(".") for word in body.split() if word.strip(".").isdecimal())


def choose(member, by):
    choose_alerts(member, by=by, actor=staff(member), now=NOW)


def away(member):
    add_absence(
        member.clinic,
        clinician=member,
        kind="sick",
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=6),
        actor=staff(member),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("by", "channels"), [("email", ["email"]), ("sms", ["sms"]), ("both", ["sms", "email"])]
)
def test_a_clinician_is_alerted_as_they_chose(by, channels):
    hour = a_booked_hour(starts_in=MINUTE)
    give_phone(hour.clinician)
    choose(hour.clinician, by)
    waiting(hour)
    sweep(now=NOW + 12 * MINUTE)
    to = {"email": hour.clinician.user.email, "sms": MOBILE}
    assert alerts() == [(channel, to[channel]) for channel in channels]
    for message in Message.objects.filter(kind="staff_alert"):
        assert hour.patient.family_name not in message.subject + message.body
        assert hour.clinician.name not in message.subject + message.body


def test_an_arrival_is_told_of_once_and_again_only_when_a_new_silence_began():
    hour = a_booked_hour(starts_in=MINUTE)
    view = waiting(hour)
    for minutes in range(12, 60, 3):
        sweep(now=NOW + minutes * MINUTE)
    assert len(alerts()) == 1
    told = NOW + 60 * MINUTE
    queue.tell(hour.clinic, arrival_id=view.arrival, code="soon", actor=staff(hour.clinician), now=told)
    sweep(now=told + 9 * MINUTE)
    assert len(alerts()) == 1
    sweep(now=told + 11 * MINUTE)
    assert len(alerts()) == 2


def test_a_queue_is_told_of_once_and_again_for_somebody_else_who_waits_as_long():
    opening, (doctor,), _ = a_queue(1)
    for minutes in range(11, 30, 3):
        sweep(now=NOW + minutes * MINUTE)
    assert alerts() == [("email", doctor.user.email)]
    later = NOW + 30 * MINUTE
    sit(enter(opening, "Nina Ny", now=later), now=later)
    sweep(now=later + 9 * MINUTE)
    assert len(alerts()) == 1
    for minutes in (11, 14):
        sweep(now=later + minutes * MINUTE)
    assert len(alerts()) == 2


def test_words_to_one_in_the_queue_end_the_silence_too():
    opening, (doctor,), (guest,) = a_queue(1)
    told = NOW + 8 * MINUTE
    one = guest.arrival.public_id
    queue.tell(opening.clinic, arrival_id=one, code="soon", actor=staff(doctor), now=told)
    sweep(now=NOW + 12 * MINUTE)
    assert alerts() == []
    sweep(now=told + 11 * MINUTE)
    assert len(alerts()) == 1


def test_who_is_away_is_left_in_peace_and_the_desk_hears_instead():
    hour = a_booked_hour(starts_in=MINUTE)
    secretary = a_member(hour.clinic, "secretary", "Siv Bakke")
    waiting(hour)
    away(hour.clinician)
    sweep(now=NOW + 12 * MINUTE)
    assert alerts() == [("email", secretary.user.email)]


def test_of_those_who_serve_only_who_wants_to_be_is_alerted_and_somebody_always_is():
    opening, (first, second), _ = a_queue(1, servers=2)
    secretary = a_member(opening.clinic, "secretary", "Siv Bakke")
    act = {"actor": staff(first), "now": NOW}
    queue.serve(opening.clinic, opening.public_id, membership=first, **act)
    choose(first, "none")
    sweep(now=NOW + 11 * MINUTE)
    # The one who serves wants no alerts: a colleague of the same queue hears of it.
    assert alerts() == [("email", second.user.email)]
    choose(second, "none")
    later = NOW + 30 * MINUTE
    sit(enter(opening, "Nina Ny", now=later), now=later)
    sweep(now=later + 11 * MINUTE)
    assert alerts()[1:] == [("email", secretary.user.email)]


def test_an_sms_is_chosen_only_by_who_has_proven_a_phone_and_ends_with_it():
    hour = a_booked_hour(starts_in=MINUTE)
    member = hour.clinician
    with pytest.raises(Invalid) as refused:
        choose(member, "both")
    assert refused.value.fields == {"alert_by": "phone_missing"}
    give_phone(member)
    choose(member, "sms")
    own_phone.remove(member.user, actor=staff(member), now=NOW)
    member.refresh_from_db()
    assert (member.user.phone, member.alert_by) == ("", "email")
    waiting(hour)
    sweep(now=NOW + 12 * MINUTE)
    assert alerts() == [("email", member.user.email)]
    acts = Entry.objects.filter(chain=hour.clinic.pk).values_list("act", flat=True)
    assert {"account.phone_proven", "account.phone_removed", "member.alerts_chosen"} <= set(acts)
