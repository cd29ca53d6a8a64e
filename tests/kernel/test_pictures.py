import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFile, ImageOps, PngImagePlugin

from blikk.kernel.errors import DomainError
from blikk.kernel.pictures import LARGEST, NotAPicture, PictureTooHeavy, PictureTooWide, clean

PLACE = 0x8825
TURNED = 0x0112


def made(kind: str, size: tuple[int, int] = (120, 80), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 120, 200)).save(out, kind, **how)
    return out.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Telefonmerket"
    exif[TURNED] = 6
    exif.get_ifd(PLACE)[2] = (59.0, 54.0, 46.0)
    return made("JPEG", exif=exif, comment=b"hjemme hos Kari")


def seen(cleaned: bytes) -> Image.Image:
    return Image.open(io.BytesIO(cleaned))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_picture_becomes_a_jpeg_of_its_own_size(kind):
    picture = seen(clean(made(kind), longest_side=400))
    assert (picture.format, picture.size) == ("JPEG", (120, 80))


def test_a_large_picture_is_made_smaller_and_a_small_one_is_left():
    assert seen(clean(made("JPEG", (1600, 800)), longest_side=400)).size == (400, 200)


def test_neither_place_nor_camera_nor_words_come_along():
    raw = with_place()
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(PLACE)
    cleaned = clean(raw, longest_side=400)
    assert not seen(cleaned).getexif()
    assert b"Telefonmerket" in raw
    assert not any(
        word in cleaned for word in (b"Exif", b"Telefonmerket", b"hjemme hos Kari", b"ICC_PROFILE")
    )


def test_a_picture_that_was_held_sideways_stands_upright():
    assert seen(clean(with_place(), longest_side=400)).size == (80, 120)


@pytest.mark.parametrize("held", range(10))
def test_it_is_turned_as_the_phone_says_it_was_held(held):
    exif = Image.Exif()
    exif[TURNED] = held
    out = io.BytesIO()
    picture = Image.new("RGB", (120, 80), "white")
    picture.paste("black", (0, 0, 30, 20))
    picture.save(out, "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(out.getvalue()))).convert("L")
    found = seen(clean(out.getvalue(), longest_side=400)).convert("L")
    assert found.size == expected.size
    # A dark corner is to be where it was; what lies between is blurred by the format.
    assert max(ImageChops.difference(found, expected).resize((4, 4)).tobytes()) < 100
    assert ImageChops.invert(found).getbbox() is not None


def test_a_damaged_note_of_how_it_was_held_does_not_cost_the_picture():
    raw = bytearray(with_place())
    raw[41] = 0
    assert seen(clean(bytes(raw), longest_side=400)).format == "JPEG"


def test_words_in_a_png_do_not_come_along():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "hjemme hos Kari")
    assert b"hjemme hos Kari" not in clean(made("PNG", pnginfo=words), longest_side=400)


def test_what_is_seen_through_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert seen(clean(out.getvalue(), longest_side=40)).getpixel((5, 5)) == (255, 255, 255)


def test_what_stands_behind_the_picture_is_left_out():
    assert b"<script>" not in clean(made("JPEG") + b"<script>alert(1)</script>", longest_side=400)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hei",
        b"%PDF-1.7\n",
        b"PK\x03\x04 et regneark",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        made("GIF"),
        made("TIFF"),
        made("BMP"),
        made("JPEG")[:200],
        made("PNG")[:60],
    ],
)
def test_what_is_no_picture_or_broken_is_refused(raw):
    with pytest.raises(NotAPicture):
        clean(raw, longest_side=400)


def test_half_a_picture_is_refused_whatever_another_library_has_allowed(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(NotAPicture):
        clean(made("PNG")[:60], longest_side=100)


def test_a_file_that_is_too_heavy_is_refused_before_it_is_read():
    with pytest.raises(PictureTooHeavy):
        clean(made("JPEG") + b"\0" * LARGEST, longest_side=400)


@pytest.mark.parametrize(("wide", "high"), [(20_000, 20_000), (9_000, 9_000), (60_000, 60_000)])
def test_a_flood_of_pixels_is_refused_by_its_head(wide, high):
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0))
    flood = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    with pytest.raises(PictureTooWide):
        clean(flood, longest_side=400)


@given(
    raw=st.binary(max_size=300), start=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"])
)
def test_whatever_comes_it_is_a_picture_or_refused(raw, start):
    with suppress(DomainError):
        assert clean(start + raw, longest_side=50).startswith(b"\xff\xd8")


@given(at=st.integers(0, 5000), byte=st.integers(0, 255))
@example(at=41, byte=0)
def test_one_wrong_byte_never_breaks_anything(at, byte):
    raw = bytearray(with_place())
    raw[at % len(raw)] = byte
    with suppress(DomainError):
        clean(bytes(raw), longest_side=50)
