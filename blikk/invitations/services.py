"""Acts on invitations: issue, revoke, present a link, and prove a device."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic
from blikk.invitations import policies
from blikk.invitations.errors import NoWayToReach, TooManyCodes
from blikk.invitations.models import (
    TRIES,
    Device,
    ExtraLink,
    Invitation,
    LateAnswer,
    OneTimeCode,
    PersonRole,
    Proof,
)
from blikk.invitations.queries import code_sent_since, open_for, trusted_devices
from blikk.invitations.states import INVITATION, InvitationStatus, Revoked
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.ids import digest, keyed, new_digits, new_secret, new_typed_code, same
from blikk.kernel.moves import change
from blikk.patients.contact_points import require_verified
from blikk.patients.models import Agreement, Companion, Patient
from blikk.scheduling.models import Appointment, Opening


@dataclass(frozen=True, slots=True)
class Issued:
    """A new invitation with its two secrets, which exist in clear only here and in the message."""

    invitation: Invitation
    token: str
    typed_code: str


@dataclass(frozen=True, slots=True)
class Along:
    """What is known of somebody who comes along with a patient."""

    companion: Companion | None = None
    agreement: Agreement | None = None
    beside: Invitation | None = None
    alias: str = ""
    spoken: str = ""
    qualification: str = ""


@transaction.atomic
def issue(
    clinic: Clinic,
    appointment: Appointment | None = None,
    *,
    opening: Opening | None = None,
    role: str = PersonRole.PATIENT,
    patient: Patient | None = None,
    name: str,
    phone: str,
    email: str,
    language: str,
    channels: tuple[str, ...],
    along: Along | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    """Make one person's way into one consultation: to a booked hour, or to the queue of a day.

    Raises NoWayToReach where a channel has no address, and ContactNotVerified where a patient's is not verified. A
    letter needs neither.
    """
    addresses = {"sms": phone, "email": email, "letter": "by hand"}
    if not channels or not all(addresses.get(channel) for channel in channels):
        raise NoWayToReach
    if role == PersonRole.PATIENT and patient is not None:
        require_verified(patient, [way for way in channels if way != "letter"], actor=actor, now=now)
    token, typed_code = new_secret(), new_typed_code()
    along = along or Along()
    invitation = Invitation.objects.create(
        clinic=clinic,
        appointment=appointment,
        opening=opening,
        role=role,
        patient=patient,
        # Two names of 80 signs and the space between them are one too many.
        name=name[:160],
        phone=phone,
        email=email,
        language=language,
        sent_by=",".join(channels),
        token_digest=digest(token),
        code_key=keyed("typed code", typed_code),
        created_at=now,
        companion=along.companion,
        agreement=along.agreement,
        beside=along.beside,
        alias=along.alias,
        spoken=along.spoken,
        qualification=along.qualification,
    )
    record("invitation.issued", actor=actor, about=invitation, clinic_id=clinic.pk, now=now, role=str(role))
    return Issued(invitation, token, typed_code)


@transaction.atomic
def another_link(invitation: Invitation, *, now: datetime) -> str:
    """Make one more link into the same invitation, for a later message; those sent before still work."""
    token = new_secret()
    ExtraLink.objects.create(invitation=invitation, token_digest=digest(token), made_at=now)
    return token


@transaction.atomic
def reach_by_email(
    invitation: Invitation, *, email: str, phone_is_dead: bool, actor: Actor, now: datetime
) -> None:
    """Let an invitation go by e-mail too, because its SMS did not arrive.

    From then on a link alone is not having the phone, so a code is asked for (DESIGN §9): sent to the phone, or by
    e-mail where the number is not in use.
    """
    changes = {"email": email, "sent_by": with_channel(invitation, "email")}
    if phone_is_dead:
        changes["phone"] = ""
    change(invitation, **changes)
    record(
        "invitation.goes_by_email_too", actor=actor, about=invitation, clinic_id=invitation.clinic_id, now=now
    )


@transaction.atomic
def letter_link(invitation: Invitation, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Make a link and a code to be printed; those sent or printed before still work."""
    token, typed_code = new_secret(), new_typed_code()
    ExtraLink.objects.create(
        invitation=invitation,
        token_digest=digest(token),
        code_key=keyed("typed code", typed_code),
        made_at=now,
    )
    change(invitation, sent_by=with_channel(invitation, "letter"), letter_printed_at=now)
    record(
        "invitation.letter_printed", actor=actor, about=invitation, clinic_id=invitation.clinic_id, now=now
    )
    return token, typed_code


