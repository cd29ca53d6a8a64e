"""Questions about the frame: the lights of those who wait or talk, and what a clinician has said of their own side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from blikk.clinics.models import Clinic, Membership
from blikk.consultations.frame_questions import (
    BUILT_IN,
    MUCH_WORSE,
    AnswerSource,
    Danger,
    Given,
    Light,
    light_of,
)
from blikk.consultations.models import (
    Consultation,
    FrameAnswer,
    FrameCheck,
    OwnQuestion,
    OwnSide,
    Participant,
    ParticipantRole,
)
from blikk.invitations.models import Invitation
from blikk.kernel.errors import NotFound
from blikk.scheduling.models import Appointment
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import IN_QUEUE

SETTLED = frozenset({Light.GREEN, Light.YELLOW})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, what was said to it, and its light."""

    question: str
    light: Light
    # The clinic's own words; empty for what everybody is asked.
    words: str = ""
    value: str = ""
    helped: bool = False
    said_at: datetime | None = None
    tick: str = ""
    ticked_at: datetime | None = None
    ticked_by: str = ""
    # What the clinician must know at once, until they have ticked the question.
    danger: str = ""

    @property
    def is_settled(self) -> bool:
        return self.light in SETTLED


@dataclass(frozen=True, slots=True)
class Frame:
    """All the questions of one patient's frame."""

    asked: Sequence[Asked]
    wish: str = ""
    wish_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    exception: str = ""
    own_side_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return all(one.is_settled for one in self.asked)

    @property
    def dangers(self) -> Sequence[str]:
        return [one.danger for one in self.asked if one.danger]

    @property
    def is_begun(self) -> bool:
        return any(one.light != Light.UNANSWERED for one in self.asked)


@dataclass(slots=True)
class _Said:
    """What was said to the questions of one frame, by question."""

    patient: dict[str, FrameAnswer] = field(default_factory=dict)
    clinician: dict[str, FrameAnswer] = field(default_factory=dict)


def belongs_in_record(one: Asked) -> bool:
    """Whether the patient's record says anything of a question: only what matters, never what was told in confidence.

    That somebody could not speak freely or was not safe is for the clinician to write: the patient's record is read
    on screens that others see too.
    """
    if one.question in {"safe", "company"} and one.value == "c":
        return False
    was_red = one.value not in {"a", "b"} or one.question == "place"
    return one.light in {Light.RED, Light.YELLOW} or bool(one.tick and one.value and was_red)


def own_questions_of(clinic: Clinic) -> Sequence[OwnQuestion]:
    """What the clinic asks in its own words now, in its order; those that are off too."""
    return list(OwnQuestion.objects.filter(clinic=clinic, retired_at__isnull=True))


def asked_now(clinic: Clinic) -> Sequence[OwnQuestion]:
    """The clinic's own questions that are asked."""
    return [one for one in own_questions_of(clinic) if one.is_on]


