"""Acts on those who come along: what is known of them, and whether they may take part."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.invitations.models import Consent, ConsentHow, Invitation
from blikk.invitations.services import Along
from blikk.kernel.actors import Actor
from blikk.kernel.moves import change


def along_of(invitation: Invitation) -> Along:
    """What is known of somebody who comes along, for a new link of theirs."""
    return Along(
        invitation.companion,
        invitation.agreement,
        invitation.beside,
        invitation.alias,
        invitation.spoken,
        invitation.qualification,
    )


_SAID = ("consent", "consent_how", "consent_ground", "consent_reason", "consent_at")


@transaction.atomic
def carry_over(old: Invitation, new: Invitation) -> None:
    """Let what was said about somebody hold for their new link too."""
    change(new, **{name: getattr(old, name) for name in _SAID})


@transaction.atomic
def consent(
    invitation: Invitation,
    *,
    answer: Consent,
    how: ConsentHow,
    ground: str = "",
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Keep whether somebody may take part, how that was said, and on what ground."""
    said = {"consent": answer, "consent_how": how, "consent_ground": ground, "consent_reason": reason[:300]}
    change(invitation, **said, consent_at=now)
    record(
        "companion.consented" if answer == Consent.YES else "companion.kept_out",
        actor=actor,
        about=invitation,
        clinic_id=invitation.clinic_id,
        now=now,
        how=str(how),
        ground=ground,
    )
    return invitation
