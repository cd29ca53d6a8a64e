"""The table of who was identified, by whom and how."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Membership
from blikk.consultations.states import CardKind, IdentityException, IdentityMethod
from blikk.kernel.models import Opaque

LONGEST_REASON = 300


class IdentityCheck(Opaque):
    """That it was made sure who somebody in a conversation is. Of a card nothing is kept but what the clinic wants.

    Nothing is written over: who corrects it makes a new row, and the old one says when it stopped counting.
    """

    consultation = models.ForeignKey(
        "consultations.Consultation", models.CASCADE, related_name="identity_checks"
    )
    participant = models.ForeignKey(
        "consultations.Participant", models.CASCADE, related_name="identity_checks"
    )
    method = models.CharField(max_length=10, choices=IdentityMethod)
    # By whom the person is known from before.
    known_by = models.CharField(max_length=160, blank=True)
    card_kind = models.CharField(max_length=20, choices=CardKind, blank=True)
    card_last_four = models.CharField(max_length=4, blank=True)
    reason = models.CharField(max_length=20, choices=IdentityException, blank=True)
    words = models.CharField(max_length=LONGEST_REASON, blank=True)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant"],
                condition=Q(replaced_at__isnull=True),
                name="one_identity_check_counts",
            ),
            models.CheckConstraint(
                name="identity_known_by_somebody",
                condition=Q(method="known") & ~Q(known_by="") | ~Q(method="known") & Q(known_by=""),
            ),
            models.CheckConstraint(
                name="identity_exception_for_a_reason",
                condition=Q(method="exception") & ~Q(reason="") & ~Q(words="")
                | ~Q(method="exception") & Q(reason="", words=""),
            ),
            models.CheckConstraint(
                name="identity_card_of_a_card",
                condition=Q(method="card") | Q(card_kind="", card_last_four=""),
            ),
        ]

    def __str__(self) -> str:
        return f"IdentityCheck {self.public_id}"
