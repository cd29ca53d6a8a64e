"""Photos from patients: what is taken, what is left of it, and that what is deleted is gone."""

import io
import struct
import zipfile
import zlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from blikk.audit.models import Entry
from blikk.journeys import writing, written
from blikk.kernel.errors import DomainError, IllegalMove, NotFound
from blikk.kernel.pictures import NotAPicture, PictureTooHeavy, PictureTooWide
from blikk.kernel.sealing import Unreadable
from blikk.writing import policies
from blikk.writing.errors import PhotoIsHeic, PhotoIsPdf, TooManyPhotos
from blikk.writing.models import Photo
from blikk.writing.photos import cleaned, sweep_orphans
from blikk.writing.sealed import picture_of
from tests import letters
from tests.builders import NOW
from tests.letters import WHERE, a_jpeg, a_picture, a_question, by_clinician, proven, put_up, send

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MARK = b"CanaryPayload"


def a_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", MARK)
    return made.getvalue()


def a_flood(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_that_is_taken_comes_out_as_a_plain_jpeg(kind):
    with Image.open(io.BytesIO(cleaned(a_picture(kind)))) as made:
        assert (made.format, made.size) == ("JPEG", (40, 30))


def test_place_phone_and_comment_are_gone_from_the_picture():
    raw = a_jpeg(place=True)
    with Image.open(io.BytesIO(raw)) as before:
        assert before.getexif().get_ifd(0x8825)
    assert b"CanaryPhone" in raw
    made = cleaned(raw)
    with Image.open(io.BytesIO(made)) as after:
        assert not after.getexif()
        assert not after.info.get("comment")
    for left in (b"CanaryPhone", b"CanaryComment", b"Exif", b"GPS"):
        assert left not in made


@pytest.mark.parametrize(
    ("raw", "refused"),
    [
        (b"", NotAPicture),
        (b"%PDF-1.7\n1 0 obj", PhotoIsPdf),
        (b"\n\n%PDF-1.4", PhotoIsPdf),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", PhotoIsHeic),
        (SVG, NotAPicture),
        (b"<!doctype html><script>alert(1)</script>", NotAPicture),
        (b"MZ\x90\0" + MARK * 20, NotAPicture),
        (b"\x7fELF" + MARK * 20, NotAPicture),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + MARK * 60, NotAPicture),
        (a_zip(), NotAPicture),
        (b"GIF89a" + MARK * 20, NotAPicture),
        (b"BM" + MARK * 20, NotAPicture),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n" + MARK, NotAPicture),
        (a_flood(), PictureTooWide),
        (b"\xff" * (policies.LARGEST_PHOTO + 1), PictureTooHeavy),
    ],
    ids=["nothing", "pdf", "late_pdf", "heic", "svg", "html", "exe", "elf", "office", "docx", "gif", "bmp", "eps",
         "flood", "heavy"],
)  # fmt: skip
def test_what_is_no_photo_is_refused_by_what_it_is_and_not_by_its_name(raw, refused):
    with pytest.raises(refused):
        cleaned(raw)


PAYLOADS = st.sampled_from([SVG, a_zip(), b"<script>" + MARK, b"%PDF-1.7 " + MARK, b"MZ" + MARK])


@given(kind=st.sampled_from(["JPEG", "PNG", "WEBP"]), payload=PAYLOADS, at_end=st.booleans())
@settings(max_examples=40, deadline=None)
def test_of_a_file_that_is_two_things_at_once_only_the_picture_is_left(kind, payload, at_end):
    whole = a_picture(kind)
    raw = whole + payload if at_end else payload + whole
    try:
        made = cleaned(raw)
    except DomainError:
        return
    assert MARK not in made
    assert b"<script" not in made
    assert b"PK\x03\x04" not in made
    with Image.open(io.BytesIO(made)) as left:
        assert left.format == "JPEG"


@given(kind=st.sampled_from(["JPEG", "PNG", "WEBP"]), share=st.floats(0, 1), data=st.data())
@settings(max_examples=60, deadline=None)
@example(kind="JPEG", share=1.0, data=None)
def test_what_was_cut_off_or_damaged_is_refused_or_a_picture_and_never_a_fault(kind, share, data):
    raw = bytearray(a_picture(kind))[: int(len(a_picture(kind)) * share)]
    if raw and data is not None:
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    try:
        made = cleaned(bytes(raw))
    except DomainError:
        return
    with Image.open(io.BytesIO(made)) as left:
        assert left.format == "JPEG"


