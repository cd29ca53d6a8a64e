"""Nothing that patients and clinicians write can be read in the database file or the data folder."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from blikk.journeys import written
from blikk.patients.models import Patient
from blikk.writing.sealed import Written
from tests import letters
from tests.builders import NOW
from tests.letters import CANARY, a_jpeg, a_question, a_text_case, proven, put_up, send

# In a picture, a stretch of one colour as a decoder of JPEG would find it: the head of every file that we make.
HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF"


def everything() -> bytes:
    """Every byte that is kept: the database file with its journal, the rows as they are, and the data folder."""
    found = [path.read_bytes() for path in Path(settings.BLIKK_DATA).rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row
                ]
    return b"\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_no_word_and_no_picture_can_be_read_at_rest():
    one = proven(a_question(words=f"{CANARY} spurt"))
    written.keep_draft(one.id, one.device, Written(f"{CANARY} utkast", (f"{CANARY} svar",)), now=NOW)
    photo = put_up(one, a_jpeg((900, 700), place=True))
    send(one, f"{CANARY} sendt", f"{CANARY} svart", photos=[photo.public_id])
    text = proven(
        a_text_case(one.clinic, clinician=one.clinician, patient=one.patient, words=f"{CANARY} først")
    )
    written.keep_draft(text.id, text.device, Written(f"{CANARY} mer"), now=NOW)
    send(text, f"{CANARY} hoster")
    letters.read(text)
    letters.answer(text, f"{CANARY} svarer")
    kept = everything()
    assert CANARY.encode() not in kept
    assert HEAD not in kept
    assert b"CanaryPhone" not in kept
    # The control: what is not sealed is found by the same search.
    Patient.objects.filter(pk=one.patient.pk).update(given_name=CANARY)
    assert CANARY.encode() in everything()


@pytest.mark.django_db(transaction=True)
def test_the_search_finds_a_picture_that_lies_open():
    path = Path(settings.BLIKK_DATA) / "open.jpg"
    path.write_bytes(letters.cleaned_for_test())
    try:
        assert HEAD in everything()
    finally:
        path.unlink()
