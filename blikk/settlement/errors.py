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


class NoInvoices(Refused):
    """The clinic has no account for invoices."""

    code = "no_invoices"


class NotDue(Refused):
    """It is too early to remind of the invoice, or it was reminded of as often as is allowed."""

    code = "not_due"


class SeriesFull(Refused):
    """The KID that was agreed with the bank has no room for another number."""

    code = "kid_is_full"


class FileTaken(Refused):
    """The same file from the bank was taken in before."""

    code = "bank_file_taken"
