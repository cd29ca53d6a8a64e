"""The pages for writing: what is shown to whom, what is refused, and that nothing typed goes away."""

import io
from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from PIL import Image

from blikk.config.bounds import LARGEST_PHOTO, bounded
from blikk.journeys import writing
from blikk.writing.models import Case, Photo
from blikk.writing.sealed import written_in
from tests import letters
from tests.builders import NOW, a_booked_hour, a_member, a_patient
from tests.letters import CANARY, a_jpeg, a_question, a_text_case, proven, put_up, send
from tests.people import signed_in
from tests.web.walk import ORIGIN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


def browser(one) -> Client:
    client = Client()
    client.cookies["blikk_device"] = one.device
    return client


def post(client: Client, name: str, *args: str, **content):
    return client.post(
        reverse(name, args=args), content, content_type="application/json", headers={"Origin": ORIGIN}
    )


def upload(client: Client, one, raw: bytes, origin: str = ORIGIN):
    path = reverse("written_put_up", args=[one.id])
    headers = {"Origin": origin, "Accept": "application/json"}
    return client.generic("POST", path, raw, "application/octet-stream", headers=headers)


def test_a_link_leads_to_the_question_who_it_is_and_names_nobody_before():
    one = a_question(words=CANARY)
    client = Client()
    told = client.post(
        "/s/open", {"token": one.token}, content_type="application/json", headers={"Origin": ORIGIN}
    )
    page = client.get(told.json()["to"])
    assert page.status_code == 200
    for hidden in (CANARY, one.patient.name, one.clinician.name, "Når begynte det"):
        assert hidden not in page.content.decode()
    wrong = client.post(told.json()["to"], {"birth_date": "01.01.1990"})
    assert wrong.status_code == 422
    right = client.post(told.json()["to"], {"birth_date": "17.05.1944"}, follow=True)
    assert CANARY in right.content.decode()
    assert "116117" in right.content.decode()


def test_an_unknown_link_and_a_link_into_a_room_are_the_same_here():
    hour = a_booked_hour()
    answers = {
        Client()
        .post("/s/open", {"token": token}, content_type="application/json", headers={"Origin": ORIGIN})
        .content
        for token in ("A" * 43, hour.token, "", "x")
    }
    assert len(answers) == 1


def test_a_typed_code_leads_to_the_case():
    one = a_question()
    told = Client().post("/kode", {"code": one.typed_code})
    assert told.headers["Location"] == reverse("written", args=[one.id])


def test_a_draft_is_there_after_a_reload_and_sending_takes_it():
    one = proven(a_question())
    client = browser(one)
    assert post(client, "written_draft", one.id, text="Jeg be", answers=["Lør"]).status_code == 200
    page = client.get(reverse("written", args=[one.id])).content.decode()
    assert "Jeg be" in page
    sent = post(client, "written_send", one.id, text="Jeg begynte", answers=["Lørdag"], photos=[])
    assert sent.json()["step"] == "sent"
    assert written_in(one.case.messages.get()).answers == ("Lørdag",)


def test_what_was_not_sent_is_refused_in_codes_that_the_page_has_words_for():
    one = proven(a_question())
    client = browser(one)
    empty = post(client, "written_send", one.id, text="", answers=[], photos=[])
    assert (empty.status_code, empty.json()["code"]) == (422, "invalid")
    letters.read(one)
    writing.close(one.clinic, one.id, version=one.again().version, **letters.by_clinician(one))
    closed = post(client, "written_send", one.id, text="Hei", answers=[], photos=[])
    assert (closed.status_code, closed.json()["code"]) == (409, "case_closed")
    assert post(client, "written_send", one.id, text=["x"], answers=1).status_code == 422


def test_a_photo_goes_up_and_comes_back_as_nothing_but_a_picture():
    one = proven(a_question())
    client = browser(one)
    up = upload(client, one, a_jpeg(place=True)).json()
    shown = client.get(up["href"])
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["Cache-Control"] == "no-store"
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert not picture.getexif()
    assert post(client, "written_take_away", one.id, up["id"]).status_code == 200
    assert client.get(up["href"]).status_code == 404
    assert not Photo.objects.filter(sealed__isnull=False).exists()


