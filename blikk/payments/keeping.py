"""What of the charges goes when the books need it no longer."""

from datetime import datetime

from blikk.clinics.models import Clinic
from blikk.kernel.forgetting import Forgotten
from blikk.payments.models import Charge, ChargeRow


def forget_charges(clinic: Clinic, gone: Forgotten, before: datetime) -> None:
    """Delete the charges that were accepted before a moment, and not taken back since."""
    rows = Charge.objects.filter(clinic=clinic, accepted_at__lt=before).exclude(withdrawn_at__gte=before)
    keys = list(rows.values_list("pk", flat=True))
    gone.take(ChargeRow.objects.filter(charge__in=keys))
    gone.take(Charge.objects.filter(pk__in=keys))
