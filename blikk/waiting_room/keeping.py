"""What of the waiting room goes when an hour or a place in a queue is forgotten."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.waiting_room.models import Arrival, Delay, Notice, ProvenByEid, Serving, Showing


def forget_arrivals(appointments: Collection[int], invitations: Collection[int], gone: Forgotten) -> None:
    """Delete everybody's arrivals at these appointments and by these invitations."""
    mine = Q(appointment__in=appointments) | Q(invitation__in=invitations) | Q(beside__in=invitations)
    arrivals = list(Arrival.objects.filter(mine).values_list("pk", flat=True))
    for kind in (Showing, ProvenByEid, Notice):
        gone.take(kind._default_manager.filter(arrival__in=arrivals))
    gone.take(Arrival.objects.filter(pk__in=arrivals))


def forget_days(clinic: Clinic, gone: Forgotten, *, before: datetime) -> None:
    """Delete what all who waited were told on days long gone: somebody may have written a name there."""
    gone.take(Notice.objects.filter(clinic=clinic, arrival__isnull=True, at__lt=before))
    gone.take(Delay.objects.filter(clinic=clinic, at__lt=before))
    gone.take(Serving.objects.filter(opening__clinic=clinic, until__lt=before))
