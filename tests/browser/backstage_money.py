"""What the tests do behind the browser's back about money."""

from django.utils import timezone

from blikk.accounts.models import User
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.journeys import settling
from blikk.kernel.actors import SYSTEM
from blikk.notifications.models import Message
from blikk.payments import decisions, services
from blikk.payments.samples import sample
from blikk.payments.tariffs.ceilings import read_ceilings, read_codes
from blikk.payments.tariffs.readers import read
from blikk.settlement.lines import BillLine
from blikk.settlement.models import Bill, Payment
from blikk.settlement.services import open_bill
from blikk.settlement.setup import LinkRules, VippsKeys, change_links, join_vipps, use_vipps

PASSWORD = "Fjord-og-fjell-2026"


def charges(clinic: str, missed_ore: int = 21_200) -> None:
    """Take the samples in and let the clinic charge in Blikk."""
    now = timezone.now()
    services.take_in(read(sample("tariffs").encode(), source="", on=now.date()).rows, actor=SYSTEM, now=now)
    services.take_in_ceilings(read_ceilings(sample("ceilings")), actor=SYSTEM, now=now)
    decisions.take_in_codes(read_codes(sample("diagnoses"), source="", on=now.date()), actor=SYSTEM, now=now)
    decisions.change_rules(
        Clinic.objects.get(public_id=clinic),
        is_on=True,
        is_private=False,
        field="LE",
        missed_ore=missed_ore,
        settled_how="",
        actor=SYSTEM,
        now=now,
    )


def takes_vipps(clinic: str) -> None:
    """Let the clinic be paid by Vipps; links are sent by the test, not by themselves."""
    keys = VippsKeys("123456", "a-client", "a-client-secret", "a-subscription-key")
    here = Clinic.objects.get(public_id=clinic)
    now = timezone.now()
    join_vipps(use_vipps(here, keys, actor=SYSTEM, now=now), address="https://blikk.example.no/x", now=now)
    change_links(here, LinkRules(sends_links=False), actor=SYSTEM, now=now)


def secretary(clinic: str) -> dict[str, str]:
    email = f"person{User.objects.count() + 1}@example.no"
    user = User.objects.create_user(email, "Siri Skranke", PASSWORD)
    Membership.objects.create(clinic=Clinic.objects.get(public_id=clinic), user=user, role="secretary")
    return {"user": email, "password": PASSWORD, "name": user.name}


def pay_link(consultation: str, ore: int = 17_900) -> str:
    """A bill of a conversation, sent; gives the address that the patient gets."""
    talk, now = Consultation.objects.get(public_id=consultation), timezone.now()
    bill = open_bill(
        talk.clinic,
        patient=talk.appointment.patient,
        consultation=talk,
        kind="co_payment",
        lines=[BillLine("2ae", "E-konsultasjon", 1, ore)],
        actor=SYSTEM,
        now=now,
    )
    assert bill is not None
    settling.send_link(bill, actor=SYSTEM, now=now)
    body = Message.objects.filter(kind="pay_link").latest("pk").body
    return next(word for word in body.split() if "/b#" in word)


def ended_talk_of(appointment: str) -> str:
    return Consultation.objects.get(appointment__public_id=appointment).public_id


def money(clinic: str) -> dict[str, list[str]]:
    """How the bills and the payments of a clinic stand."""
    return {
        "bills": list(Bill.objects.filter(clinic__public_id=clinic).values_list("status", flat=True)),
        "payments": list(Payment.objects.filter(clinic__public_id=clinic).values_list("status", flat=True)),
    }


ACTS = (charges, takes_vipps, secretary, pay_link, ended_talk_of, money)
