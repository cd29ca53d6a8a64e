"""An SMS that somebody sends to us: taken once, used for what it answers, and forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta

from blikk.journeys.contacts import answer_by_sms
from blikk.journeys.reminders import choose
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import keyed
from blikk.notifications import inbound
from blikk.notifications.inbound import Use
from blikk.notifications.models import Inbound
from blikk.patients.models import VERIFIED, ContactKind, ContactPoint
from blikk.patients.reading import normal_phone

STOP = frozenset({"stopp", "stop", "stopp sms", "avmeld"})
# Time for whoever took it to use it; then a worker does.
PATIENCE = timedelta(seconds=20)


def take_text(*, source: str, provider_id: str = "", phone: str, words: str, now: datetime) -> None:
    """Take in an SMS. It is kept before it is used, so that nothing is lost if we fail, and a replay is nothing new.

    One that its provider has not named is named by its words: the same from the same number on one day is the same.
    """
    if not provider_id:
        provider_id = f"{now:%Y-%m-%d}:{keyed('inbound sms', f'{phone}:{words}')}"
    kept = inbound.keep(source=source, provider_id=provider_id, phone=phone, words=words, now=now)
    inbound.use(kept, _using(now), now=now)


def use_kept_texts(*, now: datetime) -> int:
    """Use what was kept by somebody who died before using it; says how many."""
    left = inbound.unused(before=now - PATIENCE)
    for kept in left:
        inbound.use(kept, _using(now), now=now)
    return len(left)


def _using(now: datetime) -> Callable[[Inbound], Use]:
    def use(text: Inbound) -> Use:
        return _use(text, now=now)

    return use


def _use(text: Inbound, *, now: datetime) -> Use:
    phone = _number(text.phone)
    if not phone:
        return "unknown"
    if text.words.strip(" .!").casefold() in STOP:
        return "stopped" if _stop_reminders(phone, now=now) else "unknown"
    if answer_by_sms(phone=phone, words=text.words, message_key=f"{text.source}:{text.provider_id}", now=now):
        return "answer"
    return "unknown"


def _stop_reminders(phone: str, *, now: datetime) -> bool:
    """Remind whoever has this number by SMS no more; invitations still go, for those they have asked for."""
    points = ContactPoint.objects.filter(
        kind=ContactKind.PHONE, value=phone, state__in=VERIFIED, retired_at__isnull=True
    ).select_related("patient__clinic")
    for point in points:
        patient = point.patient
        actor = Actor("patient", patient.public_id, "sms")
        choose(patient.clinic, patient, channel="sms", wanted=False, actor=actor, now=now)
    return bool(points)


def _number(typed: str) -> str:
    """A sender's number as we keep numbers; gateways leave the plus out, and short numbers are nobody's."""
    try:
        return normal_phone(typed if typed.startswith(("+", "00")) or len(typed) <= 8 else f"+{typed}")
    except Invalid:
        return ""
