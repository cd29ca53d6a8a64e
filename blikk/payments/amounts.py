"""Amounts of money: whole øre, read without ever passing through a fraction of a computer's making."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from blikk.kernel.errors import Invalid

# Ten thousand kroner: above what any tariff or price can be, so that a slip of the hand is caught.
HIGHEST_ORE = 1_000_000


def read_ore(typed: object, *, field: str = "amount") -> int:
    """Read an amount in kroner, such as 160, "160,00" or 160.5. Raises Invalid (`not_an_amount`).

    More than two decimals are refused and never rounded: nobody meant them.
    """
    if isinstance(typed, bool) or typed is None:
        raise Invalid(**{field: "not_an_amount"})
    text = str(typed).replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        raise Invalid(**{field: "not_an_amount"})
    try:
        amount = Decimal(text) * 100
    except InvalidOperation as fault:
        raise Invalid(**{field: "not_an_amount"}) from fault
    if amount != amount.to_integral_value() or not 0 <= amount <= HIGHEST_ORE:
        raise Invalid(**{field: "not_an_amount"})
    return int(amount)


def kroner(ore: int) -> str:
    """Write an amount the way a file has it: 16000 is "160.00"."""
    sign, whole = ("-", -ore) if ore < 0 else ("", ore)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def share(ore: int, percent: int) -> int:
    """A part of an amount to the nearest øre; half an øre goes up."""
    return int((Decimal(ore) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
