"""A clinician who is late with the booked hours: everybody concerned is told, and may say what they would rather."""

from datetime import datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.invitations.models import Invitation, PersonRole
from blikk.invitations.states import InvitationStatus
from blikk.journeys.queue import letters
from blikk.journeys.talk import require_clinician
from blikk.kernel.actors import Actor
from blikk.kernel.times import local
from blikk.scheduling.queries import on_day
from blikk.scheduling.states import AppointmentStatus
from blikk.waiting_room import services
from blikk.waiting_room.models import Delay

# Whose hour should have begun so long ago is no longer told.
TOO_LONG_AGO = timedelta(hours=2)


@transaction.atomic
def late(clinic: Clinic, *, membership: Membership, minutes: int, actor: Actor, now: datetime) -> Delay:
    """Tell everybody booked with a clinician for the rest of the day how late it is; none for no minutes.

    What they answered to an earlier delay is asked anew; their links open from now on, so that they can answer.
    Raises Invalid (`minutes: unlikely_length`), NotFound.
    """
    hold(clinic.pk)
    require_clinician(clinic, membership)
    day = local(now, clinic.zone).date()
    delay = services.declare_late(clinic, membership, minutes=minutes, day=day, actor=actor, now=now)
    concerned = on_day(clinic, day, clinician=membership).filter(
        drop_in=False,
        status__in=[AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED],
        starts_at__gte=now - TOO_LONG_AGO,
    )
    begun = Consultation.objects.filter(appointment__in=concerned).values("appointment_id")
    invitations = Invitation.objects.filter(
        appointment__in=concerned.exclude(pk__in=begun),
        role=PersonRole.PATIENT,
        status=InvitationStatus.OPEN,
    )
    told = {"late_told_at": now} if minutes else {}
    invitations.update(late_answer="", late_answered_at=None, **told)
    for invitation in invitations.select_related("clinic", "appointment", "opening"):
        if minutes:
            letters.send(invitation, "late", key=delay.public_id, minutes=minutes, now=now)
        services.look_anew(invitation)
    return delay
