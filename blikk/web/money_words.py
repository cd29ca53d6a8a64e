"""The words for how it goes with providers of payments."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_FAULTS: dict[str, Promise] = {
    "not_allowed": _(
        "Vipps kjenner ikke nøklene. De er lagret. Se etter at de hører til dette salgsstedet, og lagre på nytt."
    ),
    "no_answer": _("Vipps svarte ikke. Nøklene er lagret. Prøv igjen om litt."),
    "busy": _("Vipps har det travelt. Nøklene er lagret. Prøv igjen om litt."),
    "troubled": _("Vipps har en feil hos seg. Nøklene er lagret. Prøv igjen om litt."),
}
_OTHER = _("Vipps tok ikke imot oppsettet. Nøklene er lagret. Prøv igjen, og ring Vipps hvis det ikke går.")


def fault_words(reason: str) -> str:
    """Why keys could not be tried, and what to do."""
    return str(_FAULTS.get(reason, _OTHER))
