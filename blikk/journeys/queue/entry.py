"""From the clinic's own page into the queue: a phone that was proven, a person, a place."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.clinics.models import Clinic
from blikk.clinics.queries import help_kinds
from blikk.invitations import services as inviting
from blikk.invitations.models import Invitation, PersonRole, ProofPurpose
from blikk.invitations.proofs import use_proof
from blikk.invitations.queries import open_in_queues
from blikk.journeys.door import DoorView, view_of
from blikk.journeys.errors import WaitsElsewhere
from blikk.journeys.queue import letters
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients.models import Patient
from blikk.patients.queries import contact
from blikk.patients.services import normal_mobile, recognise
from blikk.scheduling.models import Opening
from blikk.waiting_room import services as waiting_room
from blikk.waiting_room.queries import place_of, present_of, require_accepts, standing_elsewhere


@dataclass(frozen=True, slots=True)
class Entered:
    """Where somebody who entered stands, and the secret by which their browser is known from now on."""

    view: DoorView
    device_secret: str


@transaction.atomic
def enter(
    clinic: Clinic,
    opening: Opening,
    *,
    given_name: str,
    family_name: str,
    birth_on: date,
    phone: str,
    help_kind: str = "",
    already: str = "",
    browser: str,
    language: str = "nb",
    where: str,
    now: datetime,
) -> Entered:
    """Give somebody who has proven their phone a place in the queue, and send them the way back to it.

    The same person takes the place they have. Who stands in another queue of the clinic chooses: to "keep" that
    place, or to "move" here and lose it. Raises WaitsElsewhere until they have `already` chosen, and Invalid,
    ProofMissing, QueueClosed, QueueFull, NotFound.
    """
    hold(clinic.pk)
    if opening.clinic_id != clinic.pk:
        raise NotFound
    if help_kind and help_kind not in {kind.slug for kind in help_kinds(clinic)}:
        raise Invalid(help_kind="unknown")
    proof = use_proof(
        clinic, phone=normal_mobile(phone), browser=browser, purpose=ProofPurpose.DROP_IN, now=now
    )
    patient = recognise(
        clinic,
        given_name=given_name,
        family_name=family_name,
        birth_on=birth_on,
        phone=phone,
        language=language,
        actor=Actor("patient", proof.public_id, where),
        now=now,
    )
    invitation = _place_kept(opening, patient, already, where=where, now=now)
    if invitation is None:
        invitation = _way_in(clinic, opening, patient, language=language, where=where, now=now)
    device = inviting.trust(invitation, device_secret=browser, where=where, now=now)
    actor = inviting.actor_of(invitation, where=where)
    waiting_room.enter(invitation, help_kind=help_kind, actor=actor, now=now)
    return Entered(view_of(invitation, device, now=now), browser)


def _place_kept(
    opening: Opening, patient: Patient, already: str, *, where: str, now: datetime
) -> Invitation | None:
    """The way to the place that somebody has in another queue and keeps; None when they have none, or gave it up."""
    stands = standing_elsewhere(opening, patient)
    if stands is None or stands.opening is None:
        return None
    if already == "keep":
        return stands.invitation
    if already != "move":
        raise WaitsElsewhere(stands.opening.period.name, place_of(stands))
    # Refused here, nothing is lost: the place is given up only for another one.
    require_accepts(opening, now=now)
    waiting_room.leave(stands, actor=inviting.actor_of(stands.invitation, where=where), now=now)
    return None


def _way_in(
    clinic: Clinic, opening: Opening, patient: Patient, *, language: str, where: str, now: datetime
) -> Invitation:
    """One way in for each person and day: a link that led to another queue leads here now."""
    invitation = open_in_queues(opening, patient)
    if invitation is None or present_of(invitation) is None:
        require_accepts(opening, now=now)
    if invitation is None:
        return _invite(clinic, opening, patient, language=language, where=where, now=now)
    if invitation.opening_id != opening.pk:
        inviting.lead_to(invitation, opening=opening)
    return invitation


def _invite(
    clinic: Clinic, opening: Opening, patient: Patient, *, language: str, where: str, now: datetime
) -> Invitation:
    issued = inviting.issue(
        clinic,
        opening=opening,
        role=PersonRole.PATIENT,
        patient=patient,
        name=patient.name,
        phone=contact(patient, "phone"),
        email="",
        language=language,
        channels=("sms",),
        actor=Actor("patient", patient.public_id, where),
        now=now,
    )
    letters.send(issued.invitation, "queued", key="sms", issued=issued, now=now)
    return issued.invitation
