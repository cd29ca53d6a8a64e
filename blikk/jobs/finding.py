"""What the doctor found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it if it is not well."""

    what: str
    is_well: bool
    how: str
    fix: str = ""
