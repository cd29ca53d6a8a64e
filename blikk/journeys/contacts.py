"""Getting to a right contact point: ask the patient, take their answer, send again, and believe what bounced."""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Literal

from django.conf import settings
from django.db import transaction

from blikk.audit.services import hold, named, record
from blikk.clinics.models import Clinic
from blikk.invitations import queries as invitations
from blikk.invitations.contact_words import contact_request, email_code
from blikk.invitations.models import Invitation, PersonRole, ProofPurpose
from blikk.invitations.proofs import use_proof
from blikk.invitations.states import InvitationStatus
from blikk.journeys import booking
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications import services as outbox
from blikk.notifications.models import Message
from blikk.patients import contact_points, requests
from blikk.patients import queries as patients
from blikk.patients.models import TRIES, ContactPoint, ContactRequest, Patient
from blikk.patients.reading import normal_email, normal_mobile, normal_phone, takes_sms
from blikk.patients.services import clean_name
from blikk.scheduling.states import FILLS_TIME

Step = Literal["ask", "code", "done", "over", "locked"]

# What a transport says that will be as true tomorrow, and what it says about the contact point.
PERMANENT = {
    "number_not_in_use": "not_in_use",
    "unknown_number": "not_in_use",
    "no_such_number": "not_in_use",
    "unknown_address": "bounced",
    "no_such_mailbox": "bounced",
    "no_such_host": "bounced",
    "bounced": "bounced",
}
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


@transaction.atomic
def ask_for_contact(clinic: Clinic, patient_id: str, *, actor: Actor, now: datetime) -> ContactRequest:
    """Ask a patient for their e-mail address by SMS: they type it behind the link, or answer with it.

    Raises Invalid (`phone`: missing or not_a_mobile) and NotFound.
    """
    hold(clinic.pk)
    patient = patients.get(clinic, patient_id)
    number = normal_mobile(patients.contact(patient, "phone"))
    requests.withdraw_open(patient, now=now)
    request, token = requests.open_request(
        clinic, patient, way="link", asked_phone=number, language=patient.language, now=now
    )
    link = f"{settings.BLIKK_BASE_URL}/adresse#{token}"
    words = contact_request(clinic, language=patient.language, link=link)
    _queue(request, "contact_request", "sms", number, words.subject, words.body, key="ask", now=now)
    record("contact.asked", actor=actor, about=patient, clinic_id=clinic.pk, now=now)
    return request


def request_behind(token: str) -> ContactRequest:
    """The request that a link leads to; raises NotFound."""
    found = requests.find_by_token(token)
    if found is None or found.patient is None:
        raise NotFound
    return found


def step_of(request: ContactRequest, *, now: datetime) -> Step:
    """How far the patient has come."""
    if request.status == "confirmed":
        return "done"
    if not requests.is_live(request, now=now):
        return "over"
    if request.tries >= TRIES:
        return "locked"
    return "code" if requests.has_live_code(request, now=now) else "ask"


def answer_link(request: ContactRequest, *, born: date, email: str, where: str, now: datetime) -> Step:
    """Take the birth date and the address that the patient typed; a code goes to the address.

    Without an address the phone alone is confirmed: who holds the link and knows the birth date has it in hand.
    Raises Invalid (`birth_date: wrong`, `email`).
    """
    address = normal_email(email)
    if step_of(request, now=now) not in {"ask", "code"} or not requests.take_try(request):
        return step_of(request, now=now)
    if not requests.is_born(request, born):
        _wrong(request, "birth_date", where=where, now=now)
        raise Invalid(birth_date="wrong_birth_date")
    requests.give_back_try(request)
    if address:
        send_email_code(request, address, by_sms=False, now=now)
    else:
        _confirm(request, where=where, now=now)
    return step_of(request, now=now)


def answer_code(request: ContactRequest, *, digits: str, where: str, now: datetime) -> Step:
    """Take the code that came to the address. Raises Invalid (`code: wrong_code`)."""
    if step_of(request, now=now) != "code" or not requests.take_try(request):
        return step_of(request, now=now)
    if not requests.is_right(request, digits, now=now):
        _wrong(request, "code", where=where, now=now)
        raise Invalid(code="wrong_code")
    requests.give_back_try(request)
    _confirm(request, where=where, now=now)
    return step_of(request, now=now)


