"""Keys from the command line: for encrypted fields, and for the providers that we ask who people are."""

import json
import os
import secrets
import sys

from django.conf import settings

from blikk.accounts.oidc import keys
from blikk.accounts.oidc.faults import Fault
from blikk.accounts.services import renew_factors
from blikk.kernel.sealing import renew_sealed
from blikk.kernel.secrets import KeyIsMissing, key_id, renew_columns
from blikk.patients.numbers import renew_indexes


def new() -> int:
    """Put a fresh key before the others; what is encrypted from then on is encrypted with it."""
    fresh = secrets.token_urlsafe(48)
    if os.environ.get("BLIKK_FIELD_KEYS"):
        print(
            "BLIKK_FIELD_KEYS is in the environment. Put this before what stands there, with a comma between:"
        )
        print(fresh)
    else:
        path = settings.BLIKK_DATA / "blikk_field_keys.secret"
        written = path.with_suffix(".new")
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(",".join([fresh, *settings.BLIKK_FIELD_KEYS]))
        written.replace(path)
        print(f"the new key {key_id(fresh)} stands first in {path}")
    print("Restart every process, and then run: blikk keys renew")
    return 0


def renew() -> int:
    """Encrypt everything anew with the first key, so that the others can be taken out of the list."""
    try:
        count = renew_columns() + renew_sealed() + renew_factors()
        found = renew_indexes()
    except KeyIsMissing as fault:
        print(f"blikk: what key {fault} encrypted cannot be read: put that key back first", file=sys.stderr)
        return 1
    print(
        f"{count} values encrypted anew, {found} digests made anew with key {key_id(settings.BLIKK_FIELD_KEYS[0])}"
    )
    older = [key_id(key) for key in settings.BLIKK_FIELD_KEYS[1:]]
    if older:
        print(f"Not needed any more, unless you restore an old backup: {', '.join(older)}")
        print(
            "HelseIDs that nobody has signed in with since the key was new must be connected anew when it goes."
        )
    return 0


def make(name: str) -> int:
    """Make the key that a provider knows us by, and print what to give to the provider."""
    try:
        key = keys.make(name)
    except FileExistsError:
        print(f"blikk: {keys.path_of(name)} is there already; this shows it, and makes none", file=sys.stderr)
        return show(name)
    print(f"kept in {keys.path_of(name)}, where only this user can read it", file=sys.stderr)
    print(json.dumps(keys.public_of(key), indent=2))
    return 0


def show(name: str) -> int:
    """Print the public part of the key that a provider knows us by."""
    try:
        print(json.dumps(keys.public_of(keys.key_of(name)), indent=2))
    except Fault as fault:
        print(f"blikk: {fault.detail}. Make one: blikk keys make {name}", file=sys.stderr)
        return 1
    return 0
