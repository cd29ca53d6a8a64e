"""After the end: the note, and that nothing is forgotten."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.documentation.models import Note
from blikk.journeys import closing, talk
from blikk.journeys.day import day_of
from blikk.journeys.errors import NoteNotSigned
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from tests.builders import NOW, a_booked_hour, a_member, admitted, staff

pytestmark = pytest.mark.django_db
DECISIONS = {"outcome": "completed", "follow_up": "none", "fee": "charged_elsewhere"}


class After:
    """An hour whose conversation has ended."""

    def __init__(self):
        self.hour = a_booked_hour()
        self.id = admitted(self.hour)
        self.act = {"membership": self.hour.clinician, "actor": staff(self.hour.clinician)}
        self.ended = talk.end(self.hour.clinic, self.id, **self.act, now=NOW + timedelta(minutes=15))
        self.now = NOW + timedelta(minutes=16)

    def note(self):
        return closing.note_of(self.hour.clinic, self.id, **self.act, now=self.now)

    def sign(self, version=1):
        return closing.sign_note(
            self.hour.clinic, self.id, version=version, drafted="Holdt på video.", **self.act, now=self.now
        )

    def close(self, version=None, **decisions):
        return closing.close_out(
            self.hour.clinic,
            self.id,
            version=version or self.ended.version,
            **{**DECISIONS, **decisions},
            **self.act,
            now=self.now,
        )


def test_the_draft_knows_what_happened():
    after = After()
    draft = closing.draft_of(after.ended)
    assert (draft.opened_at, draft.ended_at, draft.form) == (NOW, NOW + timedelta(minutes=15), "video")
    assert [(person.name, person.role) for person in draft.present] == [
        ("Kari Nordmann", "clinician"),
        ("Ola Hansen", "patient"),
    ]
    assert [used.channel for used in draft.channels] == ["video"]


def test_a_signed_note_holds_the_whole_text_and_never_changes():
    after = After()
    written = closing.write_note(
        after.hour.clinic, after.id, free_text="Bedre i kneet.", version=1, **after.act, now=after.now
    )
    note = after.sign(written.version)
    assert note.signed_text == "Holdt på video.\n\nBedre i kneet."
    with pytest.raises(IllegalMove):
        closing.write_note(
            after.hour.clinic, after.id, free_text="x", version=note.version, **after.act, now=after.now
        )
    with pytest.raises(IllegalMove):
        after.sign(note.version)


def test_words_written_in_another_window_are_not_overwritten():
    after = After()
    closing.write_note(after.hour.clinic, after.id, free_text="Først", version=1, **after.act, now=after.now)
    with pytest.raises(Overtaken):
        closing.write_note(after.hour.clinic, after.id, free_text="Så", version=1, **after.act, now=after.now)
    assert after.note().free_text == "Først"


def test_nothing_is_closed_before_the_note_is_signed_and_all_is_decided():
    after = After()
    with pytest.raises(NoteNotSigned):
        after.close()
    after.sign()
    with pytest.raises(Invalid) as refusal:
        after.close(fee="", outcome="whatever")
    assert refusal.value.fields == {"fee": "missing", "outcome": "missing"}
    assert after.close().status == "closed_out"
    with pytest.raises(IllegalMove):
        after.close(after.ended.version + 1)


def test_an_open_close_out_stays_on_the_day_page_until_it_is_done():
    after = After()
    tomorrow = NOW.date() + timedelta(days=1)

    def open_ones():
        day = day_of(after.hour.clinic, day=tomorrow, now=NOW + timedelta(days=1))
        return [left.consultation for left in day.close_outs]

    assert open_ones() == [after.id]
    after.sign()
    after.close()
    assert open_ones() == []


def test_the_note_is_the_clinicians_own():
    after = After()
    for role in ("clinician", "secretary", "administrator"):
        other = a_member(after.hour.clinic, role, name=f"Annen {role}")
        with pytest.raises(NotFound):
            closing.note_of(after.hour.clinic, after.id, membership=other, actor=staff(other), now=after.now)
    assert after.note().status == "draft"
    assert Entry.objects.filter(act="note.looked_at").count() == 1


def test_a_note_is_not_signed_while_people_talk():
    hour = a_booked_hour()
    consultation = admitted(hour)
    act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
    with pytest.raises(NoteNotSigned):
        closing.sign_note(hour.clinic, consultation, version=1, drafted="x", **act)


def test_the_words_are_not_readable_in_the_database(django_db_blocker):
    after = After()
    closing.write_note(
        after.hour.clinic, after.id, free_text="Kanarifugl", version=1, **after.act, now=after.now
    )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT free_text FROM documentation_note")
        assert "Kanarifugl" not in cursor.fetchone()[0]
    assert Note.objects.get().free_text == "Kanarifugl"
