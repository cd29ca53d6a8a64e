"""The sheet for coming in person, the block about video, and tasks, as pages: words, drafts, and what is too late."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from blikk.journeys import booking, from_the_link
from blikk.scheduling.models import Appointment, Suitability, Task, Turn
from tests import builders as b
from tests.meetings import TOMORROW, meet, physical_hours
from tests.people import signed_in, with_app
from tests.timetables import an_opening

pytestmark = pytest.mark.django_db


def at_the_desk(hour: b.Hour, role: str = "clinician"):
    member = hour.clinician if role == "clinician" else b.a_member(hour.clinic, role, "Siri Skranke")
    with_app(member)
    return signed_in(member)


def sheet(hour: b.Hour) -> str:
    return reverse("in_person", args=[hour.appointment.public_id])


def typed(hour: b.Hour, **more) -> dict[str, object]:
    version = Appointment.objects.get(pk=hour.appointment.pk).version
    return {
        "reason": "samples",
        "words": "Kanarifugl",
        "version": version,
        "minutes": "20",
        "place": "day",
        **more,
    }


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: b.NOW)


def test_the_sheet_offers_the_physical_hours_and_one_is_settled_at_once():
    hour = b.a_booked_hour()
    physical_hours(hour.clinic, hour.clinician)
    desk = at_the_desk(hour, "secretary")
    page = text(desk.get(sheet(hour)))
    slots = re.findall(r'name="slots" value="([^"]+)"', page)
    assert len(slots) == 12
    answer = desk.post(sheet(hour), typed(hour, slots=[slots[0]]))
    assert answer.status_code == 302
    assert Appointment.objects.get().form == "in_person"
    assert "Innkalt til fysisk oppmøte: trenger prøver. Kanarifugl" in text(desk.get(answer["Location"]))


def test_nothing_typed_is_lost_when_another_changed_the_hour_meanwhile():
    hour = b.a_booked_hour()
    desk = at_the_desk(hour)
    asked = typed(hour, day=TOMORROW.isoformat(), at="10:00")
    booking.move(
        hour.clinic,
        hour.appointment.public_id,
        version=1,
        day=TOMORROW,
        at=b.NOW.time().replace(hour=14),
        minutes=20,
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )
    answer = desk.post(sheet(hour), asked)
    assert answer.status_code == 422
    page = text(answer)
    assert "Det du skrev, står her" in page
    assert "Kanarifugl" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    assert desk.post(sheet(hour), {**asked, "version": version[1]}).status_code == 302


def test_what_is_too_late_is_said_in_words_and_keeps_what_was_typed():
    hour = b.a_booked_hour()
    desk = at_the_desk(hour)
    booking.cancel(
        hour.clinic, hour.appointment.public_id, version=1, actor=b.staff(hour.clinician), now=b.NOW
    )
    answer = desk.post(sheet(hour), typed(hour, day=TOMORROW.isoformat(), at="10:00"))
    assert answer.status_code == 422
    assert "Timen er avlyst eller over" in text(answer)
    assert "Kanarifugl" in text(answer)
    assert not Turn.objects.exists()


def test_a_day_without_a_time_and_no_time_at_all_say_what_is_missing():
    hour = b.a_booked_hour()
    desk = at_the_desk(hour)
    assert "Velg minst én tid" in text(desk.post(sheet(hour), typed(hour)))
    assert "Fyll ut dette feltet" in text(desk.post(sheet(hour), typed(hour, day=TOMORROW.isoformat())))
    gone = typed(hour, slots=["202611250800-AAAAAAAAAAAAAAAAAAAAAA"])
    assert "Noen andre rakk å ta denne timen" in text(desk.post(sheet(hour), gone))


def test_a_secretary_is_told_that_a_conversation_runs():
    hour = b.a_booked_hour()
    b.admitted(hour)
    desk = at_the_desk(hour, "secretary")
    answer = desk.post(sheet(hour), typed(hour, day=TOMORROW.isoformat(), at="10:00"))
    assert answer.status_code == 422
    assert "Samtalen er i gang" in text(answer)


def test_the_wish_of_the_patient_is_the_reason_that_stands_there():
    hour = b.a_booked_hour()
    b.proven(hour)
    from_the_link.rather_in_person(hour.invitation.public_id, hour.device, where="", now=b.NOW)
    page = text(at_the_desk(hour).get(sheet(hour)))
    assert "Pasienten har bedt om å møte opp." in page
    assert re.search(r'value="wish"[^>]*checked', page)
    assert re.search(r'name="same_time"[^>]*checked', page)


def test_an_offer_is_shown_and_taken_back_and_a_visit_is_on_video_again():
    hour = b.a_booked_hour()
    desk = at_the_desk(hour)
    meet(hour, same_time=True)
    page = text(desk.get(reverse("appointment", args=[hour.appointment.public_id])))
    assert 'data-test="back-to-video"' in page
    version = Appointment.objects.get().version
    back = reverse("back_to_video", args=[hour.appointment.public_id])
    assert desk.post(back, {"version": version}).status_code == 302
    assert Appointment.objects.get().form == "video"


def test_points_are_ticked_by_everybody_and_judged_by_clinicians():
    hour = b.a_booked_hour()
    address = reverse("suitability", args=[hour.appointment.public_id])
    desk = at_the_desk(hour, "secretary")
    # A secretary's page has no such field, and what is sent all the same is not read.
    desk.post(address, {"passer-points": ["danger", "sick_note"], "passer-judgement": "video"})
    noted = Suitability.objects.get()
    assert (noted.points, noted.judgement) == (["danger", "sick_note"], "")
    page = text(desk.get(reverse("appointment", args=[hour.appointment.public_id])))
    assert "Kan være i fare. Haster det, ring 113" in page
    assert page.count("<li>Diagnosen er kjent.</li>") == 1
    assert "passer-judgement" not in page
    at_the_desk(hour).post(address, {"passer-points": ["danger"], "passer-judgement": "in_person"})
    assert Suitability.objects.order_by("-number").first().judgement == "in_person"  # type: ignore[union-attr]


def test_one_press_beside_the_conversation_answers_with_the_block():
    hour = b.a_booked_hour()
    consultation = b.admitted(hour)
    answer = at_the_desk(hour).post(reverse("video_right", args=[consultation]))
    assert answer.status_code == 200
    assert "Video passer (Kari Nordmann" in text(answer)
    assert Suitability.objects.get().place == "talk"


def test_a_task_is_set_given_on_done_and_undone():
    hour = b.a_booked_hour()
    colleague = b.a_member(hour.clinic, "clinician", "Kollega Lege")
    desk = at_the_desk(hour)
    new = reverse("task_new", args=[hour.appointment.public_id])
    wrong = desk.post(new, {"what": "", "holder": colleague.public_id, "due_on": TOMORROW.isoformat()})
    assert wrong.status_code == 422
    desk.post(
        new, {"what": "Hent prøvesvar", "holder": hour.clinician.public_id, "due_on": TOMORROW.isoformat()}
    )
    task = Task.objects.get()
    assert "Hent prøvesvar" in text(desk.get(reverse("day")))
    one = reverse("task", args=[task.public_id])
    desk.post(one, {"holder": colleague.public_id, "version": 1})
    task.refresh_from_db()
    assert task.holder == colleague
    assert desk.post(one, {"holder": hour.clinician.public_id, "version": 1})["Location"] == one
    done = reverse("task_done", args=[task.public_id])
    desk.post(done, {"version": 2})
    assert "Oppgaven er gjort." in text(desk.get(one))
    desk.post(done, {"version": 3, "undo": "1"})
    task.refresh_from_db()
    assert task.status == "open"


def test_the_patients_page_asks_and_takes_back_without_a_reason(client):
    hour = b.a_booked_hour()
    b.waiting(hour)
    client.cookies["blikk_device"] = hour.device
    address = reverse("patient_wish", args=[hour.invitation.public_id])
    ask = {"content_type": "application/json", "headers": {"Origin": settings.BLIKK_ORIGINS[0]}}
    for sent, wish in (({}, "in_person"), ({}, "in_person"), ({"back": True}, ""), ({}, "in_person")):
        door = client.post(address, sent, **ask).json()["door"]
        assert (door["step"], door["wish"]) == ("waiting", wish)


@pytest.mark.parametrize("page", ["self_booking", "drop_in"])
def test_who_books_or_queues_themselves_is_told_what_needs_a_visit_and_asked_nothing_about_illness(
    client, page
):
    clinic = b.a_clinic(is_public=True, allows_self_booking=True)
    an_opening(clinic)
    said = text(client.get(reverse(page, args=[clinic.slug])))
    assert "må gjøres ved oppmøte" in said
    assert reverse("clinic_page", args=[clinic.slug]) in said
    assert "passer-points" not in said
