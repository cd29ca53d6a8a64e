"""The entries of the record, and the signed head of each chain."""

from django.db import models

SITE = 0
"""The chain of what belongs to no clinic."""


class Entry(models.Model):
    """One line of the record. The database refuses to change or remove it (see `guards`)."""

    chain = models.BigIntegerField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64)
    place = models.CharField(max_length=64, blank=True)
    about = models.CharField(max_length=160)
    details = models.TextField()
    previous = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="audit_entry_has_its_own_number"),
            models.CheckConstraint(name="audit_entry_counts_from_one", condition=models.Q(number__gte=1)),
        ]
        indexes = [
            models.Index(fields=["chain", "about", "number"], name="audit_entry_about"),
            models.Index(fields=["chain", "at"], name="audit_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.number} {self.act}"


class Head(models.Model):
    """How far a chain has come, signed: so that a tail that was cut off is missed."""

    chain = models.BigIntegerField(unique=True)
    number = models.BigIntegerField()
    mac = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain} at {self.number}"
