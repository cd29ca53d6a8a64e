import pytest

from tests.outbox_proof import STEPS, UNKNOWABLE, Outcome, prove_with_key, prove_with_smtp

MESSAGES = 200
KILLS = 30


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> str:
    if request.param == "sqlite":
        return ""
    return request.getfixturevalue("postgres_server").fresh_database()


def require_every_step_was_hit(outcome: Outcome) -> None:
    assert sum(outcome.killed.values()) == KILLS
    assert set(outcome.killed) == set(STEPS)


@pytest.mark.timeout(240)
def test_with_a_key_each_message_arrives_exactly_once(database):
    outcome = prove_with_key(messages=MESSAGES, kills=KILLS, database=database)
    require_every_step_was_hit(outcome)
    assert outcome.lost == []
    assert outcome.doubled == []
    assert set(outcome.statuses.values()) == {"sent"}
    assert outcome.attempts > MESSAGES, "no message was asked for twice, so the key was not tried"


@pytest.mark.timeout(240)
def test_without_a_key_nothing_is_sent_twice_and_what_nobody_knows_is_shown(database):
    outcome = prove_with_smtp(messages=MESSAGES, kills=KILLS, database=database)
    require_every_step_was_hit(outcome)
    assert outcome.lost == []
    assert outcome.doubled == []
    assert len(outcome.uncertain) == sum(outcome.killed[step] for step in UNKNOWABLE)
    assert set(outcome.statuses.values()) == {"sent", "uncertain"}
    assert all(outcome.arrivals[n] == 1 for n, status in outcome.statuses.items() if status == "sent")
