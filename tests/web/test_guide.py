"""The patient's guide: plain words in every language, for each device, on pages and sheets, for everybody."""

import re
from itertools import pairwise

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests import builders
from tests.lix import lix, text_of
from tests.people import signed_in

pytestmark = pytest.mark.django_db

TRACKS = ("telefon", "maskin", "hjelper")
EASY = 35
HARD = (
    "Forutsetningen for videokonsultasjonens gjennomføring er at helsevirksomheten ivaretar "
    "informasjonssikkerhetskravene samt personvernlovgivningens bestemmelser vedrørende taushetsbelagte "
    "pasientopplysninger, herunder tilgangsbegrensning og autentisering."
)


def pages() -> list[str]:
    """Every page and sheet of the guide that everybody may read."""
    kinds = ("guide_track", "guide_sheet")
    return [reverse("guide"), reverse("holding"), *(reverse(k, args=[t]) for k in kinds for t in TRACKS)]


def read(path: str, language: str = "nb", client: Client | None = None) -> str:
    answer = (client or Client()).get(path, {"sprak": language})
    assert answer.status_code == 200, path
    assert answer["Content-Language"] == language
    return answer.content.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Du er her.", 3.0),
        ("Du er her. Vi kommer.", 2.5),
        ("Behandleren venter.", 2 + 50.0),
        ("Koble til\nLad telefonen", 2 + 25.0),
    ],
)
def test_lix_is_words_per_sentence_and_the_share_of_long_words(text, expected):
    assert lix(text) == pytest.approx(expected)


def test_a_text_without_words_has_no_readability():
    with pytest.raises(ValueError, match="without words"):
        lix("113.")


def test_a_hard_text_is_found_to_be_hard():
    assert lix(HARD) > 60
    assert lix(text_of(f"<main><p>{HARD}</p></main>")) > EASY


@pytest.mark.parametrize("path", ["guide", "holding", *TRACKS])
def test_the_guide_is_easy_to_read_in_bokmal(path):
    address = reverse(path) if path in {"guide", "holding"} else reverse("guide_track", args=[path])
    text = text_of(read(address))
    assert "Slik" in text or len(text.split()) > 100
    assert lix(text) <= EASY
    if path in TRACKS:
        assert lix(text_of(read(reverse("guide_sheet", args=[path])))) <= EASY


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_page_is_read_aloud_well(language):
    for path in pages():
        page = read(path, language)
        assert f'<html lang="{language}"' in page
        assert page.count("<h1") == 1
        assert "<table" not in page
        for code, name in (("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")):
            assert re.search(rf'lang="{code}"[^>]*>{name}<', page)
        abbreviations = re.findall(r"\b(?:f\.eks|bl\.a|osv|mv|ca|evt|tlf|e\.g|etc)\b\.?", text_of(page))
        assert not abbreviations
        levels = [int(level) for level in re.findall(r"<h(\d)", page)]
        assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("language", ["nn", "en"])
def test_no_line_of_the_guide_is_left_in_bokmal(language):
    for track in ("telefon", "maskin"):
        bokmal = re.findall(r"<li>([^<]+)</li>", read(reverse("guide_track", args=[track])))
        other = re.findall(r"<li>([^<]+)</li>", read(reverse("guide_track", args=[track]), language))
        assert len(bokmal) == len(other) > 20
        same = [one for one, two in zip(bokmal, other, strict=True) if one == two]
        assert len(same) <= (3 if language == "nn" else 0), same


def test_each_device_has_connecting_sound_light_privacy_and_companions():
    for track in ("telefon", "maskin"):
        page = read(reverse("guide_track", args=[track]))
        for key in ("connecting", "sound", "light", "privacy", "companions", "failing"):
            assert f'id="{key}"' in page
            assert f'href="#{key}"' in page


def test_the_clinics_guide_and_sheet_carry_its_phone_and_short_address():
    clinic = builders.a_clinic(is_public=True)
    address = f"{settings.BLIKK_BASE_URL.partition('://')[2]}/k/{clinic.slug}"
    page = Client().get(f"/k/{clinic.slug}/guide/telefon").content.decode()
    assert 'href="tel:+4755550100"' in page
    sheet = Client().get(f"/k/{clinic.slug}/guide/maskin/ark").content.decode()
    assert "55 55 01 00" in sheet
    assert address in sheet
    assert "/kode" in sheet
    assert Client().get(f"/k/{clinic.slug}").content.decode().count(f"/k/{clinic.slug}/guide/") == 2


def test_the_guide_of_a_clinic_without_a_page_is_its_own_only():
    member = builders.a_member(builders.a_clinic(), "secretary")
    assert Client().get(f"/k/{member.clinic.slug}/guide/telefon").status_code == 404
    sheet = signed_in(member).get("/hjelp/ark/telefon").content.decode()
    assert "55 55 01 00" in sheet
    assert f"/k/{member.clinic.slug}" not in sheet
    assert "/kode" in sheet


def test_a_guide_that_is_none_is_not_there():
    assert Client().get("/guide/nettbrett").status_code == 404
    assert Client().get("/guide/telefon").status_code == 200


def test_who_comes_from_the_waiting_room_is_told_that_it_is_still_open():
    assert 'data-test="still-waiting"' in Client().get("/guide/telefon", {"fra": "venterom"}).content.decode()
    assert 'data-test="still-waiting"' not in Client().get("/guide/telefon").content.decode()
