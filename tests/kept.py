"""What is kept of somebody: a visit with something in every table, and a search through every column there is."""

from datetime import timedelta

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from blikk.audit.services import record
from blikk.clinics.models import Clinic, Deletion
from blikk.consultations.models import Consultation, ExternalRoom
from blikk.documentation.models import Delivery, EhrConnection, NoteCopied
from blikk.invitations.models import PhoneProof
from blikk.journeys import closing, tasks, writing
from blikk.journeys.keeping.night import keep
from blikk.journeys.keeping.tables import KIND_OF, PATIENT, VISIT
from blikk.kernel.actors import SYSTEM
from blikk.kernel.sealing import SealedField, Unreadable, unseal
from blikk.kernel.secrets import EncryptedTextField, _Unsearchable
from blikk.kernel.secrets import unseal as unseal_text
from blikk.notifications.models import InboxMessage, Message, Report
from blikk.patients.models import Patient
from blikk.payments.models import Charge, ClaimFile
from blikk.scheduling.models import Appointment, Task
from blikk.settlement.models import Bill, Payment
from blikk.waiting_room.models import Delay, Serving, Showing
from blikk.writing.models import Case, Draft
from blikk.writing.sealed import Written, seal_draft
from tests import companions, letters, queues
from tests.builders import NOW, Hour, asked, staff
from tests.documentation.conversations import END, a_full_conversation, signed
from tests.identities import consultation_of


def every_table() -> list[type[models.Model]]:
    return list(apps.get_models(include_auto_created=True))


def columns_with(*words: str) -> list[str]:
    """The columns, of any table, in which one of these words stands; sealed ones are opened."""
    found = []
    for model in every_table():
        for field in model._meta.concrete_fields:
            for value in _values(model, field):
                if any(word.casefold() in value.casefold() for word in words):
                    found.append(f"{model._meta.label}.{field.name}: {value[:80]}")
    return sorted(set(found))


def _values(model: type[models.Model], field: models.Field) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')
        raw = [row[0] for row in cursor.fetchall() if row[0] not in (None, "", b"")]
    if isinstance(field, SealedField):
        names = model._default_manager.order_by("pk").values_list(field.attname, field.named_by)
        return [_opened(bytes(sealed), field.bound(name)) for sealed, name in names if sealed]
    if isinstance(field, EncryptedTextField):
        return [unseal_text(value, field.bound_to()) for value in raw]
    if isinstance(field, _Unsearchable):
        return [field.text_in(row) for row in model._default_manager.all() if getattr(row, field.attname)]
    return [
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for value in raw
    ]


def _opened(sealed: bytes, bound_to: str) -> str:
    try:
        return unseal(sealed, bound_to=bound_to).decode("latin-1")
    except Unreadable:
        return ""


CANARY = "Kanarifugl"
DONE = END + timedelta(minutes=3)
# By these things are found again.
NOT_PAINTED = ("about", "provider_id", "reference", "value", "phone", "asked_phone")


def closed(hour: Hour, text: str = f"{CANARY} er bedre.", *, is_taken: bool = True) -> Consultation:
    """Sign, take the note along to the journal, and finish."""
    signed(hour, text)
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": DONE}
    name = consultation_of(hour).public_id
    if is_taken:
        closing.take_note(hour.clinic, name, how="copy", **act)
    decided = {"outcome": "completed", "follow_up": "none", "fee": "no_charge"}
    closing.close_out(hour.clinic, name, version=consultation_of(hour).version, **decided, **act)
    if not is_taken:
        # As it was finished before who finishes said that it stands in the journal.
        NoteCopied.objects.filter(version__note__consultation__public_id=name).delete()
    return consultation_of(hour)


def night(clinic: Clinic, days: float, *, worker: str = "w") -> Deletion | None:
    """The night so many days after the visit."""
    return keep(clinic, worker=worker, clock=lambda: NOW + timedelta(days=days))


