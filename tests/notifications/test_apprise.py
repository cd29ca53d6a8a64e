import pytest

from blikk.notifications.transports import Unknown
from blikk.notifications.transports.apprise import AppriseTransport
from tests.notifications.test_http import outgoing
from tests.servers import free_port


def address(port: int) -> str:
    # apprise's own SMPP, which binds as transmitter.
    return f"smpp://blikk:right@127.0.0.1:{port}/4759440000/{{to_digits}}"


def test_whatever_apprise_reaches_can_carry_a_message(smsc):
    receipt = AppriseTransport(address(smsc.port)).send(outgoing(body="Hei fra Blikk"))
    (taken,) = smsc.taken
    assert (taken["to"], taken["words"]) == ("4799999912", "Hei fra Blikk")
    assert receipt.provider_id == ""


def test_a_no_from_apprise_tells_nobody_what_became_of_the_message():
    with pytest.raises(Unknown):
        AppriseTransport(address(free_port())).send(outgoing())


@pytest.mark.parametrize("wrong", ["", "smpp://u:p@host/from/4799", "nothing://{to}"])
def test_an_address_that_apprise_does_not_know_refuses_to_start(wrong):
    with pytest.raises(ValueError, match="BLIKK_APPRISE_SMS_URL"):
        AppriseTransport(wrong)
