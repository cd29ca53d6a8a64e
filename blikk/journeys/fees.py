"""Whether the fee of a close-out agrees with the charge that stands, if one does."""

from blikk.consultations.models import Consultation
from blikk.consultations.states import Fee
from blikk.payments import queries
from blikk.payments.models import Charge


def fee_of(charge: Charge | None) -> str:
    """What the close-out says about the fee when a charge stands; empty where none does."""
    if charge is None:
        return ""
    return str(Fee.EXEMPT if charge.exemption and not charge.patient_ore else Fee.CHARGED)


def fault_of_fee(consultation: Consultation, fee: str) -> str:
    """Why a close-out cannot say this about the fee; empty where it can."""
    says_charged, standing = fee == Fee.CHARGED, queries.charge_of(consultation)
    if standing is None:
        return "nothing_charged" if says_charged else ""
    return "" if fee in {Fee.CHARGED, Fee.EXEMPT} else "charge_stands"
