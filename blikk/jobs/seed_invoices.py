"""The invoices of the demo: one that is on its way to being paid, and one that is overdue."""

from datetime import datetime, timedelta

from blikk.clinics.queries import find_by_slug
from blikk.jobs.seed import SLUG, Place, book_hour, clinicians_in, dispatch, hold_talk, patient_of
from blikk.journeys import invoices
from blikk.kernel.actors import SYSTEM, Actor
from blikk.settlement.invoice_setup import Organisation, Terms, add_payer, invoices_of, set_terms
from blikk.settlement.lines import BillLine
from blikk.settlement.services import open_bill

# How many days ago the two came, and how long after that their invoices were made.
CAME = (("Dahl", 24), ("Strand", 5))
FREE = timedelta(days=2)


def send_invoices(*, now: datetime) -> None:
    """Give the clinic an account, and two patients of the last weeks their invoices, unless it is done."""
    clinic = find_by_slug(SLUG)
    if clinic is None or invoices_of(clinic) is not None:
        return
    doctor, psychologist = clinicians_in(clinic)
    begun = now - timedelta(days=30)
    terms = Terms("Fjordgløtt legesenter AS", "974760673", "Fjordveien 1, 6800 Førde", "86011117947")
    set_terms(clinic, terms, actor=SYSTEM, now=begun)
    payer = Organisation("Fjordgløtt kommune", "958935420", "Rådhusplassen 1, 6800 Førde", "Helse 2026")
    add_payer(clinic, payer, actor=SYSTEM, now=begun)
    for family, days in CAME:
        then = now - timedelta(days=days)
        place = Place(clinic, doctor, psychologist, Actor("staff", doctor.user.public_id), then)
        _come(place, family)


def _come(place: Place, family: str) -> None:
    """One conversation, its bill, and the invoice that came of it."""
    patient, then = patient_of(place, family), place.now
    booked = book_hour(place.clinic, patient, place.doctor, then, actor=place.actor, now=then - FREE)
    dispatch(then - FREE)
    talked = hold_talk(place, booked, then, is_finished=True)
    bill = open_bill(
        place.clinic,
        patient=patient,
        consultation=talked,
        kind="co_payment",
        lines=[
            BillLine("2ae", "Konsultasjon på video", 1, 16_000),
            BillLine("2cd", "Tillegg for tid", 1, 1_000),
        ],
        actor=place.actor,
        now=then + timedelta(minutes=20),
    )
    if bill is not None:
        invoices.issue(bill, actor=SYSTEM, now=then + FREE)
        dispatch(then + FREE)
