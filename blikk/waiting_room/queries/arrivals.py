"""Questions about the waiting room."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from blikk.clinics.models import Clinic
from blikk.invitations.models import Invitation, PersonRole
from blikk.kernel.errors import NotFound
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Opening
from blikk.waiting_room.models import Arrival, Showing
from blikk.waiting_room.states import IN_QUEUE, PRESENT

# A seat whose tab has not been heard of for so long is free: the server was killed, or the device died.
SEAT_GOES_COLD = timedelta(seconds=45)


def is_connected(arrival: Arrival, *, now: datetime) -> bool:
    """Whether the person's page is open and in touch at this moment; the place is kept if it is not."""
    seen = arrival.seat_seen_at
    return bool(arrival.seat) and seen is not None and seen > now - SEAT_GOES_COLD


def get(clinic: Clinic, arrival_id: str) -> Arrival:
    """The arrival of that name at this clinic; raises NotFound."""
    arrival = (
        Arrival.objects.filter(clinic=clinic, public_id=arrival_id)
        .select_related(
            "invitation__patient",
            "invitation__appointment",
            "invitation__opening",
            "invitation__clinic",
            "appointment__patient",
            "appointment__clinician__user",
            "opening__clinic",
            "opening__period",
            "clinic",
        )
        .first()
    )
    if arrival is None:
        raise NotFound
    return arrival


def is_proving(arrival: Arrival, *, now: datetime) -> bool:
    """Whether the person is at a provider to prove who they are, and is waited for."""
    return arrival.proving_until is not None and arrival.proving_until > now


def someone_else_before(invitation: Invitation) -> datetime | None:
    """When an eID said that somebody else came in by this invitation: to go out and come again changes nothing."""
    last = Arrival.objects.filter(invitation=invitation).order_by("-pk").first()
    return last.someone_else_at if last else None


def patients_of(appointment: Appointment) -> Sequence[Arrival]:
    """Every time that the patient of an hour came to the door, whatever became of it."""
    return list(Arrival.objects.filter(appointment=appointment, invitation__role=PersonRole.PATIENT))


def present_of(invitation: Invitation) -> Arrival | None:
    """Where this person is, if they are on the premises."""
    rows = Arrival.objects.filter(invitation=invitation, status__in=PRESENT)
    arrival = rows.select_related("showing").first()
    if arrival is None:
        return None
    # Read with the invitation already, as a rule; reading it again was a third of what a page's greeting cost.
    arrival.invitation, arrival.clinic = invitation, invitation.clinic
    if arrival.opening_id == invitation.opening_id:
        arrival.opening = invitation.opening
    elif arrival.opening_id is not None:
        arrival.opening = Opening.objects.select_related("period").get(pk=arrival.opening_id)
    if arrival.opening is not None:
        arrival.opening.clinic = invitation.clinic
    return arrival


def is_as_read(arrival: Arrival) -> bool:
    """Whether nothing has happened to an arrival since it was read."""
    return Arrival.objects.filter(pk=arrival.pk, version=arrival.version, status=arrival.status).exists()


def standing_elsewhere(opening: Opening, patient: Patient) -> Arrival | None:
    """The place that a patient has in another queue of the same clinic."""
    rows = Arrival.objects.filter(
        clinic=opening.clinic_id,
        invitation__patient=patient,
        opening__isnull=False,
        status__in=IN_QUEUE,
    )
    rows = rows.exclude(opening=opening).order_by("pk")
    return rows.select_related("clinic", "opening__clinic", "opening__period", "invitation__clinic").first()


def present_at(clinic: Clinic) -> QuerySet[Arrival]:
    """Everybody on the premises, longest wait first."""
    return (
        Arrival.objects.filter(clinic=clinic, status__in=PRESENT)
        .select_related("invitation", "appointment")
        .order_by("came_at", "pk")
    )


def showing_of(arrival: Arrival) -> Showing | None:
    """How far it is with showing this person who the clinician is; nothing where nobody asked or showed."""
    found: Showing | None = getattr(arrival, "showing", None)
    return found
