"""Links into a case, and proving the browsers that present them: the rules of the door, with no room behind it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from blikk.audit.services import hold, record
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest, keyed, new_digits, new_secret, new_typed_code, same
from blikk.writing import policies
from blikk.writing.errors import TooManyReaderCodes
from blikk.writing.models import TRIES, Case, Link, Reader, ReaderCode


@dataclass(frozen=True, slots=True)
class Made:
    """A new link with its secrets, which exist in clear only here and in the message."""

    token: str
    typed_code: str = ""


@transaction.atomic
def make_link(case: Case, *, with_code: bool = False, now: datetime) -> Made:
    """Make one more link into a case; those sent before still work."""
    token, typed_code = new_secret(), new_typed_code() if with_code else ""
    Link.objects.create(
        case=case,
        token_digest=digest(token),
        code_key=keyed("writing code", typed_code) if typed_code else None,
        made_at=now,
    )
    return Made(token, typed_code)


def actor_of(case: Case, *, where: str) -> Actor:
    """The patient of a case, as the audit names them."""
    return Actor("patient", case.patient.public_id, where)


@transaction.atomic
def present(case: Case, *, device_secret: str, where: str, now: datetime) -> Reader:
    """Note that a browser holds a link. Nothing is used up: scanners do this too."""
    reader, is_new = Reader.objects.get_or_create(
        case=case, secret_digest=digest(device_secret), defaults={"first_seen_at": now}
    )
    if is_new:
        _record("case.opened_by_link", case, where=where, now=now)
    return reader


def answer_birth_date(case: Case, reader: Reader, *, born: date, where: str, now: datetime) -> bool:
    """Check the birth date against the wrong recipient; each wrong one uses up a try. False if it was wrong."""
    if not _take_try(case):
        return False
    if born != case.patient.birth_on:
        _tell_wrong(case, "birth_date", where=where, now=now)
        return False
    with transaction.atomic():
        hold(case.clinic_id)
        _give_back_try(case)
        reader.birth_date_at = now
        another = case.readers.filter(trusted_at__isnull=False).exclude(pk=reader.pk).exists()
        if not policies.needs_code(case, another_is_trusted=another):
            reader.trusted_at, reader.proof = now, "sms_link"
        reader.save(update_fields=["birth_date_at", "trusted_at", "proof"])
        act = "case.reader_trusted" if reader.trusted_at else "case.birth_date_answered"
        _record(act, case, where=where, now=now)
    return True


@transaction.atomic
def make_code(case: Case, reader: Reader, *, now: datetime) -> str | None:
    """Make a code for the registered phone, or None if one for this browser is on its way already.

    Raises TooManyReaderCodes.
    """
    hold(case.clinic_id)
    mine = ReaderCode.objects.filter(reader=reader, used_at__isnull=True, expires_at__gt=now)
    if mine.filter(sent_at__gt=now - policies.CODE_RESTS).exists():
        return None
    today = ReaderCode.objects.filter(reader__case=case, sent_at__gt=now - timedelta(days=1))
    if not (case.phone or case.email) or today.count() >= policies.CODES_A_DAY:
        raise TooManyReaderCodes
    digits = new_digits(6)
    ReaderCode.objects.create(
        reader=reader, digits_key=_key(case, digits), sent_at=now, expires_at=now + policies.CODE_LIVES
    )
    return digits


def answer_code(case: Case, reader: Reader, *, digits: str, where: str, now: datetime) -> bool:
    """Check a code that this browser asked for; each wrong one uses up a try, a right one is used once."""
    if not _take_try(case):
        return False
    mine = reader.codes.filter(used_at__isnull=True, expires_at__gt=now)
    live = mine.order_by("-sent_at", "-pk").first()
    if live is None or not same(live.digits_key, _key(case, digits)):
        _tell_wrong(case, "code", where=where, now=now)
        return False
    with transaction.atomic():
        hold(case.clinic_id)
        _give_back_try(case)
        if ReaderCode.objects.filter(pk=live.pk, used_at__isnull=True).update(used_at=now) != 1:
            return False
        reader.trusted_at, reader.proof = now, "phone_code" if case.phone else "email_code"
        reader.save(update_fields=["trusted_at", "proof"])
        _record("case.reader_trusted", case, where=where, now=now)
    return True


def require_proven(case: Case, reader: Reader, *, now: datetime) -> None:
    """Raise NotFound for a browser that has not proven itself, or whose link leads nowhere any more."""
    if policies.standing(case, reader, now=now) != "proven":
        raise NotFound


def _key(case: Case, digits: str) -> str:
    return keyed("writing code digits", f"{case.public_id}:{digits}")


def _take_try(case: Case) -> bool:
    # The try is taken before the answer is looked at, so that guesses in parallel cannot share one.
    taken = Case.objects.filter(pk=case.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
    case.refresh_from_db(fields=["tries"])
    return taken == 1


def _give_back_try(case: Case) -> None:
    Case.objects.filter(pk=case.pk, tries__gt=0).update(tries=F("tries") - 1)
    case.refresh_from_db(fields=["tries"])


@transaction.atomic
def _tell_wrong(case: Case, what: str, *, where: str, now: datetime) -> None:
    act = "case.locked" if case.is_locked else "case.wrong_answer"
    record(act, actor=actor_of(case, where=where), about=case, clinic_id=case.clinic_id, now=now, what=what)


def _record(act: str, case: Case, *, where: str, now: datetime) -> None:
    record(act, actor=actor_of(case, where=where), about=case, clinic_id=case.clinic_id, now=now)
