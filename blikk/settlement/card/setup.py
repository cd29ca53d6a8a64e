"""Acts on how a clinic takes cards."""

from datetime import datetime
from re import fullmatch
from typing import Any

import httpx
from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.settlement.card.client import EVENTS
from blikk.settlement.card.line import CardLine, is_installed
from blikk.settlement.models import MoneySetup
from blikk.settlement.providers import Fault, Reason

_KEY = MoneySetup._meta.get_field("stripe_key")
_HOOK_SECRET = MoneySetup._meta.get_field("stripe_webhook_secret")


@transaction.atomic
def use_card(clinic: Clinic, key: str, *, actor: Actor, now: datetime) -> MoneySetup:
    """Keep a clinic's secret key to Stripe; an empty one leaves the one that is kept. Raises Invalid."""
    hold(clinic.pk)
    setup = MoneySetup.objects.filter(clinic=clinic).first() or MoneySetup(clinic=clinic, changed_at=now)
    if not is_installed():
        raise Invalid(stripe_key="not_installed")
    if key and not fullmatch(r"(sk|rk)_(live|test)_[A-Za-z0-9_]{8,250}", key):
        raise Invalid(stripe_key="not_a_stripe_key")
    if not key and not setup.stripe_key:
        raise Invalid(stripe_key="missing")
    if key:
        _KEY.put(setup, key)
        setup.card_is_trial = "_test_" in key
    setup.uses_card, setup.card_seen_at, setup.changed_at = True, None, now
    setup.save()
    is_trial = setup.card_is_trial
    record("money.card_set", actor=actor, about=setup, clinic_id=clinic.pk, now=now, is_trial=is_trial)
    return setup


@transaction.atomic
def stop_card(clinic: Clinic, *, actor: Actor, now: datetime) -> None:
    """Offer cards no more. The key stays, so that what is under way can be ended and given back."""
    hold(clinic.pk)
    setup = MoneySetup.objects.filter(clinic=clinic, uses_card=True).first()
    if setup is not None:
        setup.uses_card, setup.changed_at = False, now
        setup.save(update_fields=["uses_card", "changed_at"])
        record("money.card_stopped", actor=actor, about=setup, clinic_id=clinic.pk, now=now)


def join_card(
    setup: MoneySetup, *, address: str, now: datetime, transport: httpx.BaseTransport | None = None
) -> None:
    """Try the key, and ask Stripe to tell us at `address` of what happens. Raises Fault."""
    with CardLine(setup, transport=transport) as line:
        params: Any = {"url": address, "enabled_events": list(EVENTS)}
        with line.asking() as ask:
            said = ask.v1.webhook_endpoints.create(params).to_dict()
        before, name, secret = setup.stripe_webhook, said.get("id"), said.get("secret")
        if not isinstance(name, str) or not isinstance(secret, str) or not secret:
            raise Fault(Reason.NOT_UNDERSTOOD)
        _HOOK_SECRET.put(setup, secret)
        setup.stripe_webhook, setup.card_seen_at = name[:60], now
        setup.save(update_fields=["stripe_webhook", "stripe_webhook_secret", "card_seen_at"])
        if before and before != name:
            try:
                with line.asking() as ask:
                    ask.v1.webhook_endpoints.delete(before)
            except Fault:
                return  # it calls us with a signature that we do not take any more
