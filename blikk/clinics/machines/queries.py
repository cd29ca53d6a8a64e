"""Questions about other systems: which there are, and whose a token is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from blikk.clinics.machine_tables import MachineClient, MachineToken
from blikk.clinics.models import Clinic
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest

LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """A system that holds a good token: for which clinic, and for what."""

    clinic: Clinic
    client_id: str
    grants: dict[str, str]

    def may(self, letter: str, kind: str) -> bool:
        """Whether it may read ("r") or search ("s") things of a kind."""
        return letter in self.grants.get(kind, "")


def clients_of(clinic: Clinic) -> Sequence[MachineClient]:
    """The systems that may ask, by name."""
    return list(MachineClient.objects.filter(clinic=clinic, ended_at__isnull=True).order_by("name", "pk"))


def get_client(clinic: Clinic, client_id: str) -> MachineClient:
    """The system of that name that may ask at this clinic; raises NotFound."""
    found = MachineClient.objects.filter(clinic=clinic, public_id=client_id, ended_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def names_of(clinic: Clinic, ids: set[str]) -> dict[str, str]:
    """What systems are or were called, by their public ids."""
    return dict(
        MachineClient.objects.filter(clinic=clinic, public_id__in=ids).values_list("public_id", "name")
    )


def caller_of(token: str, *, now: datetime) -> Caller | None:
    """Whose a token is, while it is good."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    found = (
        MachineToken.objects.filter(
            digest=digest(token),
            expires_at__gt=now,
            revoked_at__isnull=True,
            client__ended_at__isnull=True,
        )
        .select_related("client__clinic")
        .first()
    )
    if found is None:
        return None
    # What the administrator took away since counts at once.
    grants = {kind: letters for kind, letters in found.grants.items() if kind in found.client.kinds}
    return Caller(found.client.clinic, found.client.public_id, grants)
