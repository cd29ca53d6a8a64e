"""The keys that press a button, in one place: the help of each page reads them here.

The scripts name the same letters (`listenForKey`); tests/web/test_page_help.py holds the two together.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    """What stands on the key, what it does, and the mark of the button that it presses."""

    sign: str
    words: Promise
    mark: str


DAY = (
    Key("S", _("Slipp inn den som har ventet lengst"), "data-shortcut"),
    Key("N", _("Ta neste i køen"), "data-shortcut-next"),
)
TALK = (
    Key("0–9", _("Svar «I orden» på spørsmålet med samme tall"), "data-shortcut-0–9"),
    Key("B", _("Bekreft rammen"), "data-shortcut-confirm"),
    Key("J", _("Pasienten sier ja til den som vil være med"), "data-shortcut-yes"),
    Key("V", _("Video passer"), "data-shortcut-video"),
    Key("M", _("Innkall til oppmøte"), "data-shortcut-meet"),
)
CLOSING = (
    Key("S", _("Signer notatet"), "data-shortcut-sign"),
    Key("K", _("Kopier notatet til journalen"), "data-shortcut-copy"),
    Key("G", _("Godta takstene"), "data-shortcut-accept"),
    Key("F", _("Ferdig"), "data-shortcut-done"),
)
EVERYWHERE = (Key("?", _("Åpne og lukke hjelpen"), "data-help"),)
ON_PAGE: dict[str, tuple[Key, ...]] = {"day": DAY + TALK, "conversation": TALK, "close_out": CLOSING}


def keys_on(page: str) -> tuple[Key, ...]:
    """The keys that work on a page."""
    return ON_PAGE.get(page, ()) + EVERYWHERE
