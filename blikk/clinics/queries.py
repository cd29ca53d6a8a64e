"""Who works where."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from blikk.clinics.models import Clinic, Membership, Role


def memberships_of(user: AbstractBaseUser) -> Sequence[Membership]:
    """Where a person works now, by the clinic's name."""
    rows = Membership.objects.filter(user_id=user.pk, ended_at__isnull=True)
    return list(rows.select_related("clinic", "user").order_by("clinic__name", "pk"))


def find_clinic(public_id: str) -> Clinic | None:
    return Clinic.objects.filter(public_id=public_id).first()


def find_by_slug(slug: str) -> Clinic | None:
    return Clinic.objects.filter(slug=slug).first()


def find_member(clinic: Clinic, public_id: str) -> Membership | None:
    """A running membership of this clinic."""
    rows = running(clinic)
    return rows.filter(public_id=public_id).first()


def running(clinic: Clinic) -> QuerySet[Membership]:
    rows = Membership.objects.filter(clinic=clinic, ended_at__isnull=True)
    return rows.select_related("user", "clinic").order_by("user__name", "pk")


def members_of(clinic: Clinic) -> Sequence[Membership]:
    """Everybody who works at the clinic, by name."""
    return list(running(clinic))


def clinicians_of(clinic: Clinic) -> Sequence[Membership]:
    """Who can have consultations at the clinic, by name."""
    return list(running(clinic).filter(role=Role.CLINICIAN))


def names_of(clinic: Clinic, user_ids: set[str]) -> dict[str, str]:
    """The names of people who work or worked at the clinic, by their public ids."""
    rows = Membership.objects.filter(clinic=clinic, user__public_id__in=user_ids)
    return dict(rows.values_list("user__public_id", "user__name"))


def find_people(clinic: Clinic, words: str) -> list[str]:
    """The public ids of people who work or worked at the clinic and whose name holds `words`."""
    rows = Membership.objects.filter(clinic=clinic, user__name__icontains=words)
    return list(rows.values_list("user__public_id", flat=True).distinct()[:200])
