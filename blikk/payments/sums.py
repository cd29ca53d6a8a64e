"""What a bill comes to: for the patient and for the state, to the øre. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from blikk.payments.amounts import share
from blikk.payments.tariffs.rows import TariffRow


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a charge; the amounts are for all its times. None is what the source does not tell."""

    code: str
    text: str
    times: int
    fee_ore: int | None
    reimbursement_ore: int | None
    # Nobody pays this who is exempt: the state does.
    copay_ore: int
    # The patient pays this also when exempt.
    own_ore: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """What the patient and the state pay; `state_ore` is None where a line does not say what the state pays."""

    patient_ore: int
    state_ore: int | None


def line_of(row: TariffRow, times: int) -> Line:
    """The amounts of one tariff so many times, with its rules for repetitions."""
    refund_parts = [row.repeat_percent] * (times - 1)
    if row.reduced_from is not None:
        for place in range(len(refund_parts)):
            if place + 1 >= row.reduced_from:
                refund_parts[place] = row.reduced_percent
    parts = [100, *[row.repeat_percent] * (times - 1)]
    return Line(
        code=row.code,
        text=row.text,
        times=times,
        fee_ore=_sum(row.fee_ore, parts),
        reimbursement_ore=_sum(row.reimbursement_ore, [100, *refund_parts]),
        copay_ore=_sum(row.copay_ore, parts) or 0,
        own_ore=_sum(row.own_ore, parts) or 0,
    )


def _sum(ore: int | None, percents: Iterable[int]) -> int | None:
    return None if ore is None else sum(share(ore, percent) for percent in percents)


def patient_of(line: Line, *, is_exempt: bool) -> int:
    return line.own_ore + (0 if is_exempt else line.copay_ore)


def state_of(line: Line, *, is_exempt: bool) -> int | None:
    """The refund; whose co-payment is waived has it paid by the state too."""
    if line.reimbursement_ore is None:
        return None
    return line.reimbursement_ore + (line.copay_ore if is_exempt else 0)


def total(lines: Iterable[Line], *, is_exempt: bool) -> Total:
    """The two sums of a charge."""
    lines = list(lines)
    states = [state_of(line, is_exempt=is_exempt) for line in lines]
    known = [amount for amount in states if amount is not None]
    return Total(
        sum(patient_of(line, is_exempt=is_exempt) for line in lines),
        sum(known) if len(known) == len(states) else None,
    )
