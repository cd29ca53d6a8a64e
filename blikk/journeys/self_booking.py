"""A patient books a free slot from the clinic's page: it is held, the phone is proven, and the hour is theirs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from blikk.audit.services import hold, named
from blikk.clinics.models import Clinic
from blikk.invitations.models import PhoneProof, ProofPurpose
from blikk.invitations.proofs import ask_proof, use_proof
from blikk.invitations.words import phone_code, sender_of
from blikk.journeys import booking
from blikk.journeys.booking import Booked
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import digest
from blikk.kernel.times import local
from blikk.notifications import services as outbox
from blikk.patients.models import Patient
from blikk.patients.services import LANGUAGES, normal_mobile, recognise
from blikk.scheduling import queries as planned
from blikk.scheduling import services as scheduling
from blikk.scheduling.models import Appointment, SlotHold
from blikk.scheduling.queries import Slot
from blikk.scheduling.states import FILLS_TIME

# So many hours to come may one patient have taken themselves; more than that is for the clinic to book.
MOST_BOOKED = 3


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A slot as the page of one browser shows it; `held_until` is None where it is free but not held by them."""

    slot: Slot
    held_until: datetime | None


def slots_for_patients(
    clinic: Clinic, *, first: date, days: int, browser: str = "", now: datetime
) -> list[Slot]:
    """The slots that patients may take themselves, by time; none where the clinic does not allow it."""
    if not clinic.allows_self_booking:
        return []
    holder = digest(browser) if browser else ""
    return planned.free_slots(clinic, first=first, days=days, by="patient", holder=holder, now=now)


def slot_for(clinic: Clinic, slot: str, *, browser: str, now: datetime) -> HeldSlot:
    """One slot as this browser may see it; raises NotFound, and Invalid (`starts_at: taken`)."""
    _require_allowed(clinic)
    holder = digest(browser) if browser else ""
    found = planned.find_slot(clinic, slot, by="patient", holder=holder, now=now)
    mine = SlotHold.objects.filter(
        clinician=found.clinician, starts_at=found.starts_at, holder=holder, let_go_at__isnull=True
    )
    kept = mine.filter(held_until__gt=now).first() if holder else None
    return HeldSlot(found, kept.held_until if kept else None)


@transaction.atomic
def ask_slot(clinic: Clinic, slot: str, *, browser: str, where: str, now: datetime) -> SlotHold:
    """Hold a free slot for a browser while its owner decides; the slot it held before falls free.

    Raises NotFound, and Invalid (`starts_at: taken`).
    """
    hold(clinic.pk)
    _require_allowed(clinic)
    holder = digest(browser)
    return scheduling.hold_slot(clinic, slot, holder=holder, actor=_somebody(browser, where), now=now)


@transaction.atomic
def give_up_slot(clinic: Clinic, *, browser: str, now: datetime) -> None:
    """Let go of what this browser holds; nothing held is no news."""
    hold(clinic.pk)
    mine = SlotHold.objects.filter(clinic=clinic, holder=digest(browser), let_go_at__isnull=True)
    for held in mine.select_related("clinic"):
        scheduling.let_go(held, now=now)


@transaction.atomic
def ask_phone_code(
    clinic: Clinic,
    *,
    phone: str,
    browser: str,
    purpose: str = ProofPurpose.BOOKING,
    language: str,
    now: datetime,
) -> PhoneProof:
    """Send a code to a phone that was typed on a public page; one that is on its way already is not sent again.

    Raises Invalid (`phone`): missing, not_a_phone or not_a_mobile; TooManyCodes, ProofPaused.
    """
    number = normal_mobile(phone)
    proof, digits = ask_proof(clinic, phone=number, browser=browser, purpose=purpose, now=now)
    if digits is None:
        return proof
    language = language if language in LANGUAGES else clinic.language
    words = phone_code(clinic, digits=digits, language=language)
    outbox.queue(
        clinic_id=clinic.pk,
        kind="phone_code",
        key=f"{proof.public_id}:phone_code",
        channel="sms",
        to=number,
        language=language,
        subject=words.subject,
        body=words.body,
        about=named(proof),
        sender=sender_of(clinic, "sms"),
        now=now,
    )
    return proof


@transaction.atomic
def confirm_and_book(
    clinic: Clinic,
    slot: str,
    *,
    given_name: str,
    family_name: str,
    birth_on: date,
    phone: str,
    browser: str,
    language: str,
    where: str,
    now: datetime,
) -> Booked:
    """Book a slot for somebody who has proven their phone in this browser, and send them their link by SMS.

    A hold that ran out is taken anew while the slot is free. Raises ProofMissing, NotFound, and Invalid, field by
    field (`starts_at`: taken, in_the_past or too_many); what was proven then stays proven.
    """
    hold(clinic.pk)
    _require_allowed(clinic)
    number = normal_mobile(phone)
    use_proof(clinic, phone=number, browser=browser, purpose=ProofPurpose.BOOKING, now=now)
    actor = _somebody(browser, where)
    kept = scheduling.hold_slot(clinic, slot, holder=digest(browser), actor=actor, now=now)
    patient = recognise(
        clinic,
        given_name=given_name,
        family_name=family_name,
        birth_on=birth_on,
        language=language if language in LANGUAGES else clinic.language,
        phone=number,
        actor=actor,
        now=now,
    )
    _require_few(patient, now)
    actor = Actor("patient", patient.public_id, where)
    appointment = scheduling.book_held(clinic, kept, patient=patient, actor=actor, now=now)
    issued = booking.invite_patient(
        clinic, appointment, channels=("sms",), kind="invited", actor=actor, now=now
    )
    return Booked(appointment, issued.invitation, issued.typed_code)


def first_free_day(clinic: Clinic, *, now: datetime, within: timedelta = timedelta(days=60)) -> date | None:
    """The first day on which a patient may take a slot; None where there is none in the time to come."""
    today = local(now, clinic.zone).date()
    free = slots_for_patients(clinic, first=today, days=within.days, now=now)
    return local(free[0].starts_at, clinic.zone).date() if free else None


def _require_allowed(clinic: Clinic) -> None:
    if not clinic.allows_self_booking:
        raise NotFound


def _require_few(patient: Patient, now: datetime) -> None:
    to_come = Appointment.objects.filter(
        patient=patient, booked_by_patient=True, status__in=FILLS_TIME, starts_at__gt=now
    )
    if to_come.count() >= MOST_BOOKED:
        raise Invalid(starts_at="too_many")


def _somebody(browser: str, where: str) -> Actor:
    """Somebody at a public page who is not known yet, as the audit names them: by a part of their browser's digest."""
    return Actor("patient", f"browser-{digest(browser)[:16]}", where)
