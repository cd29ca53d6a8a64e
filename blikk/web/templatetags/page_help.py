"""Puts «Hjelp» on every page of the staff side: words about this page, with no query and no script."""

from typing import Any

from django import template

from blikk.web.page_help import help_at

register = template.Library()


@register.inclusion_tag("staff/_page_help.html", takes_context=True)
def page_help(context: dict[str, Any]) -> dict[str, Any]:
    """The button and the panel; nothing where the page has no help, or nobody is signed in."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {"help": None}
    return {"help": help_at(request.path)}
