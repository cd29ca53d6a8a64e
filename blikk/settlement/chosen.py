"""The providers of a clinic, as it has set them up."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import httpx

from blikk.clinics.models import Clinic
from blikk.settlement.card.client import Card
from blikk.settlement.card.line import CardLine, is_installed
from blikk.settlement.models import MoneySetup, Provider
from blikk.settlement.providers import PaymentProvider, Providers
from blikk.settlement.vipps.client import Vipps
from blikk.settlement.vipps.line import Line

# How to reach a provider's host; httpx's own way where nothing is said.
Transports = Mapping[str, httpx.BaseTransport]


@contextmanager
def providers_of(clinic: Clinic, transports: Transports | None = None) -> Iterator[Providers]:
    """What this clinic is paid by, with lines that are closed afterwards."""
    setup = MoneySetup.objects.filter(clinic=clinic).first()
    found: dict[str, PaymentProvider] = {}
    with ExitStack() as open_lines:
        # Not only while it is offered: what was begun before is still taken to its end.
        if setup is not None and setup.vipps_subscription_key and setup.vipps_client_secret:
            transport = (transports or {}).get(Provider.VIPPS)
            found[Provider.VIPPS] = Vipps(open_lines.enter_context(Line(setup, transport=transport)))
        if setup is not None and setup.stripe_key and is_installed():
            transport = (transports or {}).get(Provider.CARD)
            found[Provider.CARD] = Card(open_lines.enter_context(CardLine(setup, transport=transport)))
        yield found
