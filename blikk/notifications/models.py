"""The outbox, and the demo's inbox."""

from django.db import models

from blikk.kernel.models import Moving, Opaque
from blikk.kernel.secrets import EncryptedTextField
from blikk.notifications.states import MessageStatus

CHANNELS = [("sms", "sms"), ("email", "email")]


class Message(Moving):
    """One intent to tell one person something. Its key is unique, and goes with it to the transport."""

    status = models.CharField(max_length=12, choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    clinic_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    language = models.CharField(max_length=8)
    about = models.CharField(max_length=160, db_index=True)
    topic = models.CharField(max_length=80, blank=True)
    sender = models.CharField(max_length=80, blank=True)
    to = EncryptedTextField()
    to_hint = models.CharField(max_length=40)
    subject = EncryptedTextField(blank=True)
    body = EncryptedTextField(blank=True)
    calendar = EncryptedTextField(blank=True)  # a calendar file that goes with an e-mail
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="message_due",
                condition=models.Q(status__in=["queued", "sending"]),
            ),
            models.Index(
                fields=["clinic_id", "queued_at"],
                name="message_in_trouble",
                condition=models.Q(status__in=["failed", "uncertain"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_settled_once_it_is_out_of_our_hands",
                condition=models.Q(status__in=["queued", "sending"], settled_at__isnull=True)
                | (~models.Q(status__in=["queued", "sending"]) & models.Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="message_is_sent_under_a_lease",
                condition=~models.Q(status="sending") | models.Q(lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="message_delivered_after_it_was_sent",
                condition=~models.Q(status__in=["sent", "delivered"]) | models.Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id} ({self.status})"


class InboxMessage(Opaque):
    """What would have been sent, in the demo."""

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    kind = models.CharField(max_length=40)
    sender = models.CharField(max_length=80, blank=True)
    to = models.CharField(max_length=254)
    subject = models.TextField(blank=True)
    body = models.TextField()
    calendar = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.channel} to {self.to}"
