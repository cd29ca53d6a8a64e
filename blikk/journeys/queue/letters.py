"""Messages to those who wait in a queue or for an hour, and to the staff who forgot them."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from blikk.audit.services import named
from blikk.clinics.models import AlertBy, Clinic, Membership
from blikk.invitations import services as inviting
from blikk.invitations.models import Invitation
from blikk.invitations.services import Issued
from blikk.invitations.words import Kind, compose, sender_of, staff_alert
from blikk.notifications import services as outbox
from blikk.scheduling.models import Opening
from blikk.waiting_room.models import Arrival

# How each wants to be told.
WAYS: dict[str, tuple[outbox.Channel, ...]] = {
    AlertBy.EMAIL: ("email",),
    AlertBy.SMS: ("sms",),
    AlertBy.BOTH: ("sms", "email"),
    AlertBy.NONE: (),
}
# Messages in which a link helps; the others say that there is nothing more to open.
WITH_LINK: frozenset[Kind] = frozenset({"two_left", "your_turn", "late"})


def send(
    invitation: Invitation,
    kind: Kind,
    *,
    key: str,
    issued: Issued | None = None,
    minutes: int = 0,
    now: datetime,
) -> None:
    """Send a message about a queue or a delay to the phone, or by e-mail to who has none."""
    token = issued.token if issued else ""
    if kind in WITH_LINK:
        token = inviting.another_link(invitation, now=now)
    words = compose(
        kind,
        invitation,
        base_url=settings.BLIKK_BASE_URL,
        token=token,
        typed_code=issued.typed_code if issued else "",
        minutes=minutes,
    )
    by_phone = bool(invitation.phone)
    if not (by_phone or invitation.email):
        # A letter is all that they have: what the clinic wants to say now stands on their page.
        return
    outbox.queue(
        clinic_id=invitation.clinic_id,
        kind=kind,
        key=f"{invitation.public_id}:{kind}:{key}",
        channel="sms" if by_phone else "email",
        to=invitation.phone if by_phone else invitation.email,
        language=invitation.language,
        subject=words.subject,
        body=words.body,
        about=named(invitation),
        topic=f"day:{invitation.clinic.public_id}",
        sender=sender_of(invitation.clinic, "sms" if by_phone else "email"),
        now=now,
    )


def alert(
    clinic: Clinic, members: Iterable[Membership], *, about: Arrival | Opening, minutes: int, now: datetime
) -> int:
    """Write to members of staff that somebody waits and was told nothing, as each has chosen; says to how many."""
    told = 0
    for member in members:
        user = member.user
        words = staff_alert(clinic, minutes=minutes, language=user.language, base_url=settings.BLIKK_BASE_URL)
        for channel in WAYS[member.alert_by]:
            outbox.queue(
                clinic_id=clinic.pk,
                kind="staff_alert",
                key=f"{about.public_id}:staff_alert:{member.public_id}:{channel}:{now.isoformat()}",
                channel=channel,
                to=user.phone if channel == "sms" else user.email,
                language=user.language,
                subject=words.subject,
                body=words.body,
                about=named(about),
                sender=sender_of(clinic, channel),
                now=now,
            )
        told += bool(WAYS[member.alert_by])
    return told
