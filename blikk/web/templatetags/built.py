"""Puts a small built script into the page itself, where a request of its own would cost more than it weighs."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString

from blikk.web.templatetags.words import BUILT

register = template.Library()


@register.simple_tag
@lru_cache
def built_script(name: str) -> SafeString:
    """Print a script of our own build. It cannot close its element: esbuild writes `</script` as `<\\/script`."""
    return SafeString((BUILT / f"{name}.js").read_text(encoding="utf-8"))
