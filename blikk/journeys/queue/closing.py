"""The end of a queue: whoever is still in it is told, and nobody waits for nobody."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic
from blikk.journeys.queue import letters
from blikk.kernel.actors import Actor
from blikk.scheduling.models import Opening
from blikk.scheduling.services import close_opening, reopen_opening
from blikk.scheduling.states import OpeningStatus
from blikk.waiting_room import queries, services
from blikk.waiting_room.models import Arrival


@transaction.atomic
def open_queue(clinic: Clinic, opening_id: str, *, actor: Actor, now: datetime) -> Opening:
    """Take people in again for what is left of the day; an open queue stays as it is."""
    hold(clinic.pk)
    opening = queries.get_opening(clinic, opening_id)
    if opening.status == OpeningStatus.OPEN:
        return opening
    return reopen_opening(opening, actor=actor, now=now)


@transaction.atomic
def close_queue(
    clinic: Clinic,
    opening_id: str,
    *,
    send_everybody_home: bool = False,
    because: str = "staff",
    actor: Actor,
    now: datetime,
) -> Opening:
    """Let nobody more into a queue; those in it are still served, unless everybody is to be sent home.

    Who is sent home is told on the screen and by SMS, with what to do instead.
    """
    hold(clinic.pk)
    opening = queries.get_opening(clinic, opening_id)
    if opening.status == OpeningStatus.OPEN:
        close_opening(opening, because=because, actor=actor, now=now)
    if send_everybody_home:
        _send_all_home(opening, actor=actor, now=now)
    return opening


def _send_all_home(opening: Opening, *, actor: Actor, now: datetime) -> None:
    for arrival in queries.in_queue(opening).select_related(
        "clinic", "opening__clinic", "invitation__clinic"
    ):
        _send_home(arrival, actor=actor, now=now)
    for serving in queries.running_servings(opening):
        services.stop_serving(opening, serving.membership, actor=actor, now=now)


@transaction.atomic
def send_home(clinic: Clinic, arrival_id: str, *, actor: Actor, now: datetime) -> Arrival:
    """Take one person out of the queue who will not be seen today; they are told how to get another time."""
    hold(clinic.pk)
    return _send_home(queries.get(clinic, arrival_id), actor=actor, now=now)


def _send_home(arrival: Arrival, *, actor: Actor, now: datetime) -> Arrival:
    services.settle(arrival, actor=actor, now=now)
    letters.send(arrival.invitation, "queue_closed", key=arrival.public_id, now=now)
    return arrival
