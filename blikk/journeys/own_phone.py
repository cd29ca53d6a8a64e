"""A member of staff's own mobile: a code goes to it, and it is theirs when the code comes back."""

from datetime import datetime

from django.db import transaction

from blikk.accounts import services as accounts
from blikk.accounts.models import User
from blikk.audit.services import hold, named
from blikk.clinics import services as clinics
from blikk.clinics.models import AlertBy, Membership
from blikk.clinics.queries import memberships_of
from blikk.invitations.models import ProofPurpose
from blikk.invitations.proofs import answer_proof, ask_proof, use_proof
from blikk.invitations.words import phone_code, sender_of
from blikk.kernel.actors import Actor
from blikk.notifications import services as outbox
from blikk.patients.services import normal_mobile


@transaction.atomic
def ask_code(membership: Membership, *, phone: str, now: datetime) -> str:
    """Send a code to the phone that a member says is theirs, and say its number as it is kept.

    Raises Invalid (`phone`): missing, not_a_phone or not_a_mobile; TooManyCodes, ProofPaused.
    """
    clinic, user = membership.clinic, membership.user
    number = normal_mobile(phone)
    proof, digits = ask_proof(clinic, **_proving(user, number), now=now)
    if digits is None:
        return number
    words = phone_code(clinic, digits=digits, language=user.language)
    outbox.queue(
        clinic_id=clinic.pk,
        kind="phone_code",
        key=f"{proof.public_id}:phone_code",
        channel="sms",
        to=number,
        language=user.language,
        subject=words.subject,
        body=words.body,
        about=named(proof),
        sender=sender_of(clinic, "sms"),
        now=now,
    )
    return number


def answer_code(membership: Membership, *, phone: str, digits: str, actor: Actor, now: datetime) -> bool:
    """Take the code: a right one makes the phone the member's own. Never called inside a transaction.

    The fifth wrong one raises ProofPaused, and so does every answer until the pause is over.
    """
    proving = _proving(membership.user, normal_mobile(phone))
    if not answer_proof(membership.clinic, **proving, digits=digits, now=now):
        return False
    _keep(membership, proving, actor=actor, now=now)
    return True


@transaction.atomic
def _keep(membership: Membership, proving: dict[str, str], *, actor: Actor, now: datetime) -> None:
    hold(membership.clinic_id)
    user = membership.user
    use_proof(membership.clinic, **proving, now=now)
    accounts.set_phone(user, proving["phone"], places=_places(user), actor=actor, now=now)


@transaction.atomic
def remove(user: User, *, actor: Actor, now: datetime) -> None:
    """Take one's phone away again; where alerts went there they go by e-mail from now on."""
    memberships = memberships_of(user)
    for membership in memberships:
        if membership.alert_by in {AlertBy.SMS, AlertBy.BOTH}:
            clinics.choose_alerts(membership, by=AlertBy.EMAIL, actor=actor, now=now)
    accounts.set_phone(user, "", places=_places(user), actor=actor, now=now)


def _places(user: User) -> list[int | None]:
    return [one.clinic_id for one in memberships_of(user)]


def _proving(user: User, phone: str) -> dict[str, str]:
    """The proof belongs to the person, in whichever browser they read the code."""
    return {"phone": phone, "browser": f"staff:{user.public_id}", "purpose": ProofPurpose.STAFF}
