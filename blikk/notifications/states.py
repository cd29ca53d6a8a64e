"""The life of a message."""

from django.db import models

from blikk.kernel.moves import Moves


class MessageStatus(models.TextChoices):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"


MESSAGE = Moves(
    {
        MessageStatus.QUEUED: frozenset(
            {MessageStatus.SENDING, MessageStatus.WITHDRAWN, MessageStatus.FAILED}
        ),
        MessageStatus.SENDING: frozenset(
            {
                MessageStatus.QUEUED,
                MessageStatus.SENT,
                MessageStatus.DELIVERED,
                MessageStatus.FAILED,
                MessageStatus.UNCERTAIN,
            }
        ),
        MessageStatus.SENT: frozenset({MessageStatus.DELIVERED, MessageStatus.FAILED}),
        MessageStatus.UNCERTAIN: frozenset(
            {MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.FAILED}
        ),
    }
)
