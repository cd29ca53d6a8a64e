"""Noting what speaks for and against video, and what a clinician thinks of it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Membership, Role
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.scheduling.models import Appointment, Judgement, Suitability
from blikk.scheduling.policies import JUDGED_AT, POINTS

LONGEST_REASON = 300


@transaction.atomic
def note_suitability(
    appointment: Appointment,
    *,
    points: Collection[str],
    judgement: str = "",
    reason: str = "",
    place: str,
    by: Membership,
    actor: Actor,
    now: datetime,
) -> Suitability:
    """Note the points that somebody ticked, and a clinician's judgement. The newest counts, the older ones stay.

    Raises Invalid; NotFound for a judgement by somebody who is no clinician.
    """
    hold(appointment.clinic_id)
    faults = {}
    if set(points) - set(POINTS):
        faults["points"] = "unknown"
    if judgement and judgement not in Judgement.values:
        faults["judgement"] = "unknown"
    if len(reason.strip()) > LONGEST_REASON:
        faults["reason"] = "too_long"
    if faults or place not in JUDGED_AT:
        raise Invalid(**(faults or {"place": "unknown"}))
    if judgement and by.role != Role.CLINICIAN:
        raise NotFound
    newest = Suitability.objects.filter(appointment=appointment).aggregate(Max("number"))["number__max"] or 0
    noted = Suitability.objects.create(
        appointment=appointment,
        number=newest + 1,
        points=[point for point in POINTS if point in points],
        judgement=judgement,
        reason=reason.strip(),
        noted_at=now,
        noted_by=by,
        place=place,
    )
    # What was ticked is about the patient's health: it stands with the hour alone.
    record(
        "appointment.suitability_noted",
        actor=actor,
        about=appointment,
        clinic_id=appointment.clinic_id,
        now=now,
        judged=bool(judgement),
        place=place,
    )
    announce(f"day:{appointment.clinic.public_id}", "day")
    return noted
