"""LIX, the readability index: words per sentence plus the share of long words in per cent.

C.-H. Björnsson, *Läsbarhet* (Stockholm: Liber, 1968): LIX = O/M + L·100/O with O words, M sentences and L words of more
than six letters. Below 30 is very easy, 30–40 easy, 40–50 of middle difficulty, 50–60 hard, above that very hard.
A sentence ends at . ! ? or :, and at the end of a heading or of a line in a list.
"""

import re
from html.parser import HTMLParser

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_END = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_BLOCKS = frozenset(
    {"p", "li", "h1", "h2", "h3", "div", "section", "ul", "ol", "nav", "header", "footer", "main"}
)
_UNREAD = frozenset({"script", "style", "head"})


def lix(text: str) -> float:
    """How hard a text is to read; raises ValueError where there is nothing to read."""
    words = _WORD.findall(text)
    sentences = [part for part in _END.split(text) if _WORD.search(part)]
    if not words:
        raise ValueError("a text without words has no readability")
    long = [word for word in words if len(word.replace("-", "")) > 6]
    return len(words) / len(sentences) + 100 * len(long) / len(words)


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._inside.append(tag)
        if tag in _BLOCKS or tag == "br":
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD and self._inside:
            self._inside.pop()
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.said.append(" ".join(data.split()) and f" {' '.join(data.split())} ")


def text_of(page: str, *, within: str = "main") -> str:
    """What somebody reads in one element of a rendered page."""
    found = re.search(rf"<{within}[\s>].*?</{within}>", page, re.DOTALL)
    read = _Read()
    read.feed(found.group(0) if found else page)
    return "".join(read.said)
