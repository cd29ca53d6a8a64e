"""Requests for a contact point: a link or a code to the patient, five tries, three days, and one answer."""

import re
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from blikk.audit.services import record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest, keyed, new_digits, new_secret, same
from blikk.patients import contact_points
from blikk.patients.models import TRIES, ContactAnswer, ContactRequest, ContactState, Patient
from blikk.patients.states import CONTACT_REQUEST, RequestStatus

LASTS = timedelta(days=3)
CODE_LIVES = timedelta(minutes=10)
MOST_CODES = 5
KEPT_FOR = timedelta(days=30)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_RUNNING = (RequestStatus.OPEN, RequestStatus.OFFERED)


@transaction.atomic
def open_request(
    clinic: Clinic,
    patient: Patient | None,
    *,
    way: str,
    asked_phone: str = "",
    browser: str = "",
    language: str,
    now: datetime,
) -> tuple[ContactRequest, str]:
    """Begin to ask for a contact point; gives the secret of its link, which exists nowhere else."""
    token = new_secret()
    request = ContactRequest.objects.create(
        clinic=clinic,
        patient=patient,
        way=way,
        asked_phone=asked_phone,
        browser_digest=digest(browser) if browser else "",
        token_digest=digest(token) if way == "link" else None,
        language=language,
        created_at=now,
        expires_at=now + LASTS,
    )
    return request, token


@transaction.atomic
def withdraw_open(patient: Patient, *, now: datetime) -> None:
    """A newer question takes the place of those that were not answered."""
    for request in ContactRequest.objects.filter(patient=patient, status=RequestStatus.OPEN):
        CONTACT_REQUEST.make(request, RequestStatus.WITHDRAWN, settled_at=now)


def find_by_token(token: str) -> ContactRequest | None:
    """The request whose link carries this secret; a malformed one costs the same as an unknown one."""
    found = _whole().filter(token_digest=digest(token)).first()
    return found if _TOKEN.fullmatch(token) else None


def newest_open_for(phone: str, *, now: datetime) -> ContactRequest | None:
    """The request that was sent to this phone last and still waits for an answer."""
    waiting = _whole().filter(asked_phone=phone, way="link", status=RequestStatus.OPEN, expires_at__gt=now)
    return waiting.order_by("-created_at", "-pk").first()


def of_browser(clinic: Clinic, request_id: str, browser: str, *, now: datetime) -> ContactRequest | None:
    """What somebody began on the clinic's page in this browser."""
    mine = _whole().filter(
        clinic=clinic, public_id=request_id, way="page", browser_digest=digest(browser), expires_at__gt=now
    )
    return mine.filter(status=RequestStatus.OPEN).first()


def is_live(request: ContactRequest, *, now: datetime) -> bool:
    """Whether an answer would still count."""
    return request.status == RequestStatus.OPEN and request.expires_at > now


def has_live_code(request: ContactRequest, *, now: datetime) -> bool:
    """Whether a code is on its way to the address that was typed."""
    return (
        bool(request.digits_key) and request.digits_expire_at is not None and request.digits_expire_at > now
    )


@transaction.atomic(durable=True)
def take_try(request: ContactRequest) -> bool:
    """Use up a try, committed before the answer is looked at: guesses in parallel cannot share one."""
    taken = ContactRequest.objects.filter(pk=request.pk, tries__lt=TRIES, status=RequestStatus.OPEN).update(
        tries=F("tries") + 1
    )
    request.refresh_from_db(fields=["tries", "status", "version"])
    return taken == 1


def give_back_try(request: ContactRequest) -> None:
    """The answer was right: it cost nothing."""
    ContactRequest.objects.filter(pk=request.pk, tries__gt=0).update(tries=F("tries") - 1)
    request.refresh_from_db(fields=["tries"])


def is_born(request: ContactRequest, born: date) -> bool:
    """The check against the wrong recipient; it is no authentication (ASVS 6.4.2)."""
    return request.patient is not None and request.patient.birth_on == born


@transaction.atomic
def make_code(request: ContactRequest, email: str, *, now: datetime) -> str | None:
    """Make a code for the address that was typed; None where so many were sent already."""
    taken = ContactRequest.objects.filter(pk=request.pk, codes_sent__lt=MOST_CODES, status=RequestStatus.OPEN)
    digits = new_digits(6)
    rows = taken.update(
        email=email,
        digits_key=_key(request, digits),
        digits_expire_at=now + CODE_LIVES,
        codes_sent=F("codes_sent") + 1,
    )
    request.refresh_from_db()
    return digits if rows else None


