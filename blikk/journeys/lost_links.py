"""A link that was lost is sent again, and nobody learns from the asking whether there was one.

The page only puts the question down; the worker looks afterwards. So the answer takes as long, and reads alike,
whether the person exists or not.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from blikk.audit.services import hold, named
from blikk.invitations import services as inviting
from blikk.invitations.models import Invitation, LostLink, PersonRole
from blikk.invitations.states import InvitationStatus
from blikk.invitations.words import compose, sender_of
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import DomainError, Invalid
from blikk.notifications import services as outbox
from blikk.notifications.models import Message
from blikk.patients.contact_points import find
from blikk.patients.services import normal_email, normal_phone
from blikk.scheduling.models import Form
from blikk.scheduling.states import FILLS_TIME

MOST_AT_ONCE = 3
MOST_A_DAY = 3
BATCH = 20
# Nobody waits for an answer that comes so late, after the worker was down.
TOO_OLD = timedelta(hours=1)

log = logging.getLogger(__name__)


def ask(typed: str, *, where: str, now: datetime) -> str:
    """Put down that somebody at this number or address wants their link again; says how it was read.

    Raises Invalid (`to`) for what can be neither. The caller limits how often.
    """
    kind, to = read(typed)
    LostLink.objects.create(kind=kind, to=to, where=where[:45], asked_at=now)
    return to


def read(typed: str) -> tuple[str, str]:
    """Read a phone number or an e-mail address, the way it is registered. Raises Invalid (`to`)."""
    typed = typed.strip()
    try:
        if "@" in typed:
            return "email", normal_email(typed)
        number = normal_phone(typed)
    except Invalid as fault:
        raise Invalid(to=next(iter(fault.fields.values()))) from fault
    if not number:
        raise Invalid(to="missing")
    return "sms", number


def answer_lost_links(*, now: datetime) -> int:
    """Look for the links that were asked for and send what there is; says how many were sent."""
    sent = 0
    for asked in LostLink.objects.order_by("pk")[:BATCH]:
        try:
            sent += _answer(asked, now=now)
        except DomainError as error:
            # The hour was moved or cancelled in the same moment: that message has its own link.
            log.info("lost_links.refused", extra={"code": error.code})
            LostLink.objects.filter(pk=asked.pk).delete()
    return sent


@transaction.atomic
def _answer(asked: LostLink, *, now: datetime) -> int:
    if LostLink.objects.filter(pk=asked.pk).delete()[0] == 0 or asked.asked_at < now - TOO_OLD:
        return 0
    found = list(_open_to(asked.kind, asked.to, now=now))
    for clinic_id in sorted({invitation.clinic_id for invitation in found}):
        hold(clinic_id)
    return sum(_send(invitation, asked, now=now) for invitation in found)


def _open_to(kind: str, to: str, *, now: datetime) -> Iterable[Invitation]:
    """What this number or address leads to, today and later, soonest first; registered with it today too."""
    field = "phone" if kind == "sms" else "email"
    to_come = Q(
        appointment__status__in=FILLS_TIME, appointment__form=Form.VIDEO, appointment__ends_at__gte=now
    ) | Q(appointment__isnull=True, opening__closes_at__gte=now)
    found = (
        Invitation.objects.filter(to_come, status=InvitationStatus.OPEN)
        .filter(**{f"{field}__iexact" if kind == "email" else field: to})
        .select_related("clinic", "appointment", "opening", "patient")
        .order_by("appointment__starts_at", "pk")
    )
    mine = [invitation for invitation in found if _is_registered(invitation, field, to)]
    return mine[:MOST_AT_ONCE]


def _is_registered(invitation: Invitation, field: str, to: str) -> bool:
    """A patient who has changed number since, or whose number is not verified any more, is not written to at it."""
    if invitation.role != PersonRole.PATIENT or invitation.patient is None:
        return True
    point = find(invitation.patient, field)
    return point is not None and point.is_verified and point.value.casefold() == to.casefold()


def _send(invitation: Invitation, asked: LostLink, *, now: datetime) -> int:
    about = named(invitation)
    today = Message.objects.filter(about=about, kind="link_again", queued_at__gt=now - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        return 0
    token = inviting.link_again(invitation, channel=asked.kind, actor=SYSTEM, where=asked.where, now=now)
    words = compose("link_again", invitation, base_url=settings.BLIKK_BASE_URL, token=token)
    outbox.queue(
        clinic_id=invitation.clinic_id,
        kind="link_again",
        key=f"{invitation.public_id}:link_again:{asked.public_id}",
        channel=asked.kind,  # type: ignore[arg-type]
        to=asked.to,
        language=invitation.language,
        subject=words.subject,
        body=words.body,
        about=about,
        topic=f"day:{invitation.clinic.public_id}",
        sender=sender_of(invitation.clinic, asked.kind),
        now=now,
    )
    return 1
