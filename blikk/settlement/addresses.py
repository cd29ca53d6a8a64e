"""Which addresses of a provider a patient may be sent to, and whose certificates we believe."""

from functools import cache
from ssl import SSLContext
from urllib.parse import urlsplit

import httpx
from django.conf import settings

LONGEST = 2000


def for_a_patient(said: object) -> str:
    """An https address, or one of the machine itself where the provider is there too; empty for anything else."""
    text = said if isinstance(said, str) else ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_plain = text.isascii() and text.isprintable() and len(text) <= LONGEST
    is_here = any(
        text.startswith(f"{each}/")
        for each in (settings.BLIKK_VIPPS_URL, settings.BLIKK_STRIPE_URL)
        if each.startswith("http://")
    )
    return text if is_plain and parts.hostname and (parts.scheme == "https" or is_here) else ""


@cache
def trusted() -> SSLContext:
    """The certificates that are believed: read once, for reading them takes longer than a question."""
    return httpx.create_ssl_context(trust_env=False)
