"""The card by which a clinician is known to patients: face, name, profession and number in the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import MemberPhoto, Membership
from blikk.clinics.services import Post, change_member
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, Refused
from blikk.kernel.pictures import clean

LONGEST_SIDE = 240


@dataclass(frozen=True, slots=True)
class Card:
    """What a patient is shown of a clinician; `photo` is a small JPEG, empty where there is none."""

    member: str
    name: str
    title: str
    profession: str
    hpr_number: str
    photo: bytes


def card_of(membership: Membership) -> Card:
    """The card of a member as it is now."""
    return cards_of([membership])[0]


def cards_of(memberships: Sequence[Membership]) -> list[Card]:
    """The cards of several, in one look."""
    rows = MemberPhoto.objects.filter(membership__in=memberships).values_list("membership_id", "picture")
    photos = {member: bytes(picture) for member, picture in rows}
    return [
        Card(one.public_id, one.name, one.title, one.profession, one.hpr_number, photos.get(one.pk, b""))
        for one in memberships
    ]


@transaction.atomic
def change_card(
    membership: Membership, *, title: str, profession: str, hpr_number: str, actor: Actor, now: datetime
) -> Membership:
    """Change what stands on one's own card; the role stays. Raises Invalid."""
    post = Post(membership.role, title, profession, hpr_number)
    return change_member(membership.clinic, membership.public_id, post, actor=actor, now=now)


@transaction.atomic
def set_photo(membership: Membership, raw: bytes, *, actor: Actor, now: datetime) -> MemberPhoto:
    """Put a face on the card: read by its content, drawn anew, without place or camera. Raises Invalid (`photo`)."""
    try:
        picture = clean(raw, longest_side=LONGEST_SIDE)
    except Refused as fault:
        raise Invalid(photo=fault.code) from fault
    hold(membership.clinic_id)
    photo, _ = MemberPhoto.objects.update_or_create(
        membership=membership, defaults={"picture": picture, "at": now}
    )
    _note("member.photo_set", membership, actor=actor, now=now)
    return photo


@transaction.atomic
def remove_photo(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Take the face off the card."""
    hold(membership.clinic_id)
    deleted, _ = MemberPhoto.objects.filter(membership=membership).delete()
    if deleted:
        _note("member.photo_removed", membership, actor=actor, now=now)


def _note(act: str, membership: Membership, *, actor: Actor, now: datetime) -> None:
    record(act, actor=actor, about=membership, clinic_id=membership.clinic_id, now=now)
    announce(f"day:{membership.clinic.public_id}", "day")
