"""Consultations, who takes part, and by which channel."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.identity_tables import IdentityCheck as IdentityCheck
from blikk.consultations.states import Channel, ConsultationStatus, Fee, FollowUp, Outcome
from blikk.invitations.models import Invitation
from blikk.kernel.models import Moving, Opaque
from blikk.scheduling.models import Appointment
from blikk.waiting_room.models import Arrival


class Consultation(Moving):
    """A conversation about one appointment, from the first person let in to the close-out."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="consultations")
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="consultation")
    clinician = models.ForeignKey(Membership, models.PROTECT, related_name="consultations")
    status = models.CharField(max_length=20, choices=ConsultationStatus, default=ConsultationStatus.OPEN)
    # Counts up with every new round; capabilities of an older one are refused (security D7).
    generation = models.PositiveSmallIntegerField(default=1)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.VIDEO)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=160, blank=True)
    outcome = models.CharField(max_length=30, choices=Outcome, blank=True)
    follow_up = models.CharField(max_length=30, choices=FollowUp, blank=True)
    fee = models.CharField(max_length=30, choices=Fee, blank=True)
    closed_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "status"])]
        constraints = [
            models.CheckConstraint(
                name="consultation_ended_at_a_time",
                condition=Q(status__in=["ended", "closed_out"], ended_at__isnull=False)
                | (~Q(status__in=["ended", "closed_out"]) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="consultation_closed_out_with_decisions",
                condition=(
                    Q(status="closed_out", closed_out_at__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(follow_up="")
                    & ~Q(fee="")
                )
                | (~Q(status="closed_out") & Q(closed_out_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"Consultation {self.public_id}"


class ParticipantRole(models.TextChoices):
    """What somebody is in the conversation."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    RELATIVE = "relative"
    CARER = "carer"
    ASSISTANT = "assistant"
    GUARDIAN = "guardian"
    INTERPRETER = "interpreter"
    COLLEAGUE = "colleague"
    MEMBER = "member"


class Participant(Opaque):
    """A person who was let into a consultation, by name and role; the server alone says who is who (D5)."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="participants")
    role = models.CharField(max_length=20, choices=ParticipantRole)
    name = models.CharField(max_length=160)
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, blank=True, related_name="+")
    arrival = models.ForeignKey(Arrival, models.PROTECT, null=True, blank=True, related_name="+")
    admitted_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # What the others in a group see instead of the name.
    alias = models.CharField(max_length=40, blank=True)
    # Of who comes along: how the patient's yes was given, or on what ground; of an interpreter, for the record.
    consent_how = models.CharField(max_length=10, blank=True)
    consent_ground = models.CharField(max_length=20, blank=True)
    spoken = models.CharField(max_length=40, blank=True)
    qualification = models.CharField(max_length=10, blank=True)
    # The tab that sits in the person's place, its page's epoch, and when it was last heard of.
    seat = models.CharField(max_length=64, blank=True)
    epoch = models.CharField(max_length=64, blank=True)
    seat_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["admitted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "membership"],
                condition=Q(membership__isnull=False),
                name="a_member_takes_part_once",
            ),
            models.UniqueConstraint(
                fields=["consultation", "invitation"],
                condition=Q(invitation__isnull=False),
                name="an_invited_person_takes_part_once",
            ),
            models.CheckConstraint(
                name="participant_is_a_member_or_invited",
                condition=Q(membership__isnull=False, invitation__isnull=True)
                | Q(membership__isnull=True, invitation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Participant {self.public_id}"


class ChannelChange(models.Model):
    """That the people in a consultation went over to another channel."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="channel_changes")
    channel = models.CharField(max_length=10, choices=Channel)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.channel} at {self.at}"
