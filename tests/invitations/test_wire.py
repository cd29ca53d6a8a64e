"""Hostile names, titles, clinics and labels: nothing but the closed list of fields reaches the wire (law 6).

What is looked at is what a transport is handed and what an SMTP server would get, byte by byte: envelope, headers,
body and every attachment, whatever it is.
"""

import email
import re
import string
from datetime import timedelta
from email import policy

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blikk.clinics.labels import short_sender
from blikk.clinics.models import Clinic
from blikk.invitations.models import Invitation
from blikk.journeys import booking
from blikk.journeys.lost_links import answer_lost_links, ask
from blikk.kernel.actors import SYSTEM
from blikk.kernel.gsm import fits_gsm
from blikk.kernel.times import local
from blikk.notifications.dispatch import _outgoing
from blikk.notifications.models import Message
from blikk.notifications.transports import Outgoing
from blikk.notifications.transports.smtp import compose
from blikk.scheduling.models import Appointment
from tests import builders as b
from tests.meetings import at, meet, physical_hours, physical_slots

pytestmark = pytest.mark.django_db
MAIL_FROM = "ikke-svar@v.example.no"
BASE = "http://localhost:8000"
# In every hostile text stands this, so that it is known again whatever was done to the rest.
MARK = "Kanari"
# An example books, moves and cancels a whole hour: making it smaller takes longer than reading it.
NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
NASTY = st.sampled_from(
    [
        "\r\nBcc: ond@evil.example",
        "\nSubject: Psykiatri",
        "\x00\x1b[31m",
        "‮evil‬",
        "​﻿",
        "{link}{digits}",
        "%s%n",
        "https://evil.example/",
        "evil.example",
        "<script>alert(1)</script>",
        "BEGIN:VEVENT\r\nATTENDEE:mailto:ond@evil.example",
        "=?utf-8?q?Psyk?=",
        "ŤĖşţ😀" * 20,
    ]
)
HOSTILE = st.builds(
    lambda before, nasty, after: f"{MARK}{before}{nasty}{MARK}{after}",
    st.text(max_size=8),
    NASTY,
    st.text(max_size=8),
)


def everything_sent(
    clinic_name: str, staff_name: str, title: str, patient: str, language: str
) -> list[Message]:
    """Every kind of message that a patient gets about a booked hour, from first to last."""
    clinic = b.a_clinic(clinic_name[:120])
    Clinic.objects.filter(pk=clinic.pk).update(about=clinic_name, address=clinic_name[:200])
    member = b.a_member(clinic, name=staff_name[:120], title=title[:60], profession=title[:60])
    person = b.a_patient(clinic, "Ola Hansen", language=language)
    type(person).objects.filter(pk=person.pk).update(given_name=patient[:80], family_name=patient[:80])
    person.refresh_from_db()
    hour = b.a_booked_hour(
        clinic,
        clinician=member,
        patient=person,
        channels=("sms", "email"),
        starts_in=timedelta(days=2, hours=1),
    )
    ask("90123456", where="", now=b.NOW)
    ask("ola.hansen@example.no", where="", now=b.NOW)
    answer_lost_links(now=b.NOW)
    sent = [_kept(message) for message in Message.objects.order_by("pk")]
    when = local(hour.appointment.starts_at, clinic.zone)
    moved = booking.move(
        clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        day=when.date() + timedelta(days=1),
        at=when.time(),
        minutes=20,
        actor=SYSTEM,
        now=b.NOW,
    )
    sent += [_kept(message) for message in Message.objects.filter(kind="moved")]
    hour.appointment = moved.appointment
    sent += in_person(hour, f"{staff_name} {patient}")
    Message.objects.all().delete()
    Invitation.objects.all().delete()
    return sent


def in_person(hour: b.Hour, words: str) -> list[Message]:
    """Times to choose between, the same time, another one, and cancelled; with words that are for staff alone."""
    physical_hours(hour.clinic, hour.clinician)
    slot = physical_slots(hour.clinic)[0]
    kept = []
    for kind, asked in (
        ("meet_offer", {"typed": at(26), "slots": (slot.name,)}),
        ("in_person", {"same_time": True}),
        ("meet", {"typed": at(28)}),
    ):
        meet(hour, words=words, **asked)
        kept += [_kept(message) for message in Message.objects.filter(kind=kind)]
    version = Appointment.objects.get(pk=hour.appointment.pk).version
    booking.cancel(hour.clinic, hour.appointment.public_id, version=version, actor=SYSTEM, now=b.NOW)
    return kept + [_kept(message) for message in Message.objects.filter(kind="meet_cancelled")]


def _kept(message: Message) -> Message:
    assert message.body
    return message


