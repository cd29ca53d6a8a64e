"""What a system may see: SMART's scopes for systems, limited to what the administrator gave."""

import re
from collections.abc import Iterable, Mapping

KINDS = (
    "Appointment",
    "DocumentReference",
    "Encounter",
    "Patient",
    "Practitioner",
    "QuestionnaireResponse",
    "RelatedPerson",
)
_SCOPE = re.compile(r"system/(\*|[A-Za-z]+)\.(read|r?s?|\*)")
# The first version of SMART said "read" for what the second calls "rs".
_WHOLE = {"read": "rs", "*": "rs"}

Grants = Mapping[str, str]


def scopes_of(kinds: Iterable[str]) -> list[str]:
    """The scopes that say "all of this"."""
    return [f"system/{kind}.rs" for kind in kinds]


def granted(asked: str, kinds: Iterable[str]) -> dict[str, str]:
    """What of `asked` is among what was given; all of it where nothing in particular was asked for.

    What was not given is left out, as SMART has it: the answer says what the token is good for.
    """
    given = set(kinds)
    words = asked.split() or scopes_of(given)
    found: dict[str, set[str]] = {}
    for word in words:
        match = _SCOPE.fullmatch(word)
        if match is None or not match[2]:
            continue
        for kind in given if match[1] == "*" else given & {match[1]}:
            found.setdefault(kind, set()).update(_WHOLE.get(match[2], match[2]))
    return {kind: "".join(sorted(letters)) for kind, letters in sorted(found.items())}


def written(grants: Grants) -> str:
    """What a token is good for, as the answer says it."""
    return " ".join(f"system/{kind}.{letters}" for kind, letters in grants.items())
