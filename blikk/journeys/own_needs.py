"""What a person at the door needs for the conversation: text beside the picture, or another solution's room."""

from datetime import datetime
from typing import Any

from django.db import transaction

from blikk.audit.services import hold
from blikk.bus.services import announce
from blikk.invitations import policies, queries
from blikk.invitations import services as inviting
from blikk.invitations.models import Invitation, PersonRole
from blikk.journeys.errors import NotAtThisStep
from blikk.journeys.external import leads_elsewhere
from blikk.patients.services import set_uses_text


def needs_of(invitation: Invitation, *, is_admitted: bool) -> dict[str, Any]:
    """The part of a door's facts that is about this; after the proof."""
    patient = invitation.patient if invitation.role == PersonRole.PATIENT else None
    return {
        "is_external": leads_elsewhere(invitation, is_admitted=is_admitted),
        "uses_text": patient is not None and patient.uses_text,
    }


@transaction.atomic
def say_text(
    invitation_id: str, device_secret: str, *, uses_text: bool, where: str, now: datetime
) -> Invitation:
    """Say that one reads and writes instead of hearing and speaking; kept for the next time too.

    Raises NotFound, and NotAtThisStep before the proof and for who comes along: asked is what the patient needs.
    """
    invitation, device = queries.find_presented(invitation_id, device_secret)
    hold(invitation.clinic_id)
    if policies.standing(invitation, device, now=now) != "proven":
        raise NotAtThisStep
    patient = invitation.patient
    if invitation.role != PersonRole.PATIENT or patient is None:
        raise NotAtThisStep
    actor = inviting.actor_of(invitation, where=where)
    set_uses_text(patient, uses_text=uses_text, actor=actor, now=now)
    announce(f"day:{invitation.clinic.public_id}", "day")
    return invitation
