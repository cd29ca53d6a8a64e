"""Everybody connected to everybody: needs nothing but the app and, across NATs, a relay."""

from dataclasses import dataclass

MOST_PEOPLE = 4
"""Each further person costs everybody one more picture to send."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of this engine exists in the participants' browsers only."""

    consultation_id: str
    most_people: int = MOST_PEOPLE


def open_room(consultation_id: str) -> Room:
    """There is nothing to reserve: the room is the consultation's own roster."""
    return Room(consultation_id)


def close_room(consultation_id: str) -> None:
    """There is nothing to take down: without the roster nobody is told of anybody, credentials run out."""
