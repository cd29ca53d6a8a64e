"""What the patient decides about those who come along: whether they may take part, and asking one in."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold
from blikk.invitations import along as coming
from blikk.invitations import policies, queries
from blikk.invitations import services as inviting
from blikk.invitations.models import Consent, ConsentHow, Device, Invitation, PersonRole
from blikk.journeys import companions
from blikk.journeys.consent import tell_of
from blikk.journeys.door import DoorView, view_of
from blikk.journeys.errors import EnoughInvited, NotAtThisStep
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.limits import may_try
from blikk.patients.agreements import Person
from blikk.patients.services import clean_name, normal_mobile
from blikk.waiting_room.queries import present_of
from blikk.waiting_room.states import ArrivalStatus

# As whom a patient may ask somebody in by themselves; interpreters, guardians and colleagues are the clinic's to ask.
ASKED_AS = (PersonRole.RELATIVE, PersonRole.CARER, PersonRole.ASSISTANT)
MOST_ASKED = 2
MESSAGES_A_DAY, DAY = 6, 24 * 60 * 60


@transaction.atomic
def answer(
    invitation_id: str, device_secret: str, *, about: str, answer: str, where: str, now: datetime
) -> DoorView:
    """Say whether somebody may take part; it can be said anew until they are let in.

    Raises NotFound for somebody who comes along with another patient, Invalid (`answer: unknown`).
    """
    mine, device = _mine(invitation_id, device_secret, now=now)
    if answer not in Consent.values:
        raise Invalid(answer="unknown")
    theirs = next((one for one in queries.along_with(mine) if one.public_id == about), None)
    if theirs is None or theirs.role == PersonRole.MEMBER:
        raise NotFound
    arrival = present_of(theirs)
    is_in = arrival is not None and arrival.status == ArrivalStatus.ADMITTED
    if is_in or theirs.consent_how == ConsentHow.KEPT_OUT:
        raise NotAtThisStep
    actor = inviting.actor_of(mine, where=where)
    said = coming.consent(theirs, answer=Consent(answer), how=ConsentHow.PATIENT, actor=actor, now=now)
    tell_of(said)
    return view_of(mine, device, now=now)


@transaction.atomic
def ask_in(
    invitation_id: str,
    device_secret: str,
    *,
    name: str,
    phone: str,
    role: str,
    where: str,
    now: datetime,
) -> DoorView:
    """Send somebody whom the patient wants beside them a link of their own; the clinician lets them in.

    Raises Invalid, field by field, EnoughInvited.
    """
    mine, device = _mine(invitation_id, device_secret, now=now)
    if present_of(mine) is None:
        raise NotAtThisStep
    number = _read(name, phone, role)
    asked = [one for one in queries.along_with(mine) if one.consent_how == ConsentHow.INVITED]
    if len(asked) >= MOST_ASKED:
        raise EnoughInvited
    # The number is the patient's to give, and the message is the clinic's: a few a day, to whomever.
    if not may_try("asked_in", mine.public_id, times=MESSAGES_A_DAY, seconds=DAY, now=now):
        raise EnoughInvited
    person = Person(name=name, phone=number, language=mine.language, read_back=True)
    actor = inviting.actor_of(mine, where=where)
    companions.invite_for_patient(mine, role=role, person=person, actor=actor, now=now)
    return view_of(mine, device, now=now)


def _read(name: str, phone: str, role: str) -> str:
    """The number to write to, when all of what was typed can be used."""
    faults = {} if clean_name(name) else {"name": "missing"}
    faults |= {} if role in ASKED_AS else {"role": "unknown"}
    number = ""
    try:
        number = normal_mobile(phone)
    except Invalid as fault:
        faults |= fault.fields
    if faults:
        raise Invalid(**faults)
    return number


def _mine(invitation_id: str, device_secret: str, *, now: datetime) -> tuple[Invitation, Device]:
    """The patient's own way in, on a device that has proven itself, read when it is our turn."""
    invitation, _device = queries.find_presented(invitation_id, device_secret)
    hold(invitation.clinic_id)
    invitation, device = queries.find_presented(invitation_id, device_secret)
    if policies.standing(invitation, device, now=now) != "proven":
        raise NotAtThisStep
    if invitation.role != PersonRole.PATIENT:
        raise NotFound
    return invitation, device
