"""Whether a call to us is signed by Stripe with the secret of our webhook there, and lately."""

from datetime import datetime
from re import fullmatch

from blikk.settlement.card.line import library
from blikk.settlement.providers import Fault

# So old or so far ahead a call may be: an older one could be somebody's who saw it.
TOLERANCE = 300


def is_signed(secret: str, said: str, *, body: bytes, now: datetime) -> bool:
    """Ask the library whether the signature fits, and our own clock whether it is from now."""
    try:
        webhook = library().WebhookSignature
    except Fault:
        return False
    try:
        webhook.verify_header(body, said, secret, None)
    except (library().SignatureVerificationError, UnicodeDecodeError, TypeError):
        return False
    when = next((part[2:] for part in said.split(",") if part.startswith("t=")), "")
    return bool(fullmatch(r"[0-9]{1,12}", when)) and abs(int(when) - now.timestamp()) <= TOLERANCE
