"""Triggers that keep what was signed as it is, on SQLite and on PostgreSQL. Deleting after the retention is allowed.

The one change that is let through is the same words under another key: what lies in a sealed column begins with the
name of the key that sealed it, and only what another key sealed may take its place (decision 43).
"""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

_NOTE = ("consultation_id", "status", "form", "sick_note", "signed_at", "signed_by_id")
_VERSION = ("id", "public_id", "note_id", "number", "language", "signed_at", "signed_by_id")
_SAME_KEY = "(OLD.{0} = '' OR NEW.{0} = '' OR substr(OLD.{0}, 1, 11) = substr(NEW.{0}, 1, 11))"
_REASON = "(NEW.number = 1) <> (NEW.reason = '') OR NEW.text = ''"
_NEXT = "(SELECT COALESCE(MAX(number), 0) + 1 FROM documentation_noteversion WHERE note_id = NEW.note_id)"
_STAYS = "a signed note never changes"
_HAS_REASON = "a version has words, and a correction has a reason"
_HAS_NO_GAP = "versions are numbered without gaps"


def _changed(differs: str, plain: Sequence[str], sealed: Sequence[str]) -> str:
    tests = [f"NEW.{name} {differs} OLD.{name}" for name in plain]
    tests += [f"(NEW.{name} {differs} OLD.{name} AND {_SAME_KEY.format(name)})" for name in sealed]
    return " OR ".join(tests)


def _on_sqlite(name: str, when: str, table: str, condition: str, words: str) -> str:
    return f"""CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {condition}
               BEGIN SELECT RAISE(ABORT, '{words}'); END"""


_SQLITE_NOTE = _changed("IS NOT", _NOTE, ["free_text"])
_SQLITE_VERSION = _changed("IS NOT", _VERSION, ["text", "reason"])
_VERSIONS, _NOTES = "documentation_noteversion", "documentation_note"
SQLITE = [
    _on_sqlite("note_version_has_reason", "INSERT", _VERSIONS, _REASON, _HAS_REASON),
    _on_sqlite("note_version_is_next", "INSERT", _VERSIONS, f"NEW.number <> {_NEXT}", _HAS_NO_GAP),
    _on_sqlite("note_version_stays", "UPDATE", _VERSIONS, _SQLITE_VERSION, _STAYS),
    _on_sqlite("note_signed_stays", "UPDATE", _NOTES, f"OLD.status = 'signed' AND ({_SQLITE_NOTE})", _STAYS),
]
_POSTGRESQL_NOTE = _changed("IS DISTINCT FROM", _NOTE, ["free_text"])
_POSTGRESQL_VERSION = _changed("IS DISTINCT FROM", _VERSION, ["text", "reason"])
POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION note_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '{_STAYS}'; END $$""",
    f"""CREATE OR REPLACE FUNCTION note_reason() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '{_HAS_REASON}'; END $$""",
    f"""CREATE OR REPLACE FUNCTION note_next() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.number <> {_NEXT} THEN RAISE EXCEPTION '{_HAS_NO_GAP}'; END IF;
         RETURN NEW;
       END $$""",
    f"""CREATE TRIGGER note_version_has_reason BEFORE INSERT ON {_VERSIONS}
       FOR EACH ROW WHEN ({_REASON}) EXECUTE FUNCTION note_reason()""",
    f"""CREATE TRIGGER note_version_is_next BEFORE INSERT ON {_VERSIONS}
       FOR EACH ROW EXECUTE FUNCTION note_next()""",
    f"""CREATE TRIGGER note_version_stays BEFORE UPDATE ON {_VERSIONS}
       FOR EACH ROW WHEN ({_POSTGRESQL_VERSION}) EXECUTE FUNCTION note_refuse()""",
    f"""CREATE TRIGGER note_signed_stays BEFORE UPDATE ON {_NOTES}
       FOR EACH ROW WHEN (OLD.status = 'signed' AND ({_POSTGRESQL_NOTE}))
       EXECUTE FUNCTION note_refuse()""",
]
TRIGGERS = {
    "note_version_has_reason": _VERSIONS,
    "note_version_is_next": _VERSIONS,
    "note_version_stays": _VERSIONS,
    "note_signed_stays": _NOTES,
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the guards, in place of those that were there."""
    remove(connection)
    _run(connection, {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away, for going back a migration."""
    on = {"sqlite": "", "postgresql": " ON {table}"}[connection.vendor]
    _run(
        connection,
        [f"DROP TRIGGER IF EXISTS {name}{on.format(table=table)}" for name, table in TRIGGERS.items()],
    )


def _run(connection: BaseDatabaseWrapper, statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
