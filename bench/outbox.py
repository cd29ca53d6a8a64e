"""What becomes of messages when the workers that send them are killed at every step."""

from collections.abc import Iterator

from tests.outbox_proof import Outcome, prove_with_key, prove_with_smtp
from tests.servers import running_postgres

MESSAGES = 200
KILLS = 30


def measure() -> dict[str, float]:
    """Count lost and doubled messages over both kinds of sink and both databases.

    A message that nobody can tell about, and that a person is shown as uncertain, is not lost.
    """
    outcomes = list(_outcomes())
    return {
        "outbox_lost": sum(len(outcome.lost) for outcome in outcomes),
        "outbox_doubled": sum(len(outcome.doubled) for outcome in outcomes),
        "outbox_messages": sum(outcome.messages for outcome in outcomes),
        "outbox_kills": sum(sum(outcome.killed.values()) for outcome in outcomes),
    }


def _outcomes() -> Iterator[Outcome]:
    with running_postgres() as server:
        for prove in (prove_with_key, prove_with_smtp):
            yield prove(messages=MESSAGES, kills=KILLS)
            yield prove(messages=MESSAGES, kills=KILLS, database=server.fresh_database())
