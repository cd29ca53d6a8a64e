"""Rules about clinics and their members."""

from blikk.clinics import queries
from blikk.clinics.errors import LastAdministrator
from blikk.clinics.models import Membership, Role


def require_another_administrator(leaving: Membership) -> None:
    """A clinic never loses its last administrator: nobody could let a new one in."""
    if leaving.role != Role.ADMINISTRATOR:
        return
    others = queries.running(leaving.clinic).filter(role=Role.ADMINISTRATOR).exclude(pk=leaving.pk)
    if not others.exists():
        raise LastAdministrator
