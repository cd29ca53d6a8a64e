"""The key with which a clinic's Blikk shows a journal system who asks: made here, and only its public part leaves."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.ehr_tables import EhrConnection
from blikk.kernel.sealing import Unreadable, bound_in, seal_text, unseal_text

_BITS = 3072
# In this order: what SMART asks for first.
ALGORITHMS = ("RS384", "PS384", "RS256", "PS256", "RS512", "PS512")
_COLUMNS = ("sealed_key", "sealed_next_key")


def new_key(connection: EhrConnection, column: str = "sealed_key") -> None:
    """Make a key and seal it into the row; the caller saves it."""
    key = RSAKey.generate_key(_BITS, private=True)
    text = json.dumps({**key.as_dict(private=True), "kid": key.thumbprint()})
    setattr(connection, column, seal_text(text, bound_to=_bound(connection, column)))


def promote(connection: EhrConnection) -> None:
    """Let the next key be the one in use; the caller saves it. Raises Fault (`no_key`)."""
    text = json.dumps(key_of(connection, "sealed_next_key").as_dict(private=True))
    connection.sealed_key = seal_text(text, bound_to=_bound(connection, "sealed_key"))
    connection.sealed_next_key = b""


def key_of(connection: EhrConnection, column: str = "sealed_key") -> RSAKey:
    """The key in use. Raises Fault (`no_key`) where there is none, or where it cannot be read any more."""
    sealed = bytes(getattr(connection, column))
    try:
        return RSAKey.import_key(json.loads(unseal_text(sealed, bound_to=_bound(connection, column))))
    except (Unreadable, ValueError, JoseError) as fault:
        raise Fault(Reason.NO_KEY) from fault


def kid_of(key: RSAKey) -> str:
    """The name under which the other side knows the key."""
    return str(key.get("kid") or key.thumbprint())


def algorithm_for(supported: object) -> str:
    """How to sign, by what the other side says that it knows. Raises Fault (`algorithm`)."""
    if not isinstance(supported, Sequence) or isinstance(supported, str) or not supported:
        return ALGORITHMS[0]
    found = next((each for each in ALGORITHMS if each in supported), None)
    if found is None:
        raise Fault(Reason.ALGORITHM)
    return found


def public_keys(connection: EhrConnection) -> Mapping[str, Any]:
    """What is handed over, as a JWK Set: the key in use, and the next one where there is one."""
    public = []
    for column in _COLUMNS:
        if not getattr(connection, column):
            continue
        key = key_of(connection, column)
        said = {
            name: value for name, value in key.as_dict(private=False).items() if name in {"kty", "n", "e"}
        }
        public.append({**said, "kid": kid_of(key), "use": "sig", "alg": ALGORITHMS[0]})
    return {"keys": public}


def _bound(connection: EhrConnection, column: str) -> str:
    return bound_in(EhrConnection, column, connection.public_id)
