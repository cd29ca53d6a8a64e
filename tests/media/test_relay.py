"""The shipped relay rules against Debian's coturn, address by address. Every refusal stands beside a grant."""

import socket
from datetime import timedelta

import pytest

from blikk.kernel.ids import new_id
from blikk.media.services import CALL_FOR, check_credentials, credentials_for
from tests.stun import IPV6, LIFETIME, RELAYED, TCP, read_address

SPECIAL = [
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.5",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "8.8.8.8",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.5",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
]
REFUSED = {403, 443}


@pytest.fixture
def kari() -> str:
    """A participant whom the relay has not seen: it counts the allocations of each."""
    return new_id()


@pytest.fixture
def ola() -> str:
    return new_id()


@pytest.fixture
def allocated(clients, now, kari):
    client = clients(credentials_for(kari, now=now))
    answer = client.allocate()
    assert answer.is_granted
    client.relayed = read_address(answer.attributes[RELAYED])
    return client


def test_the_relay_itself_is_granted(allocated, relay):
    assert allocated.relayed[0] == relay.host
    assert allocated.permit(relay.host).is_granted
    assert allocated.bind(relay.host).is_granted


@pytest.mark.parametrize("host", SPECIAL)
def test_every_other_address_is_refused(allocated, relay, host):
    assert allocated.permit(host).code in REFUSED
    assert allocated.bind(host).code in REFUSED
    assert allocated.permit(relay.host).is_granted


def test_two_people_meet_on_the_relay(clients, relay, now, kari, ola):
    one, other = (clients(credentials_for(name, now=now)) for name in (kari, ola))
    places = [read_address(client.allocate().attributes[RELAYED]) for client in (one, other)]
    assert one.permit(*places[1]).is_granted
    assert other.permit(*places[0]).is_granted
    one.send(*places[1], b"through the relay")
    assert other.receive() == b"through the relay"


def test_what_is_sent_to_the_inside_never_arrives(allocated, clients, relay, now, ola):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        allocated.permit("127.0.0.1", port)
        allocated.send("127.0.0.1", port, b"into the inside")
        # What the relay does forward, sent after it, has arrived: so the other would have, too.
        friend = clients(credentials_for(ola, now=now))
        place = read_address(friend.allocate().attributes[RELAYED])
        allocated.permit(*place)
        friend.permit(*allocated.relayed)
        allocated.send(*place, b"control")
        assert friend.receive() == b"control"
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.recv(100)


def test_there_is_no_relay_on_ipv6(clients, now, kari, ola):
    assert clients(credentials_for(kari, now=now)).allocate(family=IPV6).code == 440
    assert clients(credentials_for(ola, now=now)).allocate().is_granted


def test_the_relay_opens_no_tcp_connections(clients, now, kari, ola):
    client = clients(credentials_for(kari, now=now), over_tcp=True)
    assert not client.allocate(transport=TCP).is_granted
    assert clients(credentials_for(ola, now=now), over_tcp=True).allocate().is_granted


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"username": "9999999999:call-somebody"},
        {"username": "static", "password": "static"},
    ],
)
def test_a_credential_that_is_not_ours_is_refused(clients, now, changes, kari):
    assert clients(credentials_for(kari, now=now), **changes).allocate().code == 401
    assert clients(credentials_for(kari, now=now)).allocate().is_granted


def test_a_credential_that_ran_out_is_refused(clients, now, kari):
    old = credentials_for(kari, now=now - CALL_FOR - timedelta(seconds=2))
    assert clients(old).allocate().code == 401
    assert clients(credentials_for(kari, now=now)).allocate().is_granted


def test_a_device_check_credential_that_ran_out_is_refused(clients, now, kari):
    assert clients(check_credentials(kari, now=now - timedelta(minutes=3))).allocate().code == 401
    assert clients(check_credentials(kari, now=now)).allocate().is_granted


def test_the_password_of_one_name_does_not_fit_another(clients, now, kari, ola):
    mine, yours = credentials_for(kari, now=now), credentials_for(ola, now=now)
    stolen = {"password": mine.servers[0]["credential"]}
    assert clients(yours, **stolen).allocate().code == 401
    assert clients(yours).allocate().is_granted


def test_one_person_gets_four_allocations_however_many_credentials(clients, now, kari, ola):
    answers = [
        clients(credentials_for(kari, now=now + timedelta(seconds=number))).allocate() for number in range(8)
    ]
    assert [answer.is_granted for answer in answers] == [True] * 4 + [False] * 4
    assert {answer.code for answer in answers[4:]} == {486}
    assert clients(credentials_for(ola, now=now)).allocate().is_granted


def test_an_allocation_lasts_ten_minutes_at_most_unless_it_is_refreshed(clients, now, kari):
    client = clients(credentials_for(kari, now=now))
    answer = client.allocate()
    assert int.from_bytes(answer.attributes[LIFETIME]) <= 600
    assert int.from_bytes(client.refresh(86_400).attributes[LIFETIME]) <= 3600


def test_a_replayed_credential_works_only_until_it_runs_out(clients, now, kari):
    soon = credentials_for(kari, now=now - CALL_FOR + timedelta(seconds=30))
    assert clients(soon).allocate().is_granted
    ended = credentials_for(kari, now=now - CALL_FOR - timedelta(seconds=1))
    assert clients(ended).allocate().code == 401
