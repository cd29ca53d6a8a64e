"""The words on the screen: every language whole, every refusal in words, every SMS in the phones' own alphabet."""

import ast
import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import get_args

import polib
import pytest
import time_machine
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation

import blikk
from blikk.invitations.models import Invitation
from blikk.invitations.words import Kind, compose, preview
from blikk.kernel.errors import DomainError, Invalid
from blikk.web.forms import WORDS
from blikk.web.middleware import Errors
from tests import builders as b
from tests.people import signed_in

CODE = Path(blikk.__file__).parent
CATALOGUES = CODE / "locale"
TEMPLATES = CODE / "web" / "templates"
TRANSLATED = ("nn", "en")
LANGUAGES = ("nb", *TRANSLATED)

# What every phone has without help (GSM 03.38): one other sign and an SMS holds less than half as much.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_PARTS = 2 * 153
KINDS = get_args(Kind)

GENERAL = "Dette ble ikke gjort."


class _Shown(HTMLParser):
    """Collects what a page shows or reads aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in {"script", "style"}
        self.words += [value for name, value in attrs if value and name in {"aria-label", "title", "alt"}]

    def handle_endtag(self, tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code and data.strip():
            self.words.append(" ".join(data.split()))


def shown(page: str) -> list[str]:
    parser = _Shown()
    parser.feed(page)
    return parser.words


@cache
def catalogue(language: str) -> dict[str, str]:
    po = polib.pofile(str(CATALOGUES / language / "LC_MESSAGES" / "django.po"))
    # Words that mean something else elsewhere, such as digits, have a context and never stand alone on a page.
    return {entry.msgid: entry.msgstr for entry in po if not entry.msgid_plural and not entry.msgctxt}


def bokmal_left_on(page: str, language: str) -> list[str]:
    """Sentences that stand on a page in bokmål though the catalogue says them otherwise."""
    other = {msgid for msgid, said in catalogue(language).items() if said != msgid}
    others = set(catalogue(language).values())
    return [words for words in shown(page) if words in other - others]


def words_of_script(page: str) -> dict[str, str]:
    found = re.search(r'<script id="words" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    words: dict[str, str] = json.loads(found[1])
    return words


@pytest.fixture(autouse=True)
def _bokmal() -> Iterator[None]:
    """A page leaves its language behind in the thread; no test here begins or ends with another's."""
    with translation.override("nb"):
        yield


@pytest.fixture
def _clock(db: None) -> Iterator[None]:
    with time_machine.travel(b.NOW, tick=False):
        yield


def patient_page(language: str) -> str:
    clinic = b.a_clinic()
    hour = b.a_booked_hour(clinic, patient=b.a_patient(clinic, language=language))
    browser = Client()
    opened = browser.post(
        "/m/open",
        json.dumps({"token": hour.token}),
        content_type="application/json",
        headers={"Origin": settings.BLIKK_ORIGINS[0]},
    )
    assert opened.status_code == 200, opened.content
    return browser.get(opened.json()["to"]).content.decode()


def staff_page(language: str, address: str) -> str:
    """A page as a clinician sees it, or as the administrator where only they may."""
    hour = b.a_booked_hour()
    member = b.a_member(hour.clinic, "administrator") if address.startswith("/klinikk/") else hour.clinician
    member.user.language = language
    member.user.save()
    answer = signed_in(member).get(address.replace("APPOINTMENT", hour.appointment.public_id))
    assert answer.status_code == 200
    return answer.content.decode()


def sign_in_page(language: str) -> str:
    return Client().get("/inn/", headers={"Accept-Language": language}).content.decode()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nb", "Behandleren har fått beskjed om at du er her."),
        ("nn", "Behandlaren har fått beskjed om at du er her."),
        ("en", "The clinician has been told that you are here."),
    ],
)
@pytest.mark.usefixtures("_clock")
def test_the_patients_page_speaks_one_language(language, sentence):
    page = patient_page(language)
    assert f'<html lang="{language}"' in page
    assert sentence in shown(page)
    for other in set(TRANSLATED) - {language}:
        assert catalogue(other)["Behandleren har fått beskjed om at du er her."] not in shown(page)
    if language != "nb":
        assert bokmal_left_on(page, language) == []


@pytest.mark.usefixtures("_clock")
def test_bokmal_that_is_left_over_would_be_found():
    assert "Når er du født?" in bokmal_left_on(patient_page("nb"), "nn")
    assert "Når er du født?" in bokmal_left_on(patient_page("nb"), "en")


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.usefixtures("_clock")
def test_the_scripts_get_every_sentence(language):
    for page in (patient_page(language), staff_page(language, "/dag/")):
        words = words_of_script(page)
        assert words
        assert words == {msgid: catalogue(language)[msgid] for msgid in words}


@pytest.mark.parametrize(
    ("language", "sentence"), [("nb", "Logg inn med passnøkkel"), ("en", "Sign in with a passkey")]
)
def test_the_sign_in_page_speaks_the_browsers_language(db, language, sentence):
    page = sign_in_page(language)
    assert sentence in shown(page)
    if language != "nb":
        assert bokmal_left_on(page, language) == []


def test_the_sign_in_page_speaks_nynorsk(db):
    page = sign_in_page("nn")
    assert "Gløymt passordet, eller ny her?" in shown(page)
    assert bokmal_left_on(page, "nn") == []


