"""The calendar file that goes with an e-mail to somebody who is invited."""

from datetime import datetime, timedelta

from blikk.calendars.files import Entry, Method, uid_of, write
from blikk.calendars.words import for_invited, place_of
from blikk.invitations.models import Invitation
from blikk.invitations.words import Kind, grouped
from blikk.scheduling.models import Appointment, Form

# What these messages say about the entry in the person's calendar; the others change nothing in it.
METHODS: dict[str, Method] = {
    "invited": "PUBLISH",
    "moved": "PUBLISH",
    "moved_to_other": "PUBLISH",
    "in_person": "PUBLISH",
    "meet": "PUBLISH",
    "meet_cancelled": "CANCEL",
    "cancelled": "CANCEL",
}
REMIND_BEFORE = timedelta(minutes=15)


def calendar_file(invitation: Invitation, kind: Kind, *, link: str, now: datetime) -> str:
    """Write the file for a message; empty where the message has none, or leads to a queue without an hour.

    The link is the one of the e-mail that carries the file (decision 0016); an hour that is no longer on video
    has none, and stays in the calendar without it.
    """
    appointment = invitation.appointment
    if kind not in METHODS or appointment is None:
        return ""
    clinic = invitation.clinic
    words = for_invited(
        sender=clinic.sender_label, phone=grouped(clinic.phone), link=link, language=invitation.language
    )
    entry = Entry(
        uid=uid_of(appointment.public_id, _person(invitation)),
        sequence=_sequence(appointment),
        stamp=now,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        summary=words.summary,
        description=words.description,
        link=link,
        place=place_of(clinic) if appointment.form == Form.IN_PERSON else "",
        remind_before=REMIND_BEFORE,
    )
    return write([entry], method=METHODS[kind])


def _person(invitation: Invitation) -> str:
    """Who it is, through every invitation that replaces another: a companion is known by name and mailbox."""
    if invitation.patient_id is not None and invitation.patient is not None:
        return invitation.patient.public_id
    return f"{invitation.role}\x1f{invitation.name}\x1f{invitation.email.lower()}"


def _sequence(appointment: Appointment) -> int:
    """Count up with every change of the hour and with every new link, so that the newest file wins."""
    return appointment.version + Invitation.objects.filter(appointment=appointment).count() - 2
