"""The key by which a journal system that starts Blikk knows us: made here, sealed, and only its public part leaves."""

import json
from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from blikk.documentation.launch_tables import LaunchIssuer
from blikk.documentation.smart.faults import LaunchFault, Why
from blikk.kernel.sealing import Unreadable, bound_in, seal_text, unseal_text

_BITS = 3072
# One of the two that every SMART server must know.
ALGORITHM = "RS384"


def new_key(issuer: LaunchIssuer) -> None:
    """Make a key and seal it into the row; the caller saves it."""
    key = RSAKey.generate_key(_BITS, private=True)
    text = json.dumps({**key.as_dict(private=True), "kid": key.thumbprint()})
    issuer.sealed_key = seal_text(text, bound_to=_bound(issuer))


def key_of(issuer: LaunchIssuer) -> RSAKey:
    """The key. Raises LaunchFault (`setup`) where it cannot be read any more."""
    try:
        return RSAKey.import_key(json.loads(unseal_text(bytes(issuer.sealed_key), bound_to=_bound(issuer))))
    except (Unreadable, ValueError, JoseError) as fault:
        raise LaunchFault(Why.SETUP, "our key cannot be read") from fault


def public_keys(issuer: LaunchIssuer) -> Mapping[str, Any]:
    """What the journal system is given, as a JWK Set."""
    said = key_of(issuer).as_dict(private=False)
    public = {name: value for name, value in said.items() if name in {"kty", "n", "e", "kid"}}
    return {"keys": [{**public, "use": "sig", "alg": ALGORITHM}]}


def _bound(issuer: LaunchIssuer) -> str:
    return bound_in(LaunchIssuer, "sealed_key", issuer.public_id)