@transaction.atomic
def link_again(invitation: Invitation, *, channel: str, actor: Actor, where: str, now: datetime) -> str:
    """Make one more link for somebody who lost theirs; it counts from now on that one went that way too."""
    sent_by = with_channel(invitation, channel)
    if sent_by != invitation.sent_by:
        change(invitation, sent_by=sent_by)
    record(
        "invitation.link_sent_again",
        actor=actor,
        about=invitation,
        clinic_id=invitation.clinic_id,
        now=now,
        channel=channel,
        asked_from=where,
    )
    return another_link(invitation, now=now)


def with_channel(invitation: Invitation, channel: str) -> str:
    """The ways that links have gone, with one more."""
    ways = [way for way in invitation.sent_by.split(",") if way]
    return ",".join(dict.fromkeys([*ways, channel]))


@transaction.atomic
def lead_to(
    invitation: Invitation, *, appointment: Appointment | None = None, opening: Opening | None = None
) -> None:
    """Let a way in lead to the hour that began in the queue, or to another queue."""
    changes = {"appointment": appointment, "opening": opening}
    change(invitation, **{name: thing for name, thing in changes.items() if thing is not None})


@transaction.atomic
def trust(invitation: Invitation, *, device_secret: str, where: str, now: datetime) -> Device:
    """Trust a browser that has just proven the phone of this invitation."""
    device = present(invitation, device_secret=device_secret, where=where, now=now)
    if device.trusted_at is None:
        device.birth_date_at = device.birth_date_at or now
        device.trusted_at = now
        device.proof = Proof.PHONE_CODE
        device.save(update_fields=["birth_date_at", "trusted_at", "proof"])
        actor = actor_of(invitation, where=where)
        record(
            "device.trusted",
            actor=actor,
            about=invitation,
            clinic_id=invitation.clinic_id,
            now=now,
            by="phone",
        )
    return device


@transaction.atomic
def answer_late(invitation: Invitation, *, answer: str, actor: Actor, now: datetime) -> Invitation:
    """Keep what a patient would rather have now that the clinician is late. Raises Invalid (`answer: unknown`)."""
    if answer not in LateAnswer.values:
        raise Invalid(answer="unknown")
    change(invitation, late_answer=answer, late_answered_at=now)
    record(
        "invitation.late_answered",
        actor=actor,
        about=invitation,
        clinic_id=invitation.clinic_id,
        now=now,
        answer=answer,
    )
    announce(f"day:{invitation.clinic.public_id}", "day")
    return invitation


@transaction.atomic
def revoke(invitation: Invitation, *, because: Revoked, actor: Actor, now: datetime) -> Invitation:
    """Close a link before its consultation has ended; whoever holds it is told why."""
    INVITATION.make(invitation, InvitationStatus.REVOKED, revoked_at=now, revoked_because=because)
    record(
        "invitation.revoked",
        actor=actor,
        about=invitation,
        clinic_id=invitation.clinic_id,
        now=now,
        because=str(because),
    )
    return invitation


@transaction.atomic
def end_all(appointment: Appointment, *, actor: Actor, now: datetime) -> list[Invitation]:
    """Close every link to an appointment whose consultation is over (law 7)."""
    ended = list(open_for(appointment))
    for invitation in ended:
        INVITATION.make(invitation, InvitationStatus.ENDED)
        record("invitation.ended", actor=actor, about=invitation, clinic_id=invitation.clinic_id, now=now)
    return ended


@transaction.atomic
def present(invitation: Invitation, *, device_secret: str, where: str, now: datetime) -> Device:
    """Note that a browser holds the link. Nothing is consumed: scanners do this too (security D2)."""
    device, is_new = Device.objects.get_or_create(
        invitation=invitation, secret_digest=digest(device_secret), defaults={"first_seen_at": now}
    )
    if is_new:
        record(
            "invitation.opened",
            actor=actor_of(invitation, where=where),
            about=invitation,
            clinic_id=invitation.clinic_id,
            now=now,
        )
    return device


def actor_of(invitation: Invitation, *, where: str) -> Actor:
    """The invited person, as the audit names them."""
    if invitation.role == PersonRole.PATIENT and invitation.patient is not None:
        return Actor("patient", invitation.patient.public_id, where)
    return Actor("companion", invitation.public_id, where)


