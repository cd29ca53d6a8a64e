"""The card: edited by its clinician and by the administrator, with a picture that says nothing but a face."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from blikk.audit.models import Entry
from blikk.clinics.models import MemberPhoto, Membership
from tests.builders import a_clinic, a_member
from tests.kernel.test_pictures import made, with_place
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician() -> Membership:
    return a_member(a_clinic(), title="Lege")


def a_file(raw: bytes, name: str = "meg.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, content_type="image/jpeg")


def test_a_clinician_changes_their_own_card(clinician):
    typed = {"card": "1", "title": "Fastlege", "profession": "Lege", "hpr_number": "7654321"}
    client = signed_in(clinician)
    assert client.post("/konto/kort", typed).status_code == 302
    clinician.refresh_from_db()
    assert (clinician.title, clinician.profession, clinician.hpr_number) == ("Fastlege", "Lege", "7654321")
    assert clinician.role == "clinician"
    assert "7654321" in client.get("/konto/kort").content.decode()


def test_a_number_that_is_none_is_refused_and_what_was_typed_stays(clinician):
    answer = signed_in(clinician).post(
        "/konto/kort", {"card": "1", "title": "Overlege i medisin", "hpr_number": "12"}
    )
    assert answer.status_code == 422
    assert "sju til ni sifre" in answer.content.decode()
    assert "Overlege i medisin" in answer.content.decode()


def test_the_picture_is_made_small_and_loses_where_it_was_taken(clinician):
    client = signed_in(clinician)
    assert client.post("/konto/kort", {"photo": a_file(with_place())}).status_code == 302
    picture = Image.open(io.BytesIO(bytes(MemberPhoto.objects.get().picture)))
    assert picture.format == "JPEG"
    assert max(picture.size) <= 240
    assert not picture.getexif()
    assert "data:image/jpeg;base64," in client.get("/konto/kort").content.decode()
    assert Entry.objects.filter(act="member.photo_set").exists()
    assert client.post("/konto/kort", {"remove": "1"}).status_code == 302
    assert not MemberPhoto.objects.exists()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"MZ\x90\x00 et program", "ikke et bilde vi kan lese"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ikke et bilde vi kan lese"),
        (made("JPEG") + b"\0" * (12 * 1024 * 1024), "for stort"),
        (b"", "tom"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(clinician, raw, words):
    answer = signed_in(clinician).post("/konto/kort", {"photo": a_file(raw)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not MemberPhoto.objects.exists()


def test_the_administrator_sets_the_picture_of_a_member(clinician):
    boss = signed_in(a_member(clinician.clinic, "administrator"))
    address = f"/klinikk/ansatte/{clinician.public_id}"
    assert boss.post(f"{address}/bilde", {"photo": a_file(made("PNG"))}).status_code == 302
    assert MemberPhoto.objects.get().membership == clinician
    assert "data:image/jpeg;base64," in boss.get(address).content.decode()
    said = boss.post(f"{address}/bilde", {"photo": a_file(b"nei")}, follow=True).content.decode()
    assert "ikke et bilde vi kan lese" in said
    assert MemberPhoto.objects.count() == 1


def test_the_administrator_of_another_clinic_has_no_such_member(clinician):
    stranger = signed_in(a_member(a_clinic(), "administrator"))
    answer = stranger.post(f"/klinikk/ansatte/{clinician.public_id}/bilde", {"photo": a_file(made("PNG"))})
    assert answer.status_code == 404
    assert not MemberPhoto.objects.exists()
