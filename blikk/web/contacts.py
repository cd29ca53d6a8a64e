"""Contact points at the desk: reading them back, asking the patient, sending again, and asking for leave."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms as fields
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from blikk.audit.services import looked_at
from blikk.journeys import contacts
from blikk.kernel.errors import Invalid, Overtaken, Refused
from blikk.patients import exemptions, requests
from blikk.patients import queries as patients
from blikk.web import forms
from blikk.web.access import StaffRequest, staff
from blikk.web.contact_forms import KINDS, ReachedForm
from blikk.web.presenters import words
from blikk.web.presenters.contacts import show_exemptions, show_read_back
from blikk.web.refusals import words_for

if TYPE_CHECKING:
    from blikk.patients.models import Patient

DESK = ("clinician", "secretary")
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
    if panel.names:
        # Somebody sees the name of a patient whom they did not look for.
        about = f"patients.Patient:{panel.names}"
        looked_at(
            "contacts",
            actor=request.actor,
            about=about,
            clinic_id=request.clinic.pk,
            now=timezone.now(),
            kind=panel.kind,
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


@require_POST
@staff(*DESK)
def ask(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Ask the patient for their e-mail address by SMS."""
    done = gettext("Vi har sendt en SMS og bedt om e-postadressen.")
    return _do(
        request,
        patient_id,
        lambda: contacts.ask_for_contact(request.clinic, patient_id, actor=request.actor, now=timezone.now()),
        done,
    )


@require_POST
@staff(*DESK)
def resend(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Send new links instead of all that went to a contact point which is not in use any more."""
    now = timezone.now()
    patient = patients.get(request.clinic, patient_id)
    count = len(contacts.sent_elsewhere(request.clinic, patient, now=now))
    done = ngettext("Én ny lenke er sendt.", "%(count)s nye lenker er sendt.", count) % {"count": count}
    return _do(
        request,
        patient_id,
        lambda: contacts.send_all_again(request.clinic, patient_id, actor=request.actor, now=now),
        done,
    )


@require_POST
@staff(*DESK)
def take(request: StaffRequest, request_id: str) -> HttpResponse:
    """Take what a patient sent in into use, or lay it aside."""
    asked = requests.get(request.clinic, request_id)
    patient_id = asked.patient.public_id if asked.patient else ""
    act = requests.dismiss if "dismiss" in request.POST else requests.take
    said = gettext("Lagt bort.") if act is requests.dismiss else gettext("Tatt i bruk. Les det tilbake nå.")
    seen = forms.VersionForm(request.POST)
    if not seen.is_valid():
        raise Overtaken
    return _do(
        request,
        patient_id,
        lambda: act(request.clinic, request_id, **seen.cleaned_data, actor=request.actor, now=timezone.now()),
        said,
    )


@require_POST
@staff(*DESK)
def ask_exemption(request: StaffRequest, patient_id: str) -> HttpResponse:
    """Ask an administrator for leave to send one invitation to a contact point that could not be verified."""
    patient: Patient = patients.get(request.clinic, patient_id)
    kind = request.POST.get("kind", "")
    return _do(
        request,
        patient_id,
        lambda: exemptions.ask(
            patient,
            kind if kind in KINDS else "phone",
            because=request.POST.get("because", ""),
            actor=request.actor,
            now=timezone.now(),
        ),
        gettext("Administrator er spurt."),
    )


class DecisionForm(forms.StaffForm):
    """An administrator's answer, and why."""

    because = fields.CharField(
        label=_("Begrunnelse"),
        max_length=exemptions.LONGEST_REASON,
        widget=fields.TextInput(attrs={"autocomplete": "off"}),
        error_messages=forms.REQUIRED,
    )
    exemption = fields.CharField(widget=fields.HiddenInput)
    version = fields.IntegerField(widget=fields.HiddenInput)


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def exemptions_page(request: StaffRequest) -> HttpResponse:
    """Decide about invitations to contact points that nobody could verify, one message each."""
    now = timezone.now()
    form = DecisionForm(request.POST) if request.method == "POST" else None
    if form is not None and form.attempt(lambda: _decide(request, form)):
        return redirect("exemptions")
    looked_at("contacts", actor=request.actor, about=request.clinic, clinic_id=request.clinic.pk, now=now)
    rows = show_exemptions(request.clinic, exemptions.asked_of(request.clinic))
    context = {"rows": rows, "form": form, "refused": str(form.data.get("exemption", "")) if form else ""}
    return render(request, "administrator/exemptions.html", context, status=422 if form else 200)


def _decide(request: StaffRequest, form: DecisionForm) -> bool:
    allow = "allow" in request.POST
    exemptions.decide(
        request.clinic,
        form.cleaned_data["exemption"],
        allow=allow,
        because=form.cleaned_data["because"],
        version=form.cleaned_data["version"],
        actor=request.actor,
        now=timezone.now(),
    )
    said = gettext("Én invitasjon er tillatt det neste døgnet.") if allow else gettext("Unntaket er avslått.")
    messages.success(request, said)
    return True


def _do(request: StaffRequest, patient_id: str, act: Callable[[], Any], done: str) -> HttpResponse:
    """Do it and go back to the patient's page, which says what was done or what stands in the way."""
    try:
        act()
    except Invalid as fault:
        messages.error(request, words_for(next(iter(fault.fields.values()))))
    except Refused as fault:
        messages.error(request, words_for(fault.code))
    else:
        messages.success(request, done)
    return redirect("patient", patient_id)
