"""The menu of the clinic's own pages, in groups that an administrator can find their way in."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

# The page's name in the addresses, and what it is called. Pages below a page belong to it.
GROUPS: tuple[tuple[str | Promise, tuple[tuple[str, str | Promise], ...]], ...] = (
    (
        _("Virksomheten"),
        (
            ("clinic", _("Innstillinger")),
            ("getting_started", _("Kom i gang")),
            ("members", _("Ansatte")),
            ("support_contacts", _("Hvem vi ringer")),
            ("practised", _("Øving")),
        ),
    ),
    (
        _("Det pasienten møter"),
        (
            ("public_page", _("Siden for alle")),
            ("own_information", _("Informasjon")),
            ("notices", _("Oppslag")),
            ("questions", _("Spørsmål")),
            ("message_rules", _("Meldinger")),
            ("writing_rules", _("Skriftlig")),
            ("clinic_video", _("Video")),
        ),
    ),
    (
        _("Journal og systemer"),
        (
            ("journal_system", _("Journalsystem")),
            ("note_rules", _("Notat")),
            ("note_forms", _("Form")),
            ("calendar_server", _("Kalender")),
            ("other_systems", _("Andre systemer")),
        ),
    ),
    (
        _("Betaling"),
        (
            ("payment_rules", _("Takster og priser")),
            ("money_setup", _("Hvordan pasienten betaler")),
            ("invoice_setup", _("Faktura")),
            ("payers", _("Organisasjoner som betaler")),
            ("claims", _("Krav til Helfo")),
            ("money_journal", _("Økonomi")),
        ),
    ),
    (
        _("Personvern og kontroll"),
        (
            ("keeping", _("Oppbevaring")),
            ("kept", _("Innsyn og sletting")),
            ("exemptions", _("Unntak")),
            ("log", _("Logg")),
        ),
    ),
)


@register.inclusion_tag("administrator/_menu.html", takes_context=True)
def administrator_menu(context: dict[str, Any]) -> dict[str, Any]:
    """The groups with their pages; the page one is at, or the one that it lies below, is marked and named."""
    path: str = context["request"].path
    groups = [(name, [(words, reverse(page)) for page, words in pages]) for name, pages in GROUPS]
    places = [(address, words) for _name, pages in groups for words, address in pages]
    # The longest address that the path begins with: all of them begin with the clinic's own.
    below = [place for place in places if path.startswith(place[0])]
    here = max(below, key=lambda place: len(place[0]), default=("", ""))
    return {"groups": groups, "here": here[0], "here_words": here[1]}
