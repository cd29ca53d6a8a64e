"""Round trips to a provider: begun from one browser, answered in the same one, once, within ten minutes."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from blikk.accounts.models import EidPurpose, EidTrip
from blikk.accounts.oidc import client
from blikk.accounts.oidc.client import Person
from blikk.accounts.oidc.faults import Fault, Reason
from blikk.accounts.oidc.providers import HELSEID, PATIENT, Provider, missing, provider
from blikk.kernel.ids import digest, same

LASTS = timedelta(minutes=10)
# How long a result is shown to the browser that it belongs to.
SHOWN_FOR = timedelta(minutes=15)
KEPT_FOR = timedelta(days=1)


def provider_for(purpose: str) -> Provider | None:
    """Who is asked; None where this installation has nobody to ask, or has not said all that is needed."""
    name = PATIENT if purpose == EidPurpose.PATIENT else HELSEID
    return None if missing(name) else provider(name)


def is_missing() -> bool:
    """Whether no patient could be sent to a provider from here."""
    return provider_for(EidPurpose.PATIENT) is None


def begin(
    purpose: EidPurpose, *, about: str, browser: str, back_to: str, language: str, now: datetime
) -> tuple[EidTrip, str]:
    """Ask the provider for a way in, and say where this browser is to go. Raises Fault: down, setup."""
    asked = client.begin(_needed(purpose), redirect_uri=back_to, language=language, now=now)
    trip = EidTrip.objects.create(
        purpose=purpose,
        about=about,
        browser_digest=digest(browser),
        state_digest=digest(asked.state),
        kept=json.dumps(asked.kept),
        made_at=now,
        expires_at=now + LASTS,
    )
    return trip, asked.url


def find_trip(state: str, purposes: tuple[EidPurpose, ...], *, browser: str) -> EidTrip:
    """The trip that an answer belongs to. Raises Fault (`wrong_state`), alike for unknown and for another browser's."""
    trip = EidTrip.objects.filter(state_digest=digest(state), purpose__in=purposes).first()
    if trip is None or not browser or not same(trip.browser_digest, digest(browser)):
        raise Fault(Reason.WRONG_STATE)
    return trip


def finish(trip: EidTrip, said: Mapping[str, str], *, back_to: str, now: datetime) -> Person:
    """Read the answer, once. A fault is the trip's result, and raised."""
    kept = _use_up(trip, now=now)
    try:
        return client.finish(_needed(EidPurpose(trip.purpose)), said, kept, redirect_uri=back_to, now=now)
    except Fault as fault:
        settle(trip, fault.reason)
        raise


def settle(trip: EidTrip, result: str) -> None:
    """Note how it ended."""
    trip.result = result
    EidTrip.objects.filter(pk=trip.pk).update(result=result)


def newest_of(about: str, *, browser: str, now: datetime) -> EidTrip | None:
    """The last trip of this browser for this thing, while it is worth telling of."""
    rows = EidTrip.objects.filter(
        about=about, browser_digest=digest(browser), made_at__gt=now - SHOWN_FOR, purpose=EidPurpose.PATIENT
    )
    return rows.order_by("-made_at", "-pk").first()


def place_of(browser: str, *, now: datetime) -> str:
    """What this browser went to a provider for last: the way back for an answer that belongs to nothing."""
    rows = EidTrip.objects.filter(
        browser_digest=digest(browser), made_at__gt=now - SHOWN_FOR, purpose=EidPurpose.PATIENT
    )
    found = rows.order_by("-made_at", "-pk").first()
    return found.about if found and browser else ""


def forget_old(*, now: datetime) -> int:
    """Throw away trips that nobody comes back from; says how many."""
    count, _ = EidTrip.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    return count


def _use_up(trip: EidTrip, *, now: datetime) -> Mapping[str, object]:
    """Take what the answer is read with; the second of two who come with the same answer gets nothing."""
    if EidTrip.objects.filter(pk=trip.pk, used_at__isnull=True).update(used_at=now, kept="") != 1:
        raise Fault(Reason.REPLAYED)
    if now > trip.expires_at:
        settle(trip, Reason.TOO_LATE)
        raise Fault(Reason.TOO_LATE)
    kept: Mapping[str, object] = json.loads(trip.kept)
    return kept


def _needed(purpose: EidPurpose) -> Provider:
    found = provider_for(purpose)
    if found is None:
        raise Fault(Reason.SETUP, "no provider")
    return found
