"""Other systems in words: what they may see, when they asked last, and how it goes with what they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blikk.web.other_systems_forms import HAPPENS, SEES
from blikk.web.presenters import words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from blikk.clinics.models import MachineClient, Webhook, WebhookTry
    from blikk.clinics.webhooks.queries import Standing

FAULTS: dict[str, "StrPromise"] = {
    "internal": _("Adressen leder til et nett som bare serveren vår når. Dit ringer Blikk ikke."),
    "no_such_host": _("Serveren finnes ikke. Se etter skrivefeil i adressen."),
    "no_connection": _("Serveren svarer ikke."),
    "certificate": _("Serveren har ikke et gyldig sertifikat."),
    "no_answer": _("Serveren svarte ikke i tide."),
    "leads_elsewhere": _("Serveren viser til en annen adresse. Skriv den rette adressen her."),
    "refused": _("Serveren tok ikke imot."),
    "gone": _("Serveren sier at adressen er lagt ned."),
    "troubled": _("Serveren har problemer."),
    "busy": _("Serveren ba oss vente."),
    "broken": _("Noe gikk galt hos oss. Den som drifter Blikk, finner det i loggen."),
}
_TRIAL = {"trial": _("Prøve")}
_STATES: dict[str, "StrPromise"] = {
    "waiting": _("Prøves igjen"),
    "taken": _("Tatt imot"),
    "dead": _("Gitt opp"),
}


@dataclass(frozen=True, slots=True)
class ShownSystem:
    """A system that may read."""

    id: str
    name: str
    sees: str
    used: str


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A public key, so that somebody can compare it with what the other side says."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class ShownHook:
    """A system that is told."""

    id: str
    host: str
    happens: str
    state: str
    is_wrong: bool
    dead: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ShownTry:
    """One try."""

    at: str
    what: str
    number: int
    name: str
    words: str
    state: str
    is_wrong: bool


def show_systems(systems: "Sequence[MachineClient]", *, zone: str) -> list[ShownSystem]:
    """Put each system into words."""
    return [
        ShownSystem(one.public_id, one.name, _joined(SEES, one.kinds), used_words(one, zone=zone))
        for one in systems
    ]


def used_words(system: "MachineClient", *, zone: str) -> str:
    """When a system asked for a token last."""
    if system.last_used_at is None:
        return gettext("Ikke brukt ennå.")
    return gettext("Sist brukt {when} fra {where}.").format(
        when=words.day_and_clock(system.last_used_at, zone), where=system.last_used_from or "–"
    )


def show_keys(system: "MachineClient") -> list[ShownKey]:
    """The keys that a system has."""
    return [ShownKey(key["kid"], "RSA" if key["kty"] == "RSA" else f"EC {key['crv']}") for key in system.keys]


def show_hooks(
    hooks: "Sequence[Webhook]", standings: "Mapping[int, Standing]", *, zone: str
) -> list[ShownHook]:
    """Put each system that is told into words."""
    return [show_hook(one, standings[one.pk], zone=zone) for one in hooks]


def show_hook(hook: "Webhook", standing: "Standing", *, zone: str) -> ShownHook:
    """How it goes with one."""
    parts = []
    if standing.dead:
        said = ngettext("{count} beskjed er gitt opp.", "{count} beskjeder er gitt opp.", standing.dead)
        parts.append(said.format(count=standing.dead))
    if standing.waiting and standing.waiting_since:
        said = ngettext(
            "{count} beskjed venter, den eldste fra {when}.",
            "{count} beskjeder venter, den eldste fra {when}.",
            standing.waiting,
        )
        when = words.day_and_clock(standing.waiting_since, zone)
        parts.append(said.format(count=standing.waiting, when=when))
    if standing.taken_at:
        when = words.day_and_clock(standing.taken_at, zone)
        parts.append(gettext("Sist tatt imot {when}.").format(when=when))
    return ShownHook(
        id=hook.public_id,
        host=urlsplit(hook.address).hostname or hook.address,
        happens=_joined(dict(HAPPENS), hook.happenings),
        state=" ".join(parts) or gettext("Ingen beskjeder ennå."),
        is_wrong=bool(standing.dead),
        dead=standing.dead,
        waiting=standing.waiting,
    )


def show_tries(tries: "Sequence[WebhookTry]", *, zone: str) -> list[ShownTry]:
    """Put the last tries into words."""
    happens = {**dict(HAPPENS), **_TRIAL}
    return [
        ShownTry(
            at=words.day_and_clock(one.at, zone),
            what=str(happens[one.event.happening]),
            number=one.event.number,
            name=one.event.public_id,
            words=_answer(one),
            state=str(_STATES[one.event.status]),
            is_wrong=bool(one.reason),
        )
        for one in tries
    ]


def _answer(one: "WebhookTry") -> str:
    said = str(FAULTS.get(one.reason, FAULTS["broken"])) if one.reason else gettext("Tatt imot.")
    code = gettext("Svar {code}.").format(code=one.code) if one.code is not None else ""
    took = gettext("{count} ms").format(count=one.took_ms)
    return " ".join(part for part in (said, code, f"({took})") if part)


def _joined(known: "Mapping[str, StrPromise]", codes: Sequence[str]) -> str:
    return "; ".join(
        str(known[code]) if n == 0 else words.uncapital(str(known[code])) for n, code in enumerate(codes)
    )
