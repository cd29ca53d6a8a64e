"""The headings of the office's plan, and under each the question that the office answers in its own words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the plan."""

    title: Promise
    ask: Promise


HEADINGS: dict[str, Heading] = {
    "organisation": Heading(
        _("Organisering av dagen"),
        _("Hvem gjør hva når vi har video? Hvem ser til køen, og hvem tar telefonen?"),
    ),
    "patients_told": Heading(
        _("Informasjon til pasientene"),
        _("Hvor og hvordan sier vi at vi tilbyr video? Hvem holder det oppdatert?"),
    ),
    "knowledge": Heading(
        _("Kunnskap"), _("Hvem skal øve, og når? Hvem viser nye kolleger og pasienter hvordan det virker?")
    ),
    "equipment": Heading(
        _("Utstyr"), _("Hvilke rom og maskiner bruker vi? Hvem har hodetelefoner, og hvem lader dem?")
    ),
    "invitations": Heading(
        _("Adresser og innkalling"),
        _("Hvem leser nummer og e-post tilbake til pasienten? Hva gjør vi når en melding ikke kom fram?"),
    ),
    "companions": Heading(
        _("Pårørende, tolk og hjelpere"),
        _("Hvilke avtaler lager vi på forhånd, og hvem bestiller tolk?"),
    ),
    "failure": Heading(
        _("Hvis det svikter"),
        _("Hvem ringer pasienten, og fra hvilken telefon? Hvem melder fra om feilen?"),
    ),
}
