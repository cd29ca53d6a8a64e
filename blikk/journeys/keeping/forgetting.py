"""Deleting an hour, a place in a queue or a patient across all rooms, in the order of what leans on what."""

from collections.abc import Collection
from datetime import datetime

from blikk.audit.services import named
from blikk.audit.trimming import forget_words, tie
from blikk.clinics.models import Clinic
from blikk.consultations import keeping as consultations
from blikk.documentation import keeping as documentation
from blikk.invitations import keeping as invitations
from blikk.invitations.models import Invitation
from blikk.journeys.errors import SomethingIsLeft
from blikk.kernel.forgetting import Forgotten
from blikk.notifications import keeping as notifications
from blikk.patients import keeping as patients
from blikk.patients.models import Companion, Patient
from blikk.scheduling import keeping as scheduling
from blikk.scheduling.models import Appointment
from blikk.waiting_room import keeping as waiting_room
from blikk.writing import keeping as writing


def forget_visit(clinic: Clinic, appointment: Appointment, *, now: datetime) -> Forgotten:
    """Delete an hour with everything that was said and done about it. The caller holds the clinic's chain.

    Raises SomethingIsLeft where a message about it is under way.
    """
    gone = _forget([appointment.pk], invitations.keys_of([appointment.pk]), now)
    return _from(clinic, appointment.patient, gone, now=now)


def forget_place(clinic: Clinic, invitation: Invitation, *, now: datetime) -> Forgotten:
    """Delete a way into a queue that led to nothing, and those beside it, as `forget_visit` does."""
    gone = _forget([], sorted(invitations.with_those_beside({invitation.pk})), now)
    if invitation.patient is None:
        forget_words(clinic.pk, list(gone.names), gone)
        return gone
    return _from(clinic, invitation.patient, gone, now=now)


def forget_patient(clinic: Clinic, patient: Patient, *, now: datetime) -> Forgotten:
    """Delete a patient who has nothing left here, and with them who came along with nobody else."""
    gone, mine = Forgotten(), [patient.pk]
    along = list(Companion.objects.filter(agreements__patient=patient).distinct())
    invitations.forget_choices(mine, gone)
    invitations.forget_proofs(clinic, patients.phones_of(mine), gone)
    documentation.forget_patients_there(mine, gone)
    patients.forget_patients(mine, gone)
    for companion in along:
        forget_companion(companion, gone)
    _forget_messages(gone, now)
    tie(clinic.pk, gone.names, whose=named(patient), now=now)
    forget_words(clinic.pk, list(gone.names), gone)
    return gone


def forget_companion(companion: Companion, gone: Forgotten) -> None:
    """Delete somebody who came along, unless they do so with somebody still."""
    if not companion.agreements.exists() and not companion.invitations.exists():
        patients.forget_companions([companion.pk], gone)


def _forget(appointments: Collection[int], invited: Collection[int], now: datetime) -> Forgotten:
    talks, gone = consultations.keys_of(appointments), Forgotten()
    along = list(Companion.objects.filter(invitations__in=invited, agreements__isnull=True).distinct())
    writing.forget_cases(appointments, gone)
    documentation.forget_notes(talks, gone)
    documentation.forget_read_in(appointments, gone)
    consultations.forget_frames(invited, talks, gone)
    consultations.forget_conversations(talks, gone)
    waiting_room.forget_arrivals(appointments, invited, gone)
    invitations.forget_invitations(appointments, invited, gone)
    scheduling.forget_appointments(appointments, gone)
    for companion in along:
        forget_companion(companion, gone)
    _forget_messages(gone, now)
    return gone


def _forget_messages(gone: Forgotten, now: datetime) -> None:
    names = list(gone.names)
    if notifications.under_way_about(names, now=now):
        raise SomethingIsLeft
    notifications.forget_messages(names, gone)


def _from(clinic: Clinic, patient: Patient, gone: Forgotten, *, now: datetime) -> Forgotten:
    tie(clinic.pk, gone.names, whose=named(patient), now=now)
    forget_words(clinic.pk, list(gone.names), gone)
    patients.visits_gone([patient.pk], now=now)
    return gone
