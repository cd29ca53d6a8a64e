"""Triggers that keep the record append-only, on SQLite and on PostgreSQL."""

from django.db.backends.base.base import BaseDatabaseWrapper

SQLITE = [
    """CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END""",
    """CREATE TRIGGER audit_entry_remains BEFORE DELETE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END""",
    """CREATE TRIGGER audit_head_goes_forward BEFORE UPDATE ON audit_head
       WHEN NEW.number <= OLD.number OR NEW.chain <> OLD.chain
       BEGIN SELECT RAISE(ABORT, 'an audit head only goes forward'); END""",
    """CREATE TRIGGER audit_head_remains BEFORE DELETE ON audit_head
       BEGIN SELECT RAISE(ABORT, 'an audit head only goes forward'); END""",
]
SQLITE_TRIGGERS = (
    "audit_entry_stays",
    "audit_entry_remains",
    "audit_head_goes_forward",
    "audit_head_remains",
)
POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'the audit record is append-only'; END $$""",
    """CREATE OR REPLACE FUNCTION audit_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.number <= OLD.number OR NEW.chain <> OLD.chain THEN
           RAISE EXCEPTION 'an audit head only goes forward';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_remains BEFORE DELETE OR TRUNCATE ON audit_head
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_head_goes_forward BEFORE UPDATE ON audit_head
       FOR EACH ROW EXECUTE FUNCTION audit_head_forward()""",
]
POSTGRESQL_REMOVAL = [
    "DROP TRIGGER IF EXISTS audit_entry_stays ON audit_entry",
    "DROP TRIGGER IF EXISTS audit_head_remains ON audit_head",
    "DROP TRIGGER IF EXISTS audit_head_goes_forward ON audit_head",
]


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the guards; the migration does it once."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]
    _run(connection, statements)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away: for going back a migration, and for emptying a test database."""
    if connection.vendor == "sqlite":
        _run(connection, [f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE_TRIGGERS])
    else:
        _run(connection, POSTGRESQL_REMOVAL)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
