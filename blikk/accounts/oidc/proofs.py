"""What goes with a question to show who asks: the client's assertion (RFC 7523) and the proof of a key (RFC 9449)."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from blikk.accounts.oidc.keys import Key, algorithm_of, kid_of
from blikk.accounts.oidc.line import Answer, Line
from blikk.accounts.oidc.providers import Provider
from blikk.kernel.ids import new_secret

ASSERTION_LASTS = 60
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def challenge_of(verifier: str) -> str:
    """PKCE's S256."""
    return b64(hashlib.sha256(verifier.encode()).digest())


def client_proof(
    provider: Provider,
    key: Key,
    supported: tuple[str, ...],
    *,
    details: Sequence[Mapping[str, Any]] = (),
    now: datetime,
) -> dict[str, str]:
    """Say that it is us: a fresh assertion for each request, for the issuer alone, for a minute at most.

    `details` says on whose behalf, where the provider asks for that (HelseID's assertion_details).
    """
    at = int(now.timestamp())
    algorithm = algorithm_of(key, supported)
    header = {"alg": algorithm, "kid": kid_of(key), "typ": "client-authentication+jwt"}
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": provider.issuer,
        "jti": new_secret(),
        "iat": at,
        "nbf": at,
        "exp": at + ASSERTION_LASTS,
        **({"assertion_details": list(details)} if details else {}),
    }
    signed = jwt.encode(header, claims, key, algorithms=[algorithm])
    return {"client_id": provider.client_id, "client_assertion_type": BEARER, "client_assertion": signed}


class Dpop:
    """A key of one round trip, and the nonce that the provider gave last."""

    def __init__(self, key: ECKey, nonce: str = "") -> None:
        self._key = key
        self.nonce = nonce

    @classmethod
    def fresh(cls) -> "Dpop":
        return cls(ECKey.generate_key("P-256", private=True))

    @classmethod
    def kept(cls, said: Mapping[str, Any]) -> "Dpop":
        return cls(ECKey.import_key(dict(said["key"])), str(said["nonce"]))

    def to_keep(self) -> dict[str, Any]:
        return {"key": self._key.as_dict(private=True), "nonce": self.nonce}

    @property
    def thumbprint(self) -> str:
        return self._key.thumbprint()

    def proof(self, method: str, url: str, token: str, *, now: datetime) -> str:
        at = urlsplit(url)
        claims: dict[str, Any] = {
            "jti": new_secret(),
            "htm": method,
            "htu": urlunsplit((at.scheme, at.netloc, at.path, "", "")),
            "iat": int(now.timestamp()),
        }
        if self.nonce:
            claims["nonce"] = self.nonce
        if token:
            claims["ath"] = b64(hashlib.sha256(token.encode()).digest())
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])


def ask(
    line: Line,
    method: str,
    url: str,
    *,
    dpop: Dpop | None,
    token: str = "",
    data: Callable[[], Mapping[str, str]] | None = None,
    now: datetime,
) -> Answer:
    """Ask with whatever proofs belong to it; once more where the provider wants its nonce in the proof.

    `data` is made anew for each try: an assertion is used once.
    """
    for is_last in (False, True):
        headers = {"Authorization": f"{'DPoP' if dpop else 'Bearer'} {token}"} if token else {}
        if dpop is not None:
            headers["DPoP"] = dpop.proof(method, url, token, now=now)
        answer = line.ask(method, url, headers=headers, data=data() if data else None)
        if dpop is None:
            return answer
        dpop.nonce = answer.headers.get("dpop-nonce", dpop.nonce)
        wants_nonce = answer.content.get("error") == "use_dpop_nonce" or (
            "use_dpop_nonce" in answer.headers.get("www-authenticate", "")
        )
        if is_last or answer.status not in {400, 401} or not wants_nonce:
            break
    return answer
