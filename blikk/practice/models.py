"""Practice places, and each time somebody practised."""

from django.db import models

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.models import Opaque


class Place(models.Model):
    """Where one clinician practises: a clinic of their own, in which nobody else is and nothing real can be."""

    membership = models.OneToOneField(Membership, models.PROTECT, related_name="+")
    own = models.OneToOneField(Membership, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"Place of {self.membership_id}"


class Practice(Opaque):
    """That a member of staff practised, and how far they came. Nothing about the simulated patient stands here."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="practices")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    # The hour in the practice place, gone when that is emptied.
    appointment = models.CharField(max_length=22)
    steps = models.JSONField(default=list, blank=True)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "began_at"], name="practice_of_clinic"),
            models.Index(fields=["emptied_at", "began_at"], name="practice_to_empty"),
        ]

    def __str__(self) -> str:
        return f"Practice {self.public_id}"
