"""The signs that fit into a short SMS: GSM 03.38, seven bits each; any other makes every part of it shorter."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes the room of two.
EXTENDED = frozenset("^{}\\[~]|€")


def fits_gsm(text: str) -> bool:
    """Whether an SMS with this text is sent in seven bits."""
    return set(text) <= BASIC | EXTENDED


def not_in_gsm(text: str) -> str:
    """The signs of a text that are outside, each once, in order."""
    return "".join(dict.fromkeys(sign for sign in text if sign not in BASIC | EXTENDED))


def parts_of_sms(text: str) -> int:
    """In how many parts a text goes out, and is paid for."""
    if fits_gsm(text):
        length, alone, each = sum(2 if sign in EXTENDED else 1 for sign in text), 160, 153
    else:
        length, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)
