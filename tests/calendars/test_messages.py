"""The calendar file that goes with an e-mail."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from blikk.clinics.models import Clinic
from blikk.invitations.policies import needs_code
from blikk.journeys import booking
from blikk.kernel.times import local
from blikk.notifications.dispatch import dispatch_once
from blikk.notifications.models import InboxMessage, Message
from blikk.notifications.services import withdraw
from blikk.notifications.transports import Outgoing
from blikk.notifications.transports.inbox import InboxTransport
from blikk.notifications.transports.smtp import compose
from blikk.patients.models import Patient
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, a_patient, staff, token_in
from tests.calendars.reading import both, first_reader
from tests.calendars.test_files import HOSTILE
from tests.companions import invited
from tests.meetings import agree

pytestmark = pytest.mark.django_db


def emails() -> list[Message]:
    return list(Message.objects.filter(channel="email").order_by("pk"))


def moved(hour, by: timedelta):
    starts = local(hour.appointment.starts_at + by, hour.clinic.zone)
    hour.appointment.refresh_from_db()
    return booking.move(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        day=starts.date(),
        at=starts.time(),
        minutes=20,
        actor=staff(hour.clinician),
        now=NOW + timedelta(minutes=1),
    )


def test_an_email_carries_a_private_entry_with_its_own_link_and_an_sms_none():
    hour = a_booked_hour(channels=("sms", "email"))
    sms, email = Message.objects.get(channel="sms"), Message.objects.get(channel="email")
    (read,) = both(email.calendar)
    link = f"http://localhost:8000/m#{token_in(email)}"
    assert sms.calendar == ""
    assert read.properties["SUMMARY"] == "Avtale"
    assert read.properties["CLASS"] == "PRIVATE"
    assert read.properties["URL"] == link
    assert read.properties["DESCRIPTION"] == (
        f"Legekontoret\nÅpne denne lenken når det nærmer seg: {link}\nSpørsmål? Ring 55 55 01 00."
    )
    assert read.properties["DTSTART"] == hour.appointment.starts_at
    assert read.alarms[0]["DESCRIPTION"] == "Avtale"
    for secret in ("Hansen", "Nordmann", "Fjordgløtt", "ola.hansen", hour.appointment.public_id):
        assert secret not in email.calendar


@pytest.mark.parametrize(("language", "summary"), [("nb", "Avtale"), ("nn", "Avtale"), ("en", "Appointment")])
def test_the_entry_is_in_the_language_of_who_gets_it(language, summary):
    clinic = a_clinic()
    a_booked_hour(clinic, patient=a_patient(clinic, language=language), channels=("email",))
    (read,) = both(emails()[0].calendar)
    assert read.properties["SUMMARY"] == summary


def test_a_move_changes_the_entry_that_is_there_and_cancelling_takes_it_away():
    hour = a_booked_hour(channels=("email",))
    moved(hour, timedelta(hours=2))
    moved(hour, timedelta(hours=3))
    hour.appointment.refresh_from_db()
    booking.cancel(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        actor=staff(hour.clinician),
        now=NOW + timedelta(minutes=2),
    )
    *withdrawn, last = emails()
    assert {message.calendar for message in withdrawn} == {""}, "nothing is kept of what was not sent"
    (read,) = both(last.calendar)
    of_file, _ = first_reader(last.calendar)
    assert "METHOD:CANCEL\r\n" in last.calendar
    assert "METHOD" in of_file
    assert read.properties["STATUS"] == "CANCELLED"
    assert not {"URL", "DESCRIPTION"} & set(read.properties)
    assert read.alarms == ()


def test_every_file_about_one_hour_has_one_name_and_counts_up():
    hour = a_booked_hour(channels=("email",))
    files = [emails()[-1].calendar]
    moved(hour, timedelta(hours=2))
    files.append(emails()[-1].calendar)
    invitation = hour.appointment.invitations.get(status="open")
    booking.send_again(hour.clinic, invitation.public_id, actor=staff(hour.clinician), now=NOW)
    files.append(emails()[-1].calendar)
    hour.appointment.refresh_from_db()
    booking.cancel(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        actor=staff(hour.clinician),
        now=NOW,
    )
    files.append(emails()[-1].calendar)
    read = [both(text)[0].properties for text in files]
    assert len({each["UID"] for each in read}) == 1
    counts = [each["SEQUENCE"] for each in read]
    assert counts == sorted(set(counts))
    assert counts[0] == 0


def test_a_companion_has_an_entry_of_their_own_that_follows_the_hour():
    hour = a_booked_hour(channels=("email",))
    invited(hour, "Lise Hansen", "", email="lise@example.no")
    mine = both(emails()[0].calendar)[0].properties
    theirs = both(emails()[1].calendar)[0].properties
    assert mine["UID"] != theirs["UID"]
    assert "Lise" not in emails()[1].calendar
    moved(hour, timedelta(hours=2))
    assert {both(each.calendar)[0].properties["UID"] for each in emails()[2:]} == {mine["UID"], theirs["UID"]}


def test_an_hour_that_is_held_in_person_instead_stays_in_the_calendar_without_a_link():
    hour = a_booked_hour(channels=("email",))
    before = both(emails()[0].calendar)[0].properties
    agree(hour)
    (read,) = both(emails()[-1].calendar)
    assert "METHOD:PUBLISH\r\n" in emails()[-1].calendar
    assert read.properties["UID"] == before["UID"]
    assert read.properties["SEQUENCE"] > before["SEQUENCE"]
    assert read.properties["STATUS"] == "CONFIRMED"
    assert "URL" not in read.properties
    assert read.properties["DESCRIPTION"] == "Legekontoret\nSpørsmål? Ring 55 55 01 00."


def test_a_link_that_stands_in_a_calendar_never_opens_with_a_birth_date_alone():
    """Calendars are shared more than mailboxes are; that is why the file may hold the e-mail's link (decision 0016)."""
    with_file = a_booked_hour(channels=("sms", "email"))
    assert needs_code(with_file.invitation, another_is_trusted=False)
    by_sms_alone = a_booked_hour(starts_in=timedelta(hours=2), channels=("sms",))
    assert not needs_code(by_sms_alone.invitation, another_is_trusted=False)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    some.one_of(some.sampled_from(HOSTILE), some.text(min_size=1, max_size=40)),
    some.one_of(some.sampled_from(HOSTILE), some.text(min_size=1, max_size=40)),
)
def test_no_name_of_a_patient_a_clinician_or_a_clinic_reaches_the_file(hostile, sender):
    hour = _hour_named("".join(sign for sign in hostile if sign not in "\x00\ud800")[:45], sender)
    (message,) = Message.objects.filter(about__endswith=hour.invitation.public_id)
    (read,) = both(message.calendar)
    assert read.properties["SUMMARY"] == "Avtale"
    assert "Kanarifugl" not in message.calendar
    described = str(read.properties["DESCRIPTION"])
    assert described.endswith("Spørsmål? Ring 55 55 01 00.")
    assert described.count("Åpne denne lenken") == 1 + sender.count("Åpne denne lenken")


