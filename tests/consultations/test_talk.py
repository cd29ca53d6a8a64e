"""The conversation: who takes part, and that its end is the end for everybody."""

from datetime import timedelta

import pytest

from blikk.consultations.errors import Elsewhere, Over, RoomFull
from blikk.consultations.models import Consultation
from blikk.consultations.queries import get
from blikk.invitations.models import Invitation
from blikk.journeys import booking, door, talk
from blikk.journeys.errors import NotAtThisStep, TalkIsRunning
from blikk.kernel.errors import IllegalMove, NotFound
from blikk.waiting_room.models import Arrival
from tests.builders import NOW, a_booked_hour, a_clinic, a_member, admitted, staff
from tests.companions import come, invited

pytestmark = pytest.mark.django_db
WHERE = "192.0.2.7"


def companion(hour, name="Lise Hansen", phone="40000001"):
    """A companion who waits; gives the arrival and the device."""
    guest = come(invited(hour, name, phone).invitation)
    return guest.view, guest.device


def let_in(hour, view):
    return talk.admit(
        hour.clinic, view.arrival, membership=hour.clinician, actor=staff(hour.clinician), now=NOW
    )


def end(hour, consultation, member=None):
    member = member or hour.clinician
    return talk.end(hour.clinic, consultation, membership=member, actor=staff(member), now=NOW)


def test_admitting_opens_the_conversation_with_both_in_it():
    hour = a_booked_hour()
    consultation = get(hour.clinic, admitted(hour))
    assert [person.role for person in consultation.participants.all()] == ["clinician", "patient"]
    view = door.door_of(hour.invitation.public_id, hour.device, now=NOW)
    assert (view.step, view.consultation) == ("admitted", consultation.public_id)
    hour.appointment.refresh_from_db()
    assert hour.appointment.status == "arrived"


def test_four_take_part_and_the_fifth_is_refused():
    hour = a_booked_hour()
    consultation = admitted(hour)
    for number in (1, 2):
        view, _ = companion(hour, f"Pårørende {number}", f"4000000{number}")
        let_in(hour, view)
    fifth, _ = companion(hour, "Pårørende 3", "40000003")
    with pytest.raises(RoomFull):
        let_in(hour, fifth)
    assert Arrival.objects.get(public_id=fifth.arrival).status == "waiting"
    second = get(hour.clinic, consultation).participants.filter(role="relative").first()
    talk.send_out(
        hour.clinic,
        consultation,
        second.public_id,
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW,
    )
    let_in(hour, fifth)


def test_the_end_is_the_end_for_everybody():
    hour = a_booked_hour()
    consultation = admitted(hour)
    view, device = companion(hour)
    let_in(hour, view)
    late, late_device = companion(hour, "Sen Hansen", "40000002")
    ended = end(hour, consultation)
    assert ended.status == "ended"
    assert not Invitation.objects.filter(status="open").exists()
    for invitation, secret in (
        (hour.invitation.public_id, hour.device),
        (view.invitation, device),
        (late.invitation, late_device),
    ):
        assert door.door_of(invitation, secret, now=NOW).step == "ended"
        with pytest.raises((NotFound, NotAtThisStep)):
            talk.place_at_the_door(invitation, secret, now=NOW)
        with pytest.raises(NotAtThisStep):
            door.arrive(invitation, secret, where=WHERE, now=NOW)
    hour.appointment.refresh_from_db()
    assert hour.appointment.status == "fulfilled"
    assert Consultation.objects.get().note.status == "draft"


def test_nobody_sits_down_after_the_end():
    hour = a_booked_hour()
    consultation = admitted(hour)
    place = talk.place_at_the_door(hour.invitation.public_id, hour.device, now=NOW)
    seat = {"tab": "t", "epoch": "e", "move": False, "actor": staff(hour.clinician), "now": NOW}
    talk.sit_down(place, **seat)
    end(hour, consultation)
    with pytest.raises(Over):
        talk.sit_down(place, **seat)
    with pytest.raises(IllegalMove):
        end(hour, consultation)


def test_only_who_leads_it_can_end_it():
    hour = a_booked_hour()
    consultation = admitted(hour)
    colleague = a_member(hour.clinic, name="Per Lege")
    with pytest.raises(NotFound):
        end(hour, consultation, colleague)
    stranger = a_member(a_clinic("Nabolaget"))
    with pytest.raises(NotFound):
        talk.end(stranger.clinic, consultation, membership=stranger, actor=staff(stranger), now=NOW)
    end(hour, consultation)


def test_a_member_who_has_left_the_clinic_cannot_go_on():
    hour = a_booked_hour()
    consultation = admitted(hour)
    hour.clinician.ended_at = NOW
    hour.clinician.save()
    with pytest.raises(NotFound):
        end(hour, consultation)


def test_leaving_is_not_ending():
    hour = a_booked_hour()
    consultation = admitted(hour)
    place = talk.place_at_the_door(hour.invitation.public_id, hour.device, now=NOW)
    seat = {"tab": "t", "epoch": "e", "move": False, "actor": staff(hour.clinician), "now": NOW}
    talk.sit_down(place, **seat)
    talk.step_out(place, actor=staff(hour.clinician), now=NOW)
    assert get(hour.clinic, consultation).status == "open"
    assert talk.sit_down(place, **seat).seat == "t"


def test_another_tab_asks_before_it_takes_the_seat():
    hour = a_booked_hour()
    admitted(hour)
    place = talk.place_at_the_door(hour.invitation.public_id, hour.device, now=NOW)
    act = {"actor": staff(hour.clinician), "now": NOW}
    talk.sit_down(place, tab="one", epoch="1", move=False, **act)
    with pytest.raises(Elsewhere):
        talk.sit_down(place, tab="two", epoch="2", move=False, **act)
    assert talk.sit_down(place, tab="one", epoch="3", move=False, **act).epoch == "3"
    assert talk.sit_down(place, tab="two", epoch="2", move=True, **act).seat == "two"


def test_the_channel_that_was_used_is_kept():
    hour = a_booked_hour()
    consultation = admitted(hour)
    talk.change_channel(
        hour.clinic,
        consultation,
        channel="phone",
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW + timedelta(minutes=3),
    )
    changes = Consultation.objects.get().channel_changes.all()
    assert [change.channel for change in changes] == ["video", "phone"]


def test_an_hour_with_a_running_talk_is_not_cancelled():
    hour = a_booked_hour()
    admitted(hour)
    hour.appointment.refresh_from_db()
    with pytest.raises(TalkIsRunning):
        booking.cancel(
            hour.clinic,
            hour.appointment.public_id,
            version=hour.appointment.version,
            actor=staff(hour.clinician),
            now=NOW,
        )


def test_a_patient_who_waits_is_told_when_the_hour_is_cancelled():
    hour = a_booked_hour()
    proven_view = door.open_link(hour.token, device_secret=hour.device, where=WHERE, now=NOW)
    door.answer_birth_date(
        proven_view.invitation, hour.device, born=hour.patient.birth_on, where=WHERE, now=NOW
    )
    door.arrive(proven_view.invitation, hour.device, where=WHERE, now=NOW)
    hour.appointment.refresh_from_db()
    booking.cancel(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert door.door_of(proven_view.invitation, hour.device, now=NOW).step == "cancelled"
    assert Arrival.objects.get().status == "declined"
