"""Questions about invitations."""

import re
from datetime import datetime

from django.db.models import Q, QuerySet

from blikk.clinics.models import Clinic
from blikk.invitations.models import Device, Invitation, PersonRole
from blikk.invitations.states import InvitationStatus, Revoked
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest, keyed, normal_code
from blikk.patients.models import Patient
from blikk.scheduling.models import Appointment, Opening

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def _whole() -> QuerySet[Invitation]:
    return Invitation.objects.select_related(
        "clinic", "appointment__patient", "opening__period", "patient", "beside__opening__period"
    )


def find_by_token(token: str) -> Invitation | None:
    """The invitation whose link carries this token; a malformed one costs the same as an unknown one."""
    well_formed = bool(_TOKEN.fullmatch(token))
    key = digest(token)
    found = (
        _whole().filter(token_digest=key).first() or _whole().filter(extra_links__token_digest=key).first()
    )
    return found if well_formed else None


def find_by_code(typed: str) -> Invitation | None:
    """The invitation with this typed code, read leniently."""
    code = normal_code(typed)
    key = keyed("typed code", code or "")
    found = _whole().filter(code_key=key).first() or _whole().filter(extra_links__code_key=key).first()
    return found if code else None


def find_presented(invitation_id: str, device_secret: str) -> tuple[Invitation, Device]:
    """The invitation and this browser's place in it; raises NotFound if it never presented the link."""
    found = Device.objects.filter(
        invitation__public_id=invitation_id, secret_digest=digest(device_secret or "none")
    ).select_related(
        "invitation__clinic",
        "invitation__appointment__patient",
        "invitation__opening__period",
        "invitation__patient",
        "invitation__agreement",
        "invitation__beside__opening__period",
    )
    device = next(iter(found[:1]), None)
    if device is None or not device_secret:
        raise NotFound
    return device.invitation, device


def require_presented(invitation_id: str, device_secret: str) -> None:
    """Raise NotFound if a browser never presented the link of an invitation."""
    known = Device.objects.filter(
        invitation__public_id=invitation_id, secret_digest=digest(device_secret or "none")
    )
    if not device_secret or not known.exists():
        raise NotFound


def get(clinic: Clinic, invitation_id: str) -> Invitation:
    """The invitation of that name at this clinic; raises NotFound."""
    found = _whole().filter(clinic=clinic, public_id=invitation_id).first()
    if found is None:
        raise NotFound
    return found


def open_for(appointment: Appointment) -> QuerySet[Invitation]:
    """The invitations to an appointment that still lead somewhere."""
    return _whole().filter(appointment=appointment, status=InvitationStatus.OPEN).order_by("pk")


def last_of_patient(appointment: Appointment) -> Invitation | None:
    """The patient's newest way into an hour, whether or not it still leads anywhere."""
    mine = _whole().filter(appointment=appointment, role=PersonRole.PATIENT)
    return mine.order_by("-pk").first()


def told_in_person(appointment: Appointment) -> Invitation | None:
    """The invitation by which a patient was told last that an hour is held in person."""
    mine = _whole().filter(
        appointment=appointment, role=PersonRole.PATIENT, revoked_because=Revoked.IN_PERSON
    )
    return mine.order_by("-pk").first()


def closed_in_person(appointment: Appointment) -> QuerySet[Invitation]:
    """The invitations that were closed because an hour became one in person."""
    found = _whole().filter(appointment=appointment, revoked_because=Revoked.IN_PERSON)
    return found.order_by("pk")


def along_with(invitation: Invitation) -> QuerySet[Invitation]:
    """The way in of everybody who comes along with a patient, to their hour or beside their place in a queue."""
    mine = Q(beside=invitation)
    if invitation.appointment_id is not None:
        mine |= Q(appointment=invitation.appointment_id)
    found = Invitation.objects.filter(mine, clinic=invitation.clinic_id, status=InvitationStatus.OPEN)
    return found.exclude(role=PersonRole.PATIENT).select_related("agreement", "clinic").order_by("pk")


def open_in_queue(opening: Opening, patient: Patient) -> Invitation | None:
    """The patient's way into a queue, if they have one that still leads somewhere."""
    return _whole().filter(opening=opening, patient=patient, status=InvitationStatus.OPEN).first()


def open_in_queues(opening: Opening, patient: Patient) -> Invitation | None:
    """As `open_in_queue`; else the way into another queue of the clinic that day, which may lead here instead."""
    mine = _whole().filter(
        clinic=opening.clinic_id, patient=patient, opening__day=opening.day, status=InvitationStatus.OPEN
    )
    return open_in_queue(opening, patient) or mine.filter(appointment__isnull=True).order_by("-pk").first()


def trusted_devices(invitation: Invitation) -> QuerySet[Device]:
    """The devices that have proven themselves, oldest first."""
    return invitation.devices.filter(trusted_at__isnull=False).order_by("trusted_at", "pk")


def code_sent_since(invitation: Invitation, since: datetime) -> int:
    """How many codes went out for this invitation since then."""
    return invitation.codes.filter(sent_at__gt=since).count()