def _hour_named(hostile: str, sender: str):
    """An hour in which everybody is called something hostile; the forms would not take it, the table does."""
    label = sender.replace("\x00", "").encode(errors="ignore").decode()[:40]
    clinic = a_clinic(f"Kanarifugl {hostile}", sender_label=label)
    patient = a_patient(clinic)
    Patient.objects.filter(pk=patient.pk).update(given_name=f"Kanarifugl{hostile}", family_name=hostile)
    patient.refresh_from_db()
    clinician = a_member(clinic, name=f"Kanarifugl {hostile}", title=f"Kanarifugl{hostile}"[:60])
    return a_booked_hour(clinic, clinician=clinician, patient=patient, channels=("email",))


def a_letter(calendar: str) -> bytes:
    outgoing = Outgoing(
        key="k",
        channel="email",
        kind="invited",
        sender="Legekontoret",
        to="ola@example.no",
        subject="Videotime",
        body="Hei\n",
        language="nb",
        now=NOW,
        calendar=calendar,
    )
    return compose(outgoing, "ikke-svar@example.no").as_bytes()


@pytest.mark.parametrize("method", ["PUBLISH", "CANCEL"])
def test_the_letter_has_its_words_and_the_file_beside_them(method):
    hour = a_booked_hour(channels=("email",))
    file = emails()[0].calendar.replace("METHOD:PUBLISH", f"METHOD:{method}")
    letter = message_from_bytes(a_letter(file), policy=default)
    assert letter.get_content_type() == "multipart/mixed"
    words, enclosed = letter.iter_parts()
    assert words.get_content_type() == "text/plain"
    assert words.get_content() == "Hei\n"
    assert enclosed.get_content_type() == "text/calendar"
    assert enclosed.get_param("method") == method
    assert enclosed.get_param("charset") == "utf-8"
    assert (enclosed.get_content_disposition(), enclosed.get_filename()) == ("attachment", "calendar.ics")
    assert enclosed.get_payload(decode=True).decode() == file
    assert hour.patient.name not in a_letter(file).decode()


def test_a_letter_without_a_file_is_plain_text_as_before():
    assert message_from_bytes(a_letter(""), policy=default).get_content_type() == "text/plain"


def test_the_file_goes_with_the_message_and_is_gone_when_that_is_out_of_our_hands():
    a_booked_hour(channels=("email",))
    assert emails()[0].calendar
    transports = {"email": InboxTransport(), "sms": InboxTransport()}
    dispatch_once("w", transports=transports, clock=lambda: NOW, tell=lambda news: None)
    assert emails()[0].calendar == ""
    assert "BEGIN:VCALENDAR" in InboxMessage.objects.get().calendar


def test_a_withdrawn_message_keeps_no_file():
    hour = a_booked_hour(channels=("email",))
    withdraw(about=f"invitations.Invitation:{hour.invitation.public_id}", now=NOW)
    assert (emails()[0].status, emails()[0].calendar) == ("withdrawn", "")


def test_the_file_is_encrypted_at_rest():
    a_booked_hour(channels=("email",))
    with connection.cursor() as cursor:
        cursor.execute("SELECT calendar FROM notifications_message")
        (kept,) = cursor.fetchone()
    assert kept.startswith("v2:")
    assert Clinic.objects.count() == 1
