"""Whether a call to us is signed by Vipps with the secret of our webhook there."""

import base64
import hashlib
import hmac

SCHEME = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="


def signature(secret: str, *, path: str, date: str, host: str, body: bytes) -> str:
    """What the `Authorization` header of a call must be. `path` has its query with it."""
    text = f"POST\n{path}\n{date};{host};{content_hash(body)}"
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return SCHEME + base64.b64encode(mac).decode()


def content_hash(body: bytes) -> str:
    """What the `x-ms-content-sha256` header must be."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def is_signed(secret: str, said: str, *, path: str, date: str, host: str, body: bytes) -> bool:
    """Compare in constant time; a header outside ASCII is no signature."""
    expected = signature(secret, path=path, date=date, host=host, body=body)
    return hmac.compare_digest(expected.encode(), said.encode())