@given(raw=st.binary(max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_bytes_come_nothing_but_a_refusal_happens(raw):
    with pytest.raises(DomainError):
        cleaned(raw)


def test_a_large_photo_is_made_as_large_as_is_of_use():
    with Image.open(io.BytesIO(cleaned(a_jpeg((4000, 3000))))) as made:
        assert max(made.size) == policies.LONGEST_SIDE


@pytest.mark.django_db
def test_a_photo_gets_a_name_of_ours_and_cannot_be_read_at_rest():
    one = proven(a_question())
    photo = put_up(one, a_jpeg(place=True))
    sealed = bytes(Photo.objects.get(pk=photo.pk).sealed)
    assert b"\xff\xd8" not in sealed[:20]
    assert b"JFIF" not in sealed
    assert picture_of(photo).startswith(b"\xff\xd8")
    other = put_up(one)
    other.sealed = photo.sealed
    with pytest.raises(Unreadable):
        picture_of(other)


@pytest.mark.django_db
def test_a_message_takes_a_handful_and_no_more():
    one = proven(a_question())
    for _ in range(policies.MOST_PHOTOS):
        put_up(one)
    with pytest.raises(TooManyPhotos):
        put_up(one)
    first = one.case.photos.first()
    written.take_away_photo(one.id, one.device, first.public_id, where=WHERE, now=NOW)
    assert put_up(one)


@pytest.mark.django_db
def test_a_photo_that_is_deleted_is_gone_and_who_did_it_is_written_down():
    one = proven(a_question())
    photo = put_up(one)
    sealed = bytes(photo.sealed)
    send(one, photos=[photo.public_id])
    letters.read(one)
    writing.look_at_photo(one.clinic, one.id, photo.public_id, **by_clinician(one))
    assert in_database(sealed)
    writing.decide_photo(one.clinic, one.id, photo.public_id, keep=False, **by_clinician(one))
    assert not in_database(sealed)
    photo.refresh_from_db()
    assert (photo.status, photo.sealed, photo.decided_by) == ("deleted", None, one.clinician)
    with pytest.raises(NotFound):
        writing.look_at_photo(one.clinic, one.id, photo.public_id, **by_clinician(one))
    acts = set(Entry.objects.filter(about__endswith=photo.public_id).values_list("act", flat=True))
    assert acts == {"photo.put_up", "photo.looked_at", "photo.deleted"}


def in_database(sealed: bytes) -> bool:
    """Whether those bytes stand in any row of the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM writing_photo WHERE sealed IS NOT NULL")
        return any(bytes(row[0]) == sealed for row in cursor.fetchall())


@pytest.mark.django_db
def test_a_photo_for_the_record_stays_under_seal_and_is_not_deleted_any_more():
    one = proven(a_question())
    photo = put_up(one)
    send(one, photos=[photo.public_id])
    letters.read(one)
    writing.decide_photo(one.clinic, one.id, photo.public_id, keep=True, **by_clinician(one))
    photo.refresh_from_db()
    assert (photo.status, photo.decided_at) == ("to_record", NOW)
    with pytest.raises(IllegalMove):
        writing.decide_photo(one.clinic, one.id, photo.public_id, keep=False, **by_clinician(one))
    sweep_orphans(now=NOW + timedelta(days=400))
    assert picture_of(Photo.objects.get(pk=photo.pk))


@pytest.mark.django_db
def test_the_database_keeps_no_picture_of_a_deleted_photo_and_no_photo_without_one():
    photo = put_up(proven(a_question()))
    for wrong in ({"status": "deleted"}, {"sealed": None}, {"status": "sent"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Photo.objects.filter(pk=photo.pk).update(**wrong)


@pytest.mark.django_db
def test_what_was_put_up_and_never_sent_is_swept_away_after_a_day():
    one = proven(a_question())
    left, sent = put_up(one), put_up(one)
    send(one, photos=[sent.public_id])
    assert sweep_orphans(now=NOW + timedelta(hours=23)) == 0
    assert sweep_orphans(now=NOW + timedelta(hours=25)) == 1
    left.refresh_from_db()
    sent.refresh_from_db()
    assert (left.status, left.sealed, sent.status) == ("deleted", None, "sent")


@pytest.mark.django_db
def test_the_clinician_sees_no_photo_before_they_have_read_and_a_patient_takes_none_back_after():
    one = proven(a_question())
    photo = put_up(one)
    send(one, photos=[photo.public_id])
    with pytest.raises(NotFound):
        writing.look_at_photo(one.clinic, one.id, photo.public_id, **by_clinician(one))
    letters.read(one)
    assert writing.look_at_photo(one.clinic, one.id, photo.public_id, **by_clinician(one))
    with pytest.raises(IllegalMove):
        written.take_away_photo(one.id, one.device, photo.public_id, where=WHERE, now=NOW)


@pytest.mark.django_db
def test_nobody_sends_or_sees_the_photo_of_somebody_else():
    one, other = proven(a_question()), proven(a_question())
    photo = put_up(one)
    send(other, "Hei", photos=[photo.public_id])
    photo.refresh_from_db()
    assert photo.status == "waiting"
    with pytest.raises(NotFound):
        written.own_photo(other.id, other.device, photo.public_id, now=NOW)
    assert written.own_photo(one.id, one.device, photo.public_id, now=NOW)
