"""What the room of payments refuses."""

from blikk.kernel.errors import Refused


class TariffsOverlap(Refused):
    """One code would have two rates on one day: nothing was taken in."""

    code = "tariffs_overlap"


class NotCharged(Refused):
    """There is no charge here, or the clinic charges nothing in Blikk."""

    code = "not_charged"
