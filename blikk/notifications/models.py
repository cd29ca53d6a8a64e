"""The outbox, what providers say of it, what people answer, and the demo's inbox."""

from django.db import models

from blikk.kernel.models import Moving, Opaque
from blikk.kernel.secrets import EncryptedTextField
from blikk.notifications.states import MessageStatus, Outcome

CHANNELS = [("sms", "sms"), ("email", "email")]


class Message(Moving):
    """One intent to tell one person something. Its key is unique, and goes with it to the transport."""

    status = models.CharField(max_length=12, choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    clinic_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=200, unique=True)
    # What providers know the key by: it says nothing, and comes back in their reports.
    reference = models.CharField(max_length=40, db_index=True, blank=True, db_default="")
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
    # When what follows from a failure was done: the address marked, another way tried.
    followed_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="message_to_follow_up",
                condition=models.Q(status="failed", followed_up_at__isnull=True),
            ),
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


class Part(models.Model):
    """What a provider calls a message that it took; a long SMS is several, and is delivered when all are."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="parts")
    provider_id = models.CharField(max_length=200)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["provider_id"], name="part_provider_id")]
        constraints = [
            models.UniqueConstraint(fields=["message", "provider_id"], name="one_part_of_a_name_in_a_message")
        ]

    def __str__(self) -> str:
        return f"Part {self.pk} of {self.message_id}"


class Report(models.Model):
    """What a provider said about a message, once; it may come before we know what the message is called."""

    channel = models.CharField(max_length=8, choices=CHANNELS)
    provider_id = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], name="report_unused", condition=models.Q(used_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "provider_id", "reference", "outcome"], name="a_report_is_kept_once"
            ),
            models.CheckConstraint(
                name="report_names_a_message",
                condition=~models.Q(provider_id="") | ~models.Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Report {self.pk} ({self.outcome})"


class Inbound(models.Model):
    """An SMS that somebody sent to us, until it has been used; afterwards only that there was one."""

    source = models.CharField(max_length=16)
    provider_id = models.CharField(max_length=200)
    phone = EncryptedTextField(blank=True)
    words = EncryptedTextField(blank=True)
    received_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], name="inbound_unused", condition=models.Q(used_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "provider_id"], name="an_inbound_sms_is_taken_once"),
            models.CheckConstraint(
                name="inbound_has_an_outcome_once_it_is_used",
                condition=models.Q(used_at__isnull=True, outcome="")
                | (models.Q(used_at__isnull=False) & ~models.Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Inbound {self.pk}"


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
