"""The invitation on paper, for those who have neither a phone nor an e-mail address."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from blikk.audit.services import hold
from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.invitations import queries
from blikk.invitations import services as inviting
from blikk.invitations.models import Invitation
from blikk.invitations.states import InvitationStatus
from blikk.invitations.words import Fields, fields_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.scheduling.states import FILLS_TIME


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter, made for one print: its link and its code are shown nowhere else, and never again."""

    invitation: Invitation
    fields: Fields


@transaction.atomic
def print_letter(clinic: Clinic, invitation_id: str, *, actor: Actor, now: datetime) -> Printed:
    """Make the letter of an invitation, with a link and a code of its own; those sent before still work.

    Raises NotFound where the invitation leads nowhere any more.
    """
    hold(clinic.pk)
    invitation = queries.get(clinic, invitation_id)
    appointment = invitation.appointment
    if appointment is None or appointment.status not in FILLS_TIME:
        raise NotFound
    if invitation.status != InvitationStatus.OPEN:
        raise NotFound
    token, typed_code = inviting.letter_link(invitation, actor=actor, now=now)
    announce(f"day:{clinic.public_id}", "day")
    with translation.override(invitation.language):
        fields = fields_of(invitation, base_url=settings.BLIKK_BASE_URL, token=token, typed_code=typed_code)
    return Printed(invitation, fields)
