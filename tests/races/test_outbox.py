import threading
from collections import Counter

from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.models import Message
from blikk.notifications.services import queue, withdraw
from blikk.notifications.transports import Outgoing, Receipt
from tests.builders import NOW
from tests.races.racing import ROUNDS, race

MESSAGES = 120


class Counting:
    honours_key = False

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()
        self.lock = threading.Lock()

    def send(self, message: Outgoing) -> Receipt:
        with self.lock:
            self.given[message.key] += 1
        return Receipt()


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


def work(worker: str, counting: Counting):
    def run() -> int:
        handled = 0
        transports = {"sms": counting, "email": counting}
        while got := dispatch_once(
            worker, transports=transports, clock=lambda: NOW, tell=lambda _n: None, batch=4
        ):
            handled += got
        return handled

    return run


def test_two_workers_on_one_outbox_share_it_and_send_each_message_once():
    shares = []
    for turn in range(3):
        counting = Counting()
        for number in range(MESSAGES):
            put(f"{turn}:{number}")
        finishes = race(work("one", counting), work("two", counting))
        assert sum(counting.given.values()) == len(counting.given) == MESSAGES
        shares.append(min(finish.given for finish in finishes))
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert max(shares) > 0, "one worker did everything, so there was no race"


def test_the_same_key_queued_twice_at_once_is_one_message():
    for number in range(ROUNDS):
        one, two = race(*[lambda number=number: put(f"k{number}")] * 2)
        assert one.given.pk == two.given.pk
    assert Message.objects.count() == ROUNDS


def test_what_is_withdrawn_while_a_worker_takes_it_is_sent_or_withdrawn_never_both():
    for number in range(ROUNDS):
        counting, key = Counting(), f"w{number}"
        put(key)
        _, taken = race(work("one", counting), lambda key=key: withdraw(about=f"a:{key}", now=NOW))
        status = Message.objects.get(key=key).status
        assert (status, counting.given[key], taken.given) in {("sent", 1, 0), ("withdrawn", 0, 1)}
