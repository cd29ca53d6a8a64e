"""The clinic that the walks go through, and who walks: every role here and elsewhere, strangers, and patients."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import time, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from blikk.calendars import services as calendars
from blikk.clinics import profile
from blikk.clinics.models import Clinic, Membership
from blikk.clinics.webhooks import services as webhooks
from blikk.consultations import own_questions
from blikk.consultations.models import Consultation
from blikk.documentation import phrases
from blikk.documentation.ehr import keys
from blikk.documentation.models import Delivery, EhrConnection
from blikk.journeys import closing, talk, tasks
from blikk.kernel.actors import SYSTEM
from blikk.patients import requests
from blikk.patients.models import Patient
from blikk.payments import decisions
from blikk.payments.models import Charge, Claim, ClaimFile
from blikk.scheduling.queries import free_slots, periods_of
from blikk.scheduling.services import add_absence, opening_for
from blikk.settlement import links, payments
from blikk.waiting_room.models import Arrival
from blikk.web.presenters.phrases import NAMES
from tests import builders, companions, letters, queues, timetables
from tests.api.systems import a_system
from tests.builders import NOW, Hour
from tests.people import same_for_all, signed_in, with_app
from tests.records import things_of_the_record
from tests.settlement.invoicing import things_of_invoices
from tests.settlement.paying import a_bill
from tests.web.access_table import Door

ROLES = ("clinician", "secretary", "administrator")
NOBODYS = "AAAAAAAAAAAAAAAAAAAAAA"
CANARY = "Kanarifugl"
# What the walkers type: enough for every form to get as far as the thing that the address names.
TYPED = {
    "free_text": "Et ord",
    "note_version": 1,
    "version": 1,
    "minutes": 20,
    "role": "secretary",
    "status": "start",
    "decided": "record",
}
ORIGIN = settings.BLIKK_ORIGINS[0]


@dataclass
class House:
    """A clinic with something of every kind in it."""

    clinic: Clinic
    members: dict[str, Membership]
    things: dict[str, str]
    hour: Hour
    running: Hour
    waiting: Hour
    clients: dict[str, Client] = field(default_factory=dict)


def a_house(name: str, patient_name: str) -> House:
    clinic = builders.a_clinic(name)
    members = {role: builders.a_member(clinic, role, f"{role.title()} ved {name}") for role in ROLES}
    # Can be changed without shutting the first out.
    spare = builders.a_member(clinic, "administrator", "Reserve Administrator")
    clinician = members["clinician"]
    patient = builders.a_patient(clinic, f"{patient_name} Hansen")

    def hour(starts_in: timedelta) -> Hour:
        return builders.a_booked_hour(clinic, clinician=clinician, patient=patient, starts_in=starts_in)

    running, ended, waiting, booked = (hour(timedelta(minutes=m)) for m in (1, 25, 10 + 40, 180))
    consultation, over = builders.admitted(running), builders.admitted(ended, now=NOW)
    talk.end(clinic, over, membership=clinician, actor=builders.staff(clinician), now=NOW)
    things = {
        "patient": patient.public_id,
        "consultation": consultation,
        "ended": over,
        "signed": _signed(clinic, clinician, patient),
        "passkey": NOBODYS,
        "hook": NOBODYS,
        "member": spare.public_id,
        "clinician": clinician.public_id,
        "invitation": booked.invitation.public_id,
        "appointment": booked.appointment.public_id,
        "agreement": companions.agreed(booked, f"{patient_name} Følge").public_id,
        "running_invitation": running.invitation.public_id,
    }
    things |= _in_calendars(clinic, clinician) | _in_writing(booked) | _other_systems(clinic, over)
    things |= {"arrival": _arrival_of(waiting), "wish": builders.asked(waiting).public_id}
    things |= {"someone_else": _someone_else(hour(timedelta(minutes=80)))}
    things |= {"task": _task_about(booked, patient_name), "contact_request": _offered(patient)}
    things |= _for_everybody(clinic) | _to_pay(ended, booked) | {"phrase": _phrase(clinician)}
    things |= _in_the_timetable(clinic, clinician, patient_name)
    things |= things_of_the_record(clinic, clinician, patient, waiting)
    house = House(clinic, members, things, booked, running, waiting)
    for role, member in members.items():
        with_app(member)
        house.clients[role] = signed_in(member)
    builders.open_link(booked)
    house.clients["patient"] = with_device(booked)
    return house


def _signed(clinic: Clinic, clinician: Membership, patient: Patient) -> str:
    """A conversation of this morning whose note is signed."""
    early = NOW - timedelta(hours=2)
    hour = builders.a_booked_hour(clinic, clinician=clinician, patient=patient, now=early)
    act = {"membership": clinician, "actor": builders.staff(clinician)}
    over = builders.admitted(hour, now=early)
    talk.end(clinic, over, **act, now=early)
    closing.sign_note(clinic, over, version=1, drafted="Holdt på video.", **act, now=NOW)
    return over


def _phrase(clinician: Membership) -> str:
    """Words of the clinic's to write a note with."""
    given = {"name": "Kontroll", "text": "Kontroll av {pasient}.", "is_shared": True, "names": NAMES}
    who = {"membership": clinician, "actor": builders.staff(clinician), "now": NOW}
    return phrases.add(clinician.clinic, **given, **who).public_id  # type: ignore[arg-type]


