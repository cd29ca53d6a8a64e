"""The official exemptions in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXEMPTIONS: dict[str, Promise] = {
    "A": _("Allmennfarlig smittsom sykdom"),
    "B": _("Barn under 16 år"),
    "F": _("Frikort"),
    "G": _("Hivinfeksjon"),
    "H": _("Pasientens tilstand hindrer innkreving"),
    "I": _("Innsatt i fengsel"),
    "J": _("Under 18 år, psykoterapi eller psykiatri"),
    "K": _("Krigsskade"),
    "M": _("Vernepliktig"),
    "N": _("Undersøkelse ved Statens barnehus"),
    "O": _("Oppsøkende hjelp til rusmiddelbrukere"),
    "P": _("Oppsøkende helsehjelp i allmennpraksis"),
    "R": _("Akutt hjelp etter vold i nære relasjoner eller seksuelle overgrep"),
    "S": _("Svangerskap"),
    "W": _("Langtidsvirkende prevensjon for kvinner i LAR"),
    "Y": _("Yrkesskade"),
}
WHY: dict[str, Promise] = {
    "under_16": _("Pasienten er under 16 år."),
    "under_18_therapy": _("Pasienten er under 18 år og går hos psykolog."),
    "free_card": _("Pasienten har frikort."),
}


def exemption_words(code: str) -> str:
    """The code and what it means."""
    return f"{code}: {EXEMPTIONS[code]}" if code in EXEMPTIONS else code
