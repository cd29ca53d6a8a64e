"""What a browser with the link must prove, and how often it may be wrong."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from blikk.audit.models import Entry
from blikk.invitations.errors import TooManyCodes
from blikk.invitations.models import Device, Invitation
from blikk.journeys import booking, door
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from tests.builders import BORN, NOW, a_booked_hour, a_clinic, open_link, proven, staff

pytestmark = pytest.mark.django_db
WHERE = "192.0.2.7"
WRONG = date(1900, 1, 1)


def answer(hour, born, device=None, now=NOW):
    return door.answer_birth_date(
        hour.invitation.public_id, device or hour.device, born=born, where=WHERE, now=now
    )


def last_code(hour):
    codes = Message.objects.filter(kind="code", about__endswith=hour.invitation.public_id)
    body = codes.order_by("-id").first().body
    return next(word.strip(".") for word in body.split() if word.strip(".").isdigit())


def test_the_first_device_with_the_sms_needs_the_birth_date_only():
    hour = a_booked_hour()
    assert open_link(hour).step == "birth_date"
    assert answer(hour, BORN).step == "check"


def test_a_second_device_needs_a_code_too():
    hour = a_booked_hour()
    proven(hour)
    other = new_secret()
    open_link(hour, device=other)
    assert answer(hour, BORN, other).step == "code"
    door.ask_code(hour.invitation.public_id, other, now=NOW)
    view = door.answer_code(hour.invitation.public_id, other, digits=last_code(hour), where=WHERE, now=NOW)
    assert view.step == "check"


@pytest.mark.parametrize(
    ("clinic", "channels"),
    [
        ({"always_asks_code": True}, ("sms",)),
        ({}, ("email",)),
        ({}, ("sms", "email")),
    ],
)
def test_a_code_is_asked_for_where_having_the_link_is_not_having_the_phone(clinic, channels):
    hour = a_booked_hour(a_clinic(**clinic), channels=channels)
    open_link(hour)
    view = answer(hour, BORN)
    assert (view.step, view.code_to) == ("code", "…56")


def test_without_the_birth_date_the_code_comes_first():
    hour = a_booked_hour(a_clinic(asks_birth_date=False))
    assert open_link(hour).step == "code"


def test_five_wrong_answers_lock_the_link_however_they_come():
    hour = a_booked_hour()
    for left in (4, 3, 2):
        device = new_secret()
        open_link(hour, device=device)
        view = answer(hour, WRONG, device)
        assert (view.wrong, view.tries_left, view.step) == (True, left, "birth_date")
    open_link(hour)
    assert answer(hour, WRONG).tries_left == 1
    view = answer(hour, WRONG)
    assert (view.step, view.tries_left, view.phone) == ("locked", 0, hour.clinic.phone)
    with pytest.raises(NotAtThisStep):
        answer(hour, BORN)
    assert Entry.objects.filter(act="invitation.locked").count() == 1


def test_birth_dates_and_codes_share_the_five_tries():
    hour = a_booked_hour(channels=("email",))
    open_link(hour)
    answer(hour, WRONG)
    answer(hour, BORN)
    door.ask_code(hour.invitation.public_id, hour.device, now=NOW)
    right = last_code(hour)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for left in (3, 2, 1):
        view = door.answer_code(hour.invitation.public_id, hour.device, digits=wrong, where=WHERE, now=NOW)
        assert view.tries_left == left
    door.ask_code(hour.invitation.public_id, hour.device, now=NOW + timedelta(minutes=2))
    assert door.door_of(hour.invitation.public_id, hour.device, now=NOW).tries_left == 1
    view = door.answer_code(hour.invitation.public_id, hour.device, digits=wrong, where=WHERE, now=NOW)
    assert view.step == "locked"


def test_guessing_does_not_lock_out_the_device_that_was_proven():
    hour = a_booked_hour()
    proven(hour)
    thief = new_secret()
    open_link(hour, device=thief)
    for _ in range(5):
        answer(hour, WRONG, thief)
    assert door.door_of(hour.invitation.public_id, thief, now=NOW).step == "locked"
    assert door.door_of(hour.invitation.public_id, hour.device, now=NOW).step == "check"


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_in_parallel_are_five_tries():
    hour = a_booked_hour()
    devices = [new_secret() for _ in range(20)]
    for device in devices:
        open_link(hour, device=device)
    answers = []

    def guess(device: str) -> None:
        try:
            answers.append(answer(hour, WRONG, device))
        except NotAtThisStep:
            answers.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(device,)) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert Invitation.objects.get(pk=hour.invitation.pk).tries == 5
    assert Entry.objects.filter(act__in=["invitation.wrong_answer", "invitation.locked"]).count() == 5


def test_a_code_works_once_for_ten_minutes_and_on_the_device_that_asked():
    hour = a_booked_hour(channels=("email",))
    open_link(hour)
    answer(hour, BORN)
    stranger = new_secret()
    open_link(hour, device=stranger)
    answer(hour, BORN, stranger)
    door.ask_code(hour.invitation.public_id, hour.device, now=NOW)
    digits = last_code(hour)

    def try_it(device, now=NOW):
        return door.answer_code(hour.invitation.public_id, device, digits=digits, where=WHERE, now=now)

    assert try_it(stranger).wrong
    assert try_it(hour.device, NOW + timedelta(minutes=10, seconds=1)).wrong
    assert try_it(hour.device).step == "check"
    door.ask_code(hour.invitation.public_id, stranger, now=NOW + timedelta(minutes=2))
    assert try_it(stranger, NOW + timedelta(minutes=2)).wrong


def test_pressing_the_button_again_and_again_sends_one_code():
    hour = a_booked_hour(channels=("email",))
    devices = [hour.device, *(new_secret() for _ in range(20))]
    for device in devices:
        open_link(hour, device=device)
        answer(hour, BORN, device)
        door.ask_code(hour.invitation.public_id, device, now=NOW)
    assert Message.objects.filter(kind="code").count() == 1
    view = door.answer_code(
        hour.invitation.public_id, devices[20], digits=last_code(hour), where=WHERE, now=NOW
    )
    assert view.step == "check"


def test_ten_codes_a_day_and_no_more():
    hour = a_booked_hour(starts_in=timedelta(minutes=25), minutes=120, channels=("email",))
    open_link(hour)
    answer(hour, BORN)
    for number in range(10):
        door.ask_code(hour.invitation.public_id, hour.device, now=NOW + timedelta(minutes=2 * number))
    with pytest.raises(TooManyCodes):
        door.ask_code(hour.invitation.public_id, hour.device, now=NOW + timedelta(minutes=30))


def test_opening_the_link_changes_nothing_but_a_pending_device():
    hour = a_booked_hour()
    before = Invitation.objects.filter(pk=hour.invitation.pk).values().get()
    for _ in range(50):
        assert open_link(hour, device=new_secret()).step == "birth_date"
    assert Invitation.objects.filter(pk=hour.invitation.pk).values().get() == before
    assert Device.objects.filter(trusted_at__isnull=False).count() == 0
    assert proven(hour).step == "check"


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "æ" * 43, "A" * 10_000])
def test_an_unknown_link_is_not_found(token):
    hour = a_booked_hour()
    with pytest.raises(NotFound):
        door.open_link(token, device_secret=hour.device, where=WHERE, now=NOW)
    assert open_link(hour).label == "Legekontoret"


def test_a_typed_code_leads_to_the_same_door():
    hour = a_booked_hour()
    typed = f"{hour.typed_code[:5].lower()} {hour.typed_code[5:]}"
    view = door.open_code(typed, device_secret=hour.device, where=WHERE, now=NOW)
    assert view.invitation == hour.invitation.public_id


def test_a_browser_that_never_held_the_link_finds_nothing():
    hour = a_booked_hour()
    open_link(hour)
    for secret in (new_secret(), ""):
        with pytest.raises(NotFound):
            door.door_of(hour.invitation.public_id, secret, now=NOW)
    assert door.door_of(hour.invitation.public_id, hour.device, now=NOW).step == "birth_date"


def test_no_secret_stands_in_the_database():
    hour = a_booked_hour()
    open_link(hour)
    stored = " ".join(str(list(model.objects.values_list())) for model in (Invitation, Device, Entry))
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, subject FROM notifications_message")
        stored += str(cursor.fetchall())
    assert hour.invitation.public_id in stored
    for secret in (hour.token, hour.typed_code, hour.device):
        assert secret not in stored


def test_each_dead_link_says_which_it_is():
    act = {"actor": None, "now": NOW}
    hour = a_booked_hour()
    act["actor"] = staff(hour.clinician)
    open_link(hour)
    booking.send_again(hour.clinic, hour.invitation.public_id, **act)
    assert open_link(hour).step == "replaced"
    hour = a_booked_hour(starts_in=timedelta(hours=2))
    assert open_link(hour).step == "early"
    booking.cancel(hour.clinic, hour.appointment.public_id, version=1, **act)
    assert open_link(hour).step == "cancelled"
    hour = a_booked_hour()
    assert open_link(hour, now=NOW + timedelta(hours=5)).step == "expired"
