"""The lines of the record about one patient, in plain words: when, who, in which role, and what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from blikk.clinics import queries as clinics
from blikk.clinics.machines.queries import names_of as systems_of
from blikk.web.administrator_forms import ROLES
from blikk.web.audit_words import words_for

if TYPE_CHECKING:
    from blikk.audit.queries import Line
    from blikk.clinics.models import Clinic


@dataclass(frozen=True, slots=True)
class Look:
    at: datetime
    who: str
    role: str
    what: str


def show_looks(clinic: "Clinic", lines: "Sequence[Line]") -> list[Look]:
    """What the record says; a fixed number of questions, however many lines there are."""
    staff = {line.actor_id for line in lines if line.actor_kind == "staff"}
    machines = {line.actor_id for line in lines if line.actor_kind == "machine"}
    names, roles = clinics.names_of(clinic, staff), clinics.roles_of(clinic, staff)
    systems = systems_of(clinic, machines)
    words = dict(ROLES)
    return [
        Look(
            at=line.at,
            who=names.get(line.actor_id) or systems.get(line.actor_id) or gettext("Noen utenfra"),
            role=str(words.get(roles.get(line.actor_id, ""), ""))
            or (gettext("Et annet system") if line.actor_kind == "machine" else ""),
            what=words_for(line.act),
        )
        for line in lines
    ]
