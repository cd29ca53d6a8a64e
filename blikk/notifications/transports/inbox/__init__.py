"""The demo's transport: what would have been sent is put where everybody can read it."""

from django.conf import settings

from blikk.notifications.models import InboxMessage
from blikk.notifications.transports import NotSent, Outgoing, Receipt


class InboxTransport:
    """Keeps a message under its key, so that the same one twice is there once."""

    honours_key = True

    def send(self, message: Outgoing) -> Receipt:
        if not settings.BLIKK_DEMO:
            raise NotSent("demo_only", retry=False)
        kept, _ = InboxMessage.objects.get_or_create(
            key=message.key,
            defaults={
                "channel": message.channel,
                "kind": message.kind,
                "sender": message.sender,
                "to": message.to,
                "subject": message.subject,
                "body": message.body,
                "calendar": message.calendar,
                "at": message.now,
            },
        )
        return Receipt(provider_id=kept.public_id, is_delivered=True)
