"""The database refuses two appointments of one clinician at the same time (security D13)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

POSTGRESQL = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE scheduling_appointment ADD CONSTRAINT appointment_overlaps_no_other
EXCLUDE USING gist (clinician_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
WHERE (status IN ('proposed', 'booked', 'arrived'));
"""

SQLITE = """
CREATE TRIGGER appointment_overlaps_no_other_{event} BEFORE {when} ON scheduling_appointment
WHEN NEW.status IN ('proposed', 'booked', 'arrived') AND EXISTS (
    SELECT 1 FROM scheduling_appointment AS other
    WHERE other.clinician_id = NEW.clinician_id AND other.id IS NOT NEW.id
      AND other.status IN ('proposed', 'booked', 'arrived')
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN SELECT RAISE(ABORT, 'appointment_overlaps_no_other'); END;
"""
EVENTS = {"insert": "INSERT", "update": "UPDATE OF clinician_id, starts_at, ends_at, status"}


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL)
        return
    for event, when in EVENTS.items():
        editor.execute(SQLITE.format(event=event, when=when))


def unguard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE scheduling_appointment DROP CONSTRAINT appointment_overlaps_no_other")
        return
    for event in EVENTS:
        editor.execute(f"DROP TRIGGER appointment_overlaps_no_other_{event}")


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