def _task_about(hour: Hour, patient_name: str) -> str:
    """Something that the clinician is to find out."""
    task = tasks.set_task(
        hour.clinic,
        hour.appointment.public_id,
        what=f"Ring {patient_name}",
        holder=hour.clinician.public_id,
        due_on=NOW.date(),
        membership=hour.clinician,
        actor=builders.staff(hour.clinician),
        now=NOW,
    )
    return task.public_id


def _offered(patient: Patient) -> str:
    """Something that came in about a contact point, and waits for the desk."""
    request, _token = requests.open_request(patient.clinic, patient, way="page", language="nb", now=NOW)
    requests.offer(request, email="ny@example.no", actor=SYSTEM, now=NOW)
    return request.public_id


def _to_pay(ended: Hour, booked: Hour) -> dict[str, str]:
    """A bill with a link that the hour's browser has opened, and a payment under way."""
    bill = a_bill(ended)
    link, secret = links.make_link(bill, sent_by="sms", language="nb", actor=SYSTEM, now=NOW)
    links.prove(
        links.open_link(secret, device_secret=booked.device, now=NOW), device_secret=booked.device, now=NOW
    )
    payment = payments.begin(bill, provider="vipps", flow="redirect", actor=SYSTEM, now=NOW)
    things = {"bill": bill.public_id, "pay_link": link.public_id, "payment": payment.public_id}
    return things | things_of_invoices(ended, booked.device)


def _in_writing(booked: Hour) -> dict[str, str]:
    """A case with an answer that was read and a photo that nobody has decided about, in the browser of the hour."""
    one = letters.a_question(booked)
    one.device = booked.device
    photo = letters.put_up(letters.proven(one))
    letters.send(one, "Det begynte på lørdag", photos=[photo.public_id])
    letters.read(one)
    return {"writing": one.id, "photo": f"{one.id}/{photo.public_id}"}


def _for_everybody(clinic: Clinic) -> dict[str, str]:
    """The clinic's page with a queue that is open, an hour that patients may take, and a notice."""
    open_to_all = {"is_public": True, "allows_self_booking": True}
    profile.change_profile(clinic, open_to_all, actor=SYSTEM, now=NOW)
    words = {"title": "Influensa", "words": "Kom på video.", "valid_from": NOW.date(), "places": ["public"]}
    notice = profile.put_up_notice(clinic, words, actor=SYSTEM, now=NOW)
    on_video = builders.a_member(clinic, "clinician", "Vera Video")
    timetables.a_drop_in(clinic, on_video)
    timetables.a_period(clinic, on_video, starts=time(13, 0), ends=time(15, 0))
    slot = free_slots(clinic, first=NOW.date(), days=14, by="patient", now=NOW)[0]
    asked = own_questions.add(
        clinic, words="Har du målt temperaturen?", worry="no", is_on=True, actor=SYSTEM, now=NOW
    )
    return {
        "question": asked.series,
        "slug": clinic.slug,
        "track": "telefon",
        "clinic_track": f"{clinic.slug}/telefon",
        "heading": "organisation",
        "manual": "behandler",
        "slot": f"{clinic.slug}/{slot.name}",
        "notice": notice.public_id,
    }


def _in_the_timetable(clinic: Clinic, clinician: Membership, patient_name: str) -> dict[str, str]:
    """A queue with somebody in it, a period of its own, and an absence."""
    drop_in = next(period for period in periods_of(clinic) if period.kind == "drop_in")
    opening = opening_for(drop_in, NOW.date(), now=NOW)
    guest = queues.sit(queues.enter(opening, f"{patient_name} Hansen"))
    later = {"starts": time(18, 0), "ends": time(19, 0)}
    tomorrow = NOW + timedelta(days=1)
    absence = add_absence(
        clinic,
        clinician=clinician,
        kind="holiday",
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(hours=2),
        actor=SYSTEM,
        now=NOW,
    )
    return {
        "period": timetables.a_period(clinic, clinician, **later).public_id,
        "drop_in_period": drop_in.public_id,
        "opening": opening.public_id,
        "queued": guest.arrival.public_id,
        "absence": absence.public_id,
    }


def _in_calendars(clinic: Clinic, clinician: Membership) -> dict[str, str]:
    """A feed, and a calendar on a server that nobody may reach."""
    server = calendars.set_server(
        clinic,
        origin="https://kalender.example.no",
        user="blikk",
        password="et passord",
        paths={clinician.public_id: "/kari/kalender/"},
        hosts=["kalender.example.no"],
        actor=SYSTEM,
        now=NOW,
    )
    feed = calendars.open_feed(clinician, actor=SYSTEM, now=NOW)
    return {"feed": feed, "calendar": server.calendars.get().public_id, "mail": NOBODYS}


