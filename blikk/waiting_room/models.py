"""Arrivals, who serves a queue, and what people who wait were told."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.invitations.models import Invitation
from blikk.kernel.models import Moving, Opaque
from blikk.scheduling.models import Appointment, Opening
from blikk.waiting_room.states import IN_QUEUE, PRESENT, ArrivalStatus, ShowingStatus

LONGEST_WORDS = 300
_OVER = ["settled", "transferred", "left", "declined"]


class Pushed(models.TextChoices):
    """Why a place in the queue grew: it never does without one of these."""

    PRIORITY = "priority"
    TRANSFERRED_IN = "transferred_in"
    MISSED_CALL = "missed_call"


class Arrival(Moving):
    """Somebody at the door, from the proof of the device until they are settled or gone.

    Who came to a queue has an `order` there: their place is one more than the number of those before them.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="arrivals")
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, blank=True, related_name="arrivals"
    )
    opening = models.ForeignKey(Opening, models.PROTECT, null=True, blank=True, related_name="arrivals")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="arrivals")
    # Of somebody who comes along with a patient in a queue: whom they wait beside, without a place of their own.
    beside = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="arrivals_beside"
    )
    status = models.CharField(max_length=20, choices=ArrivalStatus, default=ArrivalStatus.AT_THE_DOOR)
    came_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # What the device check found: "ok", the code of a fault, or "" when not known.
    camera = models.CharField(max_length=20, blank=True)
    microphone = models.CharField(max_length=20, blank=True)
    sound = models.CharField(max_length=20, blank=True)
    network = models.CharField(max_length=20, blank=True)
    # Which tab holds the place, and when it was last heard of.
    seat = models.CharField(max_length=64, blank=True)
    seat_seen_at = models.DateTimeField(null=True, blank=True)
    # The place in a queue; smaller is earlier.
    order = models.BigIntegerField(null=True, blank=True)
    help_kind = models.CharField(max_length=40, blank=True)
    pushed_because = models.CharField(max_length=20, choices=Pushed, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    called_until = models.DateTimeField(null=True, blank=True)
    missed = models.PositiveSmallIntegerField(default=0)
    hold_words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    # When who was asked to wait comes back by themselves; never, where it is empty.
    hold_until = models.DateTimeField(null=True, blank=True)
    told_two_left_at = models.DateTimeField(null=True, blank=True)
    transferred_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="transferred_to"
    )
    # Gone to prove who they are with an eID until then at the latest: away from the page, and not from the queue.
    proving_until = models.DateTimeField(null=True, blank=True)
    # When an eID said that somebody else than the patient sits here; empty again once it says the patient.
    someone_else_at = models.DateTimeField(null=True, blank=True)
    # Who took them, and for whom alone they wait since a colleague handed them over.
    served_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    meant_for = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "status"]),
            models.Index(fields=["opening", "status", "order"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(status__in=PRESENT),
                name="one_arrival_at_a_time_per_invitation",
            ),
            models.UniqueConstraint(
                fields=["opening", "order"],
                condition=Q(status__in=IN_QUEUE),
                name="one_person_per_place_in_a_queue",
            ),
            models.CheckConstraint(
                name="arrival_has_an_hour_or_a_place",
                condition=Q(appointment__isnull=False) | Q(opening__isnull=False) | Q(beside__isnull=False),
            ),
            models.CheckConstraint(
                name="arrival_in_a_queue_has_a_place",
                condition=Q(opening__isnull=True, order__isnull=True)
                | Q(opening__isnull=False, order__isnull=False),
            ),
            models.CheckConstraint(
                name="arrival_is_called_for_a_while",
                condition=Q(called_until__isnull=True) | Q(called_at__isnull=False),
            ),
            models.CheckConstraint(
                name="arrival_pushed_at_a_time",
                condition=Q(pushed_because="", pushed_at__isnull=True)
                | (~Q(pushed_because="") & Q(pushed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="arrival_waiting_since_a_time",
                condition=~Q(status__in=["waiting", "admitted", "settled"]) | Q(waiting_since__isnull=False),
            ),
            models.CheckConstraint(
                name="arrival_admitted_at_a_time",
                condition=Q(status__in=["admitted", "settled"], admitted_at__isnull=False)
                | (~Q(status__in=["admitted", "settled"]) & Q(admitted_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="arrival_settled_once_it_is_over",
                condition=Q(status__in=_OVER, settled_at__isnull=False)
                | (~Q(status__in=_OVER) & Q(settled_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"Arrival {self.public_id}"

    @property
    def is_in_queue(self) -> bool:
        """Whether this person holds a place in a queue."""
        return self.opening_id is not None and self.status in IN_QUEUE


class EidResult(models.TextChoices):
    """What an eID said of the person who waits."""

    SAME = "same"  # the patient
    OTHER = "other"  # somebody else
    UNCLEAR = "unclear"  # somebody who may be the patient: staff look at a card
    FAILED = "failed"  # nothing that can be relied upon


class ProvenByEid(Opaque):
    """What came of it when somebody who waits used an eID; the newest one counts. No number and no name is in it."""

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="eid_proofs")
    result = models.CharField(max_length=10, choices=EidResult)
    # Why it failed, or what could not be compared.
    reason = models.CharField(max_length=20, blank=True)
    # By whom, in the provider's own name, and how strongly, in its own word.
    provider = models.CharField(max_length=40)
    level = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "proven by eid"
        indexes = [models.Index(fields=["arrival", "at"])]
        constraints = [
            models.CheckConstraint(
                name="proven_by_eid_at_some_level",
                condition=Q(result="failed") | ~Q(level=""),
            ),
        ]

    def __str__(self) -> str:
        return f"ProvenByEid {self.public_id}"


class ServingStatus(models.TextChoices):
    """What somebody who serves a queue does right now."""

    HERE = "here"
    BUSY = "busy"
    PAUSE = "pause"


class Serving(Opaque):
    """That a clinician works in the queue of a day."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="servings")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="servings")
    status = models.CharField(max_length=10, choices=ServingStatus, default=ServingStatus.HERE)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opening", "membership"],
                condition=Q(until__isnull=True),
                name="a_clinician_serves_a_queue_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Serving {self.public_id}"


class Notice(Opaque):
    """What those who wait were told on the screen: a fixed text by its code, or words. Never sent as a message."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="notices")
    opening = models.ForeignKey(Opening, models.CASCADE, null=True, blank=True, related_name="notices")
    arrival = models.ForeignKey(Arrival, models.CASCADE, null=True, blank=True, related_name="notices")
    code = models.CharField(max_length=30, blank=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["opening", "at"]), models.Index(fields=["arrival", "at"])]
        constraints = [
            models.CheckConstraint(
                name="notice_says_something",
                condition=~Q(code="") | ~Q(words=""),
            ),
            models.CheckConstraint(
                name="notice_is_for_one_or_for_all",
                condition=Q(opening__isnull=False, arrival__isnull=True)
                | Q(opening__isnull=True, arrival__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Notice {self.public_id}"


class Delay(Opaque):
    """That a clinician is late with the booked hours of a day; the newest one counts."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="delays")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="delays")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["membership", "day", "at"])]

    def __str__(self) -> str:
        return f"Delay {self.public_id}"


class Showing(Moving):
    """That a clinician shows a patient who they are, asked for or not, and what the patient made of it."""

    arrival = models.OneToOneField(Arrival, models.CASCADE, related_name="showing")
    status = models.CharField(max_length=10, choices=ShowingStatus)
    asked_at = models.DateTimeField(null=True, blank=True)
    shown_at = models.DateTimeField(null=True, blank=True)
    shown_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="showing_shown_by_somebody",
                condition=Q(shown_at__isnull=True, shown_by__isnull=True)
                | Q(shown_at__isnull=False, shown_by__isnull=False),
            ),
            models.CheckConstraint(
                name="showing_is_as_far_as_its_times",
                condition=Q(status="asked", asked_at__isnull=False, answered_at__isnull=True)
                | Q(status="shown", shown_at__isnull=False, answered_at__isnull=True)
                | Q(status__in=["seen", "unsure"], shown_at__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Showing {self.public_id}"
