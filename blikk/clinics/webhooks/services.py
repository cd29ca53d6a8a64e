"""Acts on calls to other systems: say where to, change the secret, stop; note what happened; try again."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.clinics.webhook_tables import EventStatus, Happening, Webhook, WebhookEvent
from blikk.clinics.webhooks.line import read_address
from blikk.clinics.webhooks.queries import get_webhook
from blikk.clinics.webhooks.signing import new_secret, secrets_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import fhir_id

# What can be chosen; a trial is sent by its own button.
CHOICES = (Happening.ARRIVED, Happening.ENDED, Happening.DOCUMENTED)
BOTH_SIGN_FOR = timedelta(days=7)
TAKEN_KEPT_FOR, DEAD_KEPT_FOR = timedelta(days=30), timedelta(days=90)
MOST_WEBHOOKS = 20
_SECRET, _BEFORE = Webhook._meta.get_field("secret"), Webhook._meta.get_field("secret_before")


@transaction.atomic
def set_up(
    clinic: Clinic, *, address: str, happenings: Iterable[str], actor: Actor, now: datetime
) -> tuple[Webhook, str]:
    """Let another system be told. Answers the secret too, which is never shown again. Raises Invalid."""
    hold(clinic.pk)
    hook = Webhook(clinic=clinic, made_at=now)
    hook.address, hook.happenings = _values(address, happenings)
    if Webhook.objects.filter(clinic=clinic, ended_at__isnull=True).count() >= MOST_WEBHOOKS:
        raise Invalid(address="too_many_systems")
    secret = new_secret()
    _SECRET.put(hook, secret)
    hook.save()
    _record("webhook.set_up", hook, actor, now, happenings=" ".join(hook.happenings))
    return hook, secret


@transaction.atomic
def change(
    clinic: Clinic, hook_id: str, *, address: str, happenings: Iterable[str], actor: Actor, now: datetime
) -> Webhook:
    """Change where to, or what of. What waits goes to the new address. Raises NotFound or Invalid."""
    hold(clinic.pk)
    hook = get_webhook(clinic, hook_id)
    before = hook.address
    hook.address, hook.happenings = _values(address, happenings)
    hook.save(update_fields=["address", "happenings"])
    _record(
        "webhook.changed",
        hook,
        actor,
        now,
        happenings=" ".join(hook.happenings),
        elsewhere=hook.address != before,
    )
    return hook


@transaction.atomic
def change_secret(clinic: Clinic, hook_id: str, *, actor: Actor, now: datetime) -> str:
    """Make a new secret, said once; the one before signs too for a week. Raises NotFound."""
    hold(clinic.pk)
    hook = get_webhook(clinic, hook_id)
    _BEFORE.put(hook, secrets_of(hook, now=now)[0])
    secret = new_secret()
    _SECRET.put(hook, secret)
    hook.before_until = now + BOTH_SIGN_FOR
    hook.save(update_fields=["secret", "secret_before", "before_until"])
    _record("webhook.secret_changed", hook, actor, now)
    return secret


@transaction.atomic
def forget_secret_before(clinic: Clinic, hook_id: str, *, actor: Actor, now: datetime) -> None:
    """Sign with the newest secret alone from now on. Raises NotFound."""
    hold(clinic.pk)
    hook = get_webhook(clinic, hook_id)
    if not hook.secret_before:
        return
    hook.secret_before, hook.before_until = "", None
    hook.save(update_fields=["secret_before", "before_until"])
    _record("webhook.secret_before_forgotten", hook, actor, now)


@transaction.atomic
def stop(clinic: Clinic, hook_id: str, *, actor: Actor, now: datetime) -> None:
    """Call no more, not even about what waits. Raises NotFound."""
    hold(clinic.pk)
    hook = get_webhook(clinic, hook_id)
    hook.ended_at, hook.secret_before, hook.before_until = now, "", None
    hook.save(update_fields=["ended_at", "secret_before", "before_until"])
    _give_up(hook, now)
    _record("webhook.stopped", hook, actor, now)


def reference(kind: str, key: str) -> str:
    """What a thing is called in our FHIR API."""
    return f"{kind}/{fhir_id(key)}"


def tell(
    clinic_id: int, happening: Happening, *, about: str, names: Mapping[str, str], now: datetime
) -> None:
    """Note that the clinic's other systems are to be told, in the transaction of the act itself.

    `names` are references into our FHIR API, and nothing else ever goes along.
    """
    wanting = [hook.pk for hook in _running(clinic_id) if happening in hook.happenings]
    if wanting:
        with transaction.atomic():
            # One transaction at a time in a clinic: so no number is left out, and none is used twice.
            hold(clinic_id)
            for hook in _running(clinic_id).filter(pk__in=wanting):
                _put(hook, happening, about, names, now)


@transaction.atomic
def send_trial(clinic: Clinic, hook_id: str, *, actor: Actor, now: datetime) -> None:
    """Call once for nothing, so that both sides see whether it works. Raises NotFound."""
    hold(clinic.pk)
    hook = get_webhook(clinic, hook_id)
    _put(hook, Happening.TRIAL, "", {}, now)
    _record("webhook.trial_sent", hook, actor, now)


@transaction.atomic
def try_again(clinic: Clinic, hook_id: str, *, actor: Actor, now: datetime) -> int:
    """Try all that was given up once more from the beginning; says how many. Raises NotFound."""
    hold(clinic.pk)
    hook = get_webhook(clinic, hook_id)
    count = hook.events.filter(status=EventStatus.DEAD).update(
        status=EventStatus.WAITING, settled_at=None, attempts=0, next_at=now, lease_until=None
    )
    waiting = hook.events.filter(status=EventStatus.WAITING, next_at__gt=now)
    count += waiting.update(next_at=now)
    if not count:
        raise NotFound
    _record("webhook.tried_again", hook, actor, now, calls=count)
    return count


@transaction.atomic
def forget_old(*, now: datetime) -> None:
    """Forget calls that are long over, with their tries."""
    settled = WebhookEvent.objects.exclude(status=EventStatus.WAITING)
    settled.filter(status=EventStatus.TAKEN, settled_at__lt=now - TAKEN_KEPT_FOR).delete()
    settled.filter(settled_at__lt=now - DEAD_KEPT_FOR).delete()
    over = Webhook.objects.filter(before_until__lt=now)
    over.update(secret_before="", before_until=None)


def _put(hook: Webhook, happening: Happening, about: str, names: Mapping[str, str], now: datetime) -> None:
    hook.last_number += 1
    hook.save(update_fields=["last_number"])
    WebhookEvent.objects.create(
        webhook=hook,
        number=hook.last_number,
        happening=happening,
        about=about,
        names=dict(names),
        happened_at=now,
        next_at=now,
    )


def _give_up(hook: Webhook, now: datetime) -> None:
    hook.events.filter(status=EventStatus.WAITING).update(status=EventStatus.DEAD, settled_at=now)


def _running(clinic_id: int) -> QuerySet[Webhook]:
    return Webhook.objects.filter(clinic_id=clinic_id, ended_at__isnull=True).order_by("pk")


def _values(address: str, happenings: Iterable[str]) -> tuple[str, list[str]]:
    chosen = [str(one) for one in CHOICES if one in set(happenings)]
    if not chosen:
        raise Invalid(happenings="no_happenings")
    return read_address(address), chosen


def _record(act: str, hook: Webhook, actor: Actor, now: datetime, **details: str | int | bool) -> None:
    record(act, actor=actor, about=hook, clinic_id=hook.clinic_id, now=now, **details)
