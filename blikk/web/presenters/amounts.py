"""Amounts of money as people read them."""

from django.utils.translation import get_language, gettext

# A sum that is broken over two lines is two numbers.
SPACE = "\N{NO-BREAK SPACE}"


def kroner(ore: int | None, *, to_the_ore: bool = False) -> str:
    """160 kr, or 160,50 kr where there are øre; `to_the_ore` writes them always, as a bill does. None is not known."""
    if ore is None:
        return gettext("ukjent")
    whole, rest = divmod(abs(ore), 100)
    is_english = (get_language() or "").startswith("en")
    amount = f"{whole:,}".replace(",", SPACE)
    if rest or to_the_ore:
        amount += f"{'.' if is_english else ','}{rest:02d}"
    sign = "−" if ore < 0 else ""
    return f"{sign}NOK{SPACE}{amount}" if is_english else f"{sign}{amount}{SPACE}kr"
