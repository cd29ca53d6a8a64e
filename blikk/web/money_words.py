"""The words for how it goes with providers of payments."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_FAULTS: dict[str, Promise] = {
    "not_allowed": _(
        "%(who)s kjenner ikke nøklene. De er lagret. Se etter at de hører til dette salgsstedet, og lagre på nytt."
    ),
    "no_answer": _("%(who)s svarte ikke. Nøklene er lagret. Prøv igjen om litt."),
    "busy": _("%(who)s har det travelt. Nøklene er lagret. Prøv igjen om litt."),
    "troubled": _("%(who)s har en feil hos seg. Nøklene er lagret. Prøv igjen om litt."),
}
_OTHER = _(
    "%(who)s tok ikke imot oppsettet. Nøklene er lagret. Prøv igjen, og ring %(who)s hvis det ikke går."
)


def fault_words(who: str, reason: str) -> str:
    """Why keys could not be tried, and what to do."""
    return str(_FAULTS.get(reason, _OTHER)) % {"who": who}
