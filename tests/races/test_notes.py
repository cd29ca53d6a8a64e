"""Two windows at one note: it is signed once, and of two corrections one stands."""

from functools import partial

import pytest

from blikk.documentation.models import NoteVersion
from blikk.journeys import closing
from blikk.kernel.errors import IllegalMove, Overtaken
from tests.documentation.test_close_out import After
from tests.races.racing import only_winner, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_note_is_signed_once():
    for _ in range(6):
        after = After()
        only_winner(race(after.sign, after.sign, after.sign), Overtaken, IllegalMove)
        assert NoteVersion.objects.filter(note__consultation=after.ended).count() == 1


def test_what_is_written_while_it_is_signed_is_in_it_or_refused():
    for _ in range(6):
        after = After()
        where = (after.hour.clinic, after.id)
        write = partial(closing.write_note, *where, free_text="Sist", version=1, **after.act, now=after.now)
        wrote, signed = race(write, after.sign)
        assert wrote.has_won != signed.has_won
        lost = wrote.refusal or signed.refusal
        assert isinstance(lost, Overtaken | IllegalMove)
        assert after.note().free_text == ("Sist" if wrote.has_won else "")


def test_of_two_corrections_of_the_same_version_one_stands():
    for _ in range(6):
        after = After()
        after.sign()
        where = (after.hour.clinic, after.id)

        def correct(text, where=where, after=after):
            act = {"reason": "Feil side", "number": 1, **after.act, "now": after.now}
            return closing.correct_note(*where, text=text, **act)

        won = only_winner(race(partial(correct, "Venstre"), partial(correct, "Høyre")), Overtaken)
        numbers = NoteVersion.objects.filter(note__consultation=after.ended).values_list("number", "text")
        assert dict(numbers) == {1: "Holdt på video.", 2: won.given.text}
