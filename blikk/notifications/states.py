"""The life of a message, and what is said about it later."""

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


class Outcome(models.TextChoices):
    """What a provider says of a message later: that it has it, that it arrived, or that it never will."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"


MOVE_OF = {
    Outcome.ACCEPTED: MessageStatus.SENT,
    Outcome.DELIVERED: MessageStatus.DELIVERED,
    Outcome.FAILED: MessageStatus.FAILED,
}

# Reasons that say that the address itself is wrong; `journeys.contacts` knows what follows from each.
NUMBER_NOT_IN_USE = "number_not_in_use"
NO_SUCH_MAILBOX = "no_such_mailbox"
