import logging
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.notifications.states import NUMBER_NOT_IN_USE, Outcome
from blikk.notifications.transports import NotSent, Outgoing, Unknown
from blikk.notifications.transports.smpp import SmppTransport, coding
from tests.servers import free_port, wait_until

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG = (
    "Du har time på video hos Legekontoret tirsdag 24. november kl. 10.00. Åpne lenken: https://v.no/m#"
    + "a" * 80
)


class Ears:
    """Notes what comes; `fault` is raised instead once."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, Outcome, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.fault: Exception | None = None
        self.came = threading.Condition()

    def report(self, channel, *, provider_id="", reference="", outcome, reason="") -> None:
        self._note(self.reports, (provider_id, outcome, reason))

    def text(self, *, source, phone, words) -> None:
        self._note(self.texts, (phone, words))

    def _note(self, where: list, what: tuple) -> None:
        with self.came:
            if self.fault:
                fault, self.fault = self.fault, None
                raise fault
            where.append(what)
            self.came.notify_all()

    def wait_for(self, what: str, count: int = 1) -> list:
        with self.came:
            assert self.came.wait_for(lambda: len(getattr(self, what)) >= count, 10), f"no {what}"
        return getattr(self, what)


def outgoing(body: str = "Hei æøå €", **more) -> Outgoing:
    values: dict[str, Any] = {"key": "k1", "channel": "sms", "kind": "invited", "sender": "Legekontoret"}
    values |= {"to": "+4799999912", "subject": "", "body": body, "language": "nb", "now": NOW}
    return Outgoing(**(values | more))


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def transport(smsc, ears):
    made = a_transport(smsc.port)
    made.listen(ears)
    yield made
    made.close()


def a_transport(port: int, **more) -> SmppTransport:
    given_: dict[str, Any] = {"host": "127.0.0.1", "port": port, "system_id": "blikk", "password": "right"}
    return SmppTransport(**(given_ | {"answer_within": 5.0} | more))


def test_a_norwegian_sms_goes_as_one_part_of_seven_bits_under_a_neutral_name(smsc, transport):
    receipt = transport.send(outgoing())
    (taken,) = smsc.taken
    assert (taken["words"], taken["coding"], taken["parts"]) == ("Hei æøå €", 0, None)
    assert (taken["from"], taken["ton"], taken["npi"]) == ("Legekontore", 5, 0)
    assert (taken["to"], taken["registered"]) == ("4799999912", 1)
    assert receipt.provider_id == taken["name"]


def test_neither_number_nor_words_are_logged(smsc, transport, caplog):
    caplog.set_level(logging.DEBUG)
    transport.send(outgoing("hemmelig"))
    assert smsc.taken[0]["words"] == "hemmelig"
    for secret in ("99999912", "hemmelig", b"hemmelig".hex(), b"99999912".hex()):
        assert secret not in caplog.text


def test_a_number_that_people_can_answer_to_is_named_as_one(smsc):
    for number, ton in (("+4759440000", 1), ("2440", 3)):
        sending = a_transport(smsc.port, number=number)
        sending.send(outgoing())
        sending.close()
        assert (smsc.taken[-1]["from"], smsc.taken[-1]["ton"]) == (number.lstrip("+"), ton)


def test_a_long_sms_goes_in_parts_that_each_have_a_name(smsc, transport):
    receipt = transport.send(outgoing(LONG))
    first, second = smsc.taken
    assert first["words"] + second["words"] == LONG
    assert first["parts"][:3] == [0, 3, first["parts"][2]]
    assert [taken["parts"][2:] for taken in (first, second)] == [
        [first["parts"][2], 2, 1],
        [first["parts"][2], 2, 2],
    ]
    assert (receipt.provider_id, *receipt.more_ids) == (first["name"], second["name"])


def test_where_the_smsc_wants_it_a_long_sms_goes_as_one_payload(smsc):
    sending = a_transport(smsc.port, long="payload")
    receipt = sending.send(outgoing(LONG))
    sending.close()
    (taken,) = smsc.taken
    assert (taken["words"], taken["payload"]) == (LONG, True)
    assert receipt.more_ids == ()


def test_letters_of_other_alphabets_go_as_ucs2(smsc, transport):
    text = "Čájet dán: Запрошення на відеозустріч مرحبا 🙂 " * 2
    transport.send(outgoing(text))
    taken = smsc.taken
    assert {part["coding"] for part in taken} == {8}
    assert "".join(part["words"] for part in taken) == text


def test_reports_are_told_by_their_name_also_before_the_answer(smsc, transport, ears):
    smsc.tell("/orders", ["early"])
    early = transport.send(outgoing())
    later = transport.send(outgoing())
    smsc.tell("/report", {"name": later.provider_id, "state": 5, "stat": "UNDELIV", "err": "001"})
    smsc.tell("/report", {"name": later.provider_id, "stat": "EXPIRED", "tlv": False})
    assert ears.wait_for("reports", 3) == [
        (early.provider_id, Outcome.DELIVERED, ""),
        (later.provider_id, Outcome.FAILED, NUMBER_NOT_IN_USE),
        (later.provider_id, Outcome.FAILED, "expired"),
    ]


def test_a_report_that_could_not_be_put_down_is_not_acknowledged(smsc, transport, ears):
    receipt = transport.send(outgoing())
    ears.fault = RuntimeError("the database is away")
    smsc.tell("/report", {"name": receipt.provider_id})
    wait_until(lambda: len(smsc.tell()["answers"]) == 1, "the SMSC is answered")
    assert smsc.tell()["answers"] == [0x64]
    smsc.tell("/report", {"name": receipt.provider_id})
    ears.wait_for("reports")
    wait_until(lambda: smsc.tell()["answers"] == [0x64, 0], "the second is acknowledged")


@pytest.mark.parametrize(
    ("status", "reason", "retry"),
    [
        (0x58, "throttled", True),
        (0x14, "queue_full", True),
        (0x0B, "number_refused", False),
        (0x45, "smsc_0x45", False),
    ],
)
def test_a_refusal_is_surely_not_sent(smsc, transport, status, reason, retry):
    smsc.tell("/orders", [status])
    with pytest.raises(NotSent) as caught:
        transport.send(outgoing())
    assert (caught.value.reason, caught.value.retry) == (reason, retry)
    assert smsc.taken == []
    assert transport.send(outgoing()).provider_id == smsc.taken[0]["name"]


def test_a_later_part_that_is_throttled_is_tried_again_in_place(smsc, transport):
    smsc.tell("/orders", ["take", 0x58, "take"])
    receipt = transport.send(outgoing(LONG))
    assert len(smsc.taken) == 2
    assert len(receipt.more_ids) == 1


def test_a_later_part_that_is_refused_leaves_us_not_knowing(smsc, transport):
    smsc.tell("/orders", ["take", 0x0B])
    with pytest.raises(Unknown) as caught:
        transport.send(outgoing(LONG))
    assert caught.value.reason == "partly_sent"


def test_a_line_that_breaks_after_the_text_leaves_us_not_knowing_and_mends_itself(smsc, transport):
    smsc.tell("/orders", ["drop"])
    with pytest.raises(Unknown):
        transport.send(outgoing())
    assert transport.send(outgoing()).provider_id == "m2"
    assert len(smsc.taken) == 2


def test_the_line_mends_itself_when_the_smsc_comes_back(smsc, transport, ears):
    assert transport.line().is_bound(within=10)
    smsc.stop()
    wait_until(lambda: not transport.line().is_bound(within=0), "the line is lost")
    smsc.start()
    wait_until(lambda: smsc.tell()["bound"] == 1, "the line is bound again")
    smsc.tell("/text", {"from": "4799999912", "words": "kari@example.no"})
    assert ears.wait_for("texts") == [("+4799999912", "kari@example.no")]


def test_who_is_not_let_in_has_surely_not_sent(smsc):
    stranger = a_transport(smsc.port, password="wrong", answer_within=1.0)
    with pytest.raises(NotSent) as caught:
        stranger.send(outgoing())
    stranger.close()
    assert (caught.value.reason, caught.value.retry) == ("no_sign_in", True)


def test_nobody_there_is_surely_not_sent():
    alone = a_transport(free_port(), answer_within=0.5)
    with pytest.raises(NotSent) as caught:
        alone.send(outgoing())
    alone.close()
    assert caught.value.reason == "no_connection"


def test_what_people_send_is_heard_whole(smsc, transport, ears):
    assert transport.line().is_bound(within=10)
    for number in (2, 1):
        half = ["kari.med.et.langt.navn", "@example.no"][number - 1]
        smsc.tell("/text", {"from": "4790123456", "words": half, "udh": [5, 0, 3, 7, 2, number]})
    assert ears.wait_for("texts") == [("+4790123456", "kari.med.et.langt.navn@example.no")]


@given(st.text(max_size=900))
def test_every_text_comes_out_as_it_went_in(text):
    try:
        encoded = coding.encode(text.encode("utf-16", "replace").decode("utf-16"))
    except coding.TooLong:
        assert len(text) > 500
        return
    room = (
        coding.TOGETHER[encoded.data_coding] if len(encoded.parts) > 1 else coding.ALONE[encoded.data_coding]
    )
    assert all(len(part) <= room for part in encoded.parts)
    assert b"".join(encoded.parts) == encoded.whole
    # Each part can be read by itself: no sign is cut in two.
    read = "".join(coding.decode(part, encoded.data_coding) for part in encoded.parts)
    assert read.translate(coding._PLAIN) == text.encode("utf-16", "replace").decode("utf-16").translate(
        coding._PLAIN
    )
