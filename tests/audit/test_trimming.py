"""The record without its oldest entries: it proves itself from the anchor on, and a false anchor is found."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from blikk.audit import guards, trimming
from blikk.audit.models import Anchor, Entry, Head, Words
from blikk.audit.queries import beginnings, entries_of, names_tied_to, verify
from blikk.audit.services import export_heads, record
from blikk.kernel.actors import Actor
from blikk.kernel.forgetting import Forgotten
from tests.audit.test_record import NOW, kinds, sql, unguarded, write

pytestmark = pytest.mark.django_db
__all__ = ["unguarded"]
LATER = NOW + timedelta(days=800)


def trimmed(count: int, *, of: int = 5, clinic_id: int | None = 7) -> int:
    write(of, clinic_id=clinic_id)
    before = NOW + timedelta(seconds=count)
    trimming.anchor(clinic_id, before=before, now=LATER)
    return trimming.let_go(clinic_id, before=before)


def test_the_oldest_go_and_the_rest_proves_itself_from_there():
    assert trimmed(3) == 3
    assert [line.number for line in entries_of(7)] == [5, 4]
    assert verify() == []
    (one,) = beginnings()
    assert (one.chain, one.number) == (7, 4)


def test_it_goes_on_after_everything_went():
    assert trimmed(5) == 5
    assert verify() == []
    write(2)
    assert [line.number for line in entries_of(7)] == [7, 6]
    assert verify() == []


def test_nothing_goes_that_is_young_and_nothing_that_is_behind_it():
    write(2)
    record("patient.changed", actor=Actor("staff", "a"), about="x", clinic_id=7, now=NOW - timedelta(days=9))
    trimming.anchor(7, before=NOW, now=LATER)
    assert trimming.let_go(7, before=NOW) == 0
    assert Entry.objects.count() == 3


def test_the_database_lets_go_of_anchored_entries_only():
    trimmed(2)
    for statement in ("DELETE FROM audit_entry WHERE number = 3", "DELETE FROM audit_anchor"):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("UPDATE audit_anchor SET number = number + 1")
    assert verify() == []


def test_an_anchor_that_nobody_signed_is_found():
    write(5)
    last = Entry.objects.get(number=3)
    Anchor.objects.create(
        chain=7, number=3, mac=last.mac, from_at=NOW, until_at=last.at, at=NOW, signature="0" * 64
    )
    sql("DELETE FROM audit_entry WHERE number <= 3")
    assert (7, 3, "anchor changed") in kinds()


def test_an_anchor_of_another_clinic_is_found(unguarded):
    trimmed(3, clinic_id=8)
    write(5)
    sql("UPDATE audit_anchor SET chain = 7")
    assert (7, 3, "anchor changed") in kinds()


def test_what_is_removed_after_the_anchor_is_found(unguarded):
    trimmed(2)
    sql("DELETE FROM audit_entry WHERE number = 3")
    assert (7, 3, "missing") in kinds()


def test_heads_that_were_exported_before_still_count(tmp_path, unguarded):
    for _ in range(3):
        record("a.b", actor=Actor("staff", "a"), about="x", clinic_id=7, now=NOW)
        export_heads(tmp_path / "heads", now=NOW)
    later = NOW + timedelta(days=1)
    for _ in range(2):
        record("a.b", actor=Actor("staff", "a"), about="x", clinic_id=7, now=later)
    export_heads(tmp_path / "heads", now=later)
    trimming.anchor(7, before=later, now=LATER)
    assert trimming.let_go(7, before=later) == 3
    assert kinds(tmp_path / "heads") == set()
    sql("DELETE FROM audit_entry WHERE number > 3")
    sql("DELETE FROM audit_head")
    assert (7, 5, "not as it was when it was exported") in kinds(tmp_path / "heads")


def test_half_of_what_is_anchored_may_be_there_still():
    write(5)
    trimming.anchor(7, before=NOW + timedelta(seconds=4), now=LATER)
    sql("DELETE FROM audit_entry WHERE number = 1")
    assert verify() == []
    assert trimming.let_go(7, before=NOW) == 3
    assert verify() == []


def test_words_stand_apart_and_their_entry_outlives_them():
    record("x.y", actor=Actor("staff", "a"), about="t:1", clinic_id=7, now=NOW, said="Kanari ringte")
    assert entries_of(7)[0].details == {"said": "Kanari ringte"}
    assert "Kanari" not in Entry.objects.get().details
    gone = Forgotten()
    trimming.forget_words(7, ["t:1"], gone)
    assert gone.counts == {"audit.Words": 1}
    assert entries_of(7)[0].details == {}
    assert verify() == []


def test_other_words_than_were_said_are_found_and_not_shown():
    record("x.y", actor=Actor("staff", "a"), about="t:1", clinic_id=7, now=NOW, said="Kanari ringte")
    one = Words.objects.get()
    one.text = "Ingen ringte"
    one.save()
    assert kinds() == {(7, 1, "other words beside it")}
    assert entries_of(7)[0].details == {}


def test_what_a_deleted_thing_was_about_is_known_as_long_as_the_entries():
    write(3)
    trimming.tie(7, ["patients.Patient:p0", "x:unknown"], whose="patients.Patient:p", now=NOW)
    trimming.tie(7, ["patients.Patient:p0"], whose="patients.Patient:p", now=NOW)
    assert names_tied_to(7, "patients.Patient:p") == ["patients.Patient:p0"]
    assert names_tied_to(8, "patients.Patient:p") == []
    trimming.anchor(7, before=LATER, now=LATER)
    trimming.let_go(7, before=LATER)
    assert names_tied_to(7, "patients.Patient:p") == []


def test_going_back_a_migration_guards_everything_again():
    write(2)
    guards.remove_trimming(connection)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("DELETE FROM audit_entry")
    guards.remove(connection)
    guards.install(connection)
    assert Head.objects.count() == 1
