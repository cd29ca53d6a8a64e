"""Taking in what a provider tells us by itself. It is believed in nothing: it only makes us look."""

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from blikk.kernel.ids import digest
from blikk.settlement.card.signing import is_signed as signed_by_stripe
from blikk.settlement.models import MoneySetup, Payment, Provider, Told
from blikk.settlement.vipps.signing import is_signed as signed_by_vipps

# Stripe tells the whole thing that changed: that is more than the few lines that Vipps writes.
LARGEST = 128 * 1024
_VIPPS = MoneySetup._meta.get_field("vipps_webhook_secret")
_STRIPES = MoneySetup._meta.get_field("stripe_webhook_secret")


def told_by_vipps(
    setup_id: str, *, body: bytes, said: str, path: str, date: str, host: str, now: datetime
) -> bool:
    """Take a call from Vipps; False where it is not signed, or not for anybody here."""
    setup = MoneySetup.objects.select_related("clinic").filter(public_id=setup_id).first()
    secret = _VIPPS.text_in(setup) if setup is not None and setup.vipps_webhook_secret else ""
    # The same work is done for one who is not here.
    signed = signed_by_vipps(secret or "none", said, path=path, date=date, host=host, body=body)
    if setup is None or not secret or not signed or len(body) > LARGEST:
        return False
    event = _event(body)
    if event is None:
        return False
    _take(setup, Provider.VIPPS, body, event.get("name"), event.get("reference"), now)
    return True


def told_by_stripe(setup_id: str, *, body: bytes, said: str, now: datetime) -> bool:
    """Take a call from Stripe; False where it is not signed, is old, or not for anybody here."""
    setup = MoneySetup.objects.select_related("clinic").filter(public_id=setup_id).first()
    secret = _STRIPES.text_in(setup) if setup is not None and setup.stripe_webhook_secret else ""
    # The same work is done for one who is not here.
    signed = signed_by_stripe(secret or "none", said, body=body, now=now)
    if setup is None or not secret or not signed or len(body) > LARGEST:
        return False
    event = _event(body)
    if event is None:
        return False
    _take(setup, Provider.CARD, body, event.get("type"), _reference_in(event), now)
    return True


def _event(body: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _reference_in(event: dict[str, Any]) -> object:
    """What we called the payment, on whatever of Stripe's things the call is about."""
    about: Any = event
    for name in ("data", "object", "metadata", "reference"):
        about = about.get(name) if isinstance(about, dict) else None
    return about


@transaction.atomic
def _take(
    setup: MoneySetup, provider: Provider, body: bytes, name: object, reference: object, now: datetime
) -> None:
    payment = Payment.objects.filter(
        clinic_id=setup.clinic_id, provider=provider, reference=str(reference)[:50]
    ).first()
    _, is_new = Told.objects.get_or_create(
        clinic_id=setup.clinic_id,
        provider=provider,
        key=digest(body.decode("utf-8", "replace")),
        defaults={"name": str(name)[:60], "payment": payment, "at": now},
    )
    if is_new and payment is not None:
        Payment.objects.filter(pk=payment.pk).update(next_at=now)
