"""Which tariffs may stand on one bill: every reason why not, as codes that the pages put into words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from blikk.payments.tariffs.rows import TariffRow, matches

MOST_TIMES = 99


@dataclass(frozen=True, slots=True)
class Pick:
    """A code that somebody put on a bill, and how many times."""

    code: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a bill cannot be so: what is wrong, with which code, and with which other one or limit."""

    why: str
    code: str
    other: str = ""


def rates_on(rows: Iterable[TariffRow], field: str, day: date) -> dict[str, TariffRow]:
    """The rows that hold for a trade on a day, by their code in small letters."""
    return {row.code.lower(): row for row in rows if row.field == field and row.holds_on(day)}


@dataclass(frozen=True, slots=True)
class About:
    """What the rules ask of the consultation itself."""

    minutes: int | None = None
    is_specialist: bool = False
    has_diagnosis: bool = False
    has_procedure: bool = False


def faults_of(picks: Sequence[Pick], rates: Mapping[str, TariffRow], about: About) -> tuple[Fault, ...]:
    """Everything that is wrong with a bill; empty where it may stand so."""
    found: list[Fault] = []
    known: list[tuple[Pick, TariffRow]] = []
    seen: set[str] = set()
    for pick in picks:
        small = pick.code.lower()
        row = rates.get(small)
        if small in seen:
            found.append(Fault("twice", pick.code))
        elif row is None:
            found.append(Fault("no_rate", pick.code))
        else:
            known.append((pick, row))
        seen.add(small)
    for pick, row in known:
        found += _alone(pick, row, about)
        if row.needs_codes and not any(
            matches(other.code, row.needs_codes) for other, _ in known if other is not pick
        ):
            found.append(Fault("needs_another", row.code, ", ".join(row.needs_codes)))
    return (*found, *_together([row for _, row in known]))


def _alone(pick: Pick, row: TariffRow, about: About) -> Iterable[Fault]:
    most = MOST_TIMES if row.most_repeats is None else min(row.most_repeats + 1, MOST_TIMES)
    if not 1 <= pick.times <= most:
        yield Fault("too_many", row.code, str(most))
    if about.minutes is not None and row.least_minutes and about.minutes < row.least_minutes:
        yield Fault("too_short", row.code, str(row.least_minutes))
    if row.for_specialist and not about.is_specialist:
        yield Fault("for_specialist", row.code)
    if row.needs_diagnosis and not about.has_diagnosis:
        yield Fault("needs_diagnosis", row.code)
    if row.needs_procedure and not about.has_procedure:
        yield Fault("needs_procedure", row.code)


def _together(rows: Sequence[TariffRow]) -> Iterable[Fault]:
    """Each pair is named once, by the one that comes first."""
    for place, one in enumerate(rows):
        for other in rows[place + 1 :]:
            if not (one.combination.allows(other.code) and other.combination.allows(one.code)):
                yield Fault("not_together", one.code, other.code)
