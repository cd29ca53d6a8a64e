"""Triggers that keep what was signed as it is, on SQLite and on PostgreSQL. Deleting after the retention is allowed."""

from django.db.backends.base.base import BaseDatabaseWrapper

_KEPT = ("consultation_id", "status", "free_text", "form", "sick_note", "signed_at", "signed_by_id")
_CHANGED = {
    "sqlite": " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _KEPT),
    "postgresql": " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _KEPT),
}
_REASON = "(NEW.number = 1) <> (NEW.reason = '')"
SQLITE = [
    f"""CREATE TRIGGER note_version_has_reason BEFORE INSERT ON documentation_noteversion
       WHEN {_REASON}
       BEGIN SELECT RAISE(ABORT, 'a correction has a reason'); END""",
    """CREATE TRIGGER note_version_stays BEFORE UPDATE ON documentation_noteversion
       BEGIN SELECT RAISE(ABORT, 'a signed note never changes'); END""",
    f"""CREATE TRIGGER note_signed_stays BEFORE UPDATE ON documentation_note
       WHEN OLD.status = 'signed' AND ({_CHANGED["sqlite"]})
       BEGIN SELECT RAISE(ABORT, 'a signed note never changes'); END""",
]
POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION note_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'a signed note never changes'; END $$""",
    """CREATE OR REPLACE FUNCTION note_reason() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'a correction has a reason'; END $$""",
    f"""CREATE TRIGGER note_version_has_reason BEFORE INSERT ON documentation_noteversion
       FOR EACH ROW WHEN ({_REASON}) EXECUTE FUNCTION note_reason()""",
    """CREATE TRIGGER note_version_stays BEFORE UPDATE ON documentation_noteversion
       FOR EACH ROW EXECUTE FUNCTION note_refuse()""",
    f"""CREATE TRIGGER note_signed_stays BEFORE UPDATE ON documentation_note
       FOR EACH ROW WHEN (OLD.status = 'signed' AND ({_CHANGED["postgresql"]}))
       EXECUTE FUNCTION note_refuse()""",
]
TRIGGERS = {
    "note_version_has_reason": "documentation_noteversion",
    "note_version_stays": "documentation_noteversion",
    "note_signed_stays": "documentation_note",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the guards; the migration does it once."""
    _run(connection, {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away, for going back a migration."""
    on = {"sqlite": "", "postgresql": " ON {table}"}[connection.vendor]
    _run(
        connection,
        [f"DROP TRIGGER IF EXISTS {name}{on.format(table=table)}" for name, table in TRIGGERS.items()],
    )


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
