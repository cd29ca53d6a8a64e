"""Pictures from outside: read by their content, drawn anew, and nothing but the pixels kept."""

import io
import struct

from PIL import ExifTags, Image, ImageFile

from blikk.kernel.errors import Refused

LARGEST = 12 * 1024 * 1024
# What a phone's best camera makes; more is a bomb, or of no use to anybody.
MOST_PIXELS = 64_000_000
QUALITY = 85
# Only what browsers send and Pillow reads in itself: no documents, no drawings, no formats that call other programs.
_FORMATS = ("JPEG", "PNG", "WEBP")
_Turn = Image.Transpose
# How to lay a picture upright by what its phone noted (Exif 2.32, tag 0x0112).
_UPRIGHT = {
    2: _Turn.FLIP_LEFT_RIGHT,
    3: _Turn.ROTATE_180,
    4: _Turn.FLIP_TOP_BOTTOM,
    5: _Turn.TRANSPOSE,
    6: _Turn.ROTATE_270,
    7: _Turn.TRANSVERSE,
    8: _Turn.ROTATE_90,
}


class NotAPicture(Refused):
    """The content is no picture of a kind that we read, whatever its name says; or it is damaged."""

    code = "not_a_picture"


class PictureTooHeavy(Refused):
    """The file is larger than any picture needs to be."""

    code = "picture_too_heavy"


class PictureTooWide(Refused):
    """The picture has more pixels than may be unpacked."""

    code = "picture_too_wide"


def clean(raw: bytes, *, longest_side: int) -> bytes:
    """The same picture as a new JPEG, at most `longest_side` wide and high, without place, camera or anything else.

    The size is read from the head before a single pixel is unpacked. Raises PictureTooHeavy, NotAPicture,
    PictureTooWide.
    """
    if len(raw) > LARGEST:
        raise PictureTooHeavy
    # Scar: what makes the PDFs has Pillow take half a picture for a whole one, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as picture:
            return _drawn_anew(picture, longest_side)
    except Image.DecompressionBombError as fault:
        raise PictureTooWide from fault
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError) as fault:
        raise NotAPicture from fault


def _drawn_anew(picture: Image.Image, longest_side: int) -> bytes:
    if picture.width * picture.height > MOST_PIXELS:
        raise PictureTooWide
    # A JPEG can be unpacked at a fraction of its size; the others ignore this.
    picture.draft("RGB", (longest_side * 2, longest_side * 2))
    # As it was held, before the note of how it was held is gone.
    turn = _UPRIGHT.get(_held(picture))
    upright = picture.copy() if turn is None else picture.transpose(turn)
    upright.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", upright.size, "white")
    if "A" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        canvas.paste(upright, mask=upright.getchannel("A"))
    else:
        canvas.paste(upright.convert("RGB"))
    made = io.BytesIO()
    canvas.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return made.getvalue()


def _held(picture: Image.Image) -> int:
    """How the phone was held; 1, which is upright, where the note of it is damaged.

    Scar: the library's own turning writes the whole note anew, and one wrong byte in it broke that.
    """
    try:
        held = picture.getexif().get(ExifTags.Base.Orientation)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return 1
    return held if isinstance(held, int) else 1
