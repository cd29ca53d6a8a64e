"""OCR giro files, written from Nets' system specification: eighty signs a line, positions as given there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    kid: str
    ore: int
    number: int
    day: str


def item(kid: str, ore: int, *, number: int = 1, day: str = "011226") -> Item:
    return Item(kid, ore, number, day)


def _lines(one: Item) -> list[str]:
    sign = "-" if one.ore < 0 else "0"
    first = (
        f"NY091330{one.number:07d}{one.day}64011{one.number:05d}{sign}{abs(one.ore):017d}{one.kid:>25}000000"
    )
    second = f"NY091331{one.number:07d}{0:010d}{one.number:09d}{0:07d}{one.day}99990512341{0:022d}"
    return [first, second]


def an_ocr_file(*items: Item) -> bytes:
    body = [line for one in items for line in _lines(one)]
    total = abs(sum(one.ore for one in items))
    lines = [
        f"NY000010{55555555:08d}{1000081:07d}{8080:08d}",
        f"NY090020{0:09d}{4000086:07d}{86011117947:011d}",
        *body,
        f"NY090088{len(items):08d}{len(body) + 2:08d}{total:017d}011226011226011226",
        f"NY000089{len(items):08d}{len(body) + 4:08d}{total:017d}011226",
    ]
    return "".join(f"{line:0<80}\r\n" for line in lines).encode("iso-8859-1")
