"""Writing at the same moment: sent or closed but never both, one answer of two, one decision about a photo."""

from functools import partial

import pytest

from blikk.journeys import writing
from blikk.kernel.errors import IllegalMove, NotFound, Overtaken
from blikk.writing.errors import AlreadyRead, CaseClosed, UnreadMessage
from blikk.writing.models import Case
from blikk.writing.sealed import written_in
from tests import letters
from tests.letters import a_question, a_text_case, by_clinician, proven, put_up, send
from tests.races.racing import only_winner, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_patient_sends_while_the_clinician_closes_is_read_or_refused_and_never_lost():
    for _ in range(8):
        one = proven(a_text_case())
        close = partial(writing.close, one.clinic, one.id, version=one.again().version, **by_clinician(one))
        sent, closed = race(partial(send, one, "Vent, det er blitt verre"), close)
        case = Case.objects.get(pk=one.case.pk)
        if closed.has_won:
            assert isinstance(sent.refusal, CaseClosed)
            assert (case.status, case.messages.count()) == ("closed", 0)
        else:
            assert sent.has_won
            assert isinstance(closed.refusal, Overtaken | UnreadMessage)
            assert (case.status, case.messages.count()) == ("with_clinic", 1)


def test_an_answer_that_is_put_right_while_it_is_read_is_read_as_it_then_stands():
    for _ in range(8):
        one = proven(a_question())
        send(one, "Venstre")
        changed, _read = race(partial(send, one, "Høyre"), partial(letters.read, one))
        if not changed.has_won:
            assert isinstance(changed.refusal, AlreadyRead)
        said = written_in(one.case.messages.get()).text
        assert said == ("Høyre" if changed.has_won else "Venstre")


def test_of_two_pages_of_the_clinician_one_answers():
    one = proven(a_text_case())
    send(one, "Jeg hoster")
    letters.read(one)
    version = one.again().version
    answer = partial(writing.answer, one.clinic, one.id, version=version, **by_clinician(one))
    only_winner(race(partial(answer, text="Hvil."), partial(answer, text="Kom hit.")), Overtaken)
    assert one.case.messages.filter(writer="clinic").count() == 1


def test_a_photo_is_deleted_or_kept_and_not_both():
    for _ in range(6):
        one = proven(a_question())
        photo = put_up(one)
        send(one, photos=[photo.public_id])
        letters.read(one)
        decide = partial(writing.decide_photo, one.clinic, one.id, photo.public_id, **by_clinician(one))
        only_winner(
            race(partial(decide, keep=True), partial(decide, keep=False)), IllegalMove, Overtaken, NotFound
        )
        photo.refresh_from_db()
        assert (photo.status == "deleted") == (photo.sealed is None)
