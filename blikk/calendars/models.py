"""Secret addresses of feeds, the clinic's calendar server, and what was put on it."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.kernel.models import Opaque
from blikk.kernel.secrets import EncryptedTextField


class CalendarFeed(Opaque):
    """A secret address at which a calendar program fetches one member's hours. Only its digest is kept."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="calendar_feeds")
    secret_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(closed_at__isnull=True), name="one_open_feed_per_member"
            ),
        ]

    def __str__(self) -> str:
        return f"CalendarFeed {self.public_id}"


class CalendarServer(Opaque):
    """The clinic's own calendar server, and who Blikk is there."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="calendar_servers")
    origin = models.CharField(max_length=200)
    user = models.CharField(max_length=120)
    password = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic"], condition=Q(ended_at__isnull=True), name="one_calendar_server_per_clinic"
            ),
            # One that comes back is the old one again: two rows of one place would undo each other's work.
            models.UniqueConstraint(fields=["clinic", "origin"], name="one_row_per_calendar_server"),
        ]

    def __str__(self) -> str:
        return f"CalendarServer {self.public_id}"


class ServerCalendar(Opaque):
    """One member's calendar on that server. A worker that writes to it holds its lease.

    One that has ended is emptied of what is still to come, and then left alone.
    """

    server = models.ForeignKey(CalendarServer, models.PROTECT, related_name="calendars")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="server_calendars")
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    fault_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="calendar_due", condition=Q(emptied_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(ended_at__isnull=True),
                name="one_server_calendar_per_member",
            ),
            models.UniqueConstraint(
                fields=["server", "membership", "path"], name="one_row_per_place_of_a_calendar"
            ),
            models.CheckConstraint(
                name="server_calendar_is_emptied_once_it_has_ended",
                condition=Q(emptied_at__isnull=True) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="server_calendar_fault_has_a_time",
                condition=Q(fault="", fault_at__isnull=True) | (~Q(fault="") & Q(fault_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"ServerCalendar {self.public_id}"


class PushedEntry(models.Model):
    """An entry that was put on the server, or is about to be: written down before the server hears of it.

    `content` is empty until the server has said that it has the entry.
    """

    calendar = models.ForeignKey(ServerCalendar, models.CASCADE, related_name="entries")
    uid = models.CharField(max_length=36)
    content = models.CharField(max_length=64, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    ends_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "uid"], name="one_pushed_entry_per_uid"),
        ]
        indexes = [models.Index(fields=["calendar", "ends_at"])]

    def __str__(self) -> str:
        return f"PushedEntry {self.uid}"
