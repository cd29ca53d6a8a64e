"""Acts of practising: a place is made, a practice begins, its steps are noted, and the place is emptied."""

from collections.abc import Collection
from datetime import datetime

from django.apps import apps
from django.db import IntegrityError, models, transaction

from blikk.audit.services import record
from blikk.clinics.models import AlertBy, Clinic, Membership
from blikk.kernel.actors import Actor
from blikk.practice.models import Place, Practice
from blikk.practice.queries import place_of
from blikk.practice.steps import STEPS

_KEPT = frozenset({"clinics.Clinic", "clinics.Membership", "practice.Place", "practice.Practice"})


@transaction.atomic
def make_place(membership: Membership, *, name: str) -> Place:
    """Give a member a place of their own to practise in, or the one they have. It has no page, and alerts nobody."""
    known = place_of(membership)
    if known is not None:
        return known
    home = membership.clinic
    try:
        with transaction.atomic():
            clinic = Clinic.objects.create(
                name=name,
                slug=f"ov-{membership.pk}-{membership.public_id.lower()}",
                sender_label=name,
                phone=home.phone,
                zone=home.zone,
                language=home.language,
                relay_only=home.relay_only,
                reminder_minutes=[],
                is_practice=True,
            )
            own = Membership.objects.create(
                clinic=clinic,
                user=membership.user,
                role=membership.role,
                title=membership.title,
                profession=membership.profession,
                alert_by=AlertBy.NONE,
            )
            return Place.objects.create(membership=membership, own=own)
    except IntegrityError:
        # Pressed twice: the other press made it.
        return Place.objects.select_related("own__clinic", "own__user").get(membership=membership)


@transaction.atomic
def begin(membership: Membership, *, appointment: str, actor: Actor, now: datetime) -> Practice:
    """Note that a member began to practise."""
    begun = Practice.objects.create(
        clinic=membership.clinic, membership=membership, appointment=appointment, began_at=now
    )
    record("practice.begun", actor=actor, about=begun, clinic_id=membership.clinic_id, now=now)
    return begun


@transaction.atomic
def note_steps(practice: Practice, steps: Collection[str], *, actor: Actor, now: datetime) -> Practice:
    """Keep which steps were done; what was done once stays done."""
    current = Practice.objects.select_for_update().select_related("membership__clinic").get(pk=practice.pk)
    done = [step for step in STEPS if step in steps or step in current.steps]
    if done == current.steps:
        return current
    current.steps = done
    if current.finished_at is None and STEPS[-1] in done:
        current.finished_at = now
        record("practice.finished", actor=actor, about=current, clinic_id=current.clinic_id, now=now)
    current.save(update_fields=["steps", "finished_at"])
    return current


@transaction.atomic
def empty(place: Place, *, now: datetime) -> int:
    """Delete everything that lies in a practice place, and only there; gives the number of rows.

    Everything belongs to a clinic by a chain of references, so what leads to this one is what is deleted. Within one
    transaction the order does not matter: references are looked at when it ends. What the audit says of it stays.
    """
    clinic = place.own.clinic
    if not clinic.is_practice:
        raise ValueError("only a practice place is emptied")
    found = things_in(clinic)
    for model, keys in found.items():
        model._default_manager.filter(pk__in=keys)._raw_delete(model._default_manager.db)
    rows = Practice.objects.filter(membership_id=place.membership_id, emptied_at__isnull=True)
    rows.update(emptied_at=now)
    return sum(len(keys) for keys in found.values())


def things_in(clinic: Clinic) -> dict[type[models.Model], set[object]]:
    """The keys of all that belongs to a clinic, by table; who works there is not among it."""
    every = [one for one in apps.get_models(include_auto_created=True) if one._meta.app_config is not None]
    ours = [one for one in every if one._meta.app_config.name.startswith("blikk.")]
    known: dict[type[models.Model], set[object]] = {
        Clinic: {clinic.pk},
        Membership: set(Membership.objects.filter(clinic=clinic).values_list("pk", flat=True)),
    }
    is_growing = True
    while is_growing:
        is_growing = False
        for model in ours:
            if model._meta.label in _KEPT:
                continue
            before = len(known.get(model, ()))
            keys = known.setdefault(model, set())
            for field in model._meta.concrete_fields:
                if (to := field.related_model) in known and known[to]:
                    rows = model._default_manager.filter(**{f"{field.name}__in": known[to]})
                    keys.update(rows.values_list("pk", flat=True))
            if {"clinic_id"} & {one.name for one in model._meta.concrete_fields}:
                rows = model._default_manager.filter(clinic_id=clinic.pk)
                keys.update(rows.values_list("pk", flat=True))
            is_growing = is_growing or len(keys) > before
    return {model: keys for model, keys in known.items() if keys and model._meta.label not in _KEPT}
