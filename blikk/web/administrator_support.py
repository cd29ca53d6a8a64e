"""The administrators' page about whom the staff call when something fails."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from blikk.clinics import support
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import StaffForm

LABELS = {"name": _("Navn eller rolle"), "phone": _("Telefon"), "hours": _("Når")}


class ContactsForm(StaffForm):
    """Up to three to call, in that order."""

    def __init__(self, *args: Any, kept: list[dict[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        for number in range(1, support.MOST + 1):
            before = kept[number - 1] if number <= len(kept) else {}
            for name, label in LABELS.items():
                self.fields[f"{name}_{number}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=200,
                    initial=before.get(name, ""),
                    widget=forms.TextInput(
                        attrs={"class": "ds-input", "autocomplete": "off"}
                        | ({"inputmode": "tel"} if name == "phone" else {})
                    ),
                )

    def contacts(self) -> list[dict[str, str]]:
        return [
            {name: self.cleaned_data.get(f"{name}_{number}", "") for name in LABELS}
            for number in range(1, support.MOST + 1)
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"number": number, "fields": [self[f"{name}_{number}"] for name in LABELS]}
            for number in range(1, support.MOST + 1)
        ]


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def support_contacts(request: StaffRequest) -> HttpResponse:
    """Say whom the staff call."""
    form = ContactsForm(request.POST or None, kept=request.clinic.support_contacts)
    if request.method == "POST":
        done = form.attempt(
            lambda: support.change_contacts(
                request.clinic, form.contacts(), actor=request.actor, now=timezone.now()
            )
        )
        if done:
            messages.success(request, gettext("Innstillingene er lagret."))
            return redirect("support_contacts")
    return render(
        request, "administrator/support_contacts.html", {"form": form}, status=422 if form.errors else 200
    )
