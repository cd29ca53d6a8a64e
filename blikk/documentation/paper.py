"""A signed note as a page to keep: PDF, in the variant for archives.

The words come from outside; here they are set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from blikk.kernel.press import ARCHIVE as ARCHIVE
from blikk.kernel.press import NoPaper as NoPaper
from blikk.kernel.press import printed


class Written(Protocol):
    """What is set: a signed version, by whatever table it is kept in."""

    @property
    def public_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The words around the text, in its language."""

    title: str
    clinic: str
    author: str
    # What stands under the title: patient, version, signer.
    facts: Sequence[tuple[str, str]]
    # The foot of every page: what it is, and the page's number in the two places marked so.
    foot: str
    page: str = "{page} / {pages}"


def pdf_of(version: Written, head: Head) -> bytes:
    """The text on as many pages as it needs; raises NoPaper where this machine cannot."""
    return printed(_sheet(version, head), name=version.public_id)


def _sheet(version: Written, head: Head) -> str:
    facts = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in head.facts)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in version.text.split("\n\n") if part.strip())
    return f"""<!doctype html>
<html lang="{escape(version.language)}">
<head><meta charset="utf-8"><title>{escape(head.title)}</title>
<meta name="author" content="{escape(head.author)}"><style>{_STYLE % _page(head)}</style></head>
<body><p class="clinic">{escape(head.clinic)}</p><h1>{escape(head.title)}</h1><table>{facts}</table>
<main>{paragraphs}</main></body></html>"""


def _page(head: Head) -> dict[str, str]:
    first, _, rest = head.page.partition("{page}")
    middle, _, last = rest.partition("{pages}")
    number = f"{_quoted(first)} counter(page) {_quoted(middle)} counter(pages) {_quoted(last)}"
    return {"foot": _quoted(head.foot), "number": number}


def _quoted(words: str) -> str:
    """A string of a style sheet: every sign that could end it is written as its number."""
    return (
        '"'
        + "".join(sign if sign.isalnum() or sign in " .,:·-–" else f"\\{ord(sign):x} " for sign in words)
        + '"'
    )


_STYLE = """
@page { size: A4; margin: 22mm 20mm 24mm;
  @bottom-left { content: %(foot)s; font: 8.5pt "DejaVu Sans", sans-serif; color: #444; width: 75%% }
  @bottom-right { content: %(number)s; font: 8.5pt "DejaVu Sans", sans-serif; color: #444 } }
body { font: 10.5pt/1.5 "Noto Sans", "DejaVu Sans", sans-serif; color: #111; margin: 0 }
.clinic { margin: 0; color: #444; font-size: 9.5pt }
h1 { font-size: 17pt; line-height: 1.25; margin: 1mm 0 5mm }
table { border-collapse: collapse; width: 100%%; margin: 0 0 7mm; border-top: .6pt solid #888;
  border-bottom: .6pt solid #888 }
th { text-align: left; font-weight: 600; width: 32mm; padding: 1mm 4mm 1mm 0; vertical-align: top }
td { padding: 1mm 0; vertical-align: top }
main p { margin: 0 0 3.5mm; white-space: pre-wrap; orphans: 3; widows: 3; overflow-wrap: anywhere }
"""
