import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from blikk.media.engines.mesh import MOST_PEOPLE
from blikk.media.errors import TooManyCredentials
from blikk.media.services import (
    CALL_ISSUES,
    CHECK_ISSUES,
    WINDOW,
    check_credentials,
    credentials_for,
    open_room,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
URLS = ["turn:relay.example.no:3478?transport=udp", "turns:relay.example.no:5349?transport=tcp"]


@pytest.fixture(autouse=True)
def _relay(settings):
    settings.BLIKK_TURN_URLS = URLS
    settings.BLIKK_TURN_SECRET = "shared-with-coturn"


def test_a_credential_is_what_the_relay_computes_from_the_shared_secret():
    (server,) = credentials_for("p1", now=NOW).servers
    expected = hmac.new(b"shared-with-coturn", server["username"].encode(), hashlib.sha1).digest()
    assert server["urls"] == URLS
    assert base64.b64decode(server["credential"]) == expected


def test_it_lives_ten_minutes_in_a_call_and_two_in_a_device_check():
    call, check = credentials_for("p1", now=NOW), check_credentials("d1", now=NOW)
    assert call.expires_at - NOW == timedelta(minutes=10)
    assert check.expires_at - NOW == timedelta(minutes=2)
    for ice in (call, check):
        assert ice.servers[0]["username"].startswith(f"{int(ice.expires_at.timestamp())}:")


def user_part(ice) -> str:
    return ice.servers[0]["username"].partition(":")[2]


def test_the_name_at_the_relay_is_the_persons_own_and_says_nothing():
    first = user_part(credentials_for("p1", now=NOW))
    assert first == user_part(credentials_for("p1", now=NOW + timedelta(minutes=9)))
    assert first != user_part(credentials_for("p2", now=NOW))
    assert first != user_part(check_credentials("p1", now=NOW))
    assert "p1" not in first


def test_a_device_check_cannot_be_used_to_draw_credentials_without_end():
    for _ in range(CHECK_ISSUES):
        check_credentials("d1", now=NOW)
    with pytest.raises(TooManyCredentials):
        check_credentials("d1", now=NOW)
    assert check_credentials("d2", now=NOW).servers
    assert check_credentials("d1", now=NOW + timedelta(seconds=WINDOW)).servers


def test_a_call_can_refresh_every_half_minute_and_no_oftener():
    for _ in range(CALL_ISSUES):
        credentials_for("p1", now=NOW)
    with pytest.raises(TooManyCredentials):
        credentials_for("p1", now=NOW)


def test_without_a_relay_a_wish_to_hide_addresses_still_holds(settings):
    settings.BLIKK_TURN_URLS = []
    ice = credentials_for("p1", now=NOW, relay_only=True)
    assert ice.servers == []
    assert ice.relay_only is True
    assert credentials_for("p1", now=NOW).relay_only is False


def test_relay_only_is_passed_on():
    assert credentials_for("p1", now=NOW, relay_only=True).relay_only is True
    assert credentials_for("p1", now=NOW).relay_only is False


def test_it_goes_out_as_json_and_never_into_a_log():
    ice = credentials_for("p1", now=NOW)
    assert set(json.loads(json.dumps(ice.as_json()))) == {"servers", "relay_only", "expires_at"}
    assert ice.servers[0]["credential"] not in repr(ice)


def test_a_mesh_holds_four():
    assert open_room("c1").most_people == MOST_PEOPLE == 4
