"""What a clinic adds to the information for patients, version by version."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic, OwnInformation
from blikk.clinics.services import has_unseen_signs
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid

LONGEST = 2000


def own_information(clinic: Clinic) -> OwnInformation | None:
    """The clinic's own lines as they are now; nothing where it never wrote any."""
    return OwnInformation.objects.filter(clinic=clinic).order_by("-number").first()


def has_had(clinic: Clinic, number: int) -> bool:
    """Whether the clinic's own lines were ever in this version; 0 is before it wrote any."""
    return number == 0 or OwnInformation.objects.filter(clinic=clinic, number=number).exists()


@transaction.atomic
def write_own(clinic: Clinic, words: str, *, actor: Actor, now: datetime) -> OwnInformation | None:
    """Say something of one's own to patients, such as who the data protection officer is; earlier words are kept.

    Raises Invalid (`words`).
    """
    hold(clinic.pk)
    lines = "\n".join(line.strip() for line in words.strip().splitlines())
    if len(lines) > LONGEST:
        raise Invalid(words="too_long")
    if has_unseen_signs(lines.replace("\n", " ")):
        raise Invalid(words="unreadable")
    before = own_information(clinic)
    if lines == (before.words if before else ""):
        return before
    number = before.number + 1 if before else 1
    made = OwnInformation.objects.create(clinic=clinic, number=number, words=lines, at=now)
    record(
        "clinic.information_written", actor=actor, about=clinic, clinic_id=clinic.pk, now=now, version=number
    )
    return made
