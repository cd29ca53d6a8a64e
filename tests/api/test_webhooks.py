import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.clinics.models import Happening, Webhook, WebhookEvent, WebhookTry
from blikk.clinics.webhooks import line, sending, services
from blikk.clinics.webhooks.line import read_address
from blikk.clinics.webhooks.queries import last_tries, standings_of
from blikk.clinics.webhooks.sending import call_once
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from tests.api.receiver import running_receiver
from tests.builders import NOW, a_booked_hour, a_clinic
from tests.calendars.conftest import Clock
from tests.documentation.conversations import a_full_conversation, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    with running_receiver(tmp_path_factory.mktemp("receiver")) as receiver:
        yield receiver


@pytest.fixture
def receiver(process, settings):
    process.got.clear()
    process.faults.clear()
    settings.BLIKK_WEBHOOK_HOSTS = [process.host]
    settings.BLIKK_WEBHOOK_CA = str(process.certificate)
    return process


@pytest.fixture
def clock():
    return Clock(NOW + timedelta(hours=1))


def hooked(clinic, receiver, happenings=("arrived", "ended", "documented")):
    return services.set_up(clinic, address=receiver.address, happenings=happenings, actor=SYSTEM, now=NOW)


def tell(clinic, happening=Happening.ENDED, about="a", now=NOW):
    services.tell(clinic.pk, happening, about=about, names={"appointment": f"Appointment/{about}"}, now=now)


def call_all(clock):
    times = 0
    while call_once("w", clock=clock):
        times += 1
        assert times < 50
    return times


def is_signed(got, secret, now):
    moment = got.headers["webhook-timestamp"]
    assert abs(int(moment) - now.timestamp()) < 1
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(raw, f"{got.name}.{moment}.".encode() + got.body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}" in got.headers["webhook-signature"].split()


def test_a_conversation_is_told_of_when_it_is_entered_ended_and_signed(receiver, clock):
    hour = a_booked_hour()
    hook, secret = hooked(hour.clinic, receiver)
    a_full_conversation(hour)
    signed(hour)
    assert call_all(clock) == 3
    said = [one.said() for one in receiver.got]
    assert [one["type"].removeprefix("consultation.") for one in said] == ["arrived", "ended", "documented"]
    assert [one["data"]["sequence"] for one in said] == [1, 2, 3]
    kinds = {name: value.split("/")[0] for name, value in said[2]["data"].items() if name != "sequence"}
    assert kinds == {
        "appointment": "Appointment",
        "encounter": "Encounter",
        "document": "DocumentReference",
    }
    assert all(is_signed(one, secret, clock.now) for one in receiver.got)
    assert len(set(receiver.names())) == 3
    text = b"".join(one.body for one in receiver.got).decode()
    for private in (hour.patient.given_name, hour.patient.family_name, hour.clinician.name, "video"):
        assert private not in text
    assert set(WebhookEvent.objects.values_list("status", flat=True)) == {"taken"}
    assert standings_of(hour.clinic)[hook.pk].taken_at == clock.now


def test_who_did_not_ask_for_it_and_other_clinics_are_not_told(receiver, clock):
    clinic = a_clinic()
    hooked(clinic, receiver, ["documented"])
    hooked(a_clinic("Et annet sted"), receiver)
    tell(clinic, Happening.ENDED)
    assert call_all(clock) == 0
    tell(clinic, Happening.DOCUMENTED)
    assert call_all(clock) == 1


def test_what_did_not_happen_after_all_is_not_told(receiver, clock):
    clinic = a_clinic()
    hooked(clinic, receiver)
    with transaction.atomic():
        tell(clinic)
        transaction.set_rollback(True)
    assert call_all(clock) == 0
    tell(clinic)
    assert (call_all(clock), receiver.got[0].said()["data"]["sequence"]) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "reason", "code"),
    [
        (500, "troubled", 500),
        (503, "troubled", 503),
        (429, "busy", 429),
        (400, "refused", 400),
        ("cut", "no_answer", None),
        ("https://127.0.0.1:1/", "leads_elsewhere", 307),
        ("http://169.254.169.254/latest", "leads_elsewhere", 307),
    ],
)
def test_a_call_that_fails_is_made_again_under_the_same_name(receiver, clock, fault, reason, code):
    clinic = a_clinic()
    hook, _ = hooked(clinic, receiver)
    receiver.faults = [fault]
    tell(clinic)
    assert call_all(clock) == 1
    (tried,) = last_tries(hook)
    assert (tried.reason, tried.code, tried.event.status) == (reason, code, "waiting")
    assert call_all(clock) == 0, "it waits"
    clock.later(seconds=7)
    assert call_all(clock) == 1
    first, second = receiver.got
    assert (first.name, first.body) == (second.name, second.body)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert WebhookEvent.objects.get().status == "taken"


def test_a_server_that_drips_its_answer_is_hung_up_on(receiver, clock, monkeypatch):
    monkeypatch.setattr(line, "LONGEST", 0.5)
    clinic = a_clinic()
    hook, _ = hooked(clinic, receiver)
    receiver.faults = ["slow"]
    tell(clinic)
    assert call_all(clock) == 1
    (tried,) = last_tries(hook)
    assert tried.reason == "no_answer"
    assert tried.took_ms < 8000


