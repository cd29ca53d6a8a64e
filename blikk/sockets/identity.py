"""Who sits at a socket of the staff side; asked at the door, before every act and every fifteen seconds."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import get_user

from blikk.accounts.policies import Standing, standing_of
from blikk.clinics.queries import memberships_of, practises_at
from blikk.consultations.queries import sits_in_conversation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import DomainError, NotFound

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership

# Where the pages keep which of several clinics a person works at just now.
CLINIC = "clinic"
# The practice place that the session is in.
PRACTICE = "practice"


class SignedOut(DomainError):
    """Nobody is signed in here, or no longer."""

    code = "signed_out"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff at a clinic, as the session says at this moment."""

    clinic: "Clinic"
    membership: "Membership"
    actor: Actor


def staff_behind(cookies: dict[str, str], *, where: str, now: datetime) -> Staff:
    """The member of staff whose session this is. Raises SignedOut, and NotFound for who works at no clinic."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    session = import_module(settings.SESSION_ENGINE).SessionStore(key) if key else None
    user = get_user(cast("Any", SimpleNamespace(session=session))) if session is not None else None
    if session is None or user is None or not user.is_authenticated or not user.is_active:
        raise SignedOut
    standing = standing_of(
        session, now=now, is_in_conversation=lambda: sits_in_conversation(user.pk, now=now)
    )
    if standing is not Standing.FULL:
        raise SignedOut
    memberships = memberships_of(user)
    chosen = session.get(CLINIC)
    current = [m for m in memberships if len(memberships) == 1 or m.clinic.public_id == chosen]
    if not current:
        raise NotFound
    practising = practises_at(user, session.get(PRACTICE))
    current = [practising] if practising else current
    return Staff(current[0].clinic, current[0], Actor("staff", user.public_id, where))
