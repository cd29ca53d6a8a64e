"""The other half of who is who: the patient asks to see who the clinician is, and says whether they did."""

from datetime import datetime

from django.db import IntegrityError, transaction

from blikk.clinics.models import Membership
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound, Overtaken
from blikk.waiting_room.models import Arrival, Showing
from blikk.waiting_room.services.news import tell
from blikk.waiting_room.states import SHOWING, ShowingStatus

ANSWERS = (ShowingStatus.SEEN, ShowingStatus.UNSURE)


@transaction.atomic
def ask_to_see(arrival: Arrival, *, actor: Actor, now: datetime) -> Showing:
    """Ask the clinician to show who they are; who has asked, or has seen it, need not ask again."""
    showing = Showing.objects.filter(arrival=arrival).first()
    if showing is None:
        showing = _first(arrival, status=ShowingStatus.ASKED, asked_at=now)
    elif SHOWING.allows(ShowingStatus(showing.status), ShowingStatus.ASKED):
        SHOWING.make(showing, ShowingStatus.ASKED, asked_at=now, answered_at=None)
    else:
        return showing
    tell("arrival.asked_who_it_is", arrival, actor=actor, now=now)
    return showing


@transaction.atomic
def show(arrival: Arrival, *, by: Membership, actor: Actor, now: datetime) -> Showing:
    """Note that the clinician has shown who they are, whether they were asked to or not."""
    showing = Showing.objects.filter(arrival=arrival).first()
    if showing is None:
        showing = _first(arrival, status=ShowingStatus.SHOWN, shown_at=now, shown_by=by)
    elif SHOWING.allows(ShowingStatus(showing.status), ShowingStatus.SHOWN):
        SHOWING.make(showing, ShowingStatus.SHOWN, shown_at=now, shown_by=by, answered_at=None)
    else:
        return showing
    tell("arrival.shown_who_it_is", arrival, actor=actor, now=now)
    return showing


@transaction.atomic
def answer_showing(arrival: Arrival, *, answer: str, actor: Actor, now: datetime) -> Showing:
    """Say whether one saw who the clinician is. Raises NotFound where nothing was shown, IllegalMove."""
    showing = Showing.objects.filter(arrival=arrival).first()
    if showing is None or answer not in ANSWERS:
        raise NotFound
    if showing.status == answer:
        return showing
    SHOWING.make(showing, ShowingStatus(answer), answered_at=now)
    tell("arrival.answered_who_it_is", arrival, actor=actor, now=now, answer=answer)
    return showing


def _first(arrival: Arrival, **facts: object) -> Showing:
    try:
        with transaction.atomic():
            return Showing.objects.create(arrival=arrival, **facts)
    except IntegrityError as fault:
        # The other side was a moment faster.
        raise Overtaken from fault