def test_a_stranger_with_another_certificate_hears_nothing(receiver, clock, settings):
    settings.BLIKK_WEBHOOK_CA = ""
    clinic = a_clinic()
    hook, _ = hooked(clinic, receiver)
    tell(clinic)
    call_all(clock)
    assert (last_tries(hook)[0].reason, receiver.got) == ("certificate", [])


def test_what_is_gone_for_good_and_what_failed_for_two_days_is_given_up_until_the_button(receiver, clock):
    clinic = a_clinic()
    hook, _ = hooked(clinic, receiver)
    receiver.faults = [410]
    tell(clinic)
    call_all(clock)
    assert standings_of(clinic)[hook.pk].dead == 1
    services.try_again(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    assert call_all(clock) == 1
    with pytest.raises(NotFound):
        services.try_again(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    began = clock.now
    tell(clinic, now=clock.now)
    receiver.faults = [500] * 100
    for _ in range(200):
        call_all(clock)
        if standings_of(clinic)[hook.pk].dead:
            break
        clock.later(minutes=75)
    event = WebhookEvent.objects.get(status="dead")
    assert event.attempts == sending.MOST_ATTEMPTS
    assert clock.now - began > timedelta(days=1)
    assert WebhookTry.objects.filter(event=event).count() <= sending.TRIES_KEPT + 1
    receiver.faults = []
    services.try_again(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    assert call_all(clock) == 1
    assert standings_of(clinic)[hook.pk].dead == 0


def test_about_the_same_hour_nothing_is_told_before_what_was_first(receiver, clock):
    clinic = a_clinic()
    hooked(clinic, receiver)
    tell(clinic, Happening.ARRIVED, about="a")
    tell(clinic, Happening.ENDED, about="a")
    tell(clinic, Happening.ARRIVED, about="b")
    receiver.faults = [400]
    call_all(clock)
    told = [(one.said()["type"], one.said()["data"]["appointment"][-1]) for one in receiver.got]
    assert told == [("consultation.arrived", "a"), ("consultation.arrived", "b")]
    clock.later(seconds=7)
    call_all(clock)
    assert [one.said()["data"]["sequence"] for one in receiver.got] == [1, 3, 1, 2]


def test_a_system_that_is_down_holds_up_nobody_else(receiver, clock):
    clinic, other = a_clinic(), a_clinic("Et annet sted")
    hooked(clinic, receiver)
    hooked(other, receiver)
    for number in range(5):
        tell(clinic, about=f"down{number}")
    tell(other, about="well")
    receiver.faults = [503]
    assert call_all(clock) == 2, "one call to who is down, and one to who is not"
    assert receiver.got[1].said()["data"]["appointment"] == "Appointment/well"
    clock.later(seconds=7)
    assert call_all(clock) == 5


def test_while_the_secret_is_changed_either_one_proves_a_call(receiver, clock):
    clinic = a_clinic()
    hook, old = hooked(clinic, receiver)
    new = services.change_secret(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    tell(clinic)
    call_all(clock)
    assert is_signed(receiver.got[0], old, clock.now) and is_signed(receiver.got[0], new, clock.now)
    services.forget_secret_before(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    tell(clinic)
    call_all(clock)
    assert is_signed(receiver.got[1], new, clock.now) and not is_signed(receiver.got[1], old, clock.now)
    newest = services.change_secret(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    clock.later(days=8)
    services.forget_old(now=clock.now)
    assert Webhook.objects.get().secret_before == ""
    tell(clinic, now=clock.now)
    call_all(clock)
    assert is_signed(receiver.got[2], newest, clock.now) and not is_signed(receiver.got[2], new, clock.now)
    kept = Webhook.objects.values("secret", "secret_before").get()
    assert newest not in str(kept)


def test_a_worker_that_dies_leaves_the_call_to_the_next(receiver, clock):
    clinic = a_clinic()
    hooked(clinic, receiver)
    tell(clinic)
    assert sending.claim("dies", now=clock.now) is not None
    assert call_all(clock) == 0
    clock.later(seconds=61)
    assert call_all(clock) == 1


def test_who_is_stopped_hears_nothing_more(receiver, clock):
    clinic = a_clinic()
    hook, _ = hooked(clinic, receiver)
    tell(clinic)
    services.stop(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    tell(clinic)
    assert (call_all(clock), receiver.got) == (0, [])
    with pytest.raises(NotFound):
        services.send_trial(clinic, hook.public_id, actor=SYSTEM, now=clock.now)


def test_another_clinics_webhook_is_not_there(receiver):
    hook, _ = hooked(a_clinic(), receiver)
    other = a_clinic("Et annet sted")
    values = {"address": receiver.address, "happenings": ["ended"]}
    acts = (
        lambda: services.change(other, hook.public_id, **values, actor=SYSTEM, now=NOW),
        lambda: services.change_secret(other, hook.public_id, actor=SYSTEM, now=NOW),
        lambda: services.stop(other, hook.public_id, actor=SYSTEM, now=NOW),
        lambda: services.try_again(other, hook.public_id, actor=SYSTEM, now=NOW),
        lambda: services.send_trial(other, hook.public_id, actor=SYSTEM, now=NOW),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()
    services.change(hook.clinic, hook.public_id, **values, actor=SYSTEM, now=NOW)


def test_what_is_long_over_is_forgotten_and_what_waits_never(receiver, clock):
    clinic = a_clinic()
    hooked(clinic, receiver)
    tell(clinic)
    call_all(clock)
    tell(clinic, about="b")
    services.forget_old(now=clock.now + timedelta(days=31))
    assert [one.about for one in WebhookEvent.objects.all()] == ["b"]
    assert not WebhookTry.objects.exists()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://journal.example.no/", "not_https"),
        ("journal.example.no", "not_https"),
        ("ftp://journal.example.no/", "not_a_webhook_address"),
        ("https://kari:passord@journal.example.no/", "not_a_webhook_address"),
        ("https://journal.example.no/#her", "not_a_webhook_address"),
        ("https://journal.example.no/a b", "not_a_webhook_address"),
        ("https://journal.example.no:99999/", "not_a_webhook_address"),
        ("https:///sti", "not_a_webhook_address"),
        ("https://[::1", "not_a_webhook_address"),
        ("https://localhost/", "host_is_internal"),
        ("https://skriver.local/", "host_is_internal"),
        ("https://intranett/", "host_is_internal"),
        ("https://127.0.0.1/", "host_is_internal"),
        ("https://10.1.2.3/", "host_is_internal"),
        ("https://169.254.169.254/latest/meta-data", "host_is_internal"),
        ("https://[::1]/", "host_is_internal"),
        ("https://[::ffff:10.0.0.1]/", "host_is_internal"),
        ("https://[64:ff9b::a00:1]/", "host_is_internal"),
        ("https://[fe80::1]/", "host_is_internal"),
        ("https://0.0.0.0/", "host_is_internal"),
    ],
)
def test_an_address_that_must_not_be_called_is_refused(address, code):
    with pytest.raises(Invalid) as refusal:
        read_address(address)
    assert refusal.value.fields == {"address": code}
    for good in (
        "https://journal.example.no/blikk?a=b",
        "https://journal.example.no:8443",
        "https://193.156.1.1/",
    ):
        assert read_address(good) == good


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["193.156.1.1", "127.0.0.1"], ["::1"], ["fd00::1"], ["::ffff:192.168.0.1"]]
)
def test_a_name_that_means_an_internal_address_when_it_is_called_is_not_called(monkeypatch, clock, found):
    clinic = a_clinic()
    hook, _ = services.set_up(
        clinic, address="https://journal.example.no/", happenings=["ended"], actor=SYSTEM, now=NOW
    )
    asked, opened = [], []

    def look_up(host, port, **_):
        asked.append(host)
        return [(0, 0, 0, "", (one, port)) for one in found]

    monkeypatch.setattr(line.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(line.socket, "create_connection", lambda where, *_: opened.append(where))
    tell(clinic)
    call_all(clock)
    assert (last_tries(hook)[0].reason, asked, opened) == ("internal", ["journal.example.no"], [])


def test_the_connection_goes_to_the_very_address_that_was_looked_at(monkeypatch, clock):
    clinic = a_clinic()
    hook, _ = services.set_up(
        clinic, address="https://journal.example.no/", happenings=["ended"], actor=SYSTEM, now=NOW
    )
    answers = [["193.156.1.1"], ["127.0.0.1"]]
    opened = []

    def connect(where, *_):
        opened.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(
        line.socket, "getaddrinfo", lambda _host, port, **_: [(0, 0, 0, "", (answers.pop(0)[0], port))]
    )
    monkeypatch.setattr(line.socket, "create_connection", connect)
    tell(clinic)
    call_all(clock)
    assert opened == [("193.156.1.1", 443)]
    assert (len(answers), last_tries(hook)[0].reason) == (1, "no_connection")


@hypothesis_settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.ip_addresses())
def test_only_what_the_whole_internet_reaches_is_called(address):
    import ipaddress

    is_open = line._is_open(str(address))
    if is_open:
        assert address.is_global and not address.is_multicast
        assert not address.is_private and not address.is_loopback and not address.is_link_local
    for four in ("10.0.0.1", "127.0.0.1"):
        assert not line._is_open(str(ipaddress.IPv6Address(f"::ffff:{four}")))
    assert line._is_open("193.156.1.1")


def test_each_change_stands_in_the_record_and_no_secret_does(receiver, clock):
    clinic = a_clinic()
    hook, secret = hooked(clinic, receiver)
    new = services.change_secret(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    services.send_trial(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    services.stop(clinic, hook.public_id, actor=SYSTEM, now=clock.now)
    acts = Entry.objects.filter(act__startswith="webhook.").order_by("number")
    assert [one.act for one in acts] == [
        "webhook.set_up",
        "webhook.secret_changed",
        "webhook.trial_sent",
        "webhook.stopped",
    ]
    text = json.dumps(list(acts.values_list("details", flat=True)))
    assert secret not in text and new not in text
