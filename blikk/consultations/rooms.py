"""The room of another video solution that a consultation is held in."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.consultations.errors import Over
from blikk.consultations.models import Consultation, ExternalRoom
from blikk.consultations.states import RUNNING, Engine
from blikk.kernel.actors import Actor
from blikk.kernel.moves import change


def room_of(consultation: Consultation) -> ExternalRoom | None:
    """The room elsewhere, also where it was left since."""
    return getattr(consultation, "external_room", None)


def reserve(
    consultation: Consultation, *, kind: str, supplier: str, host: str, address: str, now: datetime
) -> ExternalRoom:
    """Note in which room a consultation is held; part of the act that opens it."""
    return ExternalRoom.objects.create(
        consultation=consultation,
        kind=kind,
        supplier=supplier,
        host=host,
        address=address,
        made_at=now if address else None,
    )


def give_address(room: ExternalRoom, *, host: str, address: str, host_address: str, now: datetime) -> bool:
    """Note the room that the supplier made; False where somebody else was faster."""
    rows = ExternalRoom.objects.filter(pk=room.pk, address="", left_at__isnull=True)
    return bool(rows.update(host=host, address=address, host_address=host_address, made_at=now))


@transaction.atomic
def use_own(consultation: Consultation, *, actor: Actor, now: datetime) -> Consultation:
    """Leave the other solution for Blikk's own picture and sound. Raises Over."""
    if consultation.status not in RUNNING:
        raise Over
    if consultation.engine == Engine.MESH:
        return consultation
    change(consultation, engine=Engine.MESH)
    ExternalRoom.objects.filter(consultation=consultation).update(left_at=now)
    record(
        "consultation.external_left",
        actor=actor,
        about=consultation,
        clinic_id=consultation.clinic_id,
        now=now,
    )
    announce(f"call:{consultation.public_id}", "engine", engine=str(Engine.MESH))
    return consultation
