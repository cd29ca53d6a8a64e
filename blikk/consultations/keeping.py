"""What of the conversations goes when an hour is forgotten."""

from collections.abc import Collection

from blikk.consultations.models import (
    ChannelChange,
    Consultation,
    ExternalRoom,
    FrameAnswer,
    FrameCheck,
    IdentityCheck,
    Participant,
    UnansweredCall,
)
from blikk.kernel.forgetting import Forgotten


def keys_of(appointments: Collection[int]) -> list[int]:
    """The conversations about these appointments."""
    return list(Consultation.objects.filter(appointment__in=appointments).values_list("pk", flat=True))


def forget_frames(invitations: Collection[int], consultations: Collection[int], gone: Forgotten) -> None:
    """Delete what was asked and answered about the frame of these conversations."""
    checks = {
        *FrameCheck.objects.filter(invitation__in=invitations).values_list("pk", flat=True),
        *FrameCheck.objects.filter(consultation__in=consultations).values_list("pk", flat=True),
    }
    gone.take(FrameAnswer.objects.filter(check_of__in=checks))
    gone.take(FrameCheck.objects.filter(pk__in=checks))


def forget_conversations(consultations: Collection[int], gone: Forgotten) -> None:
    """Delete these conversations: who took part, how they were identified, and by which channels they talked."""
    for kind in (IdentityCheck, ChannelChange, UnansweredCall, ExternalRoom, Participant):
        gone.take(kind._default_manager.filter(consultation__in=consultations))
    gone.take(Consultation.objects.filter(pk__in=consultations))
