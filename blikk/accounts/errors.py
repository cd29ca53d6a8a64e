"""What only accounts refuse."""

from blikk.kernel.errors import Refused


class LinkIsDead(Refused):
    """The link for choosing a password is used, too old, or none of ours."""

    code = "link_is_dead"


class IsSomebodyElses(Refused):
    """This HelseID is connected with another account."""

    code = "helse_id_is_somebody_elses"
