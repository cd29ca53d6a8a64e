"""A key that is taken out of the list takes nothing with it that `blikk keys renew` has been over."""

import pytest

from blikk.clinics.video import choose, key_for
from blikk.jobs import keys
from blikk.journeys import written
from blikk.kernel.sealing import Unreadable, unreadable_sealed
from blikk.writing.models import Draft, Photo
from blikk.writing.sealed import Written, asked_of, draft_of, picture_of, written_in
from tests.builders import NOW, staff
from tests.letters import a_jpeg, a_question, proven, put_up, send

pytestmark = pytest.mark.django_db
OLD, NEW = "old" * 16, "new" * 16


@pytest.fixture
def kept(settings):
    """One of each thing that is sealed, under the old key."""
    settings.BLIKK_FIELD_KEYS = [OLD]
    one = proven(a_question(words="Hvor lenge?"))
    photo = put_up(one, a_jpeg())
    send(one, "Siden lørdag", photos=[photo.public_id])
    written.keep_draft(one.id, one.device, Written("Og en ting til"), now=NOW)
    mine = {"kind": "whereby", "supplier": "Whereby", "key": "hemmelig"}
    choose(one.clinic, **mine, actor=staff(one.clinician), now=NOW)
    return one


def read(one) -> tuple[str, ...]:
    case = one.again()
    assert picture_of(Photo.objects.get()).startswith(b"\xff\xd8")
    words = written_in(case.messages.get()).text, draft_of(case).text, asked_of(case).words
    return (*words, key_for(one.clinic.pk, None))


SAID = ("Siden lørdag", "Og en ting til", "Hvor lenge?", "hemmelig")


def test_what_was_sealed_anew_outlives_the_key_that_sealed_it_first(kept, settings):
    settings.BLIKK_FIELD_KEYS = [NEW, OLD]
    assert read(kept) == SAID
    assert keys.renew() == 0
    settings.BLIKK_FIELD_KEYS = [NEW]
    assert read(kept) == SAID
    assert unreadable_sealed() == []


def test_without_that_it_is_lost_and_both_the_doctor_and_the_next_try_say_so(kept, settings, capsys):
    settings.BLIKK_FIELD_KEYS = [NEW]
    with pytest.raises(Unreadable):
        read(kept)
    assert unreadable_sealed() == [
        "clinics_videosolution.sealed_key",
        "writing.case.asked",
        "writing.draft",
        "writing.message",
        "writing.photo",
    ]
    assert keys.renew() == 1
    assert "put that key back first" in capsys.readouterr().err
    settings.BLIKK_FIELD_KEYS = [NEW, OLD]
    assert keys.renew() == 0
    assert read(kept) == SAID


def test_the_order_of_older_keys_means_nothing(kept, settings):
    settings.BLIKK_FIELD_KEYS = [NEW, "another" * 8, OLD]
    assert read(kept) == SAID
    settings.BLIKK_FIELD_KEYS = [NEW, OLD, "another" * 8]
    assert read(kept) == SAID
    assert Draft.objects.count() == 1