def answer_birth_date(
    invitation: Invitation, device: Device, *, born: date, where: str, now: datetime
) -> bool:
    """Check the birth date against the wrong recipient; each wrong one uses up a try. False if it was wrong.

    The first device that answers is trusted where the link went by SMS alone.
    """
    if not _take_try(invitation):
        return False
    patient = invitation.patient
    if patient is None or born != patient.birth_on:
        _tell_wrong(invitation, "birth_date", where=where, now=now)
        return False
    with transaction.atomic():
        hold(invitation.clinic_id)
        _give_back_try(invitation)
        _hold(invitation)
        device.birth_date_at = now
        another = trusted_devices(invitation).exclude(pk=device.pk).exists()
        if not policies.needs_code(invitation, another_is_trusted=another):
            device.trusted_at = now
            device.proof = Proof.SMS_LINK if policies.is_reachable(invitation) else Proof.LETTER
        device.save(update_fields=["birth_date_at", "trusted_at", "proof"])
        act = "device.trusted" if device.trusted_at else "device.birth_date_answered"
        record(
            act,
            actor=actor_of(invitation, where=where),
            about=invitation,
            clinic_id=invitation.clinic_id,
            now=now,
        )
    return True


@transaction.atomic
def make_code(invitation: Invitation, device: Device, *, now: datetime) -> str | None:
    """Make a code for the person's registered phone, or None if one is on its way already.

    A live code that was sent a moment ago serves this device too, so that pressing the button again and again
    (a scanner, a shaking hand) sends nothing. Raises TooManyCodes, NoWayToReach.
    """
    _hold(invitation)
    if not (invitation.phone or invitation.email):
        raise NoWayToReach
    recent = (
        invitation.codes.filter(
            used_at__isnull=True, expires_at__gt=now, sent_at__gt=now - policies.CODE_RESTS
        )
        .order_by("-sent_at")
        .first()
    )
    if recent is not None:
        recent.asked_by.add(device)
        return None
    if code_sent_since(invitation, now - timedelta(days=1)) >= policies.CODES_A_DAY:
        raise TooManyCodes
    digits = new_digits(6)
    code = OneTimeCode.objects.create(
        invitation=invitation,
        digits_key=keyed("one-time code", f"{invitation.public_id}:{digits}"),
        sent_at=now,
        expires_at=now + policies.CODE_LIVES,
    )
    code.asked_by.add(device)
    return digits


def answer_code(invitation: Invitation, device: Device, *, digits: str, where: str, now: datetime) -> bool:
    """Check a code that this device asked for; each wrong one uses up a try, a right one is used once."""
    if not _take_try(invitation):
        return False
    key = keyed("one-time code", f"{invitation.public_id}:{digits}")
    live = device.codes.filter(used_at__isnull=True, expires_at__gt=now).order_by("-sent_at").first()
    if live is None or not same(live.digits_key, key):
        _tell_wrong(invitation, "code", where=where, now=now)
        return False
    with transaction.atomic():
        hold(invitation.clinic_id)
        _give_back_try(invitation)
        if OneTimeCode.objects.filter(pk=live.pk, used_at__isnull=True).update(used_at=now) != 1:
            return False
        device.trusted_at = now
        device.proof = Proof.PHONE_CODE if invitation.phone else Proof.EMAIL_CODE
        device.save(update_fields=["trusted_at", "proof"])
        record(
            "device.trusted",
            actor=actor_of(invitation, where=where),
            about=invitation,
            clinic_id=invitation.clinic_id,
            now=now,
            by="code",
        )
    return True


def _take_try(invitation: Invitation) -> bool:
    # The try is taken before the answer is looked at, so that guesses in parallel cannot share one.
    taken = Invitation.objects.filter(pk=invitation.pk, tries__lt=TRIES, status=InvitationStatus.OPEN).update(
        tries=F("tries") + 1
    )
    invitation.refresh_from_db(fields=["tries", "status"])
    return taken == 1


def _give_back_try(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk, tries__gt=0).update(tries=F("tries") - 1)
    invitation.refresh_from_db(fields=["tries"])


def _hold(invitation: Invitation) -> None:
    """Keep other devices of this invitation waiting until this transaction is through."""
    if not Invitation.objects.select_for_update().filter(pk=invitation.pk).exists():
        raise NotFound


@transaction.atomic
def _tell_wrong(invitation: Invitation, what: str, *, where: str, now: datetime) -> None:
    act = "invitation.locked" if invitation.is_locked else "invitation.wrong_answer"
    record(
        act,
        actor=actor_of(invitation, where=where),
        about=invitation,
        clinic_id=invitation.clinic_id,
        now=now,
        what=what,
    )
