"""The whole way: a worker in a thread, an SMSC in a process, and a message in between."""

import threading
from collections.abc import Iterator

import pytest
from django.utils import timezone

from blikk.jobs.worker import run_worker
from blikk.notifications.models import Inbound, Message
from blikk.notifications.services import queue
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(settings, smsc, tmp_path) -> Iterator[None]:
    settings.BLIKK_DATA = tmp_path
    settings.BLIKK_SMS_TRANSPORT = "smpp"
    settings.BLIKK_SMPP |= {"host": "127.0.0.1", "port": smsc.port, "system_id": "blikk", "password": "right"}
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def put(key: str) -> Message:
    return queue(
        clinic_id=1,
        kind="invited",
        key=key,
        channel="sms",
        to="+4799999912",
        language="nb",
        subject="",
        body="Time på video",
        about=f"n:{key}",
        now=timezone.now(),
    )


def becomes(message: Message, status: str) -> None:
    def is_so() -> bool:
        message.refresh_from_db()
        return bool(message.status == status)

    wait_until(is_so, f"the message becomes {status}")


def test_a_message_goes_out_and_its_report_and_an_answer_come_back_on_the_workers_line(worker, smsc):
    smsc.tell("/orders", ["take", "early"])
    first, second = put("a"), put("b")
    becomes(first, "sent")
    becomes(second, "delivered")
    smsc.tell("/report", {"name": first.provider_id, "state": 5, "stat": "UNDELIV", "err": "001"})
    becomes(first, "failed")
    assert first.reason == "number_not_in_use"
    smsc.tell("/text", {"from": "4790123456", "words": "hei"})
    wait_until(lambda: Inbound.objects.filter(outcome="unknown").exists(), "the answer is taken in")
    assert list(Inbound.objects.values_list("source", "phone", "words")) == [("smpp", "", "")]
    wait_until(lambda: smsc.tell()["answers"] == [0, 0, 0], "all three are acknowledged")
