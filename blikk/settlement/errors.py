"""What can go wrong with bills and payments."""

from blikk.kernel.errors import Refused


class AlreadyBilled(Refused):
    """There is another bill about the same thing, and it is paid or sent out."""

    code = "already_billed"


class NotPayable(Refused):
    """The bill is settled already, or was taken back."""

    code = "bill_not_payable"


class BeingPaid(Refused):
    """Somebody has just approved a payment of this bill: it is being taken."""

    code = "bill_being_paid"


class NoSuchWay(Refused):
    """The clinic is not paid in this way."""

    code = "no_such_way"
