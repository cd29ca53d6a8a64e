from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.models import Message
from blikk.notifications.reports import take_report
from blikk.notifications.services import queue
from blikk.notifications.states import Outcome
from blikk.notifications.transports import Receipt
from tests.builders import NOW
from tests.races.racing import ROUNDS, race


class Carrier:
    honours_key = False

    def send(self, message) -> Receipt:
        return Receipt(f"{message.key}-1", (f"{message.key}-2",))


def put(key: str) -> Message:
    return queue(
        clinic_id=1,
        kind="invited",
        key=key,
        channel="sms",
        to="+4799999912",
        language="nb",
        subject="",
        body="b",
        about=f"a:{key}",
        now=NOW,
    )


def work() -> int:
    transports = {"sms": Carrier(), "email": Carrier()}
    return dispatch_once("w", transports=transports, clock=lambda: NOW, tell=lambda _news: None)


def say(name: str):
    return lambda: take_report("sms", provider_id=name, outcome=Outcome.DELIVERED, now=NOW)


def test_reports_of_both_parts_at_once_make_the_message_delivered():
    for number in range(ROUNDS):
        message = put(f"p{number}")
        work()
        race(say(f"p{number}-1"), say(f"p{number}-2"))
        message.refresh_from_db()
        assert message.status == "delivered", number


def test_a_report_that_comes_while_the_worker_puts_the_message_down_is_not_lost():
    for number in range(ROUNDS):
        message = put(f"e{number}")
        say(f"e{number}-2")()
        race(work, say(f"e{number}-1"))
        message.refresh_from_db()
        assert message.status == "delivered", number


def test_the_same_report_twice_at_once_is_one():
    for number in range(ROUNDS):
        message = put(f"t{number}")
        work()
        say(f"t{number}-2")()
        changed = [finish.given for finish in race(say(f"t{number}-1"), say(f"t{number}-1"))]
        message.refresh_from_db()
        assert message.status == "delivered"
        assert sum(each is not None for each in changed) == 1