def a_full_visit(hour: Hour | None = None) -> Hour:
    """A visit that is finished and delivered, with something in every table that it or its patient can be in."""
    hour = a_full_conversation(hour)
    clinic, patient, clinician = hour.clinic, hour.patient, hour.clinician
    one = letters.proven(letters.a_question(hour, words=CANARY))
    photo = letters.put_up(one)
    letters.send(one, CANARY, photos=[photo.public_id])
    letters.read(one)
    writing.decide_photo(clinic, one.id, photo.public_id, keep=True, **letters.by_clinician(one))
    writing.close(clinic, one.id, version=one.again().version, **letters.by_clinician(one))
    _in_writing(one.again())
    talk = closed(hour)
    talk.note.versions.first().copied.get_or_create(by=clinician, defaults={"at": DONE})
    task = tasks.set_task(
        clinic,
        hour.appointment.public_id,
        what=CANARY,
        holder=clinician.public_id,
        due_on=NOW.date(),
        membership=clinician,
        actor=staff(clinician),
        now=NOW,
    )
    Task.objects.filter(pk=task.pk).update(status="done", done_at=DONE)
    _in_scheduling(hour)
    _in_invitations(hour)
    _at_the_door(hour)
    _in_the_talk(talk)
    _of_the_patient(hour)
    _in_the_journal(hour, talk)
    _in_the_books(hour, talk)
    _sent(hour)
    record(
        "x.said", actor=SYSTEM, about=hour.appointment, clinic_id=clinic.pk, now=NOW, said=f"{CANARY} sa det"
    )
    paint(patient)
    return hour


def _in_writing(case: Case) -> None:
    reader = case.readers.first()
    reader.codes.create(digits_key="d", sent_at=NOW, expires_at=NOW)
    words = seal_draft(case, Written(CANARY))
    Draft.objects.create(case=case, words=words, saved_at=NOW)


def _in_scheduling(hour: Hour) -> None:
    one, who = hour.appointment, hour.clinician
    series = one.clinic.series.create(every_weeks=1, count=1, created_at=NOW)
    Appointment.objects.filter(pk=one.pk).update(series=series)
    one.suitabilities.create(number=90, noted_at=NOW, noted_by=who, place="desk", reason=CANARY)
    turn = one.turns.create(
        clinic=one.clinic,
        meeting=one,
        status="settled",
        reason="exam",
        words=CANARY,
        asked_by=who,
        asked_at=NOW,
        settled_at=NOW,
    )
    turn.times.create(clinician=who, starts_at=NOW, ends_at=NOW + timedelta(minutes=10))


def _in_invitations(hour: Hour) -> None:
    one = hour.invitation
    one.extra_links.create(token_digest="t" * 40 + one.public_id, made_at=NOW)
    one.codes.create(digits_key="d", sent_at=NOW, expires_at=NOW).asked_by.add(one.devices.first())
    asked(hour)
    one.information.create(how="shown", version="1", language="nb", at=NOW)
    hour.patient.no_reminders.create(channel="sms", since=NOW)


def _at_the_door(hour: Hour) -> None:
    one = hour.invitation.arrivals.first()
    one.eid_proofs.create(result="same", provider="p", level="high", at=NOW)
    Showing.objects.create(arrival=one, status="asked", asked_at=NOW)
    one.notices.create(clinic=hour.clinic, words=CANARY, at=NOW, by="staff:x")
    Delay.objects.create(clinic=hour.clinic, membership=hour.clinician, day=NOW.date(), minutes=5, at=NOW)
    opening = queues.an_opening(hour.clinic)
    Serving.objects.create(opening=opening, membership=hour.clinician, since=NOW, until=NOW)


def _in_the_talk(talk: Consultation) -> None:
    talk.unanswered_calls.create(at=NOW, by=CANARY)
    ExternalRoom.objects.create(consultation=talk, supplier="x", host="x", kind="fixed", address=CANARY)


def _of_the_patient(hour: Hour) -> None:
    point = hour.patient.contact_points.get(kind="email")
    point.exemptions.create(
        clinic=hour.clinic,
        asked_by="a",
        asked_because=CANARY,
        asked_at=NOW,
        status="refused",
        decided_because=CANARY,
        decided_at=NOW,
    )
    request = hour.patient.contact_requests.create(
        clinic=hour.clinic, way="link", phone="+4790000099", created_at=NOW, expires_at=NOW
    )
    request.answers.create(message_key=f"{CANARY}-{request.pk}", at=NOW)
    companions.agreed(hour, f"{CANARY} Følge", "+4790000077")


def _in_the_journal(hour: Hour, talk: Consultation) -> None:
    server = "https://journal.example"
    connection = EhrConnection.objects.create(clinic=hour.clinic, kind="copy", changed_at=NOW)
    connection.patients.create(patient=hour.patient, reference=CANARY, at=NOW)
    Delivery.objects.create(
        connection=connection,
        consultation=talk,
        kind="visit",
        status="by_hand",
        made_at=NOW,
        next_at=NOW,
        settled_at=DONE,
        words=CANARY,
    )
    hour.clinic.record_patients.create(server=server, record_id="1", patient=hour.patient, linked_at=NOW)
    hour.clinic.record_appointments.create(
        server=server,
        record_id="2",
        patient=hour.patient,
        appointment=hour.appointment,
        person=CANARY,
        said_digest="d",
        first_at=NOW,
    )


