"""The typed code at /kode, which works without script, and the pages for everybody."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from blikk.invitations.models import Device
from blikk.kernel.errors import Invalid
from blikk.web.typed import read_birth_date, read_digits
from tests import builders as b

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(b.NOW, tick=False):
        yield


@pytest.fixture
def hour(db: None) -> b.Hour:
    return b.a_booked_hour()


def spellings(code: str) -> list[str]:
    return [
        code,
        code.lower(),
        f"  {code[:5]} {code[5:]} ",
        f"{code[:5]}-{code[5:]}",
        code.replace("0", "o").replace("1", "l"),
        code.replace("0", "O").replace("1", "i"),
    ]


def test_the_code_leads_to_the_same_page_as_the_link(hour):
    for typed in spellings(hour.typed_code):
        browser = Client()
        answer = browser.post("/kode", {"code": typed})
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/m/{hour.invitation.public_id}"
        assert browser.get(answer.headers["Location"]).status_code == 200


def test_a_wrong_code_keeps_what_was_typed_and_says_so_beside_the_field(hour):
    answer = Client().post("/kode", {"code": "<b>ABCDE"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="&lt;b&gt;ABCDE"' in page
    assert "Koden stemmer ikke" in page
    assert 'aria-invalid="true"' in page


def test_unknown_and_malformed_codes_get_one_answer(hour):
    pages = [Client().post("/kode", {"code": typed}) for typed in ("0000000000", "UUUUUUUUUU", "000", "æøå")]
    texts = {
        page.content.decode()
        .replace(f'value="{typed}"', "")
        .split("</head>")[1]
        .split("csrfmiddlewaretoken")[0]
        for page, typed in zip(pages, ("0000000000", "UUUUUUUUUU", "000", "æøå"), strict=True)
    }
    assert {page.status_code for page in pages} == {422}
    assert len(texts) == 1


def test_an_empty_code_is_no_try(hour):
    for _ in range(50):
        answer = Client().post("/kode", {"code": "  "})
    assert answer.status_code == 422
    assert "Skriv koden som står i meldingen" in answer.content.decode()
    assert Client().post("/kode", {"code": hour.typed_code}).status_code == 302


def test_guessing_is_limited_per_address(hour):
    guesser = Client(REMOTE_ADDR="192.0.2.50")
    answers = [guesser.post("/kode", {"code": f"{number:010}"}).status_code for number in range(21)]
    assert answers == [422] * 20 + [429]
    assert guesser.post("/kode", {"code": hour.typed_code}).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.51").post("/kode", {"code": hour.typed_code}).status_code == 302
    with time_machine.travel(b.NOW + timedelta(minutes=10), tick=False):
        assert guesser.post("/kode", {"code": hour.typed_code}).status_code == 302


def test_guessing_is_limited_overall(hour, monkeypatch):
    monkeypatch.setattr("blikk.web.public.TRIES_IN_ALL", 4)
    answers = [
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/kode", {"code": "0000000000"}).status_code
        for number in range(5)
    ]
    assert answers == [422] * 4 + [429]


def test_the_form_is_protected_against_foreign_pages(hour):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/kode", {"code": hour.typed_code}).status_code == 403
    page = browser.get("/kode").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = browser.post("/kode", {"code": hour.typed_code, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302


def test_looking_at_the_form_opens_nothing(hour):
    for path in ("/kode", "/", "/m"):
        assert Client().get(path).status_code == 200
        assert Client().head(path).status_code == 200
    assert Device.objects.count() == 0


def test_it_says_that_it_is_alive_and_ready(db):
    assert Client().get("/healthz").content == b"ok\n"
    assert Client().get("/readyz").content == b"ok\n"


@pytest.mark.parametrize(
    "typed",
    [
        "05111944",
        "05.11.1944",
        "5.11.1944",
        "5/11-1944",
        "05 11 1944",
        " 05111944 ",
        "051144",
        "5.11.44",
        "1944-11-05",
        "5. november 1944",
        "5 nov 44",
        "5 November 1944",
    ],
)
def test_a_birth_date_is_read_as_it_is_meant(typed):
    assert read_birth_date(typed, today=TODAY) == date(1944, 11, 5)


@pytest.mark.parametrize("typed", ["24.11.2026", "01012020", "29.02.2024"])
def test_children_have_birth_dates_too(typed):
    assert read_birth_date(typed, today=TODAY).year >= 2020


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (None, "empty"),
        (["05111944"], "empty"),
        ("25.11.2026", "malformed"),
        ("01.01.1900", "malformed"),
        ("01.13.1944", "malformed"),
        ("30.02.1944", "malformed"),
        ("010105", "malformed"),
        ("01014412345", "malformed"),
        ("1944", "malformed"),
        ("05111944; drop", "malformed"),
        ("٠٥١١١٩٤٤", "malformed"),
        ("5 foo 1944", "malformed"),
    ],
)
def test_what_is_no_birth_date_is_refused_by_name(typed, code):
    with pytest.raises(Invalid) as caught:
        read_birth_date(typed, today=TODAY)
    assert caught.value.fields == {"birth_date": code}


def test_six_digits_are_read_however_they_are_spaced():
    assert read_digits("123 456") == read_digits("123-456") == read_digits(" 123456 ") == "123456"
    for typed in ("12345", "1234567", "١٢٣٤٥٦", "abcdef", None):
        with pytest.raises(Invalid):
            read_digits(typed)


def test_a_browser_without_script_is_shown_the_way_by_code():
    page = Client().get("/m").content.decode()
    without_script = page.split("<body")[1].split("<noscript>")[1].split("</noscript>")[0]
    assert 'href="/kode"' in without_script
