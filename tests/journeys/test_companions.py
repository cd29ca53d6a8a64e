"""Those who come along: asked in, answered about by the patient, let in, asked to leave, and in the note."""

from datetime import date, timedelta

import pytest

from blikk.audit.models import Entry
from blikk.audit.queries import verify
from blikk.consultations.models import Participant
from blikk.invitations.models import Invitation
from blikk.journeys import along, booking, closing, companions, door, talk
from blikk.journeys.consent import standing_of, youth
from blikk.journeys.errors import EnoughInvited, NoConsent, NotAtThisStep, PatientFirst
from blikk.kernel.errors import Invalid, NotFound
from blikk.notifications.models import Message
from blikk.patients.agreements import end_agreement
from blikk.waiting_room.models import Arrival
from blikk.web.presenters.note_draft import drafted
from tests.builders import (
    NOW,
    Hour,
    a_booked_hour,
    a_clinic,
    a_member,
    a_patient,
    admitted,
    open_link,
    staff,
    waiting,
)
from tests.companions import WHERE, agreed, come, invited

pytestmark = pytest.mark.django_db


@pytest.fixture
def hour():
    return a_booked_hour()


def let_in(hour: Hour, arrival: str):
    return talk.admit(hour.clinic, arrival, membership=hour.clinician, actor=staff(hour.clinician), now=NOW)


def let_patient_in(hour: Hour) -> str:
    """The patient waits already."""
    return let_in(hour, Arrival.objects.get(invitation=hour.invitation).public_id).public_id


def says(hour: Hour, about: str, answer: str, *, device: str = ""):
    return along.answer(
        hour.invitation.public_id,
        device or hour.device,
        about=about,
        answer=answer,
        where=WHERE,
        now=NOW,
    )


def decide(hour: Hour, consultation: str, invitation: Invitation, answer: str, reason: str = ""):
    return companions.write_down(
        hour.clinic,
        consultation,
        invitation.public_id,
        answer=answer,
        reason=reason,
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW,
    )


def by_agreement(hour: Hour, agreement) -> Invitation:
    return companions.invite_agreed(
        hour.clinic,
        hour.appointment.public_id,
        agreement.public_id,
        actor=staff(hour.clinician),
        now=NOW,
    ).invitation


def test_who_comes_before_the_patient_waits(hour):
    guest = come(invited(hour).invitation)
    with pytest.raises(PatientFirst):
        let_in(hour, guest.arrival)
    assert Arrival.objects.get(public_id=guest.arrival).status == "waiting"
    admitted(hour)
    let_in(hour, guest.arrival)
    assert Participant.objects.filter(role="relative").count() == 1


def test_nobody_is_let_in_before_the_patient_has_said_yes(hour):
    guest = come(invited(hour, said_yes=False).invitation)
    view = waiting(hour)
    (asked,) = view.along
    assert (asked["name"], asked["role"], asked["answer"], asked["status"]) == (
        *("Liv Hansen", "relative", "", "waiting"),
    )
    let_patient_in(hour)
    with pytest.raises(NoConsent):
        let_in(hour, guest.arrival)
    assert says(hour, guest.invitation.public_id, "no").along[0]["answer"] == "no"
    with pytest.raises(NoConsent):
        let_in(hour, guest.arrival)
    says(hour, guest.invitation.public_id, "yes")
    let_in(hour, guest.arrival)
    assert Participant.objects.get(role="relative").consent_how == "patient"
    said = Entry.objects.filter(act__startswith="companion.", actor_kind="patient").order_by("pk")
    assert [one.act for one in said] == ["companion.kept_out", "companion.consented"]
    assert verify() == []


def test_after_being_let_in_the_answer_stands(hour):
    guest = come(invited(hour).invitation)
    admitted(hour)
    let_in(hour, guest.arrival)
    with pytest.raises(NotAtThisStep):
        says(hour, guest.invitation.public_id, "no")


