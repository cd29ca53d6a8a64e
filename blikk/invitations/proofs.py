"""Proving a phone on a public page: a code goes to it, and comes back from the browser that asked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from blikk.audit.services import hold
from blikk.clinics.models import Clinic
from blikk.invitations.errors import ProofMissing, ProofPaused, TooManyCodes
from blikk.invitations.models import TRIES, PhoneProof
from blikk.kernel.ids import digest, keyed, new_digits, same

CODE_LIVES = timedelta(minutes=10)
CODE_RESTS = timedelta(seconds=60)
# How long a phone that was proven may wait for the act that it was proven for.
PROOF_LIVES = timedelta(minutes=30)
PAUSE = timedelta(minutes=15)
CODES_A_DAY = 10
KEPT_FOR = timedelta(days=2)


@transaction.atomic
def ask_proof(
    clinic: Clinic, *, phone: str, browser: str, purpose: str, now: datetime
) -> tuple[PhoneProof, str | None]:
    """Make a code for a phone (E.164) that a browser claims; None for the digits if one is on its way already.

    Raises TooManyCodes when the phone got too many today, wherever they were asked for, and ProofPaused after
    five wrong answers.
    """
    hold(clinic.pk)
    _require_no_pause(clinic, phone, browser, now)
    mine = _of(clinic, phone, browser).filter(purpose=purpose)
    recent = mine.filter(
        proven_at__isnull=True, tries__lt=TRIES, expires_at__gt=now, sent_at__gt=now - CODE_RESTS
    ).first()
    if recent is not None:
        return recent, None
    if PhoneProof.objects.filter(phone=phone, sent_at__gt=now - timedelta(days=1)).count() >= CODES_A_DAY:
        raise TooManyCodes
    digits = new_digits(6)
    proof = PhoneProof(
        clinic=clinic,
        phone=phone,
        browser_digest=digest(browser),
        purpose=purpose,
        sent_at=now,
        expires_at=now + CODE_LIVES,
    )
    proof.digits_key = _key(proof, digits)
    proof.save(force_insert=True)
    return proof, digits


@transaction.atomic(durable=True)
def _take_try(clinic: Clinic, phone: str, browser: str, purpose: str, now: datetime) -> PhoneProof | None:
    # The try is taken, and committed, before the answer is looked at: guesses in parallel cannot share one, and
    # what the caller refuses afterwards does not give it back.
    live = _of(clinic, phone, browser).filter(purpose=purpose, expires_at__gt=now).first()
    if live is None:
        return None
    taken = PhoneProof.objects.filter(pk=live.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
    live.refresh_from_db(fields=["tries"])
    if taken and live.tries >= TRIES:
        live.paused_until = now + PAUSE
        PhoneProof.objects.filter(pk=live.pk).update(paused_until=live.paused_until)
    return live if taken else None


def answer_proof(
    clinic: Clinic, *, phone: str, browser: str, purpose: str, digits: str, now: datetime
) -> bool:
    """Check the code that came to the phone; a right one works once, in the browser that asked for it.

    False if it was wrong, used or too old; the fifth wrong one raises ProofPaused, and so does every answer
    until the pause is over. Never called inside a transaction: a wrong answer must count whatever follows.
    """
    _require_no_pause(clinic, phone, browser, now)
    live = _take_try(clinic, phone, browser, purpose, now)
    if live is None:
        return False
    if live.proven_at is None and same(live.digits_key, _key(live, digits.strip())):
        unproven = PhoneProof.objects.filter(pk=live.pk, proven_at__isnull=True)
        return unproven.update(proven_at=now, paused_until=None) == 1
    if live.paused_until is not None:
        raise ProofPaused(live.paused_until)
    return False


def is_proven(clinic: Clinic, *, phone: str, browser: str, purpose: str, now: datetime) -> bool:
    """Whether this browser proved this phone a short while ago and has not used that yet."""
    return _proven(clinic, phone, browser, purpose, now) is not None


@transaction.atomic
def use_proof(clinic: Clinic, *, phone: str, browser: str, purpose: str, now: datetime) -> PhoneProof:
    """Spend a proven phone on what it was proven for, in that act's transaction; raises ProofMissing."""
    proof = _proven(clinic, phone, browser, purpose, now)
    if proof is None:
        raise ProofMissing
    if PhoneProof.objects.filter(pk=proof.pk, used_at__isnull=True).update(used_at=now) != 1:
        raise ProofMissing
    proof.used_at = now
    return proof


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Delete proofs that no limit counts any more; says how many."""
    return PhoneProof.objects.filter(sent_at__lt=now - KEPT_FOR).delete()[0]


def _of(clinic: Clinic, phone: str, browser: str) -> QuerySet[PhoneProof]:
    mine = PhoneProof.objects.filter(clinic=clinic, phone=phone, browser_digest=digest(browser))
    return mine.order_by("-sent_at", "-pk")


def _proven(clinic: Clinic, phone: str, browser: str, purpose: str, now: datetime) -> PhoneProof | None:
    proven = _of(clinic, phone, browser).filter(
        purpose=purpose, proven_at__gt=now - PROOF_LIVES, used_at__isnull=True
    )
    return proven.first()


def _require_no_pause(clinic: Clinic, phone: str, browser: str, now: datetime) -> None:
    paused = _of(clinic, phone, browser).filter(paused_until__gt=now).first()
    if paused is not None and paused.paused_until is not None:
        raise ProofPaused(paused.paused_until)


def _key(proof: PhoneProof, digits: str) -> str:
    return keyed("phone proof", f"{proof.public_id}:{digits}")
