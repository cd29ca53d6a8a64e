"""The patient's link to a bill, and the browsers that opened it."""

from django.db import models

from blikk.clinics.models import Clinic
from blikk.kernel.models import Opaque
from blikk.settlement.bill_tables import Bill

TRIES = 5


class PayLink(Opaque):
    """A way to a bill for who gets it. Its secret is kept as a digest alone; a newer one ends it."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="pay_links")
    bill = models.ForeignKey(Bill, models.CASCADE, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True)
    # How it went: by sms or email, or from the page after the conversation.
    sent_by = models.CharField(max_length=10)
    language = models.CharField(max_length=5)
    # Wrong birth dates in all, from whatever browser.
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bill"], condition=models.Q(ended_at__isnull=True), name="one_pay_link_of_a_bill"
            ),
        ]

    def __str__(self) -> str:
        return f"PayLink {self.public_id}"


class PayDevice(models.Model):
    """A browser that presented a link, and whether it has answered whose it is."""

    link = models.ForeignKey(PayLink, models.CASCADE, related_name="devices")
    secret_digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "secret_digest"], name="one_pay_device_of_a_browser"),
        ]

    def __str__(self) -> str:
        return f"PayDevice {self.pk}"
