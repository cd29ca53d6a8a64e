"""The consultation that was really held, as far as money asks: form, hour, length and who was there. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from blikk.payments.combinations import Pick
from blikk.payments.tariffs.rows import USES, TariffRow

# Ordinary working hours. Outside them, in week-ends and on holidays it is evening as the tariffs have it: the letter k
# of a code is for evening, night and holidays (normaltariffen.legeforeningen.no, m-513), the evening begins at 16 (the
# Directorate of Health on 2aek), and day is 8-16 on price lists of practices (vinderenlegekontor.no). Remark D1 of the
# tariff, which would say it whole, could not be read.
DAY_BEGINS, DAY_ENDS = time(8), time(16)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a charge is proposed from. `began` is the wall clock of the clinic."""

    field: str
    form: str
    began: datetime
    minutes: int
    is_holiday: bool = False
    is_specialist: bool = False
    has_interpreter: bool = False
    has_relatives: bool = False

    @property
    def part(self) -> str:
        """Day or evening."""
        at_work = DAY_BEGINS <= self.began.time() < DAY_ENDS
        return "day" if at_work and self.began.weekday() < 5 and not self.is_holiday else "evening"


def propose(occasion: Occasion, rates: Mapping[str, TariffRow]) -> tuple[Pick, ...]:
    """The codes for a consultation: the main one, and what adds to it and may stand beside it."""
    fitting = [row for row in rates.values() if row.use and _fits(row, occasion)]
    fitting.sort(key=lambda row: (USES.index(row.use), row.code))
    chosen: list[tuple[Pick, TariffRow]] = []
    for row in fitting:
        is_second = row.use == "consultation" and any(one.use == "consultation" for _, one in chosen)
        times = _times(row, occasion)
        if is_second or times < 1 or not _may_join(row, (one for _, one in chosen)):
            continue
        chosen.append((Pick(row.code, times), row))
    if not any(row.use == "consultation" for _, row in chosen):
        return ()
    return tuple(pick for pick, _ in chosen)


def _fits(row: TariffRow, occasion: Occasion) -> bool:
    if row.forms and occasion.form not in row.forms:
        return False
    if row.part and row.part != occasion.part:
        return False
    if row.for_specialist and not occasion.is_specialist:
        return False
    wanted = {
        "consultation": True,
        "time": True,
        "specialist": occasion.is_specialist,
        "interpreter": occasion.has_interpreter,
        "relatives": occasion.has_relatives,
    }
    return wanted[row.use]


def _times(row: TariffRow, occasion: Occasion) -> int:
    """How often a code counts: an addition for time once for each stretch that was begun after the first minutes."""
    if row.use != "time":
        return 1
    over = occasion.minutes - (row.least_minutes or 0)
    if over <= 0:
        return 0
    # Repetitions are beyond the first: "used once and repeated twice" is three times (KUHR on takster.antall).
    times = -(-over // row.minutes_per_repeat) if row.minutes_per_repeat else 1
    return times if row.most_repeats is None else min(times, row.most_repeats + 1)


def _may_join(row: TariffRow, others: Iterable[TariffRow]) -> bool:
    return all(row.combination.allows(one.code) and one.combination.allows(row.code) for one in others)
