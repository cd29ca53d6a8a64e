"""Puts notices from the authorities on the pages of staff."""

from typing import TYPE_CHECKING, Any, cast

from django import template
from django.utils import timezone

from blikk.clinics.queries import notices_for
from blikk.kernel.times import local

if TYPE_CHECKING:
    from blikk.web.access import StaffRequest

register = template.Library()


@register.inclusion_tag("staff/_notices.html", takes_context=True)
def staff_notices(context: dict[str, Any]) -> dict[str, Any]:
    """What stands on the pages of those who work at the current clinic today."""
    clinic = cast("StaffRequest", context["request"]).clinic
    return {"notices": notices_for(clinic, "staff", on=local(timezone.now(), clinic.zone).date())}
