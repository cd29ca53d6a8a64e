"""Photos that patients send: what is taken at all, cleaned, sealed, decided about, and gone when it is deleted."""

import threading
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from blikk.audit.services import record
from blikk.clinics.models import Membership
from blikk.kernel import pictures
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import IllegalMove, NotFound
from blikk.writing import policies
from blikk.writing.errors import PhotoIsHeic, PhotoIsPdf, TooManyPhotos
from blikk.writing.models import Case, Message, Photo
from blikk.writing.sealed import seal_picture
from blikk.writing.states import PHOTO, CaseStatus, PhotoStatus

# A large picture needs much room while it is unpacked: one at a time in a process.
_one_at_a_time = threading.Lock()
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


def cleaned(raw: bytes) -> bytes:
    """The pixels of a photo as a new JPEG, and nothing else of it.

    Raises PhotoIsPdf, PhotoIsHeic, and what `pictures.clean` refuses: too heavy, too wide, no picture.
    """
    if len(raw) > policies.LARGEST_PHOTO:
        raise pictures.PictureTooHeavy
    if raw[:1024].lstrip().startswith(b"%PDF"):
        raise PhotoIsPdf
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC:
        raise PhotoIsHeic
    with _one_at_a_time:
        return pictures.clean(raw, longest_side=policies.LONGEST_SIDE)


@transaction.atomic
def put_up(case: Case, picture: bytes, *, actor: Actor, now: datetime) -> Photo:
    """Keep a cleaned photo for a message that is being written. Raises TooManyPhotos."""
    kept = Photo.objects.filter(case=case).exclude(status=PhotoStatus.DELETED)
    unread = kept.filter(Q(status=PhotoStatus.WAITING) | Q(message__read_at__isnull=True))
    if unread.count() >= policies.MOST_PHOTOS or kept.count() >= policies.MOST_IN_ALL:
        raise TooManyPhotos
    name, sealed = seal_picture(picture)
    photo = Photo.objects.create(case=case, public_id=name, sealed=sealed, made_at=now)
    record("photo.put_up", actor=actor, about=photo, clinic_id=case.clinic_id, now=now)
    return photo


@transaction.atomic
def take_away(photo: Photo, *, actor: Actor, now: datetime) -> None:
    """Let the patient take back a photo that nobody has read about. Raises IllegalMove for one that was."""
    if photo.status == PhotoStatus.SENT and (photo.message is None or photo.message.read_at is not None):
        raise IllegalMove(photo.status, PhotoStatus.DELETED)
    _delete(photo, actor=actor, now=now)


@transaction.atomic
def send_with(message: Message, names: list[str], *, now: datetime) -> int:
    """Let those photos of a case that wait go with a message; others are left. Says how many went."""
    rows = Photo.objects.filter(case=message.case, public_id__in=names, status=PhotoStatus.WAITING)
    return rows.update(status=PhotoStatus.SENT, message=message)


@transaction.atomic
def view(photo: Photo, *, actor: Actor, now: datetime) -> Photo:
    """Write down that a clinician looks at a photo. Raises NotFound for one that was not sent."""
    if photo.status == PhotoStatus.WAITING:
        raise NotFound
    record("photo.looked_at", actor=actor, about=photo, clinic_id=photo.case.clinic_id, now=now)
    return photo


@transaction.atomic
def delete(photo: Photo, *, membership: Membership, actor: Actor, now: datetime) -> Photo:
    """Throw a photo away for good: its picture leaves the database with this act."""
    _require_sent(photo, PhotoStatus.DELETED)
    return _delete(photo, membership=membership, actor=actor, now=now)


@transaction.atomic
def send_to_record(photo: Photo, *, membership: Membership, actor: Actor, now: datetime) -> Photo:
    """Keep a photo for the patient's record: it stays sealed until it is delivered there."""
    _require_sent(photo, PhotoStatus.TO_RECORD)
    PHOTO.make(photo, PhotoStatus.TO_RECORD, decided_at=now, decided_by=membership)
    record("photo.sent_to_record", actor=actor, about=photo, clinic_id=photo.case.clinic_id, now=now)
    return photo


@transaction.atomic
def sweep_orphans(*, now: datetime) -> int:
    """Throw away photos that were put up and never sent: after a day, or when their case is closed."""
    left = Photo.objects.filter(status=PhotoStatus.WAITING).filter(
        Q(made_at__lt=now - policies.ORPHAN_AFTER) | Q(case__status=CaseStatus.CLOSED)
    )
    found = list(left.select_related("case").defer("sealed").order_by("pk")[:200])
    for photo in found:
        _delete(photo, actor=SYSTEM, now=now)
    return len(found)


def _require_sent(photo: Photo, target: PhotoStatus) -> None:
    if photo.status != PhotoStatus.SENT:
        raise IllegalMove(photo.status, target)


def _delete(photo: Photo, *, membership: Membership | None = None, actor: Actor, now: datetime) -> Photo:
    PHOTO.make(photo, PhotoStatus.DELETED, sealed=None, decided_at=now, decided_by=membership)
    record("photo.deleted", actor=actor, about=photo, clinic_id=photo.case.clinic_id, now=now)
    return photo
