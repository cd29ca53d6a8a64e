"""A process on the app's own data, which fills the database and changes the queue: `python -m bench.backstage`."""

import json
import os
import sys
import time as clock
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.test import Client
from django.utils import timezone

from blikk.accounts.models import User
from blikk.accounts.policies import SECOND_FACTOR
from blikk.bus import hub
from blikk.clinics.models import Clinic, Membership
from blikk.invitations.models import Device, Invitation
from blikk.journeys import door
from blikk.kernel.ids import digest, new_id, new_secret
from blikk.patients.models import Patient
from blikk.scheduling.models import Kind, Opening, Period
from blikk.waiting_room.models import Arrival, Serving
from blikk.waiting_room.states import ArrivalStatus

MINUTES = 20
HOURS_A_DAY = 20
CLINICIANS = 50

_said: dict[str, int] = {}


def _clinic(name: str, clinicians: int) -> tuple[Clinic, list[Membership]]:
    clinic = Clinic.objects.create(name=name, slug=new_id().lower(), sender_label=name, phone="+4755550100")
    people = [User(email=f"{new_id()}@example.no", name=f"Lege {number}") for number in range(clinicians)]
    users = User.objects.bulk_create(people)
    return clinic, Membership.objects.bulk_create(
        Membership(clinic=clinic, user=user, role="clinician", title="Lege") for user in users
    )


def _patients(clinic: Clinic, count: int) -> list[Patient]:
    born, now = timezone.now().date() - timedelta(days=20_000), timezone.now()
    return Patient.objects.bulk_create(
        [
            Patient(
                clinic=clinic, given_name="Ola", family_name=f"Hansen {number}", birth_on=born, created_at=now
            )
            for number in range(count)
        ],
        batch_size=2000,
    )


# The queues


def queues(sizes: list[int]) -> list[list[dict[str, str]]]:
    """Queues of so many, each person with a browser that is known; what each browser opens its socket with."""
    clinic, clinicians = _clinic("Legekontoret", 2)
    patients = iter(_patients(clinic, sum(sizes)))
    made = [_queue(clinic, clinicians, [next(patients) for _ in range(size)]) for size in sizes]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def _queue(clinic: Clinic, clinicians: list[Membership], patients: list[Patient]) -> list[dict[str, str]]:
    now = timezone.now()
    opening = _opening(clinic)
    for clinician in clinicians:
        Serving.objects.create(opening=opening, membership=clinician, since=now)
    invitations = Invitation.objects.bulk_create(
        [
            Invitation(
                clinic=clinic, opening=opening, patient=patient, name=patient.name, phone="+4790000000",
                sent_by="sms", token_digest=digest(new_secret()), code_key=new_secret(), created_at=now,
            )
            for patient in patients
        ],
        batch_size=1000,
    )  # fmt: skip
    secrets = [new_secret() for _ in invitations]
    Device.objects.bulk_create(
        [
            Device(invitation=invitation, secret_digest=digest(secret), first_seen_at=now, trusted_at=now)
            for invitation, secret in zip(invitations, secrets, strict=True)
        ],
        batch_size=1000,
    )
    Arrival.objects.bulk_create(
        [
            Arrival(
                clinic=clinic, opening=opening, invitation=invitation, status=ArrivalStatus.WAITING,
                came_at=now, waiting_since=now, order=order,
            )
            for order, invitation in enumerate(invitations, start=1)
        ],
        batch_size=1000,
    )  # fmt: skip
    return [_guest(*pair) for pair in zip(invitations, secrets, strict=True)]


def _opening(clinic: Clinic) -> Opening:
    now = timezone.now()
    period = Period.objects.create(
        clinic=clinic, kind=Kind.DROP_IN, name="Drop-in", weekday=now.weekday(), starts="00:00", ends="23:59",
        last_entry="23:59", valid_from=now.date(), created_at=now,
    )  # fmt: skip
    return Opening.objects.create(
        clinic=clinic, period=period, day=now.date(), opens_at=now, last_entry_at=now + timedelta(hours=8),
        closes_at=now + timedelta(hours=9), zone=clinic.zone, created_at=now,
    )  # fmt: skip


