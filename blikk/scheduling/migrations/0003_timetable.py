"""The timetable: periods, absences, openings, held slots and series.

Adding columns makes SQLite build the table of appointments anew, which drops its triggers: the guard against
overlaps is taken away first and put up again last, now with the exemption for the drop-in queue.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import blikk.kernel.ids

POSTGRESQL = """
ALTER TABLE scheduling_appointment ADD CONSTRAINT appointment_overlaps_no_other
EXCLUDE USING gist (clinician_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
WHERE (status IN ('proposed', 'booked', 'arrived'){exempt});
"""

SQLITE = """
CREATE TRIGGER appointment_overlaps_no_other_{event} BEFORE {when} ON scheduling_appointment
WHEN NEW.status IN ('proposed', 'booked', 'arrived'){exempt_new} AND EXISTS (
    SELECT 1 FROM scheduling_appointment AS other
    WHERE other.clinician_id = NEW.clinician_id AND other.id IS NOT NEW.id
      AND other.status IN ('proposed', 'booked', 'arrived'){exempt_other}
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN SELECT RAISE(ABORT, 'appointment_overlaps_no_other'); END;
"""
COLUMNS = "clinician_id, starts_at, ends_at, status"


def _put_up(editor: BaseDatabaseSchemaEditor, *, exempts: bool) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL.format(exempt=" AND NOT drop_in" if exempts else ""))
        return
    columns = f"{COLUMNS}, drop_in" if exempts else COLUMNS
    for event, when in {"insert": "INSERT", "update": f"UPDATE OF {columns}"}.items():
        editor.execute(
            SQLITE.format(
                event=event,
                when=when,
                exempt_new=" AND NOT NEW.drop_in" if exempts else "",
                exempt_other=" AND NOT other.drop_in" if exempts else "",
            )
        )


def take_away(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE scheduling_appointment DROP CONSTRAINT appointment_overlaps_no_other")
        return
    for event in ("insert", "update"):
        editor.execute(f"DROP TRIGGER appointment_overlaps_no_other_{event}")


def put_up_old(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _put_up(editor, exempts=False)


def put_up(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _put_up(editor, exempts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('clinics', '0001_initial'),
        ('scheduling', '0002_no_overlap'),
    ]

    operations = [
        migrations.RunPython(take_away, put_up_old),
        migrations.AddField(
            model_name='appointment',
            name='booked_by_patient',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='appointment',
            name='drop_in',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=blikk.kernel.ids.new_id, editable=False, max_length=22, unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.CharField(choices=[('booked', 'Booked'), ('drop_in', 'Drop In')], max_length=10)),
                ('name', models.CharField(max_length=60)),
                ('status', models.CharField(choices=[('running', 'Running'), ('retired', 'Retired')], default='running', max_length=10)),
                ('weekday', models.PositiveSmallIntegerField()),
                ('starts', models.TimeField()),
                ('ends', models.TimeField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('on_holidays', models.BooleanField(default=False)),
                ('slot_minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('buffer_minutes', models.PositiveSmallIntegerField(default=0)),
                ('ahead_days', models.PositiveSmallIntegerField(default=60)),
                ('booked_by', models.CharField(choices=[('staff', 'Staff'), ('both', 'Both')], default='staff', max_length=10)),
                ('last_entry', models.TimeField(blank=True, null=True)),
                ('capacity', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('expected_minutes', models.PositiveSmallIntegerField(default=10)),
                ('created_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='clinics.clinic')),
                ('clinicians', models.ManyToManyField(related_name='periods', to='clinics.membership')),
            ],
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=blikk.kernel.ids.new_id, editable=False, max_length=22, unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('day', models.DateField()),
                ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=10)),
                ('opens_at', models.DateTimeField()),
                ('last_entry_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('zone', models.CharField(max_length=40)),
                ('capacity', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_because', models.CharField(blank=True, choices=[('time', 'Time'), ('staff', 'Staff'), ('nobody', 'Nobody')], max_length=10)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='clinics.clinic')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='scheduling.period')),
            ],
        ),
        migrations.AddField(
            model_name='appointment',
            name='period',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='scheduling.period'),
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=blikk.kernel.ids.new_id, editable=False, max_length=22, unique=True)),
                ('every_weeks', models.PositiveSmallIntegerField()),
                ('count', models.PositiveSmallIntegerField()),
                ('created_at', models.DateTimeField()),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='clinics.clinic')),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.AddField(
            model_name='appointment',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='scheduling.series'),
        ),
        migrations.CreateModel(
            name='SlotHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=blikk.kernel.ids.new_id, editable=False, max_length=22, unique=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('held_until', models.DateTimeField()),
                ('holder', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('let_go_at', models.DateTimeField(blank=True, null=True)),
                ('appointment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='slot_holds', to='scheduling.appointment')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slot_holds', to='clinics.clinic')),
                ('clinician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slot_holds', to='clinics.membership')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slot_holds', to='scheduling.period')),
            ],
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=blikk.kernel.ids.new_id, editable=False, max_length=22, unique=True)),
                ('kind', models.CharField(choices=[('holiday', 'Holiday'), ('sick', 'Sick'), ('closed', 'Closed'), ('other', 'Other')], max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='clinics.clinic')),
                ('clinician', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='clinics.membership')),
            ],
            options={
                'indexes': [models.Index(fields=['clinic', 'starts_at'], name='scheduling__clinic__66454f_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='absence_has_a_length')],
            },
        ),
        migrations.AddIndex(
            model_name='period',
            index=models.Index(fields=['clinic', 'status', 'weekday'], name='scheduling__clinic__313a25_idx'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='period_is_on_a_weekday'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='period_ends_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='period_is_valid_for_a_while'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('capacity__isnull', True), ('kind', 'booked'), ('last_entry__isnull', True), ('slot_minutes__gt', 0)), models.Q(('expected_minutes__gt', 0), ('kind', 'drop_in'), ('last_entry__gte', models.F('starts')), ('last_entry__lte', models.F('ends')), ('slot_minutes__isnull', True)), _connector='OR'), name='period_of_booked_hours_has_slots_and_drop_in_a_last_entry'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', False), ('status', 'retired')), models.Q(('retired_at__isnull', True), ('status', 'running')), _connector='OR'), name='period_retired_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='opening',
            index=models.Index(fields=['clinic', 'day'], name='scheduling__clinic__d402b6_idx'),
        ),
        migrations.AddIndex(
            model_name='opening',
            index=models.Index(fields=['status', 'closes_at'], name='scheduling__status_bb8613_idx'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.UniqueConstraint(fields=('period', 'day'), name='one_opening_of_a_period_per_day'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at')), ('last_entry_at__gte', models.F('opens_at')), ('last_entry_at__lte', models.F('closes_at'))), name='opening_closes_after_its_last_entry'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status', 'closed'), models.Q(('closed_because', ''), _negated=True)), models.Q(('closed_at__isnull', True), ('closed_because', ''), ('status', 'open')), _connector='OR'), name='opening_closed_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='slothold',
            index=models.Index(fields=['clinician', 'starts_at'], name='scheduling__clinici_411501_idx'),
        ),
        migrations.AddIndex(
            model_name='slothold',
            index=models.Index(fields=['clinic', 'holder'], name='scheduling__clinic__8d47ea_idx'),
        ),
        migrations.AddConstraint(
            model_name='slothold',
            constraint=models.UniqueConstraint(condition=models.Q(('let_go_at__isnull', True)), fields=('clinician', 'starts_at'), name='one_running_hold_per_slot'),
        ),
        migrations.AddConstraint(
            model_name='slothold',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='slot_hold_has_a_length'),
        ),
        migrations.AddConstraint(
            model_name='slothold',
            constraint=models.CheckConstraint(condition=models.Q(('appointment__isnull', True), ('let_go_at__isnull', False), _connector='OR'), name='slot_hold_that_became_an_appointment_is_let_go'),
        ),
        migrations.RunPython(put_up, take_away),
    ]