def test_the_patient_alone_answers_and_only_about_their_own(hour):
    guest = come(invited(hour, said_yes=False).invitation)
    other = a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=a_patient(hour.clinic, "Per Vik"),
        starts_in=timedelta(minutes=40),
    )
    theirs = invited(other, "Randi Vik", "+4790000051", said_yes=False).invitation
    waiting(hour)
    for about in (theirs.public_id, hour.invitation.public_id, "AAAAAAAAAAAAAAAAAAAAAA"):
        with pytest.raises(NotFound):
            says(hour, about, "yes")
    with pytest.raises(NotFound):
        along.answer(
            guest.invitation.public_id,
            guest.device,
            about=guest.invitation.public_id,
            answer="yes",
            where=WHERE,
            now=NOW,
        )
    with pytest.raises(NotFound):
        says(hour, guest.invitation.public_id, "yes", device="somebody-elses")
    assert says(hour, guest.invitation.public_id, "yes").along[0]["answer"] == "yes"


def test_a_standing_agreement_says_yes_and_a_no_of_today_counts_more(hour):
    agreement = agreed(hour)
    guest = come(by_agreement(hour, agreement))
    assert waiting(hour).along[0]["is_agreed"]
    says(hour, guest.invitation.public_id, "no")
    let_patient_in(hour)
    with pytest.raises(NoConsent):
        let_in(hour, guest.arrival)
    says(hour, guest.invitation.public_id, "yes")
    let_in(hour, guest.arrival)


def test_an_ended_agreement_says_yes_to_nothing(hour):
    agreement = agreed(hour)
    guest = come(by_agreement(hour, agreement))
    admitted(hour)
    actor = staff(hour.clinician)
    end_agreement(hour.clinic, agreement.public_id, because="withdrawn", by="K", actor=actor, now=NOW)
    with pytest.raises(NoConsent):
        let_in(hour, guest.arrival)


def test_the_clinician_writes_down_a_yes_that_was_said(hour):
    guest = come(invited(hour, said_yes=False).invitation)
    consultation = admitted(hour)
    with pytest.raises(NotFound):
        companions.write_down(
            hour.clinic,
            consultation,
            guest.invitation.public_id,
            answer="oral",
            membership=a_member(hour.clinic, name="Anders Lunde"),
            actor=staff(hour.clinician),
            now=NOW,
        )
    decide(hour, consultation, guest.invitation, "oral")
    let_in(hour, guest.arrival)
    assert Participant.objects.get(role="relative").consent_how == "oral"
    other = a_booked_hour(hour.clinic, starts_in=timedelta(minutes=50))
    with pytest.raises(NotFound):
        decide(hour, consultation, invited(other, "A B", "+4790000061").invitation, "oral")


def test_the_same_person_is_not_asked_in_twice(hour):
    invited(hour)
    for name, phone in (("Liv Hansen", "+4790000032"), ("LIV  hansen", "90 00 00 32")):
        with pytest.raises(Invalid) as fault:
            invited(hour, name, phone)
        assert fault.value.fields == {"name": "already_invited"}
    invited(hour, "Lars Hansen", "+4790000032")
    assert Invitation.objects.filter(role="relative").count() == 2


def test_who_was_sent_out_comes_back_only_by_being_let_in(hour):
    guest = come(invited(hour).invitation)
    consultation = admitted(hour)
    let_in(hour, guest.arrival)
    place = talk.place_at_the_door(guest.invitation.public_id, guest.device, now=NOW)
    by = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
    talk.send_out(hour.clinic, consultation, place.public_id, **by)
    with pytest.raises(NotFound):
        talk.place_at_the_door(guest.invitation.public_id, guest.device, now=NOW)
    again = door.arrive(guest.invitation.public_id, guest.device, where=WHERE, now=NOW)
    assert again.step == "waiting"
    let_in(hour, again.arrival)
    talk.end(hour.clinic, consultation, **by)
    assert door.door_of(guest.invitation.public_id, guest.device, now=NOW).step == "ended"


def test_a_new_link_keeps_what_was_said_and_who_it_is(hour):
    first = invited(hour, "Zeynep Aydin", "+4790000031", role="interpreter").invitation
    again = booking.send_again(hour.clinic, first.public_id, actor=staff(hour.clinician), now=NOW)
    kept = Invitation.objects.get(pk=again.invitation.pk)
    assert (kept.consent, kept.consent_how) == ("yes", "oral")
    assert (kept.spoken, kept.qualification) == ("arabisk", "C")


