"""Writing with the clinic, from the patient's side: from the link to what was sent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.conf import settings
from django.db import transaction

from blikk.audit.services import hold, named
from blikk.invitations.words import sender_of
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import keyed
from blikk.notifications import services as outbox
from blikk.writing import photos, policies, proofs, queries
from blikk.writing import services as writing
from blikk.writing.errors import CaseClosed, NotNow
from blikk.writing.models import Case, Message, Photo, Reader
from blikk.writing.sealed import NOTHING_WRITTEN, Written, draft_of, written_in
from blikk.writing.states import CaseKind, CaseStatus
from blikk.writing.words import compose

Step = Literal["ended", "expired", "locked", "birth_date", "code", "write", "sent", "read", "closed"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a browser stands in a case."""

    case: Case
    reader: Reader
    step: Step

    @property
    def is_inside(self) -> bool:
        """Whether the browser has proven itself and there is something to see."""
        return self.step in {"write", "sent", "read", "closed"}


def open_link(token: str, *, device_secret: str, where: str, now: datetime) -> Case:
    """Look behind a link. Raises NotFound, alike for unknown and malformed ones."""
    return _present(queries.find_by_token(token), device_secret, where, now)


def open_code(typed: str, *, device_secret: str, where: str, now: datetime) -> Case:
    """Look behind a typed code; the caller limits how often. Raises NotFound."""
    return _present(queries.find_by_code(typed), device_secret, where, now)


def _present(case: Case | None, device_secret: str, where: str, now: datetime) -> Case:
    if case is None or not device_secret:
        raise NotFound
    proofs.present(case, device_secret=device_secret, where=where, now=now)
    return case


def place_of(case_id: str, device_secret: str, *, now: datetime) -> Place:
    """Where this browser stands. Changes nothing. Raises NotFound if it never presented the link."""
    case, reader = queries.find_presented(case_id, device_secret)
    standing = policies.standing(case, reader, now=now)
    return Place(case, reader, _inside(case) if standing == "proven" else standing)


def _inside(case: Case) -> Step:
    if case.status == CaseStatus.CLOSED:
        return "closed"
    if case.kind == CaseKind.TEXT or case.status == CaseStatus.WITH_PATIENT:
        return "write"
    return "sent" if queries.unread_by_clinic(case) else "read"


def answer_birth_date(case_id: str, device_secret: str, *, born: date, where: str, now: datetime) -> bool:
    """Answer whose link it is; False if it was wrong. Raises NotNow at another step."""
    place = _at(case_id, device_secret, "birth_date", now=now)
    return proofs.answer_birth_date(place.case, place.reader, born=born, where=where, now=now)


@transaction.atomic
def send_code(case_id: str, device_secret: str, *, now: datetime) -> None:
    """Send this browser six digits, unless some are on their way. Raises TooManyReaderCodes."""
    place = _at(case_id, device_secret, "code", now=now)
    case = place.case
    digits = proofs.make_code(case, place.reader, now=now)
    if digits is None:
        return
    words = compose("writing_code", case, base_url=settings.BLIKK_BASE_URL, digits=digits)
    channel: Literal["sms", "email"] = "sms" if case.phone else "email"
    outbox.queue(
        clinic_id=case.clinic_id,
        kind="writing_code",
        key=keyed("writing code message", f"{case.public_id}:{digits}:{now.isoformat()}"),
        channel=channel,
        to=case.phone or case.email,
        language=case.language,
        subject=words.subject,
        body=words.body,
        about=named(case),
        topic=f"day:{case.clinic.public_id}",
        sender=sender_of(case.clinic, channel),
        now=now,
    )


def answer_code(case_id: str, device_secret: str, *, digits: str, where: str, now: datetime) -> bool:
    """Answer with the code that was sent; False if it was wrong. Raises NotNow at another step."""
    place = _at(case_id, device_secret, "code", now=now)
    return proofs.answer_code(place.case, place.reader, digits=digits, where=where, now=now)


def kept(place: Place) -> Written:
    """What stands in the patient's fields: what they have begun, else the answer that they may still change."""
    begun = draft_of(place.case)
    if not begun.is_empty or place.step != "sent":
        return begun
    return written_in(message) if (message := _own_answer(place.case)) else NOTHING_WRITTEN


@transaction.atomic
def keep_draft(case_id: str, device_secret: str, written: Written, *, now: datetime) -> None:
    """Keep what was written so far. Raises NotFound before the proof, CaseClosed, NotNow once it was read."""
    place = _writing(case_id, device_secret, now=now)
    writing.keep_draft(place.case, written, now=now)


def put_up_photo(case_id: str, device_secret: str, raw: bytes, *, where: str, now: datetime) -> Photo:
    """Take a photo for the message that is being written. Raises what `photos.cleaned` and `photos.put_up` do."""
    place = _writing(case_id, device_secret, now=now)
    picture = photos.cleaned(raw)
    with transaction.atomic():
        hold(place.case.clinic_id)
        place = _writing(case_id, device_secret, now=now)
        return photos.put_up(place.case, picture, actor=_actor(place.case, where), now=now)


@transaction.atomic
def take_away_photo(case_id: str, device_secret: str, photo_id: str, *, where: str, now: datetime) -> None:
    """Take back a photo that nobody has seen."""
    place = _writing(case_id, device_secret, now=now)
    photo = queries.photo_of(place.case, photo_id)
    photos.take_away(photo, actor=_actor(place.case, where), now=now)


def own_photo(case_id: str, device_secret: str, photo_id: str, *, now: datetime) -> Photo:
    """A photo of the patient's own, as the clinic got it. Raises NotFound before the proof."""
    place = place_of(case_id, device_secret, now=now)
    if not place.is_inside:
        raise NotFound
    return queries.photo_of(place.case, photo_id)


@transaction.atomic
def send(
    case_id: str,
    device_secret: str,
    written: Written,
    *,
    with_photos: list[str],
    where: str,
    now: datetime,
) -> Message:
    """Send what was written; the clinic sees it at once. Raises Invalid, CaseClosed, AlreadyRead, NotFound."""
    hold(_writing(case_id, device_secret, now=now).case.clinic_id)
    place = _writing(case_id, device_secret, now=now)
    actor = _actor(place.case, where)
    return writing.patient_writes(place.case, written, with_photos=with_photos, actor=actor, now=now)


@transaction.atomic
def note_read(case_id: str, device_secret: str, *, where: str, now: datetime) -> None:
    """Note that the patient has the clinic's words in front of them."""
    place = place_of(case_id, device_secret, now=now)
    if not place.is_inside:
        raise NotFound
    hold(place.case.clinic_id)
    writing.patient_reads(place.case, actor=_actor(place.case, where), now=now)


def _own_answer(case: Case) -> Message | None:
    return case.messages.filter(writer="patient").last()


def _writing(case_id: str, device_secret: str, *, now: datetime) -> Place:
    """The place of a browser that may write. Raises NotFound before the proof, CaseClosed after the end."""
    place = place_of(case_id, device_secret, now=now)
    if place.step in {"ended", "expired", "closed"}:
        raise CaseClosed
    if not place.is_inside:
        raise NotFound
    return place


def _at(case_id: str, device_secret: str, step: Step, *, now: datetime) -> Place:
    place = place_of(case_id, device_secret, now=now)
    if place.step != step:
        raise NotNow
    return place


def _actor(case: Case, where: str) -> Actor:
    return proofs.actor_of(case, where=where)
