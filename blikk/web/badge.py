"""The badge's one line of HTML, for a municipality's website."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic

WIDTH, HEIGHT = 340, 170


def line_of_html(clinic: "Clinic") -> str:
    """Write the line that puts the badge on another page."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border:0"></iframe>',
        settings.BLIKK_BASE_URL + reverse("clinic_badge", args=[clinic.slug]),
        gettext("Drop-in på video hos {clinic}").format(clinic=clinic.name),
        WIDTH,
        HEIGHT,
    )
