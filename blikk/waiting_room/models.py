"""Arrivals."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.invitations.models import Invitation
from blikk.kernel.models import Moving
from blikk.scheduling.models import Appointment
from blikk.waiting_room.states import PRESENT, ArrivalStatus


class Arrival(Moving):
    """Somebody at the door, from the proof of the device until they are settled or gone."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="arrivals")
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="arrivals")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="arrivals")
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

    class Meta:
        indexes = [models.Index(fields=["clinic", "status"])]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(status__in=PRESENT),
                name="one_arrival_at_a_time_per_invitation",
            ),
            models.CheckConstraint(
                name="arrival_waiting_since_a_time",
                condition=Q(status__in=["at_the_door", "left", "declined"]) | Q(waiting_since__isnull=False),
            ),
            models.CheckConstraint(
                name="arrival_admitted_at_a_time",
                condition=Q(status__in=["admitted", "settled"], admitted_at__isnull=False)
                | (~Q(status__in=["admitted", "settled"]) & Q(admitted_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="arrival_settled_once_it_is_over",
                condition=Q(
                    status__in=["settled", "transferred", "left", "declined"], settled_at__isnull=False
                )
                | (
                    ~Q(status__in=["settled", "transferred", "left", "declined"]) & Q(settled_at__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Arrival {self.public_id}"