def _other_systems(clinic: Clinic, consultation: str) -> dict[str, str]:
    """A system that reads, one that is told, the journal, and what strangers may ask the API for."""
    where = {"address": "https://journal.example.no/blikk", "happenings": ["ended"]}
    hook, _secret = webhooks.set_up(clinic, **where, actor=SYSTEM, now=NOW)
    return {
        "system": a_system(clinic).client.public_id,
        "webhook": hook.public_id,
        "price": _a_price(clinic),
        **_a_claim(clinic, consultation),
        "fhir_kind": "Patient",
        "fhir_one": f"Patient/{NOBODYS}",
        "fhir_nothing": f"Patient/{NOBODYS}/_history",
        **_in_the_journal(clinic, consultation),
    }


def _a_claim(clinic: Clinic, consultation: str) -> dict[str, str]:
    """A bill in a file, and no charge that is read anywhere else."""
    talk = Consultation.objects.get(public_id=consultation)
    by = talk.clinician
    file = ClaimFile.objects.create(clinic=clinic, count=1, sum_ore=1500, body="{}", made_at=NOW, made_by=by)
    charge = Charge.objects.create(
        clinic=clinic,
        patient=talk.appointment.patient,
        appointment=None,
        kind="co_payment",
        patient_ore=16000,
        state_ore=1500,
        accepted_at=NOW,
        accepted_by=by,
    )
    claim = Claim.objects.create(
        clinic=clinic,
        charge=charge,
        number=1,
        guid=file.public_id,
        body="{}",
        amount_ore=1500,
        began_at=NOW,
        file=file,
    )
    return {"claim_file": file.public_id, "claim": claim.public_id}


def _a_price(clinic: Clinic) -> str:
    price = {"name": "Samtale", "minutes": 45, "price_ore": 90000, "valid_from": NOW.date()}
    return decisions.set_price(clinic, **price, actor=SYSTEM, now=NOW).public_id


def _in_the_journal(clinic: Clinic, consultation: str) -> dict[str, str]:
    """A journal system that nobody may reach, and something that it would not have."""
    connection = EhrConnection(clinic=clinic, kind="copy", changed_at=NOW)
    keys.new_key(connection)
    connection.save()
    delivery = Delivery.objects.create(
        connection=connection,
        consultation=Consultation.objects.get(public_id=consultation),
        kind="note",
        of_version=1,
        status="stopped",
        fault="refused",
        made_at=NOW,
        next_at=NOW,
    )
    return {"ehr": connection.public_id, "delivery": delivery.public_id}


def _arrival_of(hour: Hour) -> str:
    early = hour.appointment.starts_at - timedelta(minutes=10)
    builders.waiting(hour, now=early)
    return Arrival.objects.get(appointment=hour.appointment).public_id


def _someone_else(hour: Hour) -> str:
    """Somebody who waits, and whom an eID named as somebody else than the patient."""
    arrival = _arrival_of(hour)
    Arrival.objects.filter(public_id=arrival).update(someone_else_at=NOW)
    return arrival


def with_device(hour: Hour) -> Client:
    client = Client()
    client.cookies[settings.BLIKK_DEVICE_COOKIE] = hour.device
    return client


def every_address() -> dict[str, URLPattern]:
    """Every address of the site by its name; an address without a name counts as one called by its route."""
    found: dict[str, URLPattern] = {}

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            else:
                name = pattern.name or str(pattern.pattern)
                assert name not in found, f"two addresses are called {name}"
                found[name] = pattern

    walk(get_resolver().url_patterns)
    return found


FOLLOWS = {"bill_paper": ["1"], "pay_paper": ["1"], "bill_reminder": ["1", "1"], "pay_reminder": ["1", "1"]}
FOLLOWS |= {"bill_ehf": ["1"], "bill_ehf_send": ["1"]}


def address(name: str, door: Door, thing: str) -> str:
    args = thing.split("/") if door.thing else []
    if len(args) == 1:
        # Somebody's name alone: what follows it in the address is made up.
        args += args if door.thing == "photo" else FOLLOWS.get(door.thing, [])
    return reverse(name, args=args)


def ask(client: Client, door: Door, method: str, path: str, **typed: object) -> HttpResponse:
    """Ask as a page of ours would, for nothing in particular."""
    if method == "POST" and (door.kind in {"json", "patient"} or path == "/m/open" or path.endswith("/nett")):
        return client.post(path, TYPED, content_type="application/json", headers={"Origin": ORIGIN})
    return getattr(client, method.lower())(path, {**TYPED, **typed} if method == "POST" else {})


def look(response: HttpResponse) -> tuple[int, str, bytes]:
    """All of an answer that somebody could tell apart from another one."""
    return response.status_code, response.get("Location", ""), same_for_all(response)


class Undone:
    """What happens inside has not happened afterwards."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)


def fingerprints() -> dict[str, str]:
    """A digest of every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(json.dumps(row, default=str) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {table for table in after if before[table] != after[table]}
