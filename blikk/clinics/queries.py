"""Who works where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet

from blikk.clinics.models import STANDARD_HELP, AuthorityNotice, Clinic, Membership, Role
from blikk.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class HelpKind:
    """What somebody may need help with; `label` is empty for the kinds that every clinic has."""

    slug: str
    label: str = ""


def memberships_of(user: AbstractBaseUser) -> Sequence[Membership]:
    """Where a person works now, by the clinic's name; where they practise is no work."""
    rows = Membership.objects.filter(user_id=user.pk, ended_at__isnull=True, clinic__is_practice=False)
    return list(rows.select_related("clinic", "user").order_by("clinic__name", "pk"))


def practises_at(user: AbstractBaseUser, clinic: object) -> Membership | None:
    """A person's membership of their own practice place, if the session is in it."""
    rows = Membership.objects.filter(user_id=user.pk, clinic__is_practice=True, ended_at__isnull=True)
    return rows.filter(clinic__public_id=clinic).select_related("clinic", "user").first() if clinic else None


def find_clinic(public_id: str) -> Clinic | None:
    return Clinic.objects.filter(public_id=public_id).first()


def find_by_slug(slug: str) -> Clinic | None:
    return Clinic.objects.filter(slug=slug).first()


def public_clinic(slug: str) -> Clinic:
    """The clinic behind a page for everybody; raises NotFound where the clinic has not opened its page."""
    clinic = Clinic.objects.filter(slug=slug, is_public=True).first()
    if clinic is None:
        raise NotFound
    return clinic


def help_kinds(clinic: Clinic) -> Sequence[HelpKind]:
    """What this clinic helps with, in the order it stands on the form."""
    if not clinic.help_kinds:
        return [HelpKind(slug) for slug in STANDARD_HELP]
    return [HelpKind(kind["slug"], kind["label"]) for kind in clinic.help_kinds]


def notices_for(clinic: Clinic | None, place: str, *, on: date) -> Sequence[AuthorityNotice]:
    """The notices that stand on such pages of the clinic on that day; the installation's come first."""
    rows = AuthorityNotice.objects.filter(
        Q(clinic__isnull=True) | Q(clinic=clinic),
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        taken_down_at__isnull=True,
        valid_from__lte=on,
    )
    found = [notice for notice in rows.order_by("-valid_from", "-pk") if place in notice.places]
    return sorted(found, key=lambda notice: notice.clinic_id is not None)


def notices_of(clinic: Clinic | None) -> Sequence[AuthorityNotice]:
    """Every notice that the clinic has put up and not taken down, newest first; the installation's for None."""
    rows = AuthorityNotice.objects.filter(clinic=clinic, taken_down_at__isnull=True)
    return list(rows.order_by("-valid_from", "-pk"))


def find_notice(clinic: Clinic, public_id: str) -> AuthorityNotice | None:
    """A notice of this clinic that is still up."""
    rows = AuthorityNotice.objects.filter(clinic=clinic, taken_down_at__isnull=True)
    return rows.filter(public_id=public_id).first()


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


def roles_of(clinic: Clinic, user_ids: set[str]) -> dict[str, str]:
    """What these people are at the clinic, or were when they left, by their public ids."""
    rows = Membership.objects.filter(clinic=clinic, user__public_id__in=user_ids).order_by("created_at", "pk")
    return dict(rows.values_list("user__public_id", "role"))


def find_people(clinic: Clinic, words: str) -> list[str]:
    """The public ids of people who work or worked at the clinic and whose name holds `words`."""
    rows = Membership.objects.filter(clinic=clinic, user__name__icontains=words)
    return list(rows.values_list("user__public_id", flat=True).distinct()[:200])