def find_own_question(clinic: Clinic, series: str) -> OwnQuestion:
    """The version of a question that is asked now; raises NotFound."""
    found = OwnQuestion.objects.filter(clinic=clinic, series=series, retired_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def frames_of(clinic: Clinic, invitations: Iterable[int]) -> Mapping[int, Frame]:
    """The frames of patients by their invitation, in a constant number of queries."""
    keys = list(invitations)
    if not keys:
        return {}
    own = asked_now(clinic)
    checks = {
        one.invitation_id: one
        for one in FrameCheck.objects.filter(clinic=clinic, invitation__in=keys).select_related(
            "confirmed_by__user"
        )
    }
    said: dict[int, _Said] = {}
    for answer in FrameAnswer.objects.filter(check_of__in=checks.values()).select_related("own"):
        kept = said.setdefault(answer.check_of_id, _Said())
        (kept.patient if answer.source == "patient" else kept.clinician)[answer.question] = answer
    return {key: _frame(checks.get(key), said, own) for key in keys}


def frame_of(invitation: Invitation) -> Frame:
    """The frame of one patient."""
    return frames_of(invitation.clinic, [invitation.pk])[invitation.pk]


def frame_of_talk(consultation: Consultation) -> Frame | None:
    """The frame of a conversation; None where no patient was let in."""
    try:
        return frame_of(patient_of(consultation))
    except NotFound:
        return None


def answered_by(invitation: Invitation) -> tuple[Sequence[str], bool, str]:
    """What a patient's own page may know: which questions are answered, never how; that it may be urgent; the wish."""
    rows = FrameCheck.objects.filter(invitation=invitation).values_list(
        "wish", "answers__source", "answers__question", "answers__value"
    )
    found = list(rows)
    said = {question: value for _, source, question, value in found if source == AnswerSource.PATIENT}
    is_urgent = said.get("worse") == MUCH_WORSE
    return sorted(said), is_urgent, found[0][0] if found else ""


@dataclass(frozen=True, slots=True)
class Troubled:
    """Somebody who waits and of whom a clinician must know at once."""

    arrival: str
    name: str


def troubled_of(clinic: Clinic, membership: Membership) -> Sequence[Troubled]:
    """Those who wait for this clinician, or in a queue for anybody, and must be looked at."""
    mine = Q(appointment__clinician=membership) | Q(appointment__isnull=True)
    waiting = Arrival.objects.filter(mine, clinic=clinic, status__in=IN_QUEUE)
    found = waiting.filter(invitation__frame_check__answers__danger__in=Danger.values)
    return [
        Troubled(*row) for row in found.order_by("pk").values_list("public_id", "invitation__name").distinct()
    ]


def patient_of(consultation: Consultation) -> Invitation:
    """The patient's invitation in a conversation; raises NotFound where none was let in."""
    found = (
        Participant.objects.filter(
            consultation=consultation, role=ParticipantRole.PATIENT, invitation__isnull=False
        )
        .select_related("invitation__clinic", "invitation__patient")
        .first()
    )
    if found is None or found.invitation is None:
        raise NotFound
    return found.invitation


def own_side_said_at(membership: Membership, day: date) -> datetime | None:
    """When a clinician said of this day that their own side is in order."""
    said = OwnSide.objects.filter(membership=membership, day=day, withdrawn_at__isnull=True).first()
    return said.said_at if said else None


def _frame(check: FrameCheck | None, said: Mapping[int, _Said], own: Sequence[OwnQuestion]) -> Frame:
    kept = said.get(check.pk, _Said()) if check else _Said()
    by_series = {one.series: one for one in own}
    # What was asked in other words meanwhile stands here in the words that were answered.
    for answer in (*kept.clinician.values(), *kept.patient.values()):
        if answer.own is not None:
            current = by_series.get(answer.own.series)
            if current is None or current.public_id not in {*kept.patient, *kept.clinician}:
                by_series[answer.own.series] = answer.own
    asked = [_asked(name, None, kept) for name in BUILT_IN]
    asked += [_asked(one.public_id, one, kept) for one in by_series.values()]
    if check is None:
        return Frame(asked)
    return Frame(
        asked,
        check.wish,
        check.wish_at,
        check.confirmed_at,
        check.confirmed_by.name if check.confirmed_by else "",
        check.exception,
        check.own_side_at,
    )


def _asked(name: str, own: OwnQuestion | None, kept: _Said) -> Asked:
    answer, tick = kept.patient.get(name), kept.clinician.get(name)
    given = _given(answer)
    light = light_of(name, given, _given(tick), worry=own.worry if own else "")
    is_known = given is None or (tick is not None and tick.at >= given.last_at)
    return Asked(
        question=name,
        light=light,
        words=own.words if own else "",
        value=answer.value if answer else "",
        helped=answer.helped if answer else False,
        said_at=answer.at if answer else None,
        tick=tick.value if tick else "",
        ticked_at=tick.at if tick else None,
        ticked_by=tick.by if tick else "",
        danger=answer.danger if answer and not is_known else "",
    )


def _given(answer: FrameAnswer | None) -> Given | None:
    if answer is None:
        return None
    return Given(answer.value, answer.at, answer.helped, answer.danger, answer.danger_at)


def worse_since_booking(appointment: Appointment) -> bool | None:
    """Whether it has become worse, as the clinician heard it, else as the patient answered; None where nobody did."""
    said = dict(
        FrameAnswer.objects.filter(
            check_of__invitation__appointment=appointment, question="worse"
        ).values_list("source", "value")
    )
    value = said.get("clinician") or said.get("patient")
    return None if value is None else value != "a"
