"""The desk's page for payments to the account: show what a file would do, take it in, and explain what is left."""

import base64

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.kernel.errors import Invalid, Refused
from blikk.kernel.times import local
from blikk.settlement import bank as money
from blikk.settlement.bank_files import Read, Unreadable, read
from blikk.settlement.invoice_queries import latest_entries, unclear_entries
from blikk.web.access import StaffRequest, staff
from blikk.web.bank_forms import BankFileForm, OnePaymentForm
from blikk.web.desk import DESK
from blikk.web.presenters.bank import HOW, show_entries, show_preview
from blikk.web.refusals import words_for


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff(*DESK)
def bank(request: StaffRequest) -> HttpResponse:
    """Choose a file and see what it would do, take it in, or type one payment."""
    today = local(timezone.now(), request.clinic.zone).date()
    act = request.POST.get("act", "") if request.method == "POST" else ""
    file = BankFileForm(request.POST, request.FILES) if act in {"show", "take"} else BankFileForm()
    one = OnePaymentForm(request.POST if act == "one" else None, today=today)
    if act == "one":
        made = one.attempt(
            lambda: money.take_one(
                request.clinic,
                **one.values(),
                membership=request.membership,
                actor=request.actor,
                now=timezone.now(),
            )
        )
        if made is not None:
            shown = show_entries([made])[0]
            messages.success(request, gettext("Registrert. %(what)s") % {"what": shown.outcome})
            return redirect("bank")
    found = _read(file) if file.is_bound else None
    if found is not None and act == "take" and _take(request, file, found):
        return redirect("bank")
    preview = show_preview(found, money.preview(request.clinic, found)) if found is not None else None
    content = {
        "file": file,
        "one": one,
        "form": one if act == "one" else file,
        "preview": preview,
        "kept": base64.b64encode(_body(file)).decode() if preview else "",
        "unclear": show_entries(unclear_entries(request.clinic)),
        "latest": show_entries(latest_entries(request.clinic)),
        "hows": list(HOW.items()),
    }
    status = 422 if one.errors or (file.is_bound and file.errors) else 200
    return render(request, "staff/bank.html", content, status=status)


def _body(form: BankFileForm) -> bytes:
    file = form.cleaned_data.get("file")
    if file:
        file.seek(0)
    return form.body()


def _read(form: BankFileForm) -> Read | None:
    if not form.is_valid():
        return None
    body = _body(form)
    try:
        if not body:
            form.refuse("file", "missing")
            return None
        return read(body)
    except Unreadable as fault:
        words = words_for(fault.code)
        if fault.line:
            words = gettext("Linje %(line)s: %(words)s") % {"line": fault.line, "words": words}
        form.add_error("file", words)
    return None


def _take(request: StaffRequest, form: BankFileForm, found: Read) -> bool:
    """Take the file in, if it does what was shown; otherwise it is shown anew."""
    seen = show_preview(found, money.preview(request.clinic, found)).seen
    if form.cleaned_data["seen"] != seen:
        messages.info(request, gettext("Noe har skjedd imens. Se over listen på nytt."))
        return False
    try:
        made = money.take_file(
            request.clinic,
            found,
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
    except Refused as fault:
        form.refuse("file", fault.code)
        return False
    words = ngettext("%(count)s betaling er registrert.", "%(count)s betalinger er registrert.", len(made))
    messages.success(request, words % {"count": len(made)})
    return True


@require_POST
@staff(*DESK)
def clear(request: StaffRequest, entry_id: str) -> HttpResponse:
    """Say what became of a payment that paid nothing."""
    try:
        money.clear(
            request.clinic,
            entry_id,
            how=request.POST.get("how", ""),
            membership=request.membership,
            actor=request.actor,
            now=timezone.now(),
        )
        messages.success(request, gettext("Notert."))
    except Invalid:
        messages.error(request, gettext("Velg hva som ble gjort."))
    return redirect("bank")
