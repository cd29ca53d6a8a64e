"""What only a case in writing can refuse."""

from blikk.kernel.errors import Refused


class CaseClosed(Refused):
    """Nothing more can be written in it."""

    code = "case_closed"


class AlreadyRead(Refused):
    """The clinician has read the answer, so it stays as it was read."""

    code = "already_read"


class PhotosUndecided(Refused):
    """A photo that was sent is neither deleted nor sent to the record."""

    code = "photos_undecided"


class UnreadMessage(Refused):
    """Something that the patient wrote has not been read."""

    code = "unread_message"


class TooManyPhotos(Refused):
    """As many photos as one case takes."""

    code = "too_many_photos"


class PhotoIsPdf(Refused):
    """A PDF, which can carry what a picture cannot."""

    code = "photo_is_pdf"


class PhotoIsHeic(Refused):
    """The format in which some phones keep photos for themselves."""

    code = "photo_is_heic"


class AskedAlready(Refused):
    """The patient has been asked about this hour and has not answered yet."""

    code = "asked_already"


class TooManyReaderCodes(Refused):
    """No more codes are sent for this case today."""

    code = "too_many_codes"


class NotNow(Refused):
    """The browser is not at the step at which this can be done."""

    code = "not_at_this_step"
