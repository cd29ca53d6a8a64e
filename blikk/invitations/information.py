"""What patients were told before they joined: by the page, in which version, or by word of mouth."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.invitations.models import Information, Informed, Invitation, PersonRole
from blikk.kernel.actors import Actor
from blikk.scheduling.models import Appointment


@transaction.atomic
def show(invitation: Invitation, *, version: str, language: str, actor: Actor, now: datetime) -> Information:
    """Write down which text stood on the page when somebody went in; going in is saying yes to it.

    The same text is written down once for each invitation, the first time.
    """
    hold(invitation.clinic_id)
    earlier = Information.objects.filter(invitation=invitation, version=version, how=Informed.SHOWN).first()
    if earlier is not None:
        return earlier
    made = Information.objects.create(
        invitation=invitation, how=Informed.SHOWN, version=version, language=language, at=now
    )
    record(
        "invitation.information_shown",
        actor=actor,
        about=invitation,
        clinic_id=invitation.clinic_id,
        now=now,
        version=version,
        language=language,
    )
    return made


@transaction.atomic
def tell(appointment: Appointment, *, by: str, actor: Actor, now: datetime) -> Information:
    """Write down that the patient was told by word of mouth, and by whom; the first time counts."""
    hold(appointment.clinic_id)
    earlier = _told(appointment)
    if earlier is not None:
        return earlier
    made = Information.objects.create(appointment=appointment, how=Informed.ORALLY, by_name=by, at=now)
    _note("appointment.informed_orally", appointment, actor=actor, now=now)
    return made


@transaction.atomic
def take_back(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """Take back that the patient was told by word of mouth: a slip of the hand."""
    hold(appointment.clinic_id)
    earlier = _told(appointment)
    if earlier is None:
        return
    Information.objects.filter(pk=earlier.pk).update(taken_back_at=now)
    _note("appointment.informed_orally_taken_back", appointment, actor=actor, now=now)


def information_for(appointment: Appointment) -> list[Information]:
    """What the patient of an hour was told, oldest first."""
    shown = Q(invitation__appointment=appointment, invitation__role=PersonRole.PATIENT)
    rows = Information.objects.filter(Q(appointment=appointment) | shown, taken_back_at__isnull=True)
    return list(rows)


def _told(appointment: Appointment) -> Information | None:
    rows = Information.objects.filter(appointment=appointment, taken_back_at__isnull=True)
    return rows.filter(how=Informed.ORALLY).first()


def _note(act: str, appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    record(act, actor=actor, about=appointment, clinic_id=appointment.clinic_id, now=now)
    announce(f"day:{appointment.clinic.public_id}", "day")
