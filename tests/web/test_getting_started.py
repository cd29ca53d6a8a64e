"""The list of what is missing before the first consultation: each line follows what is there."""

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.consultations.models import Consultation
from blikk.journeys import talk
from blikk.journeys.getting_started import start_of
from blikk.notifications.models import Message
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, admitted, staff
from tests.notifications.conftest import Post
from tests.people import signed_in
from tests.timetables import a_period

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def boss():
    return a_member(a_clinic(), "administrator", "Anne Administrator")


def done(clinic) -> dict[str, bool]:
    return {step.code: step.is_done for step in start_of(clinic).steps}


def text(response) -> str:
    return response.content.decode()


def test_each_line_is_done_when_the_thing_is_there_and_not_before(boss):
    clinic = boss.clinic
    assert done(clinic) == {
        "clinic": True,
        "members": False,
        "hours": False,
        "messages": False,
        "first": False,
    }
    clinic.phone = "ring oss"
    assert not done(clinic)["clinic"]
    clinic.phone = "+4755550100"
    doctor = a_member(clinic, "clinician")
    assert done(clinic)["members"]
    a_period(clinic, doctor)
    assert done(clinic)["hours"]
    page = signed_in(boss)
    page.post(reverse("send_trial"), {"channel": "email"})
    assert not done(clinic)["messages"], "on its way is not there"
    post = Post()
    post.now = NOW
    post.run()
    assert done(clinic)["messages"]
    hour = a_booked_hour(clinic, clinician=doctor)
    consultation = admitted(hour)
    assert not done(clinic)["first"]
    talk.end(clinic, consultation, membership=doctor, actor=staff(doctor), now=NOW)
    assert done(clinic)["first"]
    assert Consultation.objects.count() == 1
    assert "Alt er gjort" in text(page.get(reverse("getting_started")))


def test_a_test_goes_through_the_outbox_to_oneself_and_says_nothing_about_anybody(boss):
    page = signed_in(boss)
    page.post(reverse("send_trial"), {"channel": "email", "to": "somebody@else.example"})
    message = Message.objects.get(kind="trial")
    assert (message.to, message.channel, message.status) == (boss.user.email, "email", "queued")
    assert boss.clinic.sender_label in message.body
    assert boss.name not in message.body
    assert Entry.objects.filter(act="clinic.trial_sent").count() == 1


def test_a_text_message_goes_only_to_a_phone_that_is_proven(boss):
    page = signed_in(boss)
    answer = page.post(reverse("send_trial"), {"channel": "sms"}, follow=True)
    assert "Legg inn mobilen din" in text(answer)
    assert not Message.objects.exists()
    boss.user.phone, boss.user.phone_proven_at = "+4799999912", NOW
    boss.user.save()
    page.post(reverse("send_trial"), {"channel": "sms"})
    assert Message.objects.get().to == "+4799999912"


def test_tests_are_paid_for_and_so_there_is_an_end_to_them(boss):
    page = signed_in(boss)
    for _ in range(9):
        page.post(reverse("send_trial"), {"channel": "email"})
    assert Message.objects.count() == 6


def test_the_line_stands_until_all_is_done_or_somebody_puts_it_away(boss):
    page = signed_in(boss)
    assert 'data-test="start-line"' in text(page.get(reverse("clinic")))
    page.post(reverse("hide_start"), {"hide": "1"})
    assert 'data-test="start-line"' not in text(page.get(reverse("clinic")))
    page.post(reverse("hide_start"), {"hide": "0"})
    assert 'data-test="start-line"' in text(page.get(reverse("clinic")))


def test_a_large_clinic_costs_as_many_queries_as_a_small_one(boss, django_assert_num_queries):
    a_period(boss.clinic, a_member(boss.clinic, "clinician"))
    with django_assert_num_queries(5):
        start_of(boss.clinic)
    for _ in range(5):
        doctor = a_member(boss.clinic, "clinician")
        a_period(boss.clinic, doctor)
    with django_assert_num_queries(5):
        start_of(boss.clinic)


def test_practice_is_linked_where_this_version_has_it(boss, monkeypatch):
    from blikk.web import getting_started

    page = signed_in(boss)
    monkeypatch.setattr(getting_started, "PRACTICE", "no_such_page")
    assert "start-practice" not in text(page.get(reverse("getting_started")))
    monkeypatch.setattr(getting_started, "PRACTICE", "ready_words")
    assert "start-practice" in text(page.get(reverse("getting_started")))
