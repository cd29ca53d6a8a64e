"""Questions about the waiting room."""

from django.db.models import QuerySet

from blikk.clinics.models import Clinic
from blikk.invitations.models import Invitation
from blikk.kernel.errors import NotFound
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import PRESENT


def get(clinic: Clinic, arrival_id: str) -> Arrival:
    """The arrival of that name at this clinic; raises NotFound."""
    arrival = (
        Arrival.objects.filter(clinic=clinic, public_id=arrival_id)
        .select_related(
            "invitation__patient", "appointment__patient", "appointment__clinician__user", "clinic"
        )
        .first()
    )
    if arrival is None:
        raise NotFound
    return arrival


def present_of(invitation: Invitation) -> Arrival | None:
    """Where this person is, if they are on the premises."""
    return Arrival.objects.filter(invitation=invitation, status__in=PRESENT).first()


def present_at(clinic: Clinic) -> QuerySet[Arrival]:
    """Everybody on the premises, longest wait first."""
    return (
        Arrival.objects.filter(clinic=clinic, status__in=PRESENT)
        .select_related("invitation", "appointment")
        .order_by("came_at", "pk")
    )
