"""Who acts: a member of staff, a patient's device, another system or this one itself."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who does something, as the audit names them: a kind, a public id and an address."""

    kind: Literal["staff", "patient", "companion", "machine", "system"]
    id: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor("system", "blikk")
