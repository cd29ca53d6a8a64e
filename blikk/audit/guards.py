"""Triggers that keep the record append-only, on SQLite and on PostgreSQL.

Entries are deleted under an anchor only (`audit.trimming`). Who puts a false one there cannot sign it.
"""

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


_ANCHORED = "EXISTS (SELECT 1 FROM audit_anchor WHERE chain = OLD.chain AND number >= OLD.number)"
SQLITE_TRIMMING = [
    "DROP TRIGGER IF EXISTS audit_entry_remains",
    f"""CREATE TRIGGER audit_entry_remains BEFORE DELETE ON audit_entry WHEN NOT {_ANCHORED}
       BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END""",
    """CREATE TRIGGER audit_anchor_stays BEFORE UPDATE ON audit_anchor
       BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END""",
    """CREATE TRIGGER audit_anchor_remains BEFORE DELETE ON audit_anchor
       BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END""",
]
POSTGRESQL_TRIMMING = [
    "DROP TRIGGER IF EXISTS audit_entry_stays ON audit_entry",
    """CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE OR REPLACE FUNCTION audit_trim() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NOT {_ANCHORED} THEN
           RAISE EXCEPTION 'the audit record is append-only';
         END IF;
         RETURN OLD;
       END $$""",
    """CREATE TRIGGER audit_entry_remains BEFORE DELETE ON audit_entry
       FOR EACH ROW EXECUTE FUNCTION audit_trim()""",
    """CREATE TRIGGER audit_anchor_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
]
_TRIMMING = {
    "audit_entry_remains": "audit_entry",
    "audit_anchor_stays": "audit_anchor",
    "audit_anchor_remains": "audit_anchor",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Set all the guards."""
    install_first(connection)
    install_trimming(connection)


def install_first(connection: BaseDatabaseWrapper) -> None:
    """Set those that nothing is ever deleted under; a migration does it."""
    _run(connection, {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor])


def install_trimming(connection: BaseDatabaseWrapper) -> None:
    """Let entries go under an anchor, and keep the anchors; a later migration does it."""
    _run(connection, {"sqlite": SQLITE_TRIMMING, "postgresql": POSTGRESQL_TRIMMING}[connection.vendor])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away: for going back a migration, and for emptying a test database."""
    if connection.vendor == "sqlite":
        _run(connection, [f"DROP TRIGGER IF EXISTS {name}" for name in {*SQLITE_TRIGGERS, *_TRIMMING}])
    else:
        _run(connection, POSTGRESQL_REMOVAL)
        _run(connection, [f"DROP TRIGGER IF EXISTS {name} ON {on}" for name, on in _TRIMMING.items()])


def remove_trimming(connection: BaseDatabaseWrapper) -> None:
    """Go back to where nothing is ever deleted."""
    remove(connection)
    install_first(connection)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