@pytest.mark.parametrize(
    ("raw", "code", "status"),
    [
        (b"", "not_a_picture", 409),
        (b"%PDF-1.7", "photo_is_pdf", 409),
        (b"\0\0\0\x18ftypheic", "photo_is_heic", 409),
        (b"\xff" * (10 * 1024 * 1024 + 1), "picture_too_heavy", 413),
    ],
)
def test_what_is_no_photo_is_refused_with_a_code(raw, code, status):
    one = proven(a_question())
    answer = upload(browser(one), one, raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert upload(browser(one), one, a_jpeg()).status_code == 200


def test_no_other_site_can_send_a_photo():
    one = proven(a_question())
    assert upload(browser(one), one, a_jpeg(), origin="https://evil.example").status_code == 403
    assert not Photo.objects.exists()


def came_through(*parts: bytes, told: int | None = None, path: str = "/s/x/bilde") -> tuple[int, int]:
    """The status of a body that comes in parts, and how many parts were taken."""
    taken, sent = 0, []

    async def pages(scope, receive, send) -> None:
        more = True
        while more:
            more = (await receive())["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": parts[taken - 1], "more_body": taken < len(parts)}

    async def send(message) -> None:
        sent.append(message)

    headers = [(b"content-length", str(told).encode())] if told is not None else []
    async_to_sync(bounded(pages))({"type": "http", "path": path, "headers": headers}, receive, send)
    return sent[0]["status"], taken


def test_a_body_is_counted_while_it_comes():
    mebibyte = b"x" * (1024 * 1024)
    assert came_through(*[mebibyte] * 10) == (200, 10)
    assert came_through(*[mebibyte] * 1000) == (413, 11)
    assert came_through(mebibyte, told=LARGEST_PHOTO + 1) == (413, 0)
    assert came_through(*[mebibyte] * 100, told=10) == (413, 11)
    assert came_through(*[mebibyte] * 100, path="/dag/")[0] == 413


def test_the_clinician_sees_that_something_came_and_reads_it_with_a_press():
    one = proven(a_question())
    client = signed_in(one.clinician)
    send(one, f"{CANARY} klør", photos=[put_up(one).public_id])
    day = client.get(reverse("day")).content.decode()
    assert "Ny melding" in day
    assert CANARY not in day
    path = reverse("case", args=[one.id])
    assert CANARY not in client.get(path).content.decode()
    read = client.post(reverse("case_read", args=[one.id]), follow=True).content.decode()
    assert f"{CANARY} klør" in read
    assert "Slett bildet" in read
    photo = one.case.photos.get()
    shown = client.get(reverse("case_photo", args=[one.id, photo.public_id]))
    assert shown.headers["Content-Type"] == "image/jpeg"
    client.post(reverse("case_decide", args=[one.id, photo.public_id]), {"decided": "delete"})
    assert "Bildet er slettet" in client.get(path).content.decode()


def test_the_desk_and_a_colleague_see_that_it_is_there_and_none_of_the_words():
    one = proven(a_text_case(words=f"{CANARY} først"))
    send(one, f"{CANARY} hoster", photos=[put_up(one).public_id])
    letters.read(one)
    photo = one.case.photos.get()
    for role in ("secretary", "clinician"):
        other = signed_in(a_member(one.clinic, role))
        page = other.get(reverse("case", args=[one.id])).content.decode()
        assert one.patient.name in page
        assert CANARY not in page
        assert one.patient.name in other.get(reverse("day") + "?hvem=alle").content.decode()
        assert other.get(reverse("case_photo", args=[one.id, photo.public_id])).status_code == 404
    mine = signed_in(one.clinician).get(reverse("case", args=[one.id])).content.decode()
    assert f"{CANARY} hoster" in mine


def test_an_answer_that_was_overtaken_stands_there_still():
    one = proven(a_text_case())
    send(one, "Jeg hoster")
    letters.read(one)
    client = signed_in(one.clinician)
    seen = one.again().version
    send(one, "Og har feber")
    letters.read(one)
    path = reverse("case_answer", args=[one.id])
    late = client.post(path, {"text": "Ta det med ro, ring om tre dager.", "version": seen})
    page = late.content.decode()
    assert late.status_code == 422
    assert "Ta det med ro, ring om tre dager." in page
    assert "Og har feber" in page
    assert f'name="version" value="{one.again().version}"' in page
    assert not Case.objects.get().messages.filter(writer="clinic").exists()


def test_closing_leads_to_the_close_out_or_says_what_is_left():
    one = proven(a_text_case())
    client = signed_in(one.clinician)
    send(one, "Jeg hoster", photos=[put_up(one).public_id])
    path = reverse("case_close", args=[one.id])
    unread = client.post(path, {"version": one.again().version})
    assert "ikke er lest" in unread.content.decode()
    letters.read(one)
    left = client.post(path, {"version": one.again().version})
    assert "slettes eller til journalen" in left.content.decode()
    photo = one.case.photos.get()
    client.post(reverse("case_decide", args=[one.id, photo.public_id]), {"decided": "record"})
    done = client.post(path, {"version": one.again().version}, follow=True)
    assert "Form: tekst" in done.content.decode()
    assert "1 bilde til journalen" in done.content.decode()
    assert "Kari Nordmann (behandler) og Ola Hansen (pasient)" in done.content.decode()
    assert "hoster" not in done.content.decode()


def test_a_running_consultation_in_writing_has_no_conversation_page():
    one = a_text_case()
    client = signed_in(one.clinician)
    consultation = one.case.appointment.consultation.public_id
    for name in ("conversation", "close_out"):
        answer = client.get(reverse(name, args=[consultation]), follow=True)
        assert answer.redirect_chain[-1][0] == reverse("case", args=[one.id])


def test_the_clinic_chooses_its_questions_and_when_it_answers():
    one = a_question()
    boss = signed_in(a_member(one.clinic, "administrator"))
    path = reverse("writing_rules")
    assert (
        boss.post(
            path, {"questions": "x\n" * 40 + "\n".join(map(str, range(20))), "answer_within_days": 5}
        ).status_code
        == 422
    )
    boss.post(path, {"questions": "Røyker du?\n\nRøyker du?", "answer_within_days": "5"})
    patient, later = a_patient(one.clinic, "Per Ås"), timedelta(hours=2)
    hour = a_booked_hour(one.clinic, clinician=one.clinician, patient=patient, starts_in=later)
    asked = signed_in(one.clinician).get(reverse("ask_for_more", args=[hour.appointment.public_id]))
    assert asked.content.decode().count("Røyker du?") == 1
    assert asked.content.decode().count("Når begynte det?") == 1


def test_the_day_asks_the_database_as_often_however_much_is_written(django_assert_max_num_queries):
    one = proven(a_question())
    client = signed_in(one.clinician)
    client.get(reverse("day"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(reverse("day_rows"))
    for number in range(5):
        other = proven(a_text_case(one.clinic, clinician=one.clinician, patient=one.patient))
        send(other, str(number))
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("day_rows"))
