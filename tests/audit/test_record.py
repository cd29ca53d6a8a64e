from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from blikk.audit import guards, queries
from blikk.audit.chain import mac_of
from blikk.audit.models import Entry, Head
from blikk.audit.queries import entries_of, verify
from blikk.audit.services import export_heads, looked_at, record
from blikk.kernel.actors import Actor

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA = Actor("staff", "anna", "192.0.2.7")

pytestmark = pytest.mark.django_db


def write(count: int, *, clinic_id: int | None = 7, act: str = "patient.changed") -> None:
    for number in range(count):
        now = NOW + timedelta(seconds=number)
        record(
            act, actor=ANNA, about=f"patients.Patient:p{number}", clinic_id=clinic_id, now=now, step=number
        )


def kinds(exported=None) -> set[tuple[int, int, str]]:
    return {(fault.chain, fault.number, fault.kind) for fault in verify(exported)}


@pytest.fixture
def unguarded():
    """What somebody with the database's own rights can do."""
    guards.remove(connection)


def sql(statement: str, *values: str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def test_an_entry_says_who_what_whom_when_and_from_where():
    looked_at("patient", actor=ANNA, about="patients.Patient:kari", clinic_id=7, now=NOW, page="day")
    (line,) = entries_of(7)
    assert (line.act, line.actor_kind, line.actor_id, line.where) == (
        "patient.looked_at",
        "staff",
        "anna",
        "192.0.2.7",
    )
    assert (line.about, line.at, line.details) == ("patients.Patient:kari", NOW, {"page": "day"})


def test_a_whole_record_has_no_faults():
    write(5)
    write(3, clinic_id=8)
    write(2, clinic_id=None)
    assert verify() == []


def test_each_clinic_has_a_chain_of_its_own():
    write(2, clinic_id=7)
    write(3, clinic_id=8)
    assert [line.number for line in entries_of(7)] == [2, 1]
    assert [line.number for line in entries_of(8)] == [3, 2, 1]


def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_gap():
    write(1)
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    write(1)
    assert [line.number for line in entries_of(7)] == [2, 1]
    assert verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET act = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_head SET number = number - 1",
        "UPDATE audit_head SET mac = 'x'",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_to_change_what_was_written(statement):
    write(3)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert verify() == []


def test_without_the_guards_the_same_statements_would_work(unguarded):
    write(3)
    assert sql("UPDATE audit_entry SET act = 'x'") == 3
    assert sql("DELETE FROM audit_head") == 1


@pytest.mark.parametrize("column", ["act", "actor_kind", "actor_id", "place", "about", "details"])
def test_a_changed_entry_is_found(unguarded, column):
    write(3)
    sql(f"UPDATE audit_entry SET {column} = 'x' WHERE number = 2")
    assert (7, 2, "changed") in kinds()


def test_a_changed_time_is_found(unguarded):
    write(3)
    Entry.objects.filter(number=2).update(at=NOW)
    assert (7, 2, "changed") in kinds()


def test_a_removed_entry_is_found(unguarded):
    write(4)
    sql("DELETE FROM audit_entry WHERE number = 2")
    assert (7, 2, "missing") in kinds()


def test_an_entry_that_was_put_in_is_found(unguarded):
    write(3)
    last = Entry.objects.get(number=3)
    last.pk, last.number, last.previous = None, 4, last.mac
    last.save(force_insert=True)
    assert kinds() == {(7, 4, "changed"), (7, 4, "not what the head says")}


def test_what_is_written_while_the_record_is_read_is_no_fault(monkeypatch):
    read = queries._faults_in

    def later(chain, head):
        write(2)
        return read(chain, head)

    write(3)
    monkeypatch.setattr(queries, "_faults_in", later)
    assert verify() == []


def test_an_entry_put_in_while_the_record_is_read_is_found(unguarded, monkeypatch):
    read = queries._faults_in

    def later(chain, head):
        last = Entry.objects.get(number=3)
        last.pk, last.number, last.previous = None, 4, last.mac
        last.mac = mac_of(last)
        last.save(force_insert=True)
        return read(chain, head)

    write(3)
    monkeypatch.setattr(queries, "_faults_in", later)
    assert kinds() == {(7, 4, "not what the head says")}


def test_entries_that_changed_places_are_found(unguarded):
    write(4)
    for before, after in ((2, 99), (3, 2), (99, 3)):
        sql("UPDATE audit_entry SET number = %s WHERE number = %s", after, before)
    assert {(7, 2, "changed"), (7, 3, "changed")} <= kinds()


def test_entries_swapped_between_clinics_are_found(unguarded):
    write(3, clinic_id=7)
    write(3, clinic_id=8)
    for before, after in ((7, 99), (8, 7), (99, 8)):
        sql("UPDATE audit_entry SET chain = %s WHERE chain = %s AND number = 2", after, before)
    assert {(7, 2, "changed"), (8, 2, "changed")} <= kinds()


def test_a_tail_that_was_cut_is_found_by_the_head(unguarded):
    write(5)
    sql("DELETE FROM audit_entry WHERE number > 3")
    assert kinds() == {(7, 4, "missing at the end")}


def test_a_head_that_was_turned_back_with_the_tail_is_not_signed(unguarded):
    write(5)
    sql("DELETE FROM audit_entry WHERE number > 3")
    Head.objects.update(number=3, mac=Entry.objects.get(number=3).mac)
    assert kinds() == {(7, 3, "head changed")}


def test_an_old_head_put_back_with_a_cut_tail_is_found_against_the_export(unguarded, tmp_path):
    write(3)
    old = Head.objects.values("number", "mac", "signature").get()
    write(2)
    export_heads(tmp_path / "heads", now=NOW)
    sql("DELETE FROM audit_entry WHERE number > 3")
    Head.objects.update(**old)
    assert kinds() == set()
    assert kinds(tmp_path / "heads") == {(7, 5, "not as it was when it was exported")}


def test_a_chain_that_vanished_whole_is_found_against_the_export(unguarded, tmp_path):
    write(3)
    export_heads(tmp_path / "heads", now=NOW)
    sql("DELETE FROM audit_entry")
    sql("DELETE FROM audit_head")
    assert kinds(tmp_path / "heads") == {(7, 3, "not as it was when it was exported")}


def test_an_exported_head_that_was_touched_is_found(tmp_path):
    write(3)
    path = tmp_path / "heads"
    export_heads(path, now=NOW)
    assert verify(path) == []
    path.write_text(path.read_text().replace('"number": 3', '"number": 2') + "rubbish\n")
    assert kinds(path) == {(7, 2, "exported head changed"), (0, 2, "exported head cannot be read")}


def test_names_with_line_breaks_and_escapes_stay_one_entry_and_one_line(tmp_path):
    nasty = 'a\r\nb\x1b[31m"} {"act":"forged"'
    record("patient.changed", actor=ANNA, about=f"patients.Patient:{nasty}", clinic_id=7, now=NOW, name=nasty)
    (line,) = entries_of(7)
    assert line.details == {"name": nasty}
    assert "\n" not in Entry.objects.get().details
    assert verify() == []
