"""Phrases and a clinic's rules for its notes; and the guards let the same words through under a newer key."""

import blikk.kernel.ids
import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from blikk.documentation import guards


def install(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('clinics', '0012_other_systems'),
        ('documentation', '0004_note_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='notecopied',
            name='how',
            field=models.CharField(choices=[('text', 'Text'), ('pdf', 'Pdf'), ('by_hand', 'By Hand')], default='text', max_length=10),
        ),
        migrations.CreateModel(
            name='NoteRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('nb', 'nb'), ('nn', 'nn')], max_length=5)),
                ('shows_number', models.BooleanField(default=False)),
                ('clinic', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='note_rules', to='clinics.clinic')),
            ],
            options={
                'verbose_name_plural': 'note rules',
            },
        ),
        migrations.CreateModel(
            name='Phrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=blikk.kernel.ids.new_id, editable=False, max_length=22, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('text', models.TextField(max_length=2000)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phrases', to='clinics.clinic')),
                ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='phrases', to='clinics.membership')),
            ],
            options={
                'ordering': ['order', 'pk'],
                'indexes': [models.Index(fields=['clinic', 'membership', 'order'], name='phrases_in_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='phrase_has_name_and_words')],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