def _in_the_books(hour: Hour, talk: Consultation) -> None:
    what = {
        "clinic": hour.clinic,
        "patient": hour.patient,
        "appointment": hour.appointment,
        "consultation": talk,
    }
    charge = Charge.objects.create(
        **what, kind="co_payment", patient_ore=16000, accepted_at=DONE, accepted_by=hour.clinician
    )
    charge.rows.create(number=1, code="2ae", text="Video", times=1)
    file = ClaimFile.objects.create(
        clinic=hour.clinic, count=1, sum_ore=1500, made_at=DONE, made_by=hour.clinician
    )
    file.claims.create(
        clinic=hour.clinic, charge=charge, number=1, guid="g", body="x", amount_ore=1500, began_at=DONE
    )
    bill = Bill.objects.create(
        **what, kind="co_payment", status="paid", amount_ore=16000, opened_at=DONE, settled_at=DONE
    )
    bill.rows.create(number=1, code="2ae", text="Video", quantity=1, amount_ore=16000, payer="patient")
    link = bill.links.create(
        clinic=hour.clinic, token_digest="d" * 64, sent_by="sms", language="nb", made_at=NOW, ended_at=DONE
    )
    link.devices.create(secret_digest="d" * 64, opened_at=NOW)
    payment = bill.payments.create(
        clinic=hour.clinic,
        status="captured",
        provider="vipps",
        amount_ore=16000,
        captured_ore=16000,
        begun_at=NOW,
        captured_at=DONE,
    )
    _invoiced(hour, bill, payment)
    payment.told.create(clinic=hour.clinic, provider="vipps", key="k" * 64, name="CAPTURED", at=DONE)


def _invoiced(hour: Hour, bill: Bill, payment: Payment) -> None:
    invoice = bill.invoices.create(
        clinic=hour.clinic,
        number=1,
        kid="17",
        issued_on=DONE,
        due_on=DONE,
        amount_ore=16000,
        paper=CANARY,
        issued_at=DONE,
    )
    bill.invoices.create(
        clinic=hour.clinic,
        kind="credit_note",
        number=2,
        credits=invoice,
        issued_on=DONE,
        amount_ore=16000,
        paper=CANARY,
        issued_at=DONE,
    )
    invoice.reminders.create(number=1, made_on=DONE, due_on=DONE, made_at=DONE)
    file = hour.clinic.bank_files.create(digest="d" * 64, kind="ocr", count=1, sum_ore=16000, taken_at=DONE)
    file.entries.create(
        clinic=hour.clinic,
        key="k" * 64,
        paid_on=DONE,
        kid="17",
        amount_ore=16000,
        outcome="paid",
        invoice=invoice,
        payment=payment,
        taken_at=DONE,
    )


def _sent(hour: Hour) -> None:
    message = Message.objects.filter(about__endswith=hour.invitation.public_id).first()
    message.parts.create(provider_id=f"leverandør-{message.pk}")
    Report.objects.create(
        channel="sms", provider_id=f"leverandør-{message.pk}", outcome="delivered", received_at=NOW
    )
    InboxMessage.objects.create(key=message.key, channel="sms", kind="invited", to="x", body=CANARY, at=NOW)
    PhoneProof.objects.create(
        clinic=hour.clinic,
        phone="+4790123456",
        browser_digest="b",
        purpose="contact",
        digits_key="d",
        sent_at=NOW,
        expires_at=NOW,
    )


def paint(patient: Patient) -> int:
    """Put the canary into every column of words of what goes with visits and patients, wherever that is allowed."""
    painted = 0
    for model in every_table():
        if KIND_OF[model._meta.label] not in (VISIT, PATIENT) or model._meta.label.startswith("audit."):
            continue
        for field in model._meta.concrete_fields:
            is_words = isinstance(field, models.CharField | models.TextField) and not field.choices
            is_bound = isinstance(field, _Unsearchable) and not isinstance(field, EncryptedTextField)
            if not is_words or is_bound or field.unique or field.name in NOT_PAINTED:
                continue
            if field.max_length is not None and field.max_length < len(CANARY):
                continue
            try:
                with transaction.atomic():
                    model._default_manager.update(**{field.name: CANARY})
                    painted += 1
            except DatabaseError:
                continue
    return painted