STAFF_PAGES = (
    "/dag/",
    "/time/ny",
    "/time/APPOINTMENT",
    "/pasienter/",
    "/pasienter/ny",
    "/klinikk/",
    "/klinikk/ansatte/",
    "/klinikk/ansatte/ny",
    "/klinikk/logg",
    "/konto/bekreftelse",
)


@pytest.mark.parametrize("address", STAFF_PAGES)
@pytest.mark.parametrize("language", TRANSLATED)
def test_staff_pages_speak_the_persons_language(db, language, address):
    assert bokmal_left_on(staff_page(language, address), language) == []
    assert bokmal_left_on(staff_page("nb", address), language) != []


PASSWORDS = [
    ("kort", "kort", "Passordet er for kort. Bruk minst 12 tegn."),
    (
        "passordpassord",
        "noe-annet-helt",
        "De to passordene er ikke like. Skriv det nye passordet en gang til.",
    ),
    (f"{b.PASSWORD}x", f"{b.PASSWORD}x", ""),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("new", "again", "fault"), PASSWORDS)
def test_what_is_wrong_with_a_password_is_said_in_our_words(db, language, new, again, fault):
    member = b.a_member(b.a_clinic())
    member.user.language = language
    member.user.save()
    typed = {"oldpassword": b.PASSWORD, "password1": new, "password2": again}
    answer = signed_in(member).post("/konto/passord", typed)
    said = catalogue(language).get(fault, fault) if language != "nb" else fault
    assert (answer.status_code == 302) == (fault == "")
    assert fault == "" or said in html.unescape(answer.content.decode())


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(language):
    with translation.override(language):
        for msgid, said in catalogue(language).items():
            assert translation.gettext(msgid) == said


def messages_of(language: str) -> Iterator[str]:
    """Every kind of message, for every day and month there is."""
    hour = b.a_booked_hour()
    invitation = Invitation.objects.select_related("clinic", "appointment").get(pk=hour.invitation.pk)
    invitation.language = language
    for days in range(0, 366, 5):
        invitation.appointment.starts_at = datetime(2027, 1, 1, 9, tzinfo=UTC) + timedelta(days=days)
        for kind in KINDS:
            words = compose(
                kind,
                invitation,
                base_url="https://video.fjordglott.no",
                token="T-_" + "T" * 40,
                typed_code="0123456789",
                digits="123456",
            )
            yield words.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_sms_has_only_the_phones_own_signs_and_two_parts_at_most(db, language):
    for body in messages_of(language):
        assert set(body) <= GSM, set(body) - GSM
        assert len(body) <= TWO_PARTS, body


def test_other_signs_in_an_sms_would_be_found(db):
    shown_first = preview(
        b.a_clinic(), starts_at=b.NOW, language="nb", base_url="https://video.fjordglott.no"
    )
    assert "•" in set(shown_first.body) - GSM


def kinds_of_error(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for room in CODE.glob("*/errors.py"):
        import_module(f"blikk.{room.parent.name}.errors")
    for narrower in kind.__subclasses__():
        yield narrower
        yield from kinds_of_error(narrower)


CODES = sorted({kind.code for kind in kinds_of_error() if kind.__module__.startswith("blikk.")} - {"refused"})


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_words(code):
    sentences = (CODE.parent / "frontend" / "call" / "sentences.ts").read_text(encoding="utf-8")
    has_page = (TEMPLATES / "errors" / f"{code}.html").exists()
    assert has_page or code in WORDS or f'case "{code}":' in sentences


def codes_of_fields(path: Path) -> Iterator[str]:
    """What a source says is wrong with fields: Invalid(name="code"), and the same by way of a dictionary."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Invalid":
            values = [keyword.value for keyword in node.keywords]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            held = node.targets[0].value
            values = [node.value] if getattr(held, "id", "") in {"faults", "wrong"} else []
        elif isinstance(node, ast.DictComp):
            values = [node.value]
        else:
            continue
        yield from (v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str))


def test_every_fault_of_a_field_has_words():
    rooms = [path for path in CODE.rglob("*.py") if "web" not in path.parts and "jobs" not in path.parts]
    codes = {code for path in rooms for code in codes_of_fields(path)}
    assert {"taken", "not_a_phone", "missing", "unreadable"} <= codes
    assert codes - set(WORDS) == set()


def test_every_fault_of_what_a_patient_types_stands_beside_its_field():
    codes = set(codes_of_fields(CODE / "web" / "typed.py"))
    pages = "".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "patient").glob("*.html"))
    assert codes
    for code in codes | {"too_many_codes", "no_way_to_reach", "too_many", "network", "other"}:
        assert f'data-problem="{code}"' in pages


def answer_to(error: DomainError) -> str:
    request = RequestFactory().get("/dag/")
    answer = Errors(lambda _: None).process_exception(request, error)  # type: ignore[arg-type, return-value]
    assert answer is not None
    return html.unescape(answer.content.decode())


def test_an_error_page_says_what_the_room_meant():
    full = next(kind for kind in kinds_of_error() if kind.code == "room_full")
    assert str(WORDS["room_full"]) in answer_to(full())
    assert str(WORDS["no_way_to_reach"]) in answer_to(Invalid(channels="no_way_to_reach"))
    assert GENERAL not in answer_to(full())


def test_a_refusal_without_words_gets_the_general_ones():
    class Unheard(DomainError):
        code = "unheard_of"

    assert GENERAL in answer_to(Unheard())
