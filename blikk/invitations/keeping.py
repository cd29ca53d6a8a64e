"""What of the invitations goes when an hour, a place in a queue or a patient is forgotten."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from blikk.clinics.models import Clinic
from blikk.invitations.models import (
    Device,
    ExtraLink,
    Information,
    Invitation,
    NoReminders,
    OneTimeCode,
    PhoneProof,
    Wish,
)
from blikk.kernel.forgetting import Forgotten


def keys_of(appointments: Collection[int]) -> list[int]:
    """The invitations to these appointments, and those beside them."""
    mine = set(Invitation.objects.filter(appointment__in=appointments).values_list("pk", flat=True))
    return sorted(with_those_beside(mine))


def with_those_beside(invitations: Collection[int]) -> set[int]:
    """These, and those of the people who come along with them in a queue."""
    found, new = set(invitations), set(invitations)
    while new:
        new = set(Invitation.objects.filter(beside__in=new).values_list("pk", flat=True)) - found
        found |= new
    return found


def of_a_queue(clinic: Clinic, *, before: datetime) -> "QuerySet[Invitation]":
    """The ways into queues that closed before a moment, and led to no conversation."""
    rows = Invitation.objects.filter(clinic=clinic, appointment__isnull=True, opening__closes_at__lt=before)
    along = Invitation.objects.filter(beside=OuterRef("pk"), appointment__isnull=False)
    return rows.exclude(Exists(along)).order_by("pk")


def forget_invitations(appointments: Collection[int], invitations: Collection[int], gone: Forgotten) -> None:
    """Delete these invitations with their links, devices, codes, wishes and what people were told."""
    gone.take(OneTimeCode.asked_by.through._default_manager.filter(onetimecode__invitation__in=invitations))
    gone.take(OneTimeCode.asked_by.through._default_manager.filter(device__invitation__in=invitations))
    gone.take(Information.objects.filter(Q(appointment__in=appointments) | Q(invitation__in=invitations)))
    for kind in (OneTimeCode, Device, ExtraLink, Wish):
        gone.take(kind._default_manager.filter(invitation__in=invitations))
    gone.take(Invitation.objects.filter(pk__in=invitations))


def forget_choices(patients: Collection[int], gone: Forgotten) -> None:
    """Delete which reminders these patients did not want."""
    gone.take(NoReminders.objects.filter(patient__in=patients))


def forget_proofs(clinic: Clinic, phones: Collection[str], gone: Forgotten) -> None:
    """Delete the proofs of these phones at a clinic."""
    gone.take(PhoneProof.objects.filter(clinic=clinic, phone__in=[phone for phone in phones if phone]))
