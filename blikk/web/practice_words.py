"""The words of what is practised: what to do, what was done, what is left, and what the national advice says of it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Step:
    """One step, in words."""

    code: str
    name: Promise
    todo: Promise
    # What the article "Praktiske råd til helsepersonell om god bruk av video" says, in our words.
    advice: Promise
    is_done: bool = False
    is_next: bool = False


_STEPS = (
    (
        "waiting",
        _("Slipp inn pasienten"),
        _("Pasienten sitter i venterommet på dagsiden. Trykk «Slipp inn»."),
        _("Pasienten venter trygt i et digitalt venterom til du henter dem inn."),
    ),
    (
        "questions",
        _("Spør om det som ikke er i orden"),
        _("Ett svar er rødt: lyd og lys. Spør pasienten, og kryss av i «Rammen»."),
        _("Det er ditt ansvar å forsikre deg om at rammen er avklart og trygg før dere begynner."),
    ),
    (
        "identity",
        _("Se hvem pasienten er"),
        _("Du kjenner ikke pasienten. Be om et kort med bilde, og bekreft det du ser. Tasten L hjelper."),
        _("En pasient du ikke kjenner, viser bankkort med bilde. Vær klar til å vise hvem du er selv."),
    ),
    (
        "network",
        _("Hjelp når bildet stopper"),
        _("Bildet til pasienten fryser og lyden blir borte. Åpne «Tekst» og skriv hva dere gjør nå."),
        _("Er lyd og bilde gode nok? Du vurderer selv om samtalen kan fortsette på video."),
    ),
    (
        "danger",
        _("Se varselet"),
        _("Pasienten er ikke helt trygg. Se «Rammen», snakk med pasienten, og kryss av."),
        _("Føler pasienten seg trygg og uforstyrret? Kan noen uvedkommende se eller høre dere?"),
    ),
    (
        "end",
        _("Avslutt for begge"),
        _("Trykk «Avslutt», og bekreft. Da er samtalen over for begge."),
        _("Avslutt riktig: trykk på knappen som avslutter møtet. Å lukke vinduet er ikke nok."),
    ),
    (
        "close_out",
        _("Skriv ferdig"),
        _("Signer notatet, velg utfall, og trykk «Ferdig»."),
        _("Dokumenter i journalen som ellers, og husk at det skal stå at det var på video."),
    ),
)


def steps_in_words(done: Collection[str]) -> list[Step]:
    """Every step with whether it is done, and which one is next."""
    left = next((code for code, *_words in _STEPS if code not in done), "")
    return [Step(*step, is_done=step[0] in done, is_next=step[0] == left) for step in _STEPS]
