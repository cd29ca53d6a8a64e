"""The administrators' page for what goes out to patients, and what they may do from their link."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from blikk.clinics.labels import short_sender
from blikk.clinics.messages import change_message_rules
from blikk.web.access import StaffRequest, staff
from blikk.web.administrator_messages_forms import RulesForm


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def message_rules(request: StaffRequest) -> HttpResponse:
    """Change the sender of an SMS, the reminders, and what a patient may do from the link."""
    form = RulesForm(request.POST or None, clinic=request.clinic)
    if request.method == "POST" and form.is_valid():
        done = form.attempt(
            lambda: change_message_rules(
                request.clinic,
                form.rules(),
                is_sure=form.cleaned_data["is_sure"],
                actor=request.actor,
                now=timezone.now(),
            )
        )
        if done:
            messages.success(request, gettext("Innstillingene er lagret."))
            return redirect("message_rules")
    context = {"form": form, "sender_now": short_sender(request.clinic)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "administrator/messages.html", context, status=status)
