"""The same person and two queues of one clinic: one place at a time, and nothing is lost on the way."""

import pytest

from blikk.invitations.models import Invitation
from blikk.journeys import door, queue
from blikk.journeys.errors import WaitsElsewhere
from blikk.kernel.errors import Invalid
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.waiting_room.errors import QueueFull
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import IN_QUEUE
from tests.builders import NOW, a_clinic, a_member, staff, token_in
from tests.queues import WHERE, an_opening, enter, prove, sit

pytestmark = pytest.mark.django_db
PHONE = "+4790000091"


@pytest.fixture
def queues():
    clinic = a_clinic()
    doctor = a_member(clinic)
    first = an_opening(clinic, name="Lege", clinicians=(doctor,))
    return first, an_opening(clinic, name="Sykepleier", clinicians=(doctor,), capacity=2)


def standing():
    rows = Arrival.objects.filter(status__in=IN_QUEUE).order_by("opening_id", "order")
    return [(row.opening.period.name, row.invitation.name) for row in rows]


def anne(opening, **more):
    return sit(enter(opening, "Anne Berg", phone=PHONE, **more))


def test_who_waits_in_another_queue_is_asked_and_loses_nothing_meanwhile(queues):
    lege, nurse = queues
    enter(lege, "Per Dahl")
    mine = anne(lege)
    browser = new_secret()
    with pytest.raises(WaitsElsewhere) as asked:
        enter(nurse, "Anne Berg", phone=PHONE, browser=browser)
    assert (asked.value.name, asked.value.place) == ("Lege", 2)
    assert mine.look().place == 2
    # The phone stays proven: the answer needs no new code.
    again = queue.enter(
        lege.clinic,
        nurse,
        given_name="Anne",
        family_name="Berg",
        birth_on=mine.invitation.patient.birth_on,
        phone=PHONE,
        already="keep",
        browser=browser,
        where=WHERE,
        now=NOW,
    )
    assert (again.view.invitation, again.view.place) == (mine.view.invitation, 2)
    assert standing() == [("Lege", "Per Dahl"), ("Lege", "Anne Berg")]


def test_who_moves_gives_up_one_place_for_the_other_and_the_same_link_leads_there(queues):
    lege, nurse = queues
    mine = anne(lege)
    enter(nurse, "Per Dahl")
    (message,) = [one for one in Message.objects.filter(kind="queued") if one.to == PHONE]
    moved = anne(nurse, already="move")
    assert moved.view.place == 2
    assert standing() == [("Sykepleier", "Per Dahl"), ("Sykepleier", "Anne Berg")]
    found = door.open_link(token_in(message), device_secret=mine.device, where=WHERE, now=NOW)
    assert (found.place, found.opening_name) == (2, "Sykepleier")
    assert Invitation.objects.filter(phone=PHONE).count() == 1
    # The page that stood in the first queue shows the new place too.
    assert mine.look().opening_name == "Sykepleier"


def test_where_the_other_queue_takes_nobody_the_place_is_kept(queues):
    lege, nurse = queues
    mine = anne(lege)
    for name in ("Per Dahl", "Kari Lie"):
        enter(nurse, name)
    with pytest.raises(QueueFull):
        anne(nurse, already="move")
    assert mine.look().place == 1


def test_who_has_left_one_queue_is_not_asked_and_the_old_link_cannot_make_a_second_place(queues):
    lege, nurse = queues
    mine = anne(lege)
    door.leave(mine.view.invitation, mine.device, where=WHERE, now=NOW)
    assert anne(nurse).view.place == 1
    door.arrive(mine.view.invitation, mine.device, where=WHERE, now=NOW)
    assert standing() == [("Sykepleier", "Anne Berg")]


def test_nobody_else_is_asked_because_somebody_waits(queues):
    lege, nurse = queues
    anne(lege)
    elsewhere = an_opening(a_clinic("Nabolaget"))
    for opening, name, phone in (
        (nurse, "Anne Berg", "+4790000002"),
        (nurse, "Anna Berg", PHONE),
        (elsewhere, "Anne Berg", PHONE),
    ):
        assert enter(opening, name, phone=phone).view.place
    assert len(standing()) == 4


def test_staff_cannot_give_somebody_two_places_in_one_queue(queues):
    lege, nurse = queues
    mine = anne(lege)
    # As it may stand in a database from before people were asked.
    patient = mine.invitation.patient
    twice = sit(enter(nurse, "Ane Berg", phone=PHONE))
    Invitation.objects.filter(pk=twice.invitation.pk).update(patient=patient)
    act = {"actor": staff(a_member(lege.clinic)), "now": NOW}
    with pytest.raises(Invalid) as refused:
        queue.transfer(lege.clinic, mine.arrival.public_id, opening_id=nurse.public_id, **act)
    assert refused.value.fields == {"opening": "stands_there"}
    assert len(standing()) == 2
    third = an_opening(lege.clinic, name="Psykolog")
    queue.transfer(lege.clinic, mine.arrival.public_id, opening_id=third.public_id, **act)
    assert ("Psykolog", "Anne Berg") in standing()


def test_a_transfer_by_staff_leaves_one_place_and_the_person_is_asked_there_too(queues):
    lege, nurse = queues
    mine = anne(lege)
    act = {"actor": staff(a_member(lege.clinic)), "now": NOW}
    queue.transfer(lege.clinic, mine.arrival.public_id, opening_id=nurse.public_id, **act)
    assert standing() == [("Sykepleier", "Anne Berg")]
    prove(lege.clinic, PHONE, mine.device)
    with pytest.raises(WaitsElsewhere) as asked:
        enter(lege, "Anne Berg", phone=PHONE)
    assert asked.value.name == "Sykepleier"
