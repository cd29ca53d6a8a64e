"""The tables of what other systems are told of: where to, what waits to be told, and how it went."""

from django.db import models

from blikk.kernel.models import Opaque
from blikk.kernel.secrets import ClinicSealedField


class Happening(models.TextChoices):
    """What another system can be told of: that it happened, and never anything about a person."""

    ARRIVED = "arrived"
    ENDED = "ended"
    DOCUMENTED = "documented"
    TRIAL = "trial"


class EventStatus(models.TextChoices):
    """Where a call is: to be made, taken by the other side, or given up until somebody presses the button."""

    WAITING = "waiting"
    TAKEN = "taken"
    DEAD = "dead"


class Webhook(Opaque):
    """Where a clinic wants another system to be told of what happens."""

    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="webhooks")
    address = models.CharField(max_length=500)
    happenings = models.JSONField(default=list)
    # What calls are signed with. While it is changed the one before signs too, until it runs out.
    secret = ClinicSealedField()
    secret_before = ClinicSealedField(blank=True)
    before_until = models.DateTimeField(null=True, blank=True)
    # How many calls there have been: each has the next number.
    last_number = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "ended_at"])]

    def __str__(self) -> str:
        return f"Webhook {self.public_id}"


class WebhookEvent(Opaque):
    """One call: made in the transaction of what it tells of, and kept until the other side has taken it."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    happening = models.CharField(max_length=12, choices=Happening)
    # The appointment: calls about the same one are made in order.
    about = models.CharField(max_length=22)
    # The names of what it is about, as our FHIR API has them.
    names = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=EventStatus, default=EventStatus.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="webhook_event_due",
                condition=models.Q(status="waiting"),
            ),
            models.Index(fields=["webhook", "about", "number"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "number"], name="one_event_of_a_number_per_webhook"),
            models.CheckConstraint(
                name="webhook_event_settled_at_a_time",
                condition=models.Q(status="waiting", settled_at__isnull=True)
                | (~models.Q(status="waiting") & models.Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"WebhookEvent {self.public_id}"


class WebhookTry(models.Model):
    """One try of a call, and what came of it."""

    event = models.ForeignKey(WebhookEvent, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    # What the other side answered; empty where it did not.
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    # Why it did not count; empty where it did.
    reason = models.CharField(max_length=20, blank=True)
    took_ms = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["event", "at"])]

    def __str__(self) -> str:
        return f"WebhookTry {self.pk}"
