"""Questions about who has practised."""

from collections.abc import Sequence
from datetime import datetime

from blikk.clinics.models import Clinic, Membership
from blikk.practice.models import Place, Practice


def real_of(membership: Membership) -> Membership:
    """The membership of somebody at work, whether or not they practise just now."""
    if not membership.clinic.is_practice:
        return membership
    return (
        Place.objects.select_related("membership__clinic", "membership__user").get(own=membership).membership
    )


def place_of(membership: Membership) -> Place | None:
    """Where a member practises, once they have."""
    return Place.objects.filter(membership=membership).select_related("own__clinic", "own__user").first()


def practices_of(membership: Membership) -> Sequence[Practice]:
    """When a member practised, newest first."""
    return list(Practice.objects.filter(membership=membership).order_by("-began_at", "-pk")[:20])


def running_of(membership: Membership) -> Practice | None:
    """What a member practises now: the newest whose place is not emptied."""
    rows = Practice.objects.filter(membership=membership, emptied_at__isnull=True)
    return rows.order_by("-began_at", "-pk").first()


def newest_in(clinic: Clinic) -> dict[int, list[Practice]]:
    """Each member's practices at a clinic, newest first, by the member's key."""
    found: dict[int, list[Practice]] = {}
    for one in Practice.objects.filter(clinic=clinic).order_by("-began_at", "-pk"):
        found.setdefault(one.membership_id, []).append(one)
    return found


def to_empty(*, before: datetime) -> Sequence[Practice]:
    """What was begun before a moment and still lies in its place."""
    rows = Practice.objects.filter(emptied_at__isnull=True, began_at__lt=before)
    return list(rows.select_related("membership__clinic", "membership__user"))
