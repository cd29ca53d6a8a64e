"""Pages to keep: HTML set as PDF, in the variant for archives, tagged for who reads with a screen reader.

WeasyPrint needs Pango, which a machine may lack: it is loaded when the first page is made, and who asks is told that
there is no paper.
"""

from functools import cache
from typing import Any

from blikk.kernel.errors import Refused

ARCHIVE = "pdf/a-3u"


class NoPaper(Refused):
    """This machine cannot make a PDF."""

    code = "no_paper"


def printed(sheet: str, *, name: str) -> bytes:
    """The sheet on as many pages as it needs; `name` tells this PDF from all others. Raises NoPaper."""
    made: bytes = _press()(string=sheet, url_fetcher=_fetch_nothing).write_pdf(
        pdf_variant=ARCHIVE, pdf_identifier=name.encode(), pdf_tags=True, full_fonts=False
    )
    return made


@cache
def _press() -> Any:
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:
        raise NoPaper from error
    return HTML


def _fetch_nothing(url: str, *_: Any, **__: Any) -> Any:
    """A page has no pictures and no links to follow, whatever is written in it."""
    raise ValueError(url)
