"""The tables of how long a clinic keeps what, and of every time that something was deleted."""

from django.db import models
from django.db.models import Q

from blikk.kernel.models import Opaque


class KeptKind(models.TextChoices):
    """The kinds of data that have a period of their own."""

    VISIT = "visit"
    PATIENT = "patient"
    AUDIT = "audit"
    MONEY = "money"
    CLAIM = "claim"


class Retention(models.Model):
    """How long a clinic keeps a kind of data, where it has chosen another period than the usual one."""

    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="retentions")
    kind = models.CharField(max_length=10, choices=KeptKind)
    # In the unit of the kind: days, or years.
    amount = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "kind"], name="one_retention_of_a_kind"),
            models.CheckConstraint(name="retention_is_some_time", condition=Q(amount__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.clinic_id}: {self.amount}"


class DeletionKind(models.TextChoices):
    """Why something was deleted: its time was over, or the patient asked."""

    NIGHT = "night"
    ASKED = "asked"


class DeletionStatus(models.TextChoices):
    """Whether a deletion is done."""

    RUNNING = "running"
    DONE = "done"


class Deletion(Opaque):
    """The proof of a deletion: how many rows of each table, of which days, and a digest. Nothing about a person.

    It counts up in the transactions that delete, so that after a kill it says what was really deleted.
    """

    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="deletions")
    kind = models.CharField(max_length=6, choices=DeletionKind)
    status = models.CharField(max_length=8, choices=DeletionStatus, default=DeletionStatus.RUNNING)
    # The night, by the clinic's own calendar.
    night = models.DateField()
    began_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    visits = models.PositiveIntegerField(default=0)
    patients = models.PositiveIntegerField(default=0)
    first_on = models.DateField(null=True, blank=True)
    last_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    # What was due and stayed, because somebody worked with it in that moment.
    postponed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-began_at", "-pk"]
        indexes = [models.Index(fields=["clinic", "began_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "night"], condition=Q(kind="night"), name="one_deletion_per_night"
            ),
            models.CheckConstraint(
                name="deletion_done_at_a_time",
                condition=Q(status="done", done_at__isnull=False) | Q(status="running", done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Deletion {self.public_id}"