def answer_by_sms(*, phone: str, words: str, message_key: str, now: datetime) -> bool:
    """Read an answer that came by SMS: an address, or the code that went to it. False where nobody was asked.

    A phone that was never verified may be a stranger's, so what it answers is only laid before the clinic. From a
    verified one the address gets a code, and the code makes it self-submitted. Nothing is ever sent back to the
    phone, and the same message read twice counts once.
    """
    try:
        request = requests.newest_open_for(normal_phone(phone), now=now)
    except Invalid:
        return False
    if request is None:
        return False
    code = _DIGITS.search(words)
    if code and requests.has_live_code(request, now=now):
        # A try is committed before it is looked at, so this cannot be one transaction.
        if requests.read_once(request, message_key, now=now):
            with suppress(Invalid):
                answer_code(request, digits=code.group(), where="sms", now=now)
        return True
    with transaction.atomic():
        hold(request.clinic_id)
        address = address_in(words)
        if requests.read_once(request, message_key, now=now) and address:
            _take_address(request, address, now=now)
    return True


def address_in(words: str) -> str:
    """The e-mail address in what somebody wrote; the empty string where there is none."""
    for found in _ADDRESS.findall(words[:1000]):
        try:
            return normal_email(found.strip(".!?'"))
        except Invalid:
            continue
    return ""


def send_email_code(request: ContactRequest, address: str, *, by_sms: bool, now: datetime) -> bool:
    """Send a code to an address that somebody says is theirs; False where so many were sent already."""
    with transaction.atomic():
        hold(request.clinic_id)
        digits = requests.make_code(request, address, now=now)
        if digits is None:
            return False
        words = email_code(request.clinic, language=request.language, digits=digits, by_sms=by_sms)
        _queue(
            request,
            "contact_code",
            "email",
            address,
            words.subject,
            words.body,
            key=f"code{request.codes_sent}",
            now=now,
        )
    return True


def submit_from_page(
    clinic: Clinic,
    *,
    given_name: str,
    family_name: str,
    birth_on: date,
    phone: str,
    email: str,
    browser: str,
    language: str,
    where: str,
    now: datetime,
) -> ContactRequest:
    """Take what somebody on the clinic's page says is theirs; their phone was proven by a code in this browser.

    Everybody is answered alike. The patient whose phone it is already has confirmed it. Another phone than the one
    that is kept is laid before the clinic: name and birth date are known to many. Raises ProofMissing, Invalid.
    """
    number, address = normal_mobile(phone), normal_email(email)
    with transaction.atomic():
        hold(clinic.pk)
        use_proof(clinic, phone=number, browser=browser, purpose=ProofPurpose.CONTACT, now=now)
        patient = _named(clinic, given_name, family_name, birth_on)
        request, _token = requests.open_request(
            clinic, patient, way="page", asked_phone=number, browser=browser, language=language, now=now
        )
        if not address:
            _settle_page(request, where=where, now=now)
            return request
    send_email_code(request, address, by_sms=False, now=now)
    return request


def answer_page_code(request: ContactRequest, *, digits: str, where: str, now: datetime) -> bool:
    """Take the code that went to the address from the clinic's page; True when all is done, whoever it was."""
    if not requests.take_try(request):
        raise Invalid(code="too_many")
    if not requests.is_right(request, digits, now=now):
        raise Invalid(code="wrong_code")
    with transaction.atomic():
        hold(request.clinic_id)
        requests.give_back_try(request)
        _settle_page(request, where=where, now=now)
    return True


@transaction.atomic
def could_not_be_reached(message: Message, *, reason: str, now: datetime) -> bool:
    """Stop trusting the contact point behind a message that will never arrive; False where that says nothing of it.

    Only what is permanent counts: a phone that is switched off is still the patient's.
    """
    because = PERMANENT.get(reason)
    point = _point_behind(message) if because else None
    if because is None or point is None:
        return False
    hold(message.clinic_id)
    return contact_points.doubt(point, because=because, actor=SYSTEM, now=now)


def patient_of(clinic: Clinic, invitation_id: str) -> str:
    """The patient whose invitation this is; the empty string for one of a companion."""
    invitation = invitations.get(clinic, invitation_id)
    is_theirs = invitation.role == PersonRole.PATIENT and invitation.patient is not None
    return invitation.patient.public_id if is_theirs and invitation.patient else ""


def sent_elsewhere(clinic: Clinic, patient: Patient, *, now: datetime) -> list[Invitation]:
    """The patient's invitations to hours to come that went to a contact point which is not in use or is in doubt."""
    found = Invitation.objects.filter(
        clinic=clinic,
        patient=patient,
        role=PersonRole.PATIENT,
        status=InvitationStatus.OPEN,
        appointment__status__in=FILLS_TIME,
        appointment__ends_at__gt=now,
    ).select_related("appointment", "clinic")
    sure = {
        kind: point.value
        for kind in ("phone", "email")
        if (point := contact_points.find(patient, kind)) and not point.doubt
    }
    return [
        one
        for one in found.order_by("appointment__starts_at")
        if ("sms" in one.sent_by and one.phone != sure.get("phone"))
        or ("email" in one.sent_by and one.email != sure.get("email"))
    ]