def is_right(request: ContactRequest, digits: str, *, now: datetime) -> bool:
    """Whether these are the digits that went to the address, and in time."""
    return has_live_code(request, now=now) and same(request.digits_key, _key(request, digits))


@transaction.atomic
def confirm(
    request: ContactRequest, *, email: str = "", phone: str = "", actor: Actor, now: datetime
) -> None:
    """Take what the patient has proven into use: it is self-submitted from now on."""
    patient = request.patient
    if patient is None:
        raise NotFound
    CONTACT_REQUEST.make(request, RequestStatus.CONFIRMED, settled_at=now, digits_key="")
    given = {kind: value for kind, value in (("phone", phone), ("email", email)) if value}
    contact_points.keep(patient, given, actor=actor, now=now)
    for kind, value in given.items():
        point = contact_points.get(patient, kind)
        if not point.is_verified:
            contact_points.verify(patient, kind, value, ContactState.SELF_SUBMITTED, actor=actor, now=now)
    announce(f"day:{request.clinic.public_id}", "day")


@transaction.atomic
def offer(request: ContactRequest, *, email: str = "", phone: str = "", actor: Actor, now: datetime) -> None:
    """Lay what came in before the clinic: it was not proven to be the patient's, and changes nothing by itself."""
    CONTACT_REQUEST.make(
        request, RequestStatus.OFFERED, email=email, phone=phone, digits_key="", expires_at=now + KEPT_FOR
    )
    record(
        "contact.offered", actor=actor, about=request, clinic_id=request.clinic_id, now=now, way=request.way
    )
    announce(f"day:{request.clinic.public_id}", "day")


@transaction.atomic
def take(clinic: Clinic, request_id: str, *, version: int, actor: Actor, now: datetime) -> ContactRequest:
    """Take what came in into use; it still has to be read back. Raises NotFound, Overtaken."""
    request = get(clinic, request_id)
    if request.patient is None:
        raise NotFound
    CONTACT_REQUEST.make(request, RequestStatus.TAKEN, version=version, settled_at=now)
    given = {kind: value for kind, value in (("phone", request.phone), ("email", request.email)) if value}
    contact_points.keep(request.patient, given, actor=actor, now=now)
    record("contact.taken", actor=actor, about=request.patient, clinic_id=clinic.pk, now=now)
    return request


@transaction.atomic
def dismiss(clinic: Clinic, request_id: str, *, version: int, actor: Actor, now: datetime) -> ContactRequest:
    """Lay aside what came in. Raises NotFound, Overtaken."""
    request = get(clinic, request_id)
    if request.patient is None:
        raise NotFound
    CONTACT_REQUEST.make(
        request, RequestStatus.DISMISSED, version=version, settled_at=now, phone="", email=""
    )
    record("contact.dismissed", actor=actor, about=request.patient, clinic_id=clinic.pk, now=now)
    return request


def get(clinic: Clinic, request_id: str) -> ContactRequest:
    """The request of that name at this clinic; raises NotFound."""
    found = _whole().filter(clinic=clinic, public_id=request_id).first()
    if found is None:
        raise NotFound
    return found


def running_of(patient: Patient, *, now: datetime) -> list[ContactRequest]:
    """What the patient was asked and has not answered, and what came in and waits for the clinic."""
    found = _whole().filter(patient=patient, status__in=_RUNNING, expires_at__gt=now)
    return list(found.order_by("-created_at", "-pk"))


@transaction.atomic
def read_once(request: ContactRequest, message_key: str, *, now: datetime) -> bool:
    """Note that an answer was read; False where the same one was read before."""
    made = ContactAnswer.objects.get_or_create(
        message_key=message_key[:200], defaults={"request": request, "at": now}
    )
    return made[1]


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Delete what nobody can answer any more and what came of it; says how many."""
    old = Q(expires_at__lt=now - KEPT_FOR) | Q(patient__isnull=True, expires_at__lt=now)
    return ContactRequest.objects.filter(old).delete()[0]


def _whole() -> "QuerySet[ContactRequest]":
    return ContactRequest.objects.select_related("clinic", "patient__clinic")


def _key(request: ContactRequest, digits: str) -> str:
    return keyed("contact code", f"{request.public_id}:{digits.strip()}")
