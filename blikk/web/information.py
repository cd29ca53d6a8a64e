"""What patients are told before they join, version by version.

The words of a version never change: who changes a sentence, or how it is translated, makes a new version and leaves the
old one standing, so that what somebody was shown can be read afterwards. A test compares the fingerprints.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LANGUAGES = ("nb", "nn", "en")
_SHOWN = re.compile(r"([0-9-]{7,12})\.([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Text:
    """One version: the short words beside the button, and the long page behind them."""

    short: "StrPromise"
    # For somebody who comes along with a patient.
    short_along: "StrPromise"
    parts: "Sequence[tuple[StrPromise, Sequence[StrPromise]]]"

    def sentences(self) -> "Iterator[StrPromise]":
        yield from (self.short, self.short_along)
        for heading, lines in self.parts:
            yield heading
            yield from lines


TEXTS: Mapping[str, Text] = {
    "2026-11": Text(
        short=_(
            "Når du går inn i venterommet, sier du ja til helsehjelp på video. Klinikken har ansvaret. "
            "Samtalen blir ikke tatt opp. Det er frivillig, og du kan be om å møte opp i stedet."
        ),
        short_along=_(
            "Når du går inn i venterommet, sier du ja til å være med i samtalen. Samtalen blir ikke tatt opp. "
            "Det du hører, skal bli mellom dere."
        ),
        parts=(
            (
                _("Hva som skjer"),
                (
                    _(
                        "Du og behandleren snakker sammen på video. Behandleren slipper deg inn når det er din tur, "
                        "og ingen ser eller hører deg før det."
                    ),
                    _("Alle som er med, vises med navn. Kommer noen inn senere, får du vite det."),
                    _("Virker ikke bildet, kan dere fortsette med bare lyd eller på telefon."),
                ),
            ),
            (
                _("Hvem som har ansvaret"),
                (
                    _(
                        "Klinikken du snakker med, har ansvaret for helsehjelpen og for opplysningene om deg, "
                        "akkurat som når du møter opp."
                    ),
                    _(
                        "Lyd og bilde er kryptert på veien mellom dere. Bruker klinikken en annen videoløsning enn "
                        "denne, får du vite det før du går inn i den."
                    ),
                ),
            ),
            (
                _("Samtalen blir ikke tatt opp"),
                (
                    _("Verken lyd, bilde eller det dere skriver mens dere snakker på video, blir lagret."),
                    _("Du skal heller ikke ta opp andre uten at de vet om det."),
                ),
            ),
            (
                _("Dette blir lagret"),
                (
                    _(
                        "Behandleren skriver i journalen, slik som ved et vanlig besøk. Der står det også når dere "
                        "snakket, hvem som var med, og hvordan dere ble enige om hvem du er."
                    ),
                    _(
                        "Klinikken lagrer når du fikk denne informasjonen, og hvem som har sett opplysningene om deg."
                    ),
                ),
            ),
            (
                _("Hvem er hvem"),
                (
                    _(
                        "Er du ny hos klinikken, kan behandleren be deg vise legitimasjon i bildet. "
                        "Bildet av kortet blir ikke lagret."
                    ),
                    _("Du kan også be behandleren vise hvem hun eller han er."),
                ),
            ),
            (
                _("Det er frivillig"),
                (
                    _(
                        "Du bestemmer selv om du vil bruke video. Du kan når som helst gå ut, og du kan be om "
                        "å møte opp i stedet uten å si hvorfor."
                    ),
                    _(
                        "Når du går inn i venterommet, sier du ja til helsehjelpen. "
                        "Du kan ombestemme deg, også midt i samtalen."
                    ),
                ),
            ),
            (
                _("Rettighetene dine"),
                (
                    _(
                        "Du kan be om å se det som står om deg, få vite hvem som har sett det, og be om at feil blir "
                        "rettet eller slettet. Spør klinikken."
                    ),
                    _(
                        "Er du ikke fornøyd med helsehjelpen, kan du klage til klinikken eller til Statsforvalteren. "
                        "Gjelder det personvernet, kan du klage til Datatilsynet. "
                        "Pasient- og brukerombudet hjelper deg gratis."
                    ),
                ),
            ),
            (
                _("Hvis det haster"),
                (_("Er det fare for liv, ring 113. Haster det, ring legevakten på 116 117."),),
            ),
        ),
    ),
}
# What each version's words are, in all languages together.
FINGERPRINTS: Mapping[str, str] = {"2026-11": "69823d1e6eb1cdd6d7f249be120aef22"}
CURRENT = "2026-11"


def version_now(own: int) -> str:
    """What is shown now: our own version, and that of the clinic's own lines."""
    return f"{CURRENT}.{own}"


def read_version(said: object) -> tuple[str, int] | None:
    """Our version and the clinic's, in what a page says that it showed; None for what we never had."""
    found = _SHOWN.fullmatch(said) if isinstance(said, str) else None
    if found is None or found[1] not in TEXTS:
        return None
    return found[1], int(found[2])


def fingerprint(version: str) -> str:
    """A digest of every word of a version in every language."""
    digest = hashlib.sha256()
    for language in LANGUAGES:
        with translation.override(language):
            for sentence in TEXTS[version].sentences():
                digest.update(f"{language}:{sentence}\n".encode())
    return digest.hexdigest()[:32]