def test_the_note_names_who_took_part_with_consent_and_an_interpreters_category(hour):
    come(invited(hour, "Zeynep Aydin", "+4790000031", role="interpreter").invitation)
    guest = come(by_agreement(hour, agreed(hour)))
    consultation = admitted(hour)
    for arrival in Arrival.objects.exclude(invitation__role="patient"):
        let_in(hour, arrival.public_id)
    assert guest.arrival
    held = closing.consultation_of(hour.clinic, consultation, membership=hour.clinician)
    note = drafted(closing.draft_of(held), "nb")
    assert (
        "Zeynep Aydin (tolk; arabisk, kategori C i Nasjonalt tolkeregister; pasienten sa ja muntlig" in note
    )
    assert "Liv Hansen (pårørende; fast avtale" in note
    taken = Entry.objects.filter(act="participant.taken_in").order_by("pk")
    assert any('"consent":"agreement"' in one.details for one in taken)


@pytest.fixture
def child():
    """A patient who is ten, thirteen or sixteen today."""

    def of(age: int) -> Hour:
        clinic = a_clinic()
        born = date(NOW.year - age, 1, 15)
        return a_booked_hour(clinic, patient=a_patient(clinic, "Sofie Lie", birth_on=born))

    return of


@pytest.mark.parametrize(
    ("age", "means"), [(0, "child"), (11, "child"), (12, "heard"), (15, "heard"), (16, "decides"), (18, "")]
)
def test_the_age_on_the_day_says_who_is_asked(age, means):
    born = date(2000, 6, 1)
    assert youth(born, date(2000 + age, 6, 1)) == means


def test_the_day_of_the_hour_counts_and_not_today():
    born = date(2010, 11, 25)
    assert youth(born, date(2026, 11, 24)) == "heard"
    assert youth(born, date(2026, 11, 25)) == "decides"


@pytest.mark.parametrize(("age", "answer"), [(10, "yes"), (13, "yes"), (16, "")])
def test_a_parents_agreement_says_yes_until_sixteen(child, age, answer):
    hour = child(age)
    invitation = by_agreement(hour, agreed(hour, "Hanne Lie", role="guardian", ground="parental"))
    whole = Invitation.objects.select_related("agreement").get(pk=invitation.pk)
    assert standing_of(whole, hour.patient, on=NOW.date()).answer == answer


def test_two_parents_have_an_agreement_and_a_link_each(child):
    hour = child(10)
    guests = [
        come(by_agreement(hour, agreed(hour, name, phone, role="guardian", ground="parental")))
        for name, phone in (("Hanne Lie", "+4790000033"), ("Morten Lie", "+4790000034"))
    ]
    admitted(hour)
    for guest in guests:
        let_in(hour, guest.arrival)
    kept = Participant.objects.filter(role="guardian")
    assert [(one.consent_how, one.consent_ground) for one in kept] == [("agreement", "parental")] * 2


def test_a_guardian_can_be_left_out_for_a_reason_that_is_not_in_the_note(child):
    hour = child(13)
    guest = come(by_agreement(hour, agreed(hour, "Hanne Lie", role="guardian", ground="parental")))
    consultation = admitted(hour)
    for reason in ("", "\u202e"):
        with pytest.raises(Invalid):
            decide(hour, consultation, guest.invitation, "out", reason)
    decide(hour, consultation, guest.invitation, "out", "Vil snakke om hjemme")
    with pytest.raises(NoConsent):
        let_in(hour, guest.arrival)
    with pytest.raises(NotAtThisStep):
        says(hour, guest.invitation.public_id, "yes")
    seen = door.door_of(guest.invitation.public_id, guest.device, now=NOW)
    assert seen.step == "waiting"
    assert "hjemme" not in str(seen.facts())
    held = closing.consultation_of(hour.clinic, consultation, membership=hour.clinician)
    assert "hjemme" not in drafted(closing.draft_of(held), "nb")
    assert not Entry.objects.filter(details__contains="hjemme").exists()
    decide(hour, consultation, guest.invitation, "ground", "parental")
    let_in(hour, guest.arrival)
    assert Participant.objects.get(role="guardian").consent_ground == "parental"


def test_another_ground_than_a_yes_is_for_guardians_alone(hour):
    guest = come(invited(hour, said_yes=False).invitation)
    consultation = admitted(hour)
    for answer, reason in (("ground", "appointed"), ("out", "fordi")):
        with pytest.raises(Invalid):
            decide(hour, consultation, guest.invitation, answer, reason)
    assert Invitation.objects.get(pk=guest.invitation.pk).consent == ""


