"""The free slot that was chosen on the booking page: whose it is held for, and its time in the place of a typed one."""

from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils import timezone

from blikk.kernel.errors import DomainError, NotFound
from blikk.kernel.ids import digest
from blikk.kernel.times import local
from blikk.scheduling import queries as scheduling
from blikk.web.access import StaffRequest
from blikk.web.booking_forms import BookingForm

if TYPE_CHECKING:
    from blikk.scheduling.models import SlotHold


def holder_of(request: StaffRequest) -> str:
    """For whom a slot is held at this desk."""
    return digest(f"desk:{request.membership.public_id}")


def typed_booking(request: StaffRequest) -> QueryDict:
    """What was typed, with the time of the slot that was chosen in the place of a typed one."""
    name = request.POST.get("slot", "")
    if not name:
        return request.POST
    try:
        slot = scheduling.find_slot(
            request.clinic,
            name,
            by="staff",
            form=request.POST.get("form") or "video",
            holder=holder_of(request),
            now=timezone.now(),
        )
    except DomainError:
        # Somebody else took it: what stands in the fields is tried, and refused in words.
        return request.POST
    typed = request.POST.copy()
    starts = local(slot.starts_at, request.clinic.zone)
    typed["day"], typed["at"] = starts.date().isoformat(), f"{starts:%H:%M}"
    typed["minutes"] = str(int((slot.ends_at - slot.starts_at).total_seconds() // 60))
    typed["clinician"] = slot.clinician.public_id
    return typed


def held_by(request: StaffRequest, form: BookingForm) -> "SlotHold | None":
    """The slot that is held for this booking, if one is."""
    try:
        return scheduling.get_hold(request.clinic, form.cleaned_data["hold"], holder=holder_of(request))
    except NotFound:
        return None
