"""What outlives a visit and a patient because the books must be kept: one line for each room that has some."""

from collections.abc import Callable
from datetime import datetime

from blikk.clinics.models import Clinic, KeptKind
from blikk.kernel.forgetting import Forgotten
from blikk.payments.keeping import forget_charges
from blikk.settlement.keeping import forget_bills

Forget = Callable[[Clinic, Forgotten, datetime], None]

# The kind, and what deletes the rows of a clinic that were written before a moment and about which nothing is open.
BOOKS: tuple[tuple[str, Forget], ...] = (
    (str(KeptKind.CLAIM), forget_charges),
    (str(KeptKind.MONEY), forget_bills),
)
