"""Hands a page's script the words it shows, in the reader's language."""

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext

BUILT = Path(__file__).resolve().parent.parent / "static" / "built"
register = template.Library()


@lru_cache
def msgids_of(bundle: str) -> tuple[str, ...]:
    """The sentences that a bundle can show, as the build found them in its sources."""
    return tuple(json.loads((BUILT / f"words.{bundle}.json").read_text(encoding="utf-8")))


def catalogue(bundle: str) -> dict[str, str]:
    """What a bundle can show, in the language that is active; what is said as it stands is left out."""
    said = {msgid: gettext(msgid) for msgid in msgids_of(bundle)}
    return {msgid: told for msgid, told in said.items() if told != msgid}


@register.simple_tag
def words(*bundles: str) -> SafeString:
    """Print the catalogue that `t()` in the named bundles reads; what is said as it stands is left out."""
    said = {msgid: gettext(msgid) for bundle in bundles for msgid in msgids_of(bundle)}
    return json_script({msgid: told for msgid, told in said.items() if told != msgid}, "words")
