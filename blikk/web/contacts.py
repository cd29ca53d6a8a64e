"""Contact points at the desk: reading them back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from blikk.patients import queries as patients
from blikk.web import forms
from blikk.web.access import StaffRequest, staff
from blikk.web.contact_forms import KINDS, ReachedForm
from blikk.web.desk import DESK
from blikk.web.presenters import words
from blikk.web.presenters.contacts import show_read_back

PREFIXES = ("", "ny", "vei", "folge")


@require_POST
@staff(*DESK, fragment=True)
def read_back(request: StaffRequest) -> HttpResponse:
    """The parts to read aloud of what stands in a field, with what looks like a slip."""
    kind = request.POST.get("read_back", "phone")
    prefix = request.POST.get("read_back_prefix", "")
    form = _TypedForm(request.POST, prefix=prefix if prefix in PREFIXES else "")
    known = request.POST.get("read_back_of", "") or request.POST.get(form.add_prefix("of"), "")
    panel = show_read_back(
        form,
        kind if kind in KINDS else "phone",
        request.clinic,
        patient=patients.find(request.clinic, known) if known else None,
    )
    return render(request, "staff/_read_back.html", {"panel": panel})


class _TypedForm(ReachedForm, forms.StaffForm):
    """A number and an address out of whatever form they stand in."""

    phone = forms.PatientForm.base_fields["phone"]
    email = forms.PatientForm.base_fields["email"]


def reach_form(request: StaffRequest, patient_id: str) -> forms.ReachForm | None:
    """How the chosen patient is reached: as it was typed for them, or as it is kept."""
    known = patients.find(request.clinic, patient_id) if patient_id else None
    if known is None:
        return None
    if request.POST.get("vei-of") == patient_id:
        return forms.ReachForm(request.POST, prefix="vei")
    kept = {
        "vei-of": patient_id,
        "vei-phone": words.phone(patients.contact(known, "phone")),
        "vei-email": patients.contact(known, "email"),
    }
    return forms.ReachForm(kept, prefix="vei")
