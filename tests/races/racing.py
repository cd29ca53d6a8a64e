"""Several acts at the same moment, each in a thread with a connection of its own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from blikk.kernel.errors import DomainError

ROUNDS = 60
PATIENCE = 30


@dataclass(frozen=True)
class Finish:
    """How an act came out: what it gave, or what it was told. Anything but a domain error is a defect."""

    given: Any = None
    refusal: DomainError | None = None

    @property
    def has_won(self) -> bool:
        return self.refusal is None


def race(*acts: Callable[[], Any]) -> list[Finish]:
    """Let every act start at the same moment; gives how each came out, in the same order."""
    barrier = threading.Barrier(len(acts))
    finishes: list[Finish | Exception] = [RuntimeError("did not finish")] * len(acts)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(PATIENCE)
            finishes[number] = Finish(given=acts[number]())
        except DomainError as refusal:
            finishes[number] = Finish(refusal=refusal)
        except Exception as defect:  # noqa: BLE001  (raised again below, on the test's own thread)
            finishes[number] = defect
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    for finish in finishes:
        if isinstance(finish, Exception):
            raise finish
    return [finish for finish in finishes if isinstance(finish, Finish)]


def only_winner(finishes: list[Finish], *told: type[DomainError]) -> Finish:
    """Exactly one has won, and each of the others was told in one of these ways."""
    winners = [finish for finish in finishes if finish.has_won]
    losers = [finish.refusal for finish in finishes if finish.refusal is not None]
    assert len(winners) == 1, [str(loser) for loser in losers]
    assert all(isinstance(loser, told) for loser in losers), [repr(loser) for loser in losers]
    return winners[0]
