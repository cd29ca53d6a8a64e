"""The clinician's part of the money: what the close-out page shows and takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone, translation

from blikk.journeys import charging, frikort
from blikk.journeys.fees import fee_of
from blikk.patients.numbers import masked_of
from blikk.payments import queries
from blikk.web.access import StaffRequest
from blikk.web.charge_forms import ChargeForm
from blikk.web.forms import FEES, CloseOutForm
from blikk.web.presenters.charge import KINDS, ShownCharge, kinds_in_words, show_accepted, show_reckoned

if TYPE_CHECKING:
    from blikk.consultations.models import Consultation

ACCEPT, RECKON, TAKE_BACK, CHOOSE = "charge-accept", "charge-reckon", "charge-back", "choose-diagnosis"
ASK_CARD = "charge-card"
BUTTONS = (ACCEPT, RECKON, TAKE_BACK, CHOOSE, ASK_CARD)


@dataclass(frozen=True, slots=True)
class Panel:
    """The form and what stands around it; `fee` is what the close-out says when a charge stands."""

    form: ChargeForm
    shown: ShownCharge
    fee: str = ""


def asks(request: StaffRequest) -> bool:
    """Whether one of the panel's own buttons was pressed: nothing is signed then, and nothing closed."""
    return any(name in request.POST for name in BUTTONS)


def answer(request: StaffRequest, consultation: Consultation) -> ChargeForm:
    """Do what one of the panel's buttons says."""
    form = ChargeForm(request.POST)
    who = {"membership": request.membership, "actor": request.actor, "now": timezone.now()}
    name = consultation.public_id
    if ASK_CARD in request.POST:
        ask_card(request, consultation, form)
        return form
    if ACCEPT in request.POST:
        wanted = form.wanted()
        if asks_before_accepting(consultation, form) and ask_card(request, consultation, form):
            form.refuse("exemption", "has_card")
            return form
        with translation.override(request.clinic.language):
            missed = str(KINDS["missed"])
        done = form.attempt(
            lambda: charging.accept(
                request.clinic,
                name,
                wanted=wanted,
                seen=form.cleaned_data["seen"],
                missed_words=missed,
                **who,  # type: ignore[arg-type]
            )
        )
        return ChargeForm() if done else form
    if TAKE_BACK in request.POST:
        version = request.POST.get("charge-version", "")
        seen = int(version) if version.isdigit() and len(version) < 9 else 0
        form.attempt(lambda: charging.take_back(request.clinic, name, version=seen, **who))  # type: ignore[arg-type]
        return form if form.errors else ChargeForm()
    return form


def asks_before_accepting(consultation: Consultation, form: ChargeForm) -> bool:
    """Whether the register is asked as the charge is accepted: the patient would pay, and nobody has asked yet."""
    wanted = form.wanted()
    is_paid_for = wanted.kind in {None, "co_payment"} and not wanted.exemption
    knows_number = bool(wanted.number or masked_of(consultation.appointment.patient))
    return (
        is_paid_for and knows_number and frikort.can_ask(consultation) and not frikort.known_of(consultation)
    )


def ask_card(request: StaffRequest, consultation: Consultation, form: ChargeForm) -> bool:
    """Ask the register for exemption cards; whether it says that there is one. It never holds anything up."""
    who = {"membership": request.membership, "actor": request.actor, "now": timezone.now()}
    known = form.attempt(
        lambda: frikort.ask(request.clinic, consultation.public_id, number=form.wanted().number, **who)  # type: ignore[arg-type]
    )
    if known is None or not known.has_card:
        return False
    form.take_proposed_exemption()
    return True


def panel_of(consultation: Consultation, form: ChargeForm | None = None) -> Panel | None:
    """What the page shows about the money; None where the clinic charges nothing in Blikk."""
    if not queries.charges_here(consultation.clinic):
        return None
    form = form or ChargeForm()
    is_closed = consultation.status == "closed_out"
    standing = queries.charge_of(consultation)
    if standing is not None:
        zone = consultation.clinic.zone
        shown = show_accepted(standing, queries.lines_of(standing), zone, is_closed=is_closed)
        return Panel(form, shown, fee_of(standing))
    if is_closed:
        return None
    charge = charging.reckon(consultation, form.wanted())
    form.show(charge, kinds_in_words(charge.kinds))
    return Panel(form, show_reckoned(charge))


def panel_for(
    request: StaffRequest, consultation: Consultation, decided: CloseOutForm, form: ChargeForm | None
) -> dict[str, object]:
    """What the page needs of the panel, and the close-out's own choice of fee set by it."""
    if form is None and "charge-kind" in request.POST:
        # Another button was pressed: what was typed here stays.
        form = ChargeForm(request.POST)
        form.forgive()
    panel = panel_of(consultation, form)
    choices = [one for one in FEES if one[0] != "charged" or panel is not None]
    decided.fields["fee"].choices = choices  # type: ignore[attr-defined]
    if panel is None:
        return {}
    if panel.fee:
        decided.initial["fee"] = panel.fee
    return {"charge": panel.shown, "charge_form": panel.form, "beside": panel.form}
