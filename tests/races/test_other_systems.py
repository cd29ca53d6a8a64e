from collections import Counter
from datetime import timedelta

import pytest

from blikk.clinics.machines.assertions import NotProven
from blikk.clinics.machines.services import give_token
from blikk.clinics.models import Happening, MachineToken, WebhookEvent
from blikk.clinics.webhooks import sending, services
from blikk.kernel.actors import SYSTEM
from tests.api.receiver import running_receiver
from tests.api.systems import TOKEN, a_system
from tests.builders import NOW
from tests.races.racing import only_winner, race

LATER = NOW + timedelta(minutes=1)


def test_a_proof_that_is_shown_several_times_at_once_is_good_once(clinic):
    system = a_system(clinic)
    for number in range(20):
        proof = system.assertion()

        def ask(proof=proof):
            return give_token(proof, audiences=[TOKEN], scope="", where="192.0.2.1", now=NOW)

        only_winner(race(*[ask] * 4), NotProven)
        assert MachineToken.objects.count() == number + 1


@pytest.fixture
def receiver(tmp_path, settings):
    with running_receiver(tmp_path) as started:
        settings.BLIKK_WEBHOOK_HOSTS = [started.host]
        settings.BLIKK_WEBHOOK_CA = str(started.certificate)
        yield started


def tell(clinic, about):
    names = {"appointment": f"Appointment/{about}"}
    services.tell(clinic.pk, Happening.ENDED, about=about, names=names, now=NOW)


def hooked(clinic, receiver):
    return services.set_up(clinic, address=receiver.address, happenings=["ended"], actor=SYSTEM, now=NOW)[0]


def work(name):
    def run():
        made = 0
        while sending.call_once(name, clock=lambda: LATER):
            made += 1
        return made

    return run


def test_two_workers_at_one_webhook_make_each_call_once_and_in_order(clinic, receiver):
    hooked(clinic, receiver)
    for number in range(40):
        tell(clinic, f"hour{number % 4}")
    shares = [finish.given for finish in race(work("one"), work("two"))]
    while sending.call_once("rest", clock=lambda: LATER):
        shares.append(1)
    assert sum(shares) == 40 and min(shares[:2]) > 0
    assert set(Counter(receiver.names()).values()) == {1}
    assert set(WebhookEvent.objects.values_list("status", flat=True)) == {"taken"}
    by_hour: dict[str, list[int]] = {}
    for one in receiver.got:
        data = one.said()["data"]
        by_hour.setdefault(data["appointment"], []).append(data["sequence"])
    assert len(by_hour) == 4
    assert all(numbers == sorted(numbers) for numbers in by_hour.values())


def test_what_happens_at_the_same_moment_has_numbers_without_gaps(clinic, receiver):
    hook = hooked(clinic, receiver)
    for turn in range(10):
        race(*[lambda turn=turn, n=n: tell(clinic, f"{turn}-{n}") for n in range(4)])
    numbers = sorted(WebhookEvent.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 41))
    hook.refresh_from_db()
    assert hook.last_number == 40
