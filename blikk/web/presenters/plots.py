"""Plots drawn on the server: where each bar and each word stands. The shapes are in the templates, the colours in CSS.

A plot is as wide as a narrow phone in its own units, so that its words are large enough there. What its colours say is
said by pattern and shape too, and a table with the numbers stands beside every one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320
LEFT, RIGHT, TOP = 66, 6, 10
TALL, BELOW = 150, 26
MOST_LABELS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, from its left upper corner."""

    x: float
    y: float
    wide: float
    tall: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word at a place."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Steps:
    """Two bars for each step of time, and a line above them."""

    width: int
    height: int
    left: int
    floor: float
    first: Sequence[Bar]
    second: Sequence[Bar]
    # "x,y x,y …", and the same places one by one.
    line: str
    points: Sequence[tuple[float, float]]
    labels: Sequence[Word]
    marks: Sequence[Word]


@dataclass(frozen=True, slots=True)
class Lying:
    """One bar lying below its name, for each thing of a list."""

    width: int
    height: int
    bars: Sequence[Bar]
    names: Sequence[Word]
    values: Sequence[Word]


def highest(values: Sequence[int]) -> int:
    """A round number that all of them fit under: 1, 2 or 5 with noughts."""
    most, size = max(values, default=0), 1
    while True:
        for digit in (1, 2, 5):
            if most <= digit * size:
                return digit * size
        size *= 10


def plot_steps(
    names: Sequence[str],
    first: Sequence[int],
    second: Sequence[int],
    line: Sequence[int],
    marks: Sequence[tuple[int, str]],
) -> Steps:
    """Lay two rows of bars and a line out over time. `marks` are the heights to be named, the highest last."""
    top = max(marks[-1][0], 1)
    each = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    wide = round(each * 0.36, 2)

    def bars(values: Sequence[int], place: float) -> list[Bar]:
        return [
            Bar(round(LEFT + each * (at + place), 2), _y(value, top), wide, round(TALL * value / top, 2))
            for at, value in enumerate(values)
        ]

    points = [(round(LEFT + each * (at + 0.5), 2), _y(value, top)) for at, value in enumerate(line)]
    every = -(-len(names) // MOST_LABELS)
    return Steps(
        width=WIDTH,
        height=TOP + TALL + BELOW,
        left=LEFT,
        floor=TOP + TALL,
        first=bars(first, 0.1),
        second=bars(second, 0.54),
        line=" ".join(f"{x},{y}" for x, y in points),
        points=points,
        labels=[
            Word(round(LEFT + each * (at + 0.5), 2), TOP + TALL + 17, name)
            for at, name in enumerate(names)
            if at % every == 0
        ],
        marks=[Word(LEFT - 5, _y(value, top), words) for value, words in marks],
    )


def _y(value: int, top: int) -> float:
    return round(TOP + TALL - TALL * value / top, 2)


def plot_lying(rows: Sequence[tuple[str, int, str]]) -> Lying:
    """Lay out a bar for each row: its name, how long it is, and what is written at its end."""
    top = max((value for _name, value, _words in rows), default=0) or 1
    each = 40
    return Lying(
        width=WIDTH,
        height=each * len(rows),
        bars=[
            Bar(0, at * each + 20, round(WIDTH * value / top, 2), 12)
            for at, (_n, value, _w) in enumerate(rows)
        ],
        names=[Word(0, at * each + 14, name) for at, (name, _v, _w) in enumerate(rows)],
        values=[Word(WIDTH, at * each + 14, words) for at, (_n, _v, words) in enumerate(rows)],
    )
