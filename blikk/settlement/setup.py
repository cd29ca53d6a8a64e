"""Acts on how a clinic is paid."""

from dataclasses import dataclass
from datetime import datetime
from re import fullmatch

import httpx
from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.settlement.models import MoneySetup
from blikk.settlement.providers import Fault
from blikk.settlement.vipps.client import EVENTS
from blikk.settlement.vipps.line import Line

HOOKS = "/webhooks/v1/webhooks"
_CLIENT_SECRET = MoneySetup._meta.get_field("vipps_client_secret")
_KEY = MoneySetup._meta.get_field("vipps_subscription_key")
_HOOK_SECRET = MoneySetup._meta.get_field("vipps_webhook_secret")


@dataclass(frozen=True, slots=True)
class VippsKeys:
    """What a clinic gets from portal.vippsmobilepay.com. An empty secret leaves the one that is kept."""

    serial: str
    client_id: str
    client_secret: str = ""
    subscription_key: str = ""


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Whether a link goes to the patient by itself, and for how many hours it is without a fee."""

    sends_links: bool = True
    free_hours: int = 48


def setup_of(clinic: Clinic) -> MoneySetup | None:
    """How a clinic is paid; None before it has said anything."""
    return MoneySetup.objects.filter(clinic=clinic).first()


@transaction.atomic
def change_links(clinic: Clinic, rules: LinkRules, *, actor: Actor, now: datetime) -> None:
    """Say how it is with the link to the patient."""
    hold(clinic.pk)
    setup = setup_of(clinic) or MoneySetup(clinic=clinic)
    setup.sends_links, setup.free_hours, setup.changed_at = rules.sends_links, rules.free_hours, now
    setup.save()
    record(
        "money.links_set",
        actor=actor,
        about=setup,
        clinic_id=clinic.pk,
        now=now,
        sends_links=rules.sends_links,
        free_hours=rules.free_hours,
    )


@transaction.atomic
def use_vipps(clinic: Clinic, keys: VippsKeys, *, actor: Actor, now: datetime) -> MoneySetup:
    """Keep a clinic's keys to Vipps. Raises Invalid."""
    hold(clinic.pk)
    setup = setup_of(clinic) or MoneySetup(clinic=clinic, changed_at=now)
    faults = _faults(keys, setup)
    if faults:
        raise Invalid(**faults)
    setup.vipps_serial, setup.vipps_client_id = keys.serial, keys.client_id
    if keys.client_secret:
        _CLIENT_SECRET.put(setup, keys.client_secret)
    if keys.subscription_key:
        _KEY.put(setup, keys.subscription_key)
    setup.uses_vipps, setup.vipps_seen_at, setup.changed_at = True, None, now
    setup.save()
    record("money.vipps_set", actor=actor, about=setup, clinic_id=clinic.pk, now=now, serial=keys.serial)
    return setup


@transaction.atomic
def stop_vipps(clinic: Clinic, *, actor: Actor, now: datetime) -> None:
    """Offer Vipps no more. The keys stay, so that what is under way can be ended and given back."""
    hold(clinic.pk)
    setup = setup_of(clinic)
    if setup is not None and setup.uses_vipps:
        setup.uses_vipps, setup.changed_at = False, now
        setup.save(update_fields=["uses_vipps", "changed_at"])
        record("money.vipps_stopped", actor=actor, about=setup, clinic_id=clinic.pk, now=now)


def join_vipps(
    setup: MoneySetup, *, address: str, now: datetime, transport: httpx.BaseTransport | None = None
) -> None:
    """Try the keys, and ask Vipps to tell us at `address` of what happens. Raises Fault."""
    with Line(setup, transport=transport) as line:
        said = line.ask("POST", HOOKS, body={"url": address, "events": list(EVENTS)}, now=now)
        before, name, secret = setup.vipps_webhook, str(said.get("id")), str(said.get("secret"))
        _HOOK_SECRET.put(setup, secret)
        setup.vipps_webhook, setup.vipps_seen_at = name[:60], now
        setup.save(update_fields=["vipps_webhook", "vipps_webhook_secret", "vipps_seen_at"])
        if before and before != name:
            try:
                line.ask("DELETE", f"{HOOKS}/{before}", now=now)
            except Fault:
                return  # it calls us with a signature that we do not take any more


def _faults(keys: VippsKeys, setup: MoneySetup) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not fullmatch(r"[0-9]{4,6}", keys.serial):
        faults["serial"] = "not_a_serial"
    if not fullmatch(r"[\x21-\x7e]{1,60}", keys.client_id):
        faults["client_id"] = "missing"
    for name, kept in (
        ("client_secret", setup.vipps_client_secret),
        ("subscription_key", setup.vipps_subscription_key),
    ):
        typed = getattr(keys, name)
        if (not typed and not kept) or (typed and not fullmatch(r"[\x21-\x7e]{1,200}", typed)):
            faults[name] = "missing"
    return faults
