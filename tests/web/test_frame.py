"""The frame on the pages: lights for who may see them, the panel, and the clinic's own questions."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.consultations import frame_lights
from blikk.consultations.models import Consultation, FrameCheck, OwnQuestion
from blikk.journeys import closing
from blikk.web.presenters.note_draft import drafted
from tests import builders, queues
from tests.builders import NOW, a_booked_hour, a_member
from tests.companions import come, invited
from tests.frames import all_well, confirm, let_in, met_before, own_side, say, tick
from tests.people import signed_in
from tests.web.walk import ORIGIN, with_device

pytestmark = pytest.mark.django_db
ALERT = "kan ikke snakke fritt"


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hour():
    made = a_booked_hour()
    builders.waiting(made)
    return made


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(client: Client, address: str, **body: object):
    return client.post(address, json.dumps(body), content_type="application/json", headers={"Origin": ORIGIN})


def test_the_clinician_sees_what_must_be_known_and_the_secretary_that_it_is_red(hour):
    all_well(hour, company="c")
    secretary = signed_in(a_member(hour.clinic, "secretary"))
    for address in ("/dag/?hvem=alle", "/skranke/"):
        seen = page(secretary, address)
        assert "Må avklares: Andre der" in seen
        assert ALERT not in seen
        assert "ja- og nei" not in seen
    assert ALERT in page(signed_in(hour.clinician), "/dag/")
    # The columns of the desk are for everybody's eyes.
    assert ALERT not in page(signed_in(hour.clinician), "/skranke/")


def test_who_waits_in_a_queue_has_lights_too():
    clinic = builders.a_clinic()
    clinician = a_member(clinic)
    opening = queues.an_opening(clinic, clinicians=(clinician,), now=NOW)
    guest = queues.sit(queues.enter(opening, "Ola Hansen"))
    device = Client()
    device.cookies["blikk_device"] = guest.device
    answer = post(
        device,
        reverse("patient_frame", args=[guest.invitation.public_id]),
        question="company",
        answer="c",
    )
    assert answer.json()["door"]["frame"]["answered"] == ["company"]
    assert ALERT in page(signed_in(clinician), "/dag/")


def test_the_day_asks_the_database_as_often_for_many_as_for_one():
    from django.db import connection

    clinic = builders.a_clinic()
    clinician = a_member(clinic)
    counts = []
    client = signed_in(clinician)
    for number in range(3):
        made = a_booked_hour(
            clinic,
            clinician=clinician,
            patient=builders.a_patient(clinic, f"Pasient {'ABC'[number]}"),
            starts_in=timedelta(minutes=1 + 25 * number),
        )
        builders.waiting(made, now=made.appointment.starts_at - timedelta(minutes=5))
        all_well(made, now=made.appointment.starts_at - timedelta(minutes=5))
        page(client, "/dag/")
        with CaptureQueriesContext(connection) as asked:
            page(client, "/dag/")
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_the_patients_page_answers_the_same_whatever_was_answered(hour):
    device, address = with_device(hour), reverse("patient_frame", args=[hour.invitation.public_id])
    answers = [post(device, address, question="company", answer=letter).content for letter in "abcd"]
    assert len(set(answers)) == 1
    assert post(device, address, question="company", answer="z").status_code == 422
    assert post(Client(), address, question="company", answer="a").status_code == 404
    shown = page(device, f"/m/{hour.invitation.public_id}")
    assert '"answered": ["company"]' in shown
    assert "unfree" not in shown


def test_the_questions_come_in_the_patients_language_and_say_nothing_of_what_an_answer_means(hour):
    address = reverse("patient_questions", args=[hour.invitation.public_id])
    found = with_device(hour).get(address).json()
    assert [one["name"] for one in found["questions"]] == [
        "place",
        "sound",
        "safe",
        "company",
        "overheard",
        "worse",
    ]
    said = json.dumps(found).lower()
    assert [word for word in ("danger", "unfree", "unsafe", "alert", "varsel") if word in said] == []
    hour.invitation.language = "en"
    hour.invitation.save(update_fields=["language"])
    assert "Are you safe and undisturbed?" in json.dumps(with_device(hour).get(address).json())


def test_who_comes_along_has_no_questions(hour):
    companion = come(invited(hour).invitation)
    device = Client()
    device.cookies["blikk_device"] = companion.device
    name = companion.invitation.public_id
    assert device.get(reverse("patient_questions", args=[name])).status_code == 404
    assert (
        post(device, reverse("patient_frame", args=[name]), question="place", answer="a").status_code == 404
    )
    assert 'id="questions"' not in page(device, f"/m/{name}")
    assert 'id="questions"' in page(with_device(hour), f"/m/{hour.invitation.public_id}")


def test_the_panel_asks_only_what_is_open_and_the_key_confirms(hour):
    met_before(hour)
    all_well(hour, place="b")
    consultation = let_in(hour)
    client = signed_in(hour.clinician)
    beside = page(client, reverse("conversation_side", args=[consultation]))
    assert beside.count('data-test="frame-ask"') == 1
    assert "Sitter du et sted der vi kan snakke i ro?" in beside
    assert "Ikke bekreftet ennå." in beside
    confirm = reverse("confirm_frame", args=[consultation])
    first = client.post(confirm)
    assert first.status_code == 422
    assert "Si først at din egen side er i orden." in first.content.decode()
    client.post(reverse("own_side"), {"ok": "yes", "consultation": consultation})
    client.post(reverse("frame_tick", args=[consultation]), {"question": "place", "value": "ok"})
    assert "Rammen er bekreftet" in client.post(confirm).content.decode()
    assert Consultation.objects.get(public_id=consultation).status == "confirmed"


def test_a_reason_that_was_typed_is_kept_when_something_else_is_left(hour):
    met_before(hour)
    consultation = let_in(hour)
    client = signed_in(hour.clinician)
    refused = client.post(reverse("confirm_frame", args=[consultation]), {"exception": "Haster"})
    assert 'value="Haster"' in refused.content.decode()
    own_side(hour)
    client.post(reverse("confirm_frame", args=[consultation]), {"exception": "Haster"})
    assert FrameCheck.objects.get().exception == "Haster"


def test_the_panel_tells_of_another_who_waits(hour):
    consultation = let_in(hour)
    other = a_booked_hour(
        hour.clinic,
        clinician=hour.clinician,
        patient=builders.a_patient(hour.clinic, "Eva Moe"),
        starts_in=timedelta(minutes=35),
    )
    builders.waiting(other, now=NOW + timedelta(minutes=20))
    client = signed_in(hour.clinician)
    assert "frame-others" not in page(client, reverse("frame", args=[consultation]))
    say(other, "safe", "c", now=NOW + timedelta(minutes=20))
    assert "Eva Moe venter" in page(client, reverse("frame", args=[consultation]))


def test_the_log_shows_nobody_what_was_answered(hour):
    all_well(hour, company="c", safe="c", worse="c")
    administrator = signed_in(a_member(hour.clinic, "administrator"))
    shown = page(administrator, "/klinikk/logg")
    assert shown.count("Svarte på et kontrollspørsmål") >= 6
    for telling in ("unfree", "unsafe", "danger", ALERT):
        assert telling not in shown
    details = set(Entry.objects.filter(act="frame.answered").values_list("details", flat=True))
    assert all(set(json.loads(one)) == {"question"} for one in details)


def test_an_administrator_adds_changes_orders_and_silences_questions(hour):
    client = signed_in(a_member(hour.clinic, "administrator"))
    new = reverse("question_new")
    client.post(new, {"words": "Har du spist?", "worry": "no", "is_on": "on"})
    client.post(new, {"words": "Har du målt blodtrykket?", "worry": "no", "is_on": "on"})
    first, second = OwnQuestion.objects.order_by("pk")
    client.post(reverse("question_up", args=[second.series]))
    assert next(one.words for one in frame_lights.asked_now(hour.clinic)) == "Har du målt blodtrykket?"
    client.post(reverse("question", args=[first.series]), {"words": "Er du fastende?", "worry": "no"})
    assert [one.words for one in frame_lights.asked_now(hour.clinic)] == ["Har du målt blodtrykket?"]
    assert OwnQuestion.objects.filter(series=first.series).count() == 2
    found = with_device(hour).get(reverse("patient_questions", args=[hour.invitation.public_id])).json()
    assert found["questions"][-1]["words"] == "Har du målt blodtrykket?"
    assert client.post(new, {"words": "", "worry": "no"}).status_code == 422
    for number in range(4):
        client.post(new, {"words": f"Spørsmål {number}?", "worry": "yes", "is_on": "on"})
    assert (
        "seks egne spørsmål allerede"
        in client.post(new, {"words": "Ett til?", "worry": "no"}).content.decode()
    )


def test_another_clinics_questions_are_not_there(hour):
    asked = signed_in(a_member(hour.clinic, "administrator"))
    asked.post(reverse("question_new"), {"words": "Har du spist?", "worry": "no", "is_on": "on"})
    series = OwnQuestion.objects.get().series
    stranger = signed_in(a_member(builders.a_clinic("Skogli"), "administrator"))
    assert stranger.get(reverse("question", args=[series])).status_code == 404
    assert "Har du spist?" not in page(stranger, reverse("questions"))
    assert "Har du spist?" in page(asked, reverse("questions"))


def test_the_note_says_what_matters_and_nothing_that_was_told_in_confidence(hour):
    soon = NOW + timedelta(minutes=1)
    met_before(hour)
    all_well(hour, overheard="c", company="c", safe="c")
    consultation = let_in(hour)
    own_side(hour)
    for question in ("overheard", "company", "safe"):
        tick(hour, consultation, question, now=soon)
    confirm(hour, consultation, now=soon)
    note = drafted(closing.draft_of(Consultation.objects.get(public_id=consultation)), "nb")
    assert "Kan noen uvedkommende se eller høre oss? ja, avklart" in note
    assert "Rammen bekreftet kl. 10:01 av Kari Nordmann." in note
    for hidden in ("ja- og nei", "trygg", "rommet"):
        assert hidden not in note