def _guest(invitation: Invitation, secret: str) -> dict[str, str]:
    hello = {"type": "hello", "id": 1, "tab": new_id(), "epoch": new_id(), "move": False}
    return {
        "invitation": invitation.public_id,
        "device": secret,
        "path": f"/ws/door/{invitation.public_id}",
        "cookie": f"{settings.BLIKK_DEVICE_COOKIE}={secret}",
        "hello": json.dumps(hello),
    }


def leave(invitation: str, device: str) -> int:
    """Let somebody go out of the queue; when everybody's place had changed, which is when the others were told."""
    door.leave(invitation, device, where="127.0.0.1", now=timezone.now())
    return _said["queue"]


def _note_when_said() -> None:
    say = hub.publish

    def publish(topic: str, payload: dict[str, Any]) -> None:
        _said[topic.partition(":")[0]] = clock.monotonic_ns()
        say(topic, payload)

    hub.publish = publish  # type: ignore[method-assign]


# The day

HOURS = f"""
INSERT INTO scheduling_appointment (public_id, version, clinic_id, patient_id, clinician_id, starts_at, ends_at,
    zone, form, status, drop_in, booked_by_patient, created_at)
SELECT substr(md5('hour' || n), 1, 22), 1, %(clinic)s, (%(patients)s::bigint[])[1 + n %% %(count)s],
    (%(clinicians)s::bigint[])[1 + n %% {CLINICIANS}], at, at + interval '{MINUTES} minutes',
    'Europe/Oslo', 'video', 'booked', false, false, at
FROM generate_series(0, %(hours)s - 1) AS n,
LATERAL (SELECT %(first)s::timestamptz - (n / {CLINICIANS} / {HOURS_A_DAY}) * interval '1 day'
    + (n / {CLINICIANS} %% {HOURS_A_DAY}) * interval '{MINUTES} minutes' AS at) AS hour
"""

INVITED = """
INSERT INTO invitations_invitation (public_id, version, clinic_id, appointment_id, role, patient_id, name, phone,
    email, language, sent_by, token_digest, code_key, status, tries, created_at, revoked_because, late_answer)
SELECT substr(md5('invitation' || id), 1, 22), 1, clinic_id, id, 'patient', patient_id, 'Ola Hansen',
    '+4790000000', '', 'nb', 'sms', md5('token' || id), md5('code' || id), 'open', 0, created_at, '', ''
FROM scheduling_appointment
"""


def hours(count: int) -> dict[str, str]:
    """So many booked hours, with as many on this day as ever, and a clinician who is signed in."""
    clinic, clinicians = _clinic("Legekontoret", CLINICIANS)
    patients = _patients(clinic, min(count, 20_000))
    given = {
        "clinic": clinic.pk,
        "patients": [patient.pk for patient in patients],
        "count": len(patients),
        "clinicians": [clinician.pk for clinician in clinicians],
        "hours": count,
        "first": timezone.now().replace(hour=7, minute=0, second=0, microsecond=0),
    }
    with connection.cursor() as cursor:
        cursor.execute(HOURS, given)
        cursor.execute(INVITED)
        cursor.execute("ANALYZE")
    session = _signed_in(clinicians[0])
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def _signed_in(member: Membership) -> SessionBase:
    client = Client()
    client.force_login(member.user)
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return session


def main() -> None:
    acts: dict[str, Callable[..., Any]] = {"queues": queues, "leave": leave, "hours": hours}
    _note_when_said()
    for line in sys.stdin:
        told = json.loads(line)
        print(json.dumps(acts[told.pop("act")](**told)), flush=True)


if __name__ == "__main__":
    main()
