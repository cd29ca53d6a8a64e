"""Taking in what a provider tells us by itself. It is believed in nothing: it only makes us look."""

import json
from datetime import datetime

from django.db import transaction

from blikk.kernel.ids import digest
from blikk.settlement.models import MoneySetup, Payment, Provider, Told
from blikk.settlement.vipps.signing import is_signed

LARGEST = 16 * 1024
_SECRET = MoneySetup._meta.get_field("vipps_webhook_secret")


def told_by_vipps(
    setup_id: str, *, body: bytes, said: str, path: str, date: str, host: str, now: datetime
) -> bool:
    """Take a call from Vipps; False where it is not signed, or not for anybody here."""
    setup = MoneySetup.objects.select_related("clinic").filter(public_id=setup_id).first()
    secret = _SECRET.text_in(setup) if setup is not None and setup.vipps_webhook_secret else ""
    # The same work is done for one who is not here.
    signed = is_signed(secret or "none", said, path=path, date=date, host=host, body=body)
    if setup is None or not secret or not signed or len(body) > LARGEST:
        return False
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(event, dict):
        return False
    _take(setup, Provider.VIPPS, body, str(event.get("name")), str(event.get("reference")), now)
    return True


@transaction.atomic
def _take(
    setup: MoneySetup, provider: Provider, body: bytes, name: str, reference: str, now: datetime
) -> None:
    payment = Payment.objects.filter(
        clinic_id=setup.clinic_id, provider=provider, reference=reference[:50]
    ).first()
    _, is_new = Told.objects.get_or_create(
        clinic_id=setup.clinic_id,
        provider=provider,
        key=digest(body.decode("utf-8", "replace")),
        defaults={"name": name[:60], "payment": payment, "at": now},
    )
    if is_new and payment is not None:
        Payment.objects.filter(pk=payment.pk).update(next_at=now)
