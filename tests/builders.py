"""Builders: the smallest true thing of each kind, with the words of the clinic."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from blikk.accounts.models import User
from blikk.clinics.models import Clinic, Membership
from blikk.invitations import wishes
from blikk.invitations.models import Invitation, Wish
from blikk.journeys import booking, door, talk
from blikk.kernel.actors import SYSTEM, Actor
from blikk.kernel.ids import new_secret
from blikk.kernel.times import local
from blikk.notifications.models import Message
from blikk.patients.models import Patient
from blikk.patients.services import register
from blikk.scheduling.models import Appointment

# A Tuesday in ordinary time, at ten in the morning in Oslo.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BORN = date(1944, 5, 17)
PASSWORD = "Fjord-og-fjell-2026"


def a_clinic(name: str = "Fjordgløtt legesenter", **more: object) -> Clinic:
    number = Clinic.objects.count() + 1
    values = {"slug": f"klinikk-{number}", "sender_label": "Legekontoret", "phone": "+4755550100"}
    return Clinic.objects.create(name=name, **{**values, **more})


@cache
def _hashed() -> str:
    """The password as it is kept; making it anew for each person is what took the time."""
    return make_password(PASSWORD)


def a_member(
    clinic: Clinic, role: str = "clinician", name: str = "Kari Nordmann", **more: object
) -> Membership:
    number = User.objects.count() + 1
    user = User.objects.create(email=f"person{number}@example.no", name=name, password=_hashed())
    return Membership.objects.create(clinic=clinic, user=user, role=role, **more)


def a_patient(clinic: Clinic, name: str = "Ola Hansen", **more: object) -> Patient:
    given, _, family = name.rpartition(" ")
    values: dict[str, object] = {
        "birth_on": BORN,
        "phone": "+4790123456",
        "email": "ola.hansen@example.no",
        "read_back": ("phone", "email"),
        **more,
    }
    return register(clinic, given_name=given, family_name=family, actor=SYSTEM, now=NOW, **values)  # type: ignore[arg-type]


def staff(member: Membership) -> Actor:
    return Actor("staff", member.user.public_id, "192.0.2.1")


@dataclass
class Hour:
    """A booked hour with everything that a test needs to play it."""

    clinic: Clinic
    clinician: Membership
    patient: Patient
    appointment: Appointment
    invitation: Invitation
    token: str
    typed_code: str
    device: str


def token_in(message: Message) -> str:
    return message.body.split("/m#")[1].split()[0]


def a_booked_hour(
    clinic: Clinic | None = None,
    *,
    starts_in: timedelta = timedelta(minutes=10),
    minutes: int = 20,
    channels: tuple[str, ...] = ("sms",),
    clinician: Membership | None = None,
    patient: Patient | None = None,
    now: datetime = NOW,
) -> Hour:
    clinic = clinic or a_clinic()
    clinician = clinician or a_member(clinic)
    patient = patient or a_patient(clinic)
    starts = local(now + starts_in, clinic.zone)
    booked = booking.book(
        clinic,
        patient=patient,
        clinician=clinician,
        day=starts.date(),
        at=time(starts.hour, starts.minute),
        minutes=minutes,
        channels=channels,
        actor=staff(clinician),
        now=now,
    )
    message = Message.objects.filter(about__endswith=booked.invitation.public_id).first()
    assert message is not None
    return Hour(
        clinic,
        clinician,
        patient,
        booked.appointment,
        booked.invitation,
        token_in(message),
        booked.typed_code,
        new_secret(),
    )


def open_link(hour: Hour, *, device: str | None = None, now: datetime = NOW) -> door.DoorView:
    return door.open_link(hour.token, device_secret=device or hour.device, where="192.0.2.7", now=now)


def proven(hour: Hour, *, now: datetime = NOW) -> door.DoorView:
    open_link(hour, now=now)
    return door.answer_birth_date(
        hour.invitation.public_id, hour.device, born=hour.patient.birth_on, where="192.0.2.7", now=now
    )


def waiting(hour: Hour, *, now: datetime = NOW) -> door.DoorView:
    proven(hour, now=now)
    return door.arrive(hour.invitation.public_id, hour.device, where="192.0.2.7", now=now)


def a_booked_hour_by_letter(clinic: Clinic, clinician: Membership, patient: Patient) -> booking.Booked:
    """An hour in the afternoon whose patient can be written to on paper only."""
    starts = local(NOW + timedelta(hours=4), clinic.zone)
    return booking.book(
        clinic,
        patient=patient,
        clinician=clinician,
        day=starts.date(),
        at=time(starts.hour, starts.minute),
        minutes=20,
        channels=("letter",),
        actor=staff(clinician),
        now=NOW,
    )


def asked(hour: Hour, kind: str = "in_person", *, now: datetime = NOW) -> Wish:
    """What the patient of an hour asks for from the link."""
    return wishes.ask(hour.invitation, kind=kind, actor=SYSTEM, now=now)


def admitted(hour: Hour, *, now: datetime = NOW) -> str:
    """Bring the hour to a running conversation; gives the consultation's public id."""
    view = waiting(hour, now=now)
    consultation = talk.admit(
        hour.clinic, view.arrival, membership=hour.clinician, actor=staff(hour.clinician), now=now
    )
    return consultation.public_id