def wire_of(message: Message) -> tuple[Outgoing, str]:
    """What the transport is handed, and all that goes over the wire, unfolded and decoded, attachments too."""
    given = _outgoing(message, b.NOW)
    if given.channel == "sms":
        return given, f"{given.sender}\n{given.to}\n{given.body}"
    raw = compose(given, MAIL_FROM).as_bytes(policy=policy.SMTP)
    read = email.message_from_bytes(raw, policy=policy.default)
    # Quoted-printable breaks long lines; a link must be found whole.
    parts = [raw.decode("utf-8", "replace").replace("=\r\n", "")]
    parts += [f"{name}: {value}" for part in read.walk() for name, value in part.items()]
    for part in read.walk():
        if not part.is_multipart():
            parts.append((part.get_payload(decode=True) or b"").decode("utf-8", "replace"))
            # A calendar folds its lines: what is cut in two must be found as well.
            parts.append(parts[-1].replace("\r\n ", ""))
    return given, "\n".join(parts)


def hosts_in(wire: str) -> set[str]:
    """Whom the links lead to; a calendar folds its lines in the middle of one."""
    return set(re.findall(r"https?://[^/\s#\"<>]+", wire.replace("\r\n ", "")))


@given(
    name=HOSTILE, staff=HOSTILE, title=HOSTILE, patient=HOSTILE, language=st.sampled_from(["nb", "nn", "en"])
)
@settings(
    max_examples=20,
    phases=NO_SHRINK,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_no_name_of_anybody_reaches_the_wire(db, name, staff, title, patient, language):
    name, staff, title, patient = (text.replace("\x00", "") for text in (name, staff, title, patient))
    sent = everything_sent(name, staff, title, patient, language)
    assert {message.kind for message in sent} == {
        *("invited", "reminder", "link_again", "moved"),
        *("meet_offer", "in_person", "meet", "meet_cancelled"),
    }
    for message in sent:
        given, wire = wire_of(message)
        assert MARK.casefold() not in wire.casefold(), message.kind
        assert "evil" not in wire.casefold(), message.kind
        assert hosts_in(wire) <= {BASE}
        if given.channel == "email":
            headers = email.message_from_string(wire)
            assert headers.get_all("Bcc") is None
            assert headers.get_all("Cc") is None
            assert len(headers.get_all("To")) == 1


@given(label=HOSTILE)
@settings(
    max_examples=80,
    phases=NO_SHRINK,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_a_hostile_label_cannot_break_out_of_its_place(in_memory, label):
    """The label is on the closed list, so it is sent; but as words on one line, and never as a link or a header."""
    invitation, message = in_memory
    invitation.clinic.sender_label = label
    for channel in ("sms", "email"):
        message.channel, message.to = channel, invitation.phone if channel == "sms" else invitation.email
        queued = _written(invitation, message)
        given, wire = wire_of(queued)
        assert "evil.example" not in wire
        assert hosts_in(wire) <= {BASE}
        assert len(given.sender) <= (11 if channel == "sms" else 40)
        assert not re.search(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", given.sender)
        if channel == "email":
            read = email.message_from_bytes(compose(given, MAIL_FROM).as_bytes(policy=policy.SMTP))
            assert set(read.keys()) <= SENT_HEADERS
            assert len(read.get_all("From")) == len(read.get_all("Subject")) == 1


SENT_HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
    *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
}


def _written(invitation: Invitation, message: Message) -> Message:
    from blikk.invitations.words import compose as write
    from blikk.invitations.words import sender_of

    words = write("invited", invitation, base_url=BASE, token="T" * 43, typed_code="0123456789")
    message.subject, message.body = words.subject, words.body
    message.sender = sender_of(invitation.clinic, message.channel)
    return message


@pytest.fixture
def in_memory():
    hour = b.a_booked_hour(channels=("sms", "email"))
    invitation = Invitation.objects.select_related("clinic", "appointment").get(pk=hour.invitation.pk)
    message = Message.objects.first()
    assert message is not None
    return invitation, message


def test_the_closed_list_is_what_is_sent_and_all_of_it():
    """A positive control: everything that should stand in an invitation does, and the rest is our own sentence."""
    hour = b.a_booked_hour(channels=("sms", "email"))
    for message in Message.objects.filter(kind="invited"):
        _given, wire = wire_of(message)
        for expected in ("Legekontoret", "24", "10:10", "55 55 01 00", f"{BASE}/m#", f"{BASE}/kode"):
            assert expected in wire, (message.channel, expected)
        for absent in ("Ola", "Hansen", "Nordmann", "Fjordgløtt", "1944", hour.appointment.public_id):
            assert absent not in wire.replace("ola.hansen@example.no", ""), (message.channel, absent)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_an_sms_in_our_languages_is_written_in_seven_bits(language):
    everything = everything_sent("Klinikk", "Kari", "Lege", "Ola", language)
    assert {message.channel for message in everything} == {"sms", "email"}
    for message in everything:
        assert fits_gsm(message.body), (message.kind, set(message.body) - set(string.printable))


@pytest.mark.parametrize(
    ("label", "own", "sent"),
    [
        ("Legekontoret", "", "Legekontore"),
        ("Legekontoret", "Legen", "Legen"),
        ("Ťest", "", "est"),
        ("Å & Ø", "", "Å & Ø"),
    ],
)
def test_an_sms_comes_from_at_most_eleven_signs_that_every_network_carries(label, own, sent):
    assert short_sender(b.a_clinic(sender_label=label, sms_sender=own)) == sent
