"""Who pays no co-payment: the official codes, and which of them the system can know by itself. Pure.

The codes are those of code system 7461 as they are used on data from Helfo; their words stand at the doors.
"""

from dataclasses import dataclass
from datetime import date

CODE_SYSTEM = "2.16.578.1.12.4.1.1.7461"
INFECTIOUS, CHILD, FREE_CARD, HIV = "A", "B", "F", "G"
CANNOT_PAY, INMATE, CHILD_THERAPY, WAR = "H", "I", "J", "K"
CONSCRIPT, CHILDRENS_HOUSE, OUTREACH, OUTREACH_GP = "M", "N", "O", "P"
VIOLENCE, PREGNANCY, CONTRACEPTION, WORK_INJURY = "R", "S", "W", "Y"
CODES = (
    INFECTIOUS,
    CHILD,
    FREE_CARD,
    HIV,
    CANNOT_PAY,
    INMATE,
    CHILD_THERAPY,
    WAR,
    CONSCRIPT,
    CHILDRENS_HOUSE,
    OUTREACH,
    OUTREACH_GP,
    VIOLENCE,
    PREGNANCY,
    CONTRACEPTION,
    WORK_INJURY,
)
CHILD_UNTIL, THERAPY_UNTIL = 16, 18
# The circular on psychologists: an approved occupational injury does not count there.
NOT_FOR = {"PS": frozenset({WORK_INJURY})}
ONLY_FOR = {CHILD_THERAPY: frozenset({"PS", "LE", "PO"})}
# Whom we talk to without having to look anything up.
THERAPY_FIELDS = frozenset({"PS"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """An exemption that the system sees, and from what."""

    code: str
    why: str


def age_on(born: date, day: date) -> int:
    """Full years on a day; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def proposed(born: date, day: date, field: str, *, has_free_card: bool | None = None) -> tuple[Proposed, ...]:
    """What is known without asking anybody, the surest first. The clinician decides."""
    age = age_on(born, day)
    found = []
    if 0 <= age < CHILD_UNTIL:
        found.append(Proposed(CHILD, "under_16"))
    elif CHILD_UNTIL <= age < THERAPY_UNTIL and field in THERAPY_FIELDS:
        found.append(Proposed(CHILD_THERAPY, "under_18_therapy"))
    if has_free_card:
        found.append(Proposed(FREE_CARD, "free_card"))
    return tuple(found)


def allowed_for(field: str) -> tuple[str, ...]:
    """The codes that may be used in a trade."""
    return tuple(
        code
        for code in CODES
        if code not in NOT_FOR.get(field, ()) and (code not in ONLY_FOR or field in ONLY_FOR[code])
    )


def needs_reason(code: str, seen: tuple[Proposed, ...]) -> bool:
    """A reason is written down when the clinician decides something else than what the system saw."""
    codes = {one.code for one in seen}
    return bool(codes) if not code else code not in codes
