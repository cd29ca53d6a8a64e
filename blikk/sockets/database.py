"""Where the sockets of a process ask the database: a few threads, one after the other for each person."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

Given = ParamSpec("Given")
Found = TypeVar("Found")

# More would only wait for the interpreter's lock; fewer would wait for the database.
LANES = 4


class Lane:
    """One thread that does what it is asked in the order in which it was asked.

    asgiref has one such thread for all sockets together: a thousand people who came back after a restart stood in
    line behind each other, and behind the places of every queue.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def __call__(self, act: Callable[Given, Found]) -> Callable[Given, Awaitable[Found]]:
        """The same act, done here while the loop does something else."""

        def later(*given: Given.args, **named: Given.kwargs) -> Awaitable[Found]:
            step = partial(_on_a_connection, partial(act, *given, **named))
            return asyncio.get_running_loop().run_in_executor(self._thread, step)

        return later


def _on_a_connection(act: Callable[[], Found]) -> Found:
    close_old_connections()
    try:
        return act()
    finally:
        close_old_connections()


# What is asked once for many must not wait behind a thousand pages that ask each for itself.
for_all = Lane("blikk-for-all")
# What waits for somebody else's server.
for_outside = Lane("blikk-outside")
# Hundreds of seats are noted every second; a change of a queue must not wait behind that either.
for_seats = Lane("blikk-for-seats")
_lanes = [Lane(f"blikk-lane-{number}") for number in range(LANES)]


def lane_of(person: str) -> Lane:
    """The lane of one person: what their pages ask for is done in the order in which it was asked.

    Scar: a page that came back on a new socket, while its old one gave the seat up, lost the seat when the two
    overtook each other.
    """
    return _lanes[hash(person) % LANES]
