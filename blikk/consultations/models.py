"""Consultations, who takes part, and by which channel."""

from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.frame_questions import AnswerSource, FrameWish, Worry
from blikk.consultations.identity_tables import IdentityCheck as IdentityCheck
from blikk.consultations.states import Channel, ConsultationStatus, Engine, Fee, FollowUp, Outcome
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
    # How people see each other: Blikk's own picture and sound, or the room of another solution.
    engine = models.CharField(max_length=10, choices=Engine, default=Engine.MESH)
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
    # The patient would rather talk on the phone, and nobody has done so yet.
    asked_phone_at = models.DateTimeField(null=True, blank=True)
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


class ChangedHow(models.TextChoices):
    """Why the people went over to another channel."""

    MEASURED = "measured"
    BY_HAND = "by_hand"


class ChannelChange(models.Model):
    """That the people in a consultation went over to another channel."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="channel_changes")
    channel = models.CharField(max_length=10, choices=Channel)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    # Empty for the channel that it began with.
    how = models.CharField(max_length=10, choices=ChangedHow, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.channel} at {self.at}"


class UnansweredCall(models.Model):
    """That the clinician rang and nobody answered."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="unanswered_calls")
    at = models.DateTimeField()
    by = models.CharField(max_length=160)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"unanswered at {self.at}"


class ExternalRoom(models.Model):
    """The room of another video solution that a consultation is held in; told to nobody who was not let in."""

    consultation = models.OneToOneField(Consultation, models.CASCADE, related_name="external_room")
    supplier = models.CharField(max_length=60)
    # What people are told about where they go: the name of the machine behind the address.
    host = models.CharField(max_length=120)
    # Empty until the supplier has made the room.
    address = models.CharField(max_length=500, blank=True)
    # What the clinician opens, where the supplier tells hosts and guests apart.
    host_address = models.CharField(max_length=2000, blank=True)
    # How it is made: "fixed", "template" or "whereby".
    kind = models.CharField(max_length=10)
    made_at = models.DateTimeField(null=True, blank=True)
    # When they went over to Blikk's own picture and sound.
    left_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"room of {self.supplier}"


class OwnQuestion(Opaque):
    """A control question that a clinic asks in its own words. Words never change: new words are a new question.

    `series` is the same through all versions, so that an administrator sees one question and an answer keeps the words
    that it answered.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="own_questions")
    series = models.CharField(max_length=22)
    words = models.CharField(max_length=140)
    # The answer that the clinician should know of before anybody is let in.
    worry = models.CharField(max_length=3, choices=Worry)
    order = models.PositiveSmallIntegerField(default=0)
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series"],
                condition=Q(retired_at__isnull=True),
                name="one_version_of_a_question_is_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"OwnQuestion {self.public_id}"


class FrameCheck(Opaque):
    """The frame around one patient's conversation: what was asked and wished for, and when it was confirmed."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="frame_checks")
    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="frame_check")
    # What the patient would rather, when something is not as it should be.
    wish = models.CharField(max_length=20, choices=FrameWish, blank=True)
    wish_at = models.DateTimeField(null=True, blank=True)
    consultation = models.OneToOneField(
        Consultation, models.PROTECT, null=True, blank=True, related_name="frame_check"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    # Why it was confirmed although a question was open; empty where none was.
    exception = models.CharField(max_length=300, blank=True)
    # When the clinician said that their own side is in order.
    own_side_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="frame_confirmed_by_somebody_of_both_sides",
                condition=Q(
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    own_side_at__isnull=False,
                    consultation__isnull=False,
                )
                | Q(confirmed_at__isnull=True, confirmed_by__isnull=True, exception=""),
            ),
        ]

    def __str__(self) -> str:
        return f"FrameCheck {self.public_id}"


class FrameAnswer(models.Model):
    """An answer to a control question: the patient's while waiting, or what the clinician heard and ticked."""

    check_of = models.ForeignKey(FrameCheck, models.CASCADE, related_name="answers")
    # The code of a question that everybody is asked, or the public id of the clinic's own.
    question = models.CharField(max_length=22)
    own = models.ForeignKey(OwnQuestion, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=10, choices=AnswerSource)
    value = models.CharField(max_length=10)
    # Somebody helped the patient to answer.
    helped = models.BooleanField(default=False)
    by = models.CharField(max_length=160)
    at = models.DateTimeField()
    # What the clinician must know at once. It stays, whatever is answered afterwards.
    danger = models.CharField(max_length=10, blank=True)
    danger_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "question", "source"], name="one_answer_of_each_to_a_question"
            ),
            models.CheckConstraint(
                name="danger_at_a_time",
                condition=Q(danger="", danger_at__isnull=True) | (~Q(danger="") & Q(danger_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"Answer to {self.question}"


class OwnSide(models.Model):
    """That a clinician said of one day: alone or with people who are presented, and nobody else sees or hears."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    day = models.DateField()
    said_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "day"], name="own_side_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.day}"
