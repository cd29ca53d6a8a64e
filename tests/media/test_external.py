"""Where people can be led: to hosts that the operator has named, over https, by plain addresses."""

import pytest
from django.test import override_settings

from blikk.kernel.errors import Invalid
from blikk.media.engines.external import filled, host_of, read_address, require_same_host
from blikk.media.errors import RoomNotMade
from blikk.media.services import require_allowed

HOSTS = ["join.nhn.example", "*.whereby.com", "rom.example:8443"]
GOOD = [
    "https://join.nhn.example/kari",
    "https://JOIN.nhn.example/kari?pin=1234",
    "https://join.nhn.example:443/kari",
    "https://klinikken.whereby.com/rom-1",
    "https://rom.example:8443/a#config.x=1",
]
BAD = {
    "": "not_a_room",
    "join.nhn.example/kari": "not_https",
    "http://join.nhn.example/kari": "not_https",
    "javascript:alert(1)//join.nhn.example": "not_a_room",
    "JaVaScRiPt:alert(1)": "not_a_room",
    "data:text/html,hei": "not_a_room",
    "file:///etc/passwd": "not_a_room",
    "//join.nhn.example/kari": "not_https",
    "\\\\join.nhn.example\\kari": "not_a_room",
    "https:\\\\join.nhn.example": "not_a_room",
    "https://join.nhn.example\\@evil.example/": "not_a_room",
    "https://evil.example/": "host_not_allowed",
    "https://evil.example/?https://join.nhn.example": "host_not_allowed",
    "https://join.nhn.example.evil.example/": "host_not_allowed",
    "https://evil.example#@join.nhn.example": "host_not_allowed",
    "https://join.nhn.example@evil.example/": "not_a_room",
    "https://kari:hemmelig@join.nhn.example/": "not_a_room",
    "https://@join.nhn.example/": "not_a_room",
    "https://join.nhn.example:8443/": "host_not_allowed",
    "https://rom.example/": "host_not_allowed",
    "https://whereby.com/": "host_not_allowed",
    "https://evilwhereby.com/": "host_not_allowed",
    "https://whereby.com.evil.example/": "host_not_allowed",
    "https://[::1]/": "not_a_room",
    "https://127.0.0.1/": "host_not_allowed",
    "https://2130706433/": "host_not_allowed",
    "https://jöin.nhn.example/": "not_a_room",
    "https://join.nhn.example/\u202egpj": "not_a_room",
    "https://join.nhn.example/a b": "not_a_room",
    "https://join.nhn.example/\nSet-Cookie:x": "not_a_room",
    'https://join.nhn.example/"onclick=': "not_a_room",
    "https://join.nhn.example:99999/": "not_a_room",
    "https://join.nhn.example/" + "x" * 500: "not_a_room",
}


@pytest.mark.parametrize("address", GOOD)
def test_a_room_at_a_named_host_is_taken(address):
    assert read_address(f" {address} ", HOSTS) == address


@pytest.mark.parametrize("address", sorted(BAD))
def test_no_other_address_is_taken(address):
    with pytest.raises(Invalid) as fault:
        read_address(address, HOSTS)
    assert fault.value.fields == {"address": BAD[address]}


def test_without_named_hosts_nobody_is_led_anywhere():
    with pytest.raises(Invalid):
        read_address(GOOD[0], [])


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("https://join.nhn.example/fast", "no_random"),
        ("https://join.nhn.example/{random}/{random}", "no_random"),
        ("https://{random}.whereby.com/", "not_a_room"),
        ("https://join.nhn.example/{random}/{navn}", "not_a_room"),
        ("https://{random}@join.nhn.example/", "not_a_room"),
        ("{random}", "not_https"),
    ],
)
def test_a_pattern_has_one_place_for_the_random_word_and_never_in_the_host(pattern, code):
    with pytest.raises(Invalid) as fault:
        read_address(pattern, HOSTS, is_template=True)
    assert fault.value.fields == {"address": code}


def test_a_good_pattern_is_filled():
    pattern = read_address("https://join.nhn.example/{random}?a=1", HOSTS, is_template=True)
    assert filled(pattern, "abc") == "https://join.nhn.example/abc?a=1"
    assert host_of(filled(pattern, "abc")) == "join.nhn.example"


def test_a_host_that_was_taken_off_the_list_is_closed_at_once():
    with override_settings(BLIKK_EXTERNAL_VIDEO_HOSTS=HOSTS):
        assert require_allowed(GOOD[0]) == GOOD[0]
    with override_settings(BLIKK_EXTERNAL_VIDEO_HOSTS=[]), pytest.raises(RoomNotMade):
        require_allowed(GOOD[0])


def test_the_hosts_own_address_leads_to_the_same_machine():
    require_same_host(f"https://a.whereby.com/r?roomKey={'x' * 900}", "https://a.whereby.com/r")
    for other in (
        "https://b.whereby.com/r",
        "http://a.whereby.com/r",
        "https://x@a.whereby.com/r",
        "https://[",
    ):
        with pytest.raises(RoomNotMade):
            require_same_host(other, "https://a.whereby.com/r")
