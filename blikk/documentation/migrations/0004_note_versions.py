"""Signed notes get versions; what is signed already becomes version 1."""

from typing import Any

import blikk.kernel.ids
import blikk.kernel.secrets
import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from blikk.documentation import guards


def carry_over(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """What is signed already is the first version; its form is that of the hour, or of the channels it was held by."""
    note, version = apps.get_model("documentation", "Note"), apps.get_model("documentation", "NoteVersion")
    signed = note.objects.filter(status="signed").select_related("clinic", "consultation__appointment")
    for one in signed.iterator():
        one.form = _form(one.consultation)
        one.save(update_fields=["form"])
        version.objects.create(
            note=one,
            number=1,
            # The name under which a record system may have it already.
            public_id=one.public_id,
            text=one.signed_text,
            language=one.clinic.language,
            signed_at=one.signed_at,
            signed_by=one.signed_by,
        )


def _form(consultation: Any) -> str:
    used = set(consultation.channel_changes.values_list("channel", flat=True))
    planned = consultation.appointment.form
    if planned in {"text", "in_person"} and not used & {"video", "sound", "phone"}:
        return planned
    return next((form for form in ("video", "sound", "phone", "text") if form in used), "video")


def carry_back(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The newest version is the text again."""
    version = apps.get_model("documentation", "NoteVersion")
    for one in version.objects.order_by("number").select_related("note").iterator():
        one.note.signed_text = one.text
        one.note.save(update_fields=["signed_text"])


def install(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Let the database refuse to change what is signed."""
    guards.install(editor.connection)


def remove(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take that away again."""
    guards.remove(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('clinics', '0011_knowing_how'),
        ('consultations', '0005_identity'),
        ('documentation', '0003_from_the_record'),
        ('scheduling', '0006_in_writing'),
    ]

    operations = [
        migrations.AddField(
            model_name='note',
            name='form',
            field=models.CharField(blank=True, choices=[('video', 'Video'), ('sound', 'Sound'), ('phone', 'Phone'), ('text', 'Text'), ('in_person', 'In Person')], max_length=12),
        ),
        migrations.AddField(
            model_name='note',
            name='sick_note',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='NoteVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=blikk.kernel.ids.new_id, editable=False, max_length=22, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('text', blikk.kernel.secrets.EncryptedTextField()),
                ('language', models.CharField(max_length=5)),
                ('reason', blikk.kernel.secrets.EncryptedTextField(blank=True)),
                ('signed_at', models.DateTimeField()),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='documentation.note')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.membership')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='NoteCopied',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinics.membership')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copied', to='documentation.noteversion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='noteversion',
            constraint=models.UniqueConstraint(fields=('note', 'number'), name='one_note_version_of_a_number'),
        ),
        migrations.AddConstraint(
            model_name='noteversion',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='note_versions_begin_with_one'),
        ),
        migrations.AddConstraint(
            model_name='notecopied',
            constraint=models.UniqueConstraint(fields=('version', 'by'), name='note_version_copied_once_by_each'),
        ),
        migrations.RunPython(carry_over, carry_back),
        migrations.RemoveField(
            model_name='note',
            name='signed_text',
        ),
        migrations.RunPython(install, remove),
    ]
