"""A case as the patient's page shows it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext

from blikk.journeys.written import Place, kept
from blikk.kernel.sealing import key_for_now
from blikk.kernel.times import local
from blikk.web.door_page import phone_words
from blikk.web.presenters import words
from blikk.web.writing_words import question_words
from blikk.writing import policies, queries
from blikk.writing.sealed import asked_of, written_in

if TYPE_CHECKING:
    from blikk.writing.models import Case, Message, Photo


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """The words of the page around what is written."""

    id: str
    step: str
    kind: str
    sender: str
    phone: str
    phone_link: str
    clinician: str
    last_day: str
    answer_by: str
    code_to: str
    tries_left: int
    questions: tuple[str, ...]
    asked_words: str
    wants_photo: bool
    most_photos: int


def show_place(place: Place, *, code_to: str, now: datetime) -> ShownPlace:
    """Put a case into the words of the language that is active; nothing of it before the proof."""
    case = place.case
    asked = asked_of(case) if place.is_inside else None
    return ShownPlace(
        id=case.public_id,
        step=place.step,
        kind=case.kind,
        sender=case.clinic.sender_label,
        phone=phone_words(case.clinic.phone),
        phone_link="".join(sign for sign in case.clinic.phone if sign in "+0123456789"),
        clinician=case.clinician.name if place.is_inside else "",
        last_day=_day(case, case.due_at) if case.kind == "ask" and case.status == "with_patient" else "",
        answer_by=_day(case, answer_by(case, now=now)),
        code_to=code_to,
        tries_left=max(5 - case.tries, 0),
        questions=tuple(question_words(one) for one in asked.questions) if asked else (),
        asked_words=asked.words if asked else "",
        wants_photo=case.wants_photo,
        most_photos=policies.MOST_PHOTOS,
    )


def answer_by(case: Case, *, now: datetime) -> datetime:
    """Until when the patient can expect an answer: as promised for what they wrote, else if they wrote now."""
    if case.status == "with_clinic" and case.due_at is not None:
        return case.due_at
    return queries.answer_due(case.clinic, now=now)


def facts_of(place: Place) -> dict[str, Any]:
    """What the page's script works with. Only for a browser that has proven itself."""
    case = place.case
    begun = kept(place)
    return {
        "case": case.public_id,
        "kind": case.kind,
        "step": place.step,
        "thread": [_message(case, one) for one in queries.messages_of(case)],
        "draft": {"text": begun.text, "answers": list(begun.answers)},
        "photos": [_photo(case, one) for one in queries.waiting_photos(case)],
        "key": _draft_key(place),
        "most": policies.MOST_PHOTOS,
    }


def _message(case: Case, message: Message) -> dict[str, Any]:
    written = written_in(message)
    questions = [question_words(one) for one in asked_of(case).questions]
    answers = zip(questions, written.answers, strict=False)
    return {
        "id": message.public_id,
        "mine": message.writer == "patient",
        "who": message.membership.name if message.membership else "",
        "at": words.day_and_clock(message.changed_at or message.sent_at, case.clinic.zone),
        "text": written.text,
        "answers": [{"question": question, "answer": answer} for question, answer in answers if answer],
        "photos": [_photo(case, one) for one in message.photos.all()],
        "read": message.read_at is not None,
    }


def _photo(case: Case, photo: Photo) -> dict[str, Any]:
    is_gone = photo.status == "deleted"
    href = "" if is_gone else reverse("written_photo", args=[case.public_id, photo.public_id])
    return {"id": photo.public_id, "href": href, "gone": is_gone}


def _draft_key(place: Place) -> str:
    """The key with which this browser seals what it could not save yet; it is kept nowhere on the device."""
    purpose = f"draft:{place.case.public_id}:{place.reader.public_id}"
    return base64.b64encode(key_for_now(purpose)).decode()


def _day(case: Case, moment: datetime | None) -> str:
    # Translators: a day in Django's date format, with weekday and without year.
    return formats.date_format(local(moment, case.clinic.zone), gettext("l j. F")) if moment else ""
