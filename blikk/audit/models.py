"""The entries of the record, and the signed head of each chain."""

from django.db import models

from blikk.kernel.secrets import EncryptedTextField

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


class Anchor(models.Model):
    """From where a chain goes on after its oldest entries were deleted: signed, added only, never changed.

    The entries up to `number` are those that may go; the first one that stays is linked to `mac`.
    """

    chain = models.BigIntegerField()
    number = models.BigIntegerField()
    mac = models.CharField(max_length=64)
    # The times of the first and the last entry that went, and when it was decided.
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    at = models.DateTimeField()
    signature = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "number"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="audit_anchor_goes_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} from {self.number + 1}"


class Tie(models.Model):
    """That a thing in the record was about somebody, after the thing itself was deleted: opaque names only.

    So a patient can still be told who saw what, for as long as the entries are kept.
    """

    chain = models.BigIntegerField()
    about = models.CharField(max_length=160)
    whose = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["chain", "at"])]
        constraints = [
            models.UniqueConstraint(fields=["chain", "whose", "about"], name="audit_tie_is_made_once"),
        ]

    def __str__(self) -> str:
        return f"{self.about} of {self.whose}"


class Words(models.Model):
    """What somebody wrote as a reason, beside its entry: it may name people, and goes with the thing.

    The entry has a seal of it, so that other words are found; what is left of it when the words are gone says nothing.
    """

    chain = models.BigIntegerField()
    number = models.BigIntegerField()
    about = models.CharField(max_length=160)
    text = EncryptedTextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "words"
        indexes = [models.Index(fields=["chain", "about"]), models.Index(fields=["chain", "at"])]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="audit_words_of_one_entry"),
        ]

    def __str__(self) -> str:
        return f"Words of {self.chain}/{self.number}"
