from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.bus.hub import hub
from blikk.invitations.models import Invitation
from blikk.journeys import delivery
from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.models import Message
from blikk.notifications.states import NUMBER_NOT_IN_USE, Outcome
from blikk.notifications.transports import NotSent, Receipt, Unknown
from blikk.patients.models import ContactPoint
from tests.builders import NOW, Hour, a_booked_hour, open_link, token_in

pytestmark = pytest.mark.django_db


class Carrier:
    """Takes everything, or raises what it is told to."""

    honours_key = False

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.given: list = []

    def send(self, message) -> Receipt:
        self.given.append(message)
        if self.fault:
            raise self.fault
        return Receipt(message.reference)


class Post:
    """The outbox with two carriers."""

    def __init__(self) -> None:
        self.sms, self.email = Carrier(), Carrier()

    def run(self, *, now=NOW) -> None:
        transports = {"sms": self.sms, "email": self.email}
        while dispatch_once("w", transports=transports, clock=lambda: now, tell=delivery.tell):
            pass
        delivery.follow_up(now=now)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def hour() -> Hour:
    return a_booked_hour(starts_in=timedelta(hours=2))


def messages(hour: Hour) -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(about__endswith=hour.invitation.public_id).order_by("pk")
    return list(rows.values_list("channel", "kind", "status"))


def test_after_an_sms_that_failed_the_verified_email_gets_a_link_of_its_own(post, hour):
    post.sms.fault = NotSent("expired", retry=False)
    post.run()
    assert messages(hour) == [("sms", "invited", "failed"), ("email", "invited", "queued")]
    email = Message.objects.get(channel="email")
    assert email.to == "ola.hansen@example.no"
    token = token_in(email)
    assert token != hour.token
    for link in (token, hour.token):
        hour.token = link
        assert open_link(hour, now=hour.appointment.starts_at).step == "birth_date"
    post.run()
    assert messages(hour)[1] == ("email", "invited", "sent")


def test_the_other_way_is_tried_once_however_often_one_looks(post, hour):
    post.sms.fault = NotSent("expired", retry=False)
    post.run()
    for _ in range(3):
        delivery.follow_up(now=NOW)
    assert len(messages(hour)) == 2
    assert Entry.objects.filter(act="invitation.goes_by_email_too").count() == 1


def test_after_an_uncertain_sms_nothing_is_sent_without_a_person(post, hour):
    post.sms.fault = Unknown("no_answer")
    post.run()
    assert messages(hour) == [("sms", "invited", "uncertain")]
    assert post.email.given == []


def test_an_email_that_nobody_made_sure_of_is_not_used(post, hour):
    hour.patient.contact_points.filter(kind="email").update(state="unverified", verified_at=None)
    post.sms.fault = NotSent("expired", retry=False)
    post.run()
    assert messages(hour) == [("sms", "invited", "failed")]


def test_who_was_written_to_both_ways_is_not_written_to_again(post):
    both = a_booked_hour(starts_in=timedelta(hours=2), channels=("sms", "email"))
    post.sms.fault = NotSent("expired", retry=False)
    post.run()
    assert messages(both) == [("sms", "invited", "failed"), ("email", "invited", "sent")]


def test_an_hour_that_is_over_or_cancelled_is_not_written_about(post, hour):
    post.sms.fault = NotSent("expired", retry=False)
    post.run(now=hour.appointment.ends_at)
    assert messages(hour) == [("sms", "invited", "failed")]


def test_a_number_that_is_not_in_use_is_no_longer_verified_and_gets_no_code(post, hour):
    post.run()
    (message,) = Message.objects.all()
    delivery.take_report(
        "sms", provider_id=message.provider_id, outcome=Outcome.FAILED, reason=NUMBER_NOT_IN_USE, now=NOW
    )
    states = dict(ContactPoint.objects.values_list("kind", "state"))
    assert states == {"phone": "unverified", "email": "read_back"}
    assert Entry.objects.filter(act="contact.doubted").count() == 1
    invitation = Invitation.objects.get(pk=hour.invitation.pk)
    assert (invitation.phone, invitation.sent_by) == ("", "sms,email")


def test_a_phone_that_is_merely_off_stays_verified(post, hour):
    post.sms.fault = NotSent("expired", retry=False)
    post.run()
    states = dict(ContactPoint.objects.values_list("kind", "state"))
    assert states == {"phone": "read_back", "email": "read_back"}
    assert Invitation.objects.get(pk=hour.invitation.pk).phone == "+4790123456"


def test_a_number_that_was_corrected_meanwhile_is_left_alone(post, hour):
    post.run()
    hour.patient.contact_points.filter(kind="phone").update(value="+4790000001")
    (message,) = Message.objects.all()
    delivery.take_report(
        "sms", provider_id=message.provider_id, outcome=Outcome.FAILED, reason=NUMBER_NOT_IN_USE, now=NOW
    )
    assert set(ContactPoint.objects.values_list("state", flat=True)) == {"read_back"}


def test_the_day_pages_are_told_of_reports_and_of_hours_that_come_near(
    post, hour, monkeypatch, django_capture_on_commit_callbacks
):
    heard = []
    monkeypatch.setattr(hub, "publish", lambda topic, payload: heard.append((topic, payload["event"])))

    def told(act) -> list[tuple[str, str]]:
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return list(heard)

    post.run()
    (message,) = Message.objects.all()
    name, topic = message.provider_id, f"day:{hour.clinic.public_id}"
    delivered = {"provider_id": name, "outcome": Outcome.DELIVERED, "now": NOW}
    assert told(lambda: delivery.take_report("sms", **delivered)) == [(topic, "message")]
    assert told(lambda: delivery.take_report("sms", **delivered)) == []
    near, step = hour.appointment.starts_at - delivery.LOOK_BEFORE, timedelta(seconds=3)
    assert told(lambda: delivery.warn_of_unopened(since=near - 2 * step, now=near - step)) == []
    assert told(lambda: delivery.warn_of_unopened(since=near - step, now=near)) == [(topic, "day")]
