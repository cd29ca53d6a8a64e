"""The life of an arrival."""

from django.db import models

from blikk.kernel.moves import Moves


class ArrivalStatus(models.TextChoices):
    """Where somebody who came through the link is."""

    AT_THE_DOOR = "at_the_door"
    WAITING = "waiting"
    AWAY = "away"
    ON_HOLD = "on_hold"
    ADMITTED = "admitted"
    SETTLED = "settled"
    TRANSFERRED = "transferred"
    LEFT = "left"
    DECLINED = "declined"


_AT, _WAIT, _AWAY, _HOLD = (
    ArrivalStatus.AT_THE_DOOR,
    ArrivalStatus.WAITING,
    ArrivalStatus.AWAY,
    ArrivalStatus.ON_HOLD,
)
_OUT = frozenset({ArrivalStatus.LEFT, ArrivalStatus.DECLINED})

_GONE = _OUT | {ArrivalStatus.TRANSFERRED}

ARRIVAL = Moves(
    {
        _AT: _GONE | {_WAIT, _AWAY},
        _WAIT: _GONE | {_AWAY, _HOLD, ArrivalStatus.ADMITTED},
        _AWAY: _GONE | {_WAIT},
        _HOLD: _GONE | {_WAIT},
        ArrivalStatus.ADMITTED: frozenset({ArrivalStatus.SETTLED}),
    }
)

# Still on the premises: at most one such arrival per invitation.
PRESENT = (_AT, _WAIT, _AWAY, _HOLD, ArrivalStatus.ADMITTED)

# In one of these states a person keeps their place in a queue.
IN_QUEUE = (_AT, _WAIT, _AWAY, _HOLD)


class ShowingStatus(models.TextChoices):
    """How far a patient is who wants to see who the clinician is."""

    ASKED = "asked"
    SHOWN = "shown"
    SEEN = "seen"
    UNSURE = "unsure"


_ASKED, _SHOWN, _SEEN, _UNSURE = ShowingStatus

SHOWING = Moves(
    {
        _ASKED: frozenset({_SHOWN}),
        _SHOWN: frozenset({_SEEN, _UNSURE, _ASKED}),
        # Nobody is pressed for an answer, and nobody is held to one.
        _UNSURE: frozenset({_SEEN, _ASKED, _SHOWN}),
    }
)
