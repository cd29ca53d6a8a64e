from datetime import timedelta

import pytest
import time_machine

from blikk.journeys import door
from blikk.journeys.delivery import follow_up
from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.models import Message
from blikk.notifications.reports import take_report
from blikk.notifications.states import NUMBER_NOT_IN_USE, Outcome
from blikk.notifications.transports import NotSent, Receipt, Unknown
from tests.builders import NOW, Hour, a_booked_hour, open_link, proven
from tests.people import signed_in

pytestmark = pytest.mark.django_db
HOURS_AWAY = timedelta(hours=2)


class Carrier:
    honours_key = False
    fault: Exception | None = None

    def send(self, message) -> Receipt:
        if self.fault:
            raise self.fault
        return Receipt(message.reference)


@pytest.fixture
def hour() -> Hour:
    return a_booked_hour(starts_in=HOURS_AWAY)


def dispatch(fault: Exception | None = None) -> None:
    carrier = Carrier()
    carrier.fault = fault
    dispatch_once(
        "w", transports={"sms": carrier, "email": carrier}, clock=lambda: NOW, tell=lambda _news: None
    )


def report(outcome: Outcome, reason: str = "") -> None:
    message = Message.objects.get()
    take_report("sms", provider_id=message.provider_id, outcome=outcome, reason=reason, now=NOW)


def pages(hour: Hour, *, now=NOW) -> tuple[str, str]:
    with time_machine.travel(now, tick=False):
        client = signed_in(hour.clinician)
        return tuple(
            " ".join(client.get(path).content.decode().split())
            for path in ("/dag/", f"/time/{hour.appointment.public_id}")
        )


def test_day_and_appointment_show_how_far_the_invitation_has_come(hour):
    day, page = pages(hour)
    assert "Invitasjonen er på vei" in day
    assert "SMS: på vei" in page
    dispatch()
    day, page = pages(hour)
    assert "Invitasjonen er sendt" in day
    assert "SMS: sendt" in page
    report(Outcome.DELIVERED)
    day, page = pages(hour)
    assert "Invitasjonen er levert" in day
    assert "SMS: levert" in page


def test_a_link_that_was_only_looked_at_is_not_opened_and_a_person_who_proved_it_has(hour):
    dispatch()
    near = hour.appointment.starts_at - timedelta(minutes=9)
    open_link(hour, now=near)
    day, page = pages(hour, now=near)
    assert "Har åpnet lenken" not in day + page
    proven(hour, now=near)
    door.leave(hour.invitation.public_id, hour.device, where="192.0.2.7", now=near)
    day, page = pages(hour, now=near)
    assert "Har åpnet lenken" in day
    assert "Har åpnet lenken" in page
    assert 'data-test="trouble"' not in day


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "Lenken er ikke sendt ennå."),
        ("sent", "Lenken er sendt, men ikke åpnet."),
        ("delivered", "Lenken er levert, men ikke åpnet."),
    ],
)
def test_ten_minutes_before_the_hour_an_unopened_link_is_red_with_every_way_to_reach_the_patient(
    hour, state, words
):
    if state != "queued":
        dispatch()
    if state == "delivered":
        report(Outcome.DELIVERED)
    day, _ = pages(hour, now=hour.appointment.starts_at - timedelta(minutes=11))
    assert 'data-test="trouble"' not in day
    day, _ = pages(hour, now=hour.appointment.starts_at - timedelta(minutes=10))
    assert words in day
    assert 'href="tel:+4790123456"' in day
    assert "Send på nytt" in day
    assert 'name="kanal" value="email"' in day
    day, _ = pages(hour, now=hour.appointment.ends_at)
    assert 'data-test="trouble"' not in day


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (NotSent(NUMBER_NOT_IN_USE, retry=False), "SMS kom ikke fram: nummeret er ikke i bruk."),
        (NotSent("expired", retry=False), "SMS kom ikke fram: telefonen svarte ikke."),
        (NotSent("gateway_says_no", retry=False), "SMS kom ikke fram."),
        (Unknown("no_answer"), "Vi vet ikke om SMS kom fram."),
    ],
)
def test_what_went_wrong_is_red_at_once(hour, fault, words):
    dispatch(fault)
    day, page = pages(hour)
    assert words in day
    assert words in page
    assert 'name="kanal" value="email"' in day


def test_when_an_email_went_instead_the_day_page_says_so(hour):
    dispatch(NotSent(NUMBER_NOT_IN_USE, retry=False))
    follow_up(now=NOW)
    day, page = pages(hour)
    assert "E-post er sendt i stedet. Ring og sjekk nummeret." in day
    assert "E-post: på vei" in page
    assert 'name="kanal"' not in day


def test_what_failed_is_no_trouble_any_more_when_the_person_came_in_another_way(hour):
    dispatch(Unknown("no_answer"))
    near = hour.appointment.starts_at - timedelta(minutes=9)
    proven(hour, now=near)
    door.leave(hour.invitation.public_id, hour.device, where="192.0.2.7", now=near)
    day, page = pages(hour, now=near)
    assert 'data-test="trouble"' not in day
    assert "Vi vet ikke om SMS kom fram." in page


def test_one_press_sends_by_the_other_channel_and_the_old_link_says_so(hour):
    dispatch(Unknown("no_answer"))
    with time_machine.travel(NOW, tick=False):
        client = signed_in(hour.clinician)
        answer = client.post(f"/invitasjon/{hour.invitation.public_id}/send", {"kanal": "email"})
    assert answer.status_code == 200
    assert list(Message.objects.order_by("pk").values_list("channel", "status")) == [
        ("sms", "uncertain"),
        ("email", "queued"),
    ]
    assert open_link(hour, now=hour.appointment.starts_at).step == "replaced"


def test_a_channel_that_does_not_exist_is_the_same_one_again(hour):
    dispatch(Unknown("no_answer"))
    with time_machine.travel(NOW, tick=False):
        signed_in(hour.clinician).post(f"/invitasjon/{hour.invitation.public_id}/send", {"kanal": "fax"})
    assert list(Message.objects.values_list("channel", flat=True)) == ["sms", "sms"]
