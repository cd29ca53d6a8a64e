from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.notifications.bounces import Bounce, read_bounce
from blikk.notifications.services import reference_of
from blikk.notifications.states import NO_SUCH_MAILBOX, Outcome

LETTERS = Path(__file__).parent / "letters"
REFERENCE = reference_of("k1")
FAILED = Outcome.FAILED


def letter(name: str) -> bytes:
    return (LETTERS / f"{name}.eml").read_text().replace("REFERENCE", REFERENCE).encode()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("postfix_unknown", Bounce(REFERENCE, FAILED, NO_SUCH_MAILBOX)),
        ("google_unknown", Bounce(REFERENCE, FAILED, NO_SUCH_MAILBOX)),
        ("exim_unrouteable", Bounce(REFERENCE, FAILED, "bounced")),
        ("exchange_full", Bounce(REFERENCE, FAILED, "bounced")),
        ("delivered", Bounce(REFERENCE, Outcome.DELIVERED)),
        ("postfix_delayed", None),
        ("out_of_office", None),
    ],
)
def test_what_mail_servers_send_back_is_understood(name, found):
    assert read_bounce(letter(name)) == found
    assert read_bounce(letter(name).replace(b"\n", b"\r\n")) == found


def test_the_address_that_the_mail_server_names_tells_which_message_it_was():
    nameless = letter("exchange_full").replace(REFERENCE.encode(), b"somebody-elses")
    assert read_bounce(nameless) is None
    found = read_bounce(nameless, recipient=f"retur+{REFERENCE}@video.example.no")
    assert found == Bounce(REFERENCE, FAILED, "bounced")


@given(st.binary(max_size=3000))
def test_whatever_comes_in_is_read_or_left(raw):
    assert read_bounce(raw) is None
    assert read_bounce(letter("postfix_unknown")[:900] + raw) in (None, Bounce(REFERENCE, FAILED, "bounced"))