@transaction.atomic
def send_all_again(clinic: Clinic, patient_id: str, *, actor: Actor, now: datetime) -> int:
    """Send new links to all that went elsewhere; the old ones say that they were replaced. Raises Invalid."""
    hold(clinic.pk)
    patient = patients.get(clinic, patient_id)
    wrong = sent_elsewhere(clinic, patient, now=now)
    for invitation in wrong:
        ways = tuple(invitation.sent_by.split(","))
        # A kind that is not kept any more falls away; one that is kept must be verified, as ever.
        kept = tuple(way for way in ways if patients.contact(patient, contact_points.KIND_OF[way]))
        other = tuple(way for way in ("sms", "email") if contact_points.verified_channels(patient, (way,)))
        booking.send_again(clinic, invitation.public_id, channels=kept or other or ways, actor=actor, now=now)
    return len(wrong)


def _take_address(request: ContactRequest, address: str, *, now: datetime) -> None:
    patient = request.patient
    point = contact_points.find(patient, "phone") if patient else None
    if point is not None and point.is_verified and point.value == request.asked_phone:
        send_email_code(request, address, by_sms=True, now=now)
        return
    requests.offer(request, email=address, actor=_actor(request, "sms"), now=now)


def _settle_page(request: ContactRequest, *, where: str, now: datetime) -> None:
    patient, address = request.patient, request.email
    if patient is None:
        # Nobody whom the clinic knows: answered like everybody, and nothing is kept.
        request.delete()
        return
    actor = _actor(request, where)
    if patients.contact(patient, "phone") == request.asked_phone:
        requests.confirm(request, phone=request.asked_phone, email=address, actor=actor, now=now)
    else:
        requests.offer(request, phone=request.asked_phone, email=address, actor=actor, now=now)


@transaction.atomic
def _confirm(request: ContactRequest, *, where: str, now: datetime) -> None:
    hold(request.clinic_id)
    patient = request.patient
    in_use = patients.contact(patient, "phone") if patient else ""
    # The link went to that phone. If another one was registered in between, it proves nothing about that.
    phone = request.asked_phone if in_use == request.asked_phone and takes_sms(in_use) else ""
    requests.confirm(request, phone=phone, email=request.email, actor=_actor(request, where), now=now)


def _named(clinic: Clinic, given_name: str, family_name: str, birth_on: date) -> Patient | None:
    typed = clean_name(f"{given_name} {family_name}").casefold()
    born = patients.of(clinic).filter(birth_on=birth_on).order_by("pk")
    found = [one for one in born if clean_name(one.name).casefold() == typed]
    return found[0] if len(found) == 1 else None


def _point_behind(message: Message) -> ContactPoint | None:
    kind = contact_points.KIND_OF[message.channel]
    label, _, public_id = message.about.partition(":")
    if label == Invitation._meta.label:
        invitation = Invitation.objects.filter(public_id=public_id).select_related("patient__clinic").first()
        if invitation is None or invitation.role != PersonRole.PATIENT or invitation.patient is None:
            return None
        patient, value = invitation.patient, invitation.phone if kind == "phone" else invitation.email
    elif label == ContactRequest._meta.label:
        request = ContactRequest.objects.filter(public_id=public_id).select_related("patient__clinic").first()
        if request is None or request.patient is None:
            return None
        patient, value = request.patient, request.asked_phone if kind == "phone" else request.email
    else:
        return None
    point = contact_points.find(patient, kind)
    # What was changed since then is not what failed.
    return point if point is not None and point.value == value else None


def _queue(
    request: ContactRequest,
    kind: str,
    channel: Literal["sms", "email"],
    to: str,
    subject: str,
    body: str,
    *,
    key: str,
    now: datetime,
) -> None:
    outbox.queue(
        clinic_id=request.clinic_id,
        kind=kind,
        key=f"{request.public_id}:{key}",
        channel=channel,
        to=to,
        language=request.language,
        subject=subject,
        body=body,
        about=named(request),
        topic=f"day:{request.clinic.public_id}",
        sender=request.clinic.sender_label,
        now=now,
    )


@transaction.atomic
def _wrong(request: ContactRequest, what: str, *, where: str, now: datetime) -> None:
    actor = _actor(request, where)
    record(
        "contact.wrong_answer", actor=actor, about=request, clinic_id=request.clinic_id, now=now, what=what
    )


def _actor(request: ContactRequest, where: str) -> Actor:
    return Actor("patient", request.patient.public_id if request.patient else request.public_id, where)
