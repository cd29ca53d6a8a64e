"""Invoices to organisations as EHF (Peppol BIS Billing 3.0): to keep at the desk, or for an access point."""

from datetime import datetime

from django.db import transaction

from blikk.audit.services import record
from blikk.clinics.models import Clinic
from blikk.journeys.invoices import Printed
from blikk.kernel.actors import Actor
from blikk.settlement.models import Invoice
from blikk.settlement.peppol.delivery import PeppolDelivery
from blikk.settlement.peppol.document import document

# How it went.
SENT_BY = "peppol"


def ehf_of(found: Printed, *, pdf: bytes = b"") -> bytes:
    """The paper as EHF, with the PDF inside. Raises NotForPeppol."""
    return document(found.paper, pdf=pdf)


def name_of(clinic: Clinic, found: Printed) -> str:
    """What the file is called: whose it is and which number, and nothing of what it is for."""
    return f"{found.paper.seller.org_number or clinic.slug}-{found.paper.number}.xml"


@transaction.atomic
def hand_over(
    clinic: Clinic, found: Printed, way: PeppolDelivery, *, pdf: bytes = b"", actor: Actor, now: datetime
) -> None:
    """Hand the EHF over, and note that it went. Raises NotForPeppol and NotHandedOver."""
    made, name = ehf_of(found, pdf=pdf), name_of(clinic, found)
    Invoice.objects.filter(pk=found.invoice.pk).update(sent_by=SENT_BY)
    number = found.paper.number
    record(
        "invoice.handed_over", actor=actor, about=found.invoice, clinic_id=clinic.pk, now=now, number=number
    )
    # Last, so that what is noted and cannot be handed over is not noted either.
    way.hand_over(made, name=name)
