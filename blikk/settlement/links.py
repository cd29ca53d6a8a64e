"""Acts on the patient's link to a bill: make it, open it, prove whose it is."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from blikk.audit.services import hold, record
from blikk.kernel.actors import Actor
from blikk.kernel.errors import NotFound
from blikk.kernel.ids import digest, new_secret
from blikk.settlement.errors import NotPayable
from blikk.settlement.link_tables import TRIES
from blikk.settlement.models import Bill, MoneySetup, PayDevice, PayLink
from blikk.settlement.states import OUTSTANDING

FREE_HOURS = 48


@transaction.atomic
def make_link(bill: Bill, *, sent_by: str, language: str, actor: Actor, now: datetime) -> tuple[PayLink, str]:
    """Make a link to a bill, and its secret, which is said once. The one before leads nowhere. Raises NotPayable."""
    hold(bill.clinic_id)
    bill.refresh_from_db()
    if bill.status not in OUTSTANDING:
        raise NotPayable
    PayLink.objects.filter(bill=bill, ended_at__isnull=True).update(ended_at=now)
    secret = new_secret()
    link = PayLink.objects.create(
        clinic_id=bill.clinic_id,
        bill=bill,
        token_digest=digest(secret),
        sent_by=sent_by,
        language=language,
        made_at=now,
    )
    if bill.free_until is None:
        setup = MoneySetup.objects.filter(clinic_id=bill.clinic_id).first()
        free = now + timedelta(hours=setup.free_hours if setup else FREE_HOURS)
        Bill.objects.filter(pk=bill.pk, free_until__isnull=True).update(free_until=free)
        bill.free_until = free
    record("bill.link_made", actor=actor, about=bill, clinic_id=bill.clinic_id, now=now, by=sent_by)
    return link, secret


def open_link(token: str, *, device_secret: str, now: datetime) -> PayLink:
    """Look behind a link. Raises NotFound, alike for unknown, ended and malformed ones."""
    link = PayLink.objects.filter(token_digest=digest(token), ended_at__isnull=True).first()
    if link is None or not device_secret:
        raise NotFound
    _device(link, device_secret, now=now)
    return link


def prove(link: PayLink, *, device_secret: str, now: datetime) -> None:
    """Note that this browser has shown elsewhere whose link it is."""
    device = _device(link, device_secret, now=now)
    if device.proven_at is None:
        PayDevice.objects.filter(pk=device.pk).update(proven_at=now)


def _device(link: PayLink, device_secret: str, *, now: datetime) -> PayDevice:
    device, _ = PayDevice.objects.get_or_create(
        link=link, secret_digest=digest(device_secret), defaults={"opened_at": now}
    )
    return device


def find_presented(link_id: str, device_secret: str) -> PayDevice:
    """The browser at this link. Raises NotFound if it never presented it, and once the link has ended."""
    device = (
        PayDevice.objects.select_related("link__bill__patient", "link__clinic")
        .filter(
            link__public_id=link_id, link__ended_at__isnull=True, secret_digest=digest(device_secret or "-")
        )
        .first()
    )
    if device is None:
        raise NotFound
    return device


@transaction.atomic
def answer_birth_date(device: PayDevice, *, born: date, where: str, now: datetime) -> bool:
    """Answer whose link it is; False if it was wrong, which uses up a try of all browsers together."""
    link = device.link
    hold(link.clinic_id)
    took = PayLink.objects.filter(pk=link.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
    patient = link.bill.patient
    if not took or patient is None:
        return False
    actor = Actor("patient", link.public_id, where)
    is_right = patient.birth_on == born
    if is_right:
        PayLink.objects.filter(pk=link.pk).update(tries=F("tries") - 1)
        PayDevice.objects.filter(pk=device.pk).update(proven_at=now)
    link.refresh_from_db(fields=["tries"])
    act = "bill.link_proven" if is_right else "bill.link_wrong"
    record(act, actor=actor, about=link.bill, clinic_id=link.clinic_id, now=now)
    return is_right
