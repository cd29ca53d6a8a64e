"""What the patient was told before joining: written down when they go in, or when staff have said it."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.information import has_had
from blikk.clinics.models import Clinic, Membership
from blikk.consultations import queries as consultations
from blikk.invitations import information
from blikk.invitations import services as inviting
from blikk.journeys.closing import consultation_of
from blikk.journeys.door import who_is_at_the_door
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.scheduling import queries as scheduling
from blikk.scheduling.models import Appointment


@transaction.atomic
def shown(invitation_id: str, device_secret: str, *, text: str, own: int, where: str, now: datetime) -> None:
    """Write down which words stood on the page of who goes in: ours in one version, the clinic's own in another.

    What no page of ours can have shown is not written down.
    """
    try:
        invitation, _device, _arrival = who_is_at_the_door(invitation_id, device_secret, now=now)
    except NotAtThisStep:
        return
    if not has_had(invitation.clinic, own):
        return
    information.show(
        invitation,
        version=f"{text}.{own}",
        language=invitation.language,
        actor=inviting.actor_of(invitation, where=where),
        now=now,
    )


@transaction.atomic
def told(
    clinic: Clinic, appointment_id: str, *, is_told: bool = True, by: Membership, actor: Actor, now: datetime
) -> Appointment:
    """Write down that the patient of an hour was told by word of mouth, or take that back. Raises NotFound."""
    hold(clinic.pk)
    appointment = scheduling.get(clinic, appointment_id)
    if is_told:
        information.tell(appointment, by=by.name, actor=actor, now=now)
    else:
        information.take_back(appointment, actor=actor, now=now)
    return appointment


@transaction.atomic
def told_in_talk(
    clinic: Clinic, consultation_id: str, *, membership: Membership, actor: Actor, now: datetime
) -> Appointment:
    """As `told`, in the conversation. Raises NotFound for who does not lead it or when it is over."""
    hold(clinic.pk)
    consultation = consultation_of(clinic, consultation_id, membership=membership)
    if not consultations.is_running(consultation):
        raise NotFound
    information.tell(consultation.appointment, by=membership.name, actor=actor, now=now)
    return consultation.appointment
