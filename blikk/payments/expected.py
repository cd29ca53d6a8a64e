"""What a patient can expect to pay, before anything is known of how long it will last. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from blikk.payments.tariffs.rows import TariffRow


@dataclass(frozen=True, slots=True)
class Expected:
    """The co-payment at one time of the day, with what a specialist adds, and what time adds."""

    part: str
    copay_ore: int
    specialist_ore: int
    # For each stretch of so many minutes that is begun after the first ones; 0 where time adds nothing.
    time_ore: int
    after_minutes: int
    each_minutes: int
    rows: tuple[TariffRow, ...]


def expected(rates: Mapping[str, TariffRow], form: str, part: str) -> Expected | None:
    """The expected co-payment; None where there is no rate for such a consultation."""
    main = _first(rates.values(), "consultation", form, part)
    if main is None:
        return None
    special = _first(rates.values(), "specialist", form, part)
    time = _first(rates.values(), "time", form, part)
    return Expected(
        part=part,
        copay_ore=_patient(main),
        specialist_ore=_patient(special),
        time_ore=_patient(time),
        after_minutes=(time.least_minutes or 0) if time else 0,
        each_minutes=(time.minutes_per_repeat or 0) if time else 0,
        rows=tuple(one for one in (main, special, time) if one is not None),
    )


def _patient(row: TariffRow | None) -> int:
    return 0 if row is None else row.copay_ore + row.own_ore


def _first(rows: Iterable[TariffRow], use: str, form: str, part: str) -> TariffRow | None:
    fitting = [
        row
        for row in rows
        if row.use == use and (not row.forms or form in row.forms) and row.part in {"", part}
    ]
    return min(fitting, key=lambda row: row.code, default=None)
