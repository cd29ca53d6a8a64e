"""What somebody who drops in may need help with, in words."""

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blikk.clinics import queries as clinics

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic

# The list of a clinic that has none of its own. Nothing in it tells an illness.
STANDARD: dict[str, Promise] = {
    "new": _("Noe nytt"),
    "known": _("Noe jeg har vært i kontakt med dere om før"),
    "prescription": _("Resept"),
    "sick_note": _("Sykmelding eller attest"),
    "results": _("Svar på prøver"),
    "other": _("Noe annet"),
}


def help_choices(clinic: "Clinic") -> list[tuple[str, str]]:
    """What to choose between on the clinic's form."""
    return [(kind.slug, kind.label or str(STANDARD[kind.slug])) for kind in clinics.help_kinds(clinic)]


def help_label(clinic: "Clinic", slug: str) -> str:
    """What somebody chose; its short name where the clinic has taken the choice away since."""
    return dict(help_choices(clinic)).get(slug) or str(STANDARD.get(slug, slug))
