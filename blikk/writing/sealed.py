"""Words and pictures of a case, closed and opened: each bound to the row that it stands in."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from blikk.kernel.ids import new_id
from blikk.kernel.sealing import bound_in, seal, seal_text, unseal, unseal_text
from blikk.writing.models import Case, Draft, Message, Photo


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the patient is asked: one of ours by its code, or the clinic's own in its words."""

    code: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a patient is asked, and what the clinician wrote beside it."""

    questions: tuple[Question, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote: one text, and beside it an answer to each question in the order of the questions."""

    text: str = ""
    answers: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or any(answer.strip() for answer in self.answers))


NOTHING_WRITTEN = Written()


def seal_asked(case_id: str, asked: Asked) -> bytes:
    return _seal(asdict(asked), bound_in(Case, "asked", case_id))


def asked_of(case: Case) -> Asked:
    """What the patient of a case is asked."""
    if not case.asked:
        return Asked()
    found = _open(case.asked, bound_in(Case, "asked", case.public_id))
    return Asked(tuple(Question(**one) for one in found["questions"]), found["words"])


def seal_written(message_id: str, written: Written) -> bytes:
    return _seal(asdict(written), bound_in(Message, "words", message_id))


def written_in(message: Message) -> Written:
    """What a message says."""
    return _written(_open(message.words, bound_in(Message, "words", message.public_id)))


def seal_draft(case: Case, written: Written) -> bytes:
    return _seal(asdict(written), bound_in(Draft, "words", case.public_id))


def draft_of(case: Case) -> Written:
    """What the patient has begun to write."""
    draft = Draft.objects.filter(case=case).first()
    if draft is None:
        return NOTHING_WRITTEN
    return _written(_open(draft.words, bound_in(Draft, "words", case.public_id)))


def seal_picture(picture: bytes) -> tuple[str, bytes]:
    """A new name for a picture, and the picture sealed under it."""
    name = new_id()
    return name, seal(picture, bound_to=bound_in(Photo, "sealed", name))


def picture_of(photo: Photo) -> bytes:
    """The JPEG of a photo that is not deleted."""
    return unseal(bytes(photo.sealed or b""), bound_to=bound_in(Photo, "sealed", photo.public_id))


def _written(found: dict[str, Any]) -> Written:
    return Written(found["text"], tuple(found["answers"]))


def _seal(content: dict[str, Any], bound_to: str) -> bytes:
    return seal_text(json.dumps(content, ensure_ascii=False), bound_to=bound_to)


def _open(sealed: "bytes | memoryview[int]", bound_to: str) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(unseal_text(bytes(sealed), bound_to=bound_to))
    return opened