def test_booking_takes_along_those_who_were_ticked(hour):
    chosen, left = agreed(hour), agreed(hour, "Lars Hansen", "+4790000071")
    asked = {
        "patient": hour.patient,
        "clinician": hour.clinician,
        "day": date(2026, 12, 1),
        "at": NOW.time(),
        "minutes": 20,
        "channels": ("sms",),
        "actor": staff(hour.clinician),
        "now": NOW,
    }
    booked = companions.book_with(hour.clinic, agreements=(chosen.public_id,), **asked)
    there = Invitation.objects.filter(appointment=booked.appointment).exclude(role="patient")
    assert [one.agreement for one in there] == [chosen]
    assert [
        one.public_id for one in companions.offered(hour.clinic, hour.patient, booked.appointment, now=NOW)
    ] == [left.public_id]
    other = a_booked_hour(a_clinic("Skogli"))
    asked["day"] = date(2026, 12, 2)
    with pytest.raises(NotFound):
        companions.book_with(hour.clinic, agreements=(agreed(other).public_id,), **asked)
    assert not Message.objects.filter(about__endswith="2026-12-02").exists()


def test_a_series_takes_along_only_while_the_agreement_holds(hour):
    until = date(2026, 12, 8)
    agreement = agreed(hour, until_on=until)
    made = companions.book_series_with(
        hour.clinic,
        patient=hour.patient,
        agreements=(agreement.public_id,),
        clinician=hour.clinician,
        day=date(2026, 12, 1),
        at=NOW.time(),
        minutes=20,
        every_weeks=1,
        count=3,
        channels=("sms",),
        actor=staff(hour.clinician),
        now=NOW,
    )
    asked = [one.invitations.exclude(role="patient").count() for one in made.appointments]
    assert asked == [1, 1, 0]


def test_an_agreement_without_a_verified_way_asks_nobody_in(hour):
    agreement = agreed(hour)
    agreement.companion.phone_state = "unverified"
    agreement.companion.save()
    with pytest.raises(Invalid) as fault:
        by_agreement(hour, agreement)
    assert fault.value.fields == {"phone": "no_way_to_reach"}


# Asked in by the patient


def asks_in(hour: Hour, name="Randi Hansen", phone="90 00 00 81", role="relative"):
    return along.ask_in(
        hour.invitation.public_id, hour.device, name=name, phone=phone, role=role, where=WHERE, now=NOW
    )


def test_a_patient_asks_somebody_in_and_that_is_a_yes(hour):
    waiting(hour)
    view = asks_in(hour)
    assert [(one["name"], one["answer"]) for one in view.along] == [("Randi Hansen", "yes")]
    invitation = Invitation.objects.get(role="relative")
    assert (invitation.consent_how, invitation.phone) == ("invited", "+4790000081")
    letter = Message.objects.get(about__endswith=invitation.public_id)
    assert "Randi" not in letter.body + letter.subject
    assert "Hansen" not in letter.body + letter.subject
    guest = come(invitation)
    with pytest.raises(PatientFirst):
        let_in(hour, guest.arrival)
    let_patient_in(hour)
    let_in(hour, guest.arrival)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"name": ""}, {"name": "missing"}),
        ({"name": "\u202e\x00"}, {"name": "missing"}),
        ({"name": "x" * 90}, {"name": "too_long"}),
        ({"phone": ""}, {"phone": "missing"}),
        ({"phone": "22 22 22 22"}, {"phone": "not_a_mobile"}),
        ({"phone": "abc"}, {"phone": "not_a_phone"}),
        ({"role": "interpreter"}, {"role": "unknown"}),
        ({"role": "patient"}, {"role": "unknown"}),
    ],
)
def test_what_a_patient_types_is_read_strictly(hour, typed, fields):
    waiting(hour)
    with pytest.raises(Invalid) as fault:
        asks_in(hour, **typed)
    assert fault.value.fields == fields
    assert not Invitation.objects.exclude(role="patient").exists()


def test_a_patient_asks_in_two_and_no_more(hour):
    open_link(hour)
    with pytest.raises(NotAtThisStep):
        asks_in(hour)
    waiting(hour)
    asks_in(hour)
    asks_in(hour, "Per Hansen", "90 00 00 82")
    with pytest.raises(EnoughInvited):
        asks_in(hour, "Pål Hansen", "90 00 00 83")
    invited(hour, "Pål Hansen", "+4790000083")
