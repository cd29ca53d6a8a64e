"""Every table of moves, walked from every state to every other."""

import itertools

import pytest

from blikk.consultations.states import CONSULTATION, ConsultationStatus
from blikk.documentation.states import NOTE, NoteStatus
from blikk.invitations.states import INVITATION, InvitationStatus
from blikk.kernel.errors import IllegalMove, Overtaken
from blikk.kernel.moves import change
from blikk.scheduling.states import APPOINTMENT, AppointmentStatus
from blikk.waiting_room.states import ARRIVAL, ArrivalStatus
from tests.builders import a_booked_hour

pytestmark = pytest.mark.django_db

TABLES = [
    (APPOINTMENT, AppointmentStatus),
    (INVITATION, InvitationStatus),
    (ARRIVAL, ArrivalStatus),
    (CONSULTATION, ConsultationStatus),
    (NOTE, NoteStatus),
]


@pytest.mark.parametrize(("table", "statuses"), TABLES)
def test_a_table_names_only_its_own_states(table, statuses):
    assert set(table.table) <= set(statuses)
    assert set().union(*table.table.values()) <= set(statuses)


@pytest.mark.parametrize(("current", "target"), list(itertools.product(AppointmentStatus, AppointmentStatus)))
def test_only_the_moves_in_the_table_can_be_made(current, target):
    appointment = a_booked_hour().appointment
    at = {"cancelled_at": appointment.starts_at} if current == AppointmentStatus.CANCELLED else {}
    type(appointment).objects.filter(pk=appointment.pk).update(status=current, **at)
    appointment.refresh_from_db()
    changes = {"cancelled_at": appointment.starts_at} if target == AppointmentStatus.CANCELLED else {}
    if APPOINTMENT.allows(current, target):
        APPOINTMENT.make(appointment, target, **changes)
        appointment.refresh_from_db()
        assert appointment.status == target
    else:
        with pytest.raises(IllegalMove):
            APPOINTMENT.make(appointment, target, **changes)


def test_these_moves_are_never_in_a_table():
    for ended in (AppointmentStatus.CANCELLED, AppointmentStatus.FULFILLED):
        assert not any(APPOINTMENT.allows(ended, other) for other in AppointmentStatus)
    # Who was noted as not having come can be noted so by mistake.
    after_no_show = {
        other for other in AppointmentStatus if APPOINTMENT.allows(AppointmentStatus.NO_SHOW, other)
    }
    assert after_no_show == {AppointmentStatus.BOOKED}
    for gone in (InvitationStatus.REVOKED, InvitationStatus.ENDED):
        assert not any(INVITATION.allows(gone, other) for other in InvitationStatus)
    assert not ARRIVAL.allows(ArrivalStatus.AT_THE_DOOR, ArrivalStatus.ADMITTED)
    assert not ARRIVAL.allows(ArrivalStatus.SETTLED, ArrivalStatus.ADMITTED)
    assert not ARRIVAL.allows(ArrivalStatus.LEFT, ArrivalStatus.WAITING)
    assert not CONSULTATION.allows(ConsultationStatus.ENDED, ConsultationStatus.OPEN)
    assert not any(CONSULTATION.allows(ConsultationStatus.CLOSED_OUT, other) for other in ConsultationStatus)
    assert not NOTE.allows(NoteStatus.SIGNED, NoteStatus.DRAFT)


def test_the_second_of_two_who_read_the_same_is_told():
    appointment = a_booked_hour().appointment
    stale = type(appointment).objects.get(pk=appointment.pk)
    APPOINTMENT.make(appointment, AppointmentStatus.ARRIVED)
    with pytest.raises(Overtaken):
        APPOINTMENT.make(stale, AppointmentStatus.NO_SHOW)
    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.ARRIVED


def test_what_a_person_saw_must_be_what_is_there():
    appointment = a_booked_hour().appointment
    change(appointment, starts_at=appointment.starts_at)
    with pytest.raises(Overtaken):
        APPOINTMENT.make(appointment, AppointmentStatus.ARRIVED, version=1)
    APPOINTMENT.make(appointment, AppointmentStatus.ARRIVED, version=2)
