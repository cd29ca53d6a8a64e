
import blikk.kernel.secrets
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0004_settled_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='moneysetup',
            name='card_is_trial',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='moneysetup',
            name='card_seen_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='moneysetup',
            name='stripe_key',
            field=blikk.kernel.secrets.ClinicSealedField(blank=True),
        ),
        migrations.AddField(
            model_name='moneysetup',
            name='stripe_webhook',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='moneysetup',
            name='stripe_webhook_secret',
            field=blikk.kernel.secrets.ClinicSealedField(blank=True),
        ),
        migrations.AddField(
            model_name='moneysetup',
            name='uses_card',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='payment',
            name='provider',
            field=models.CharField(choices=[('vipps', 'Vipps'), ('card', 'Card'), ('desk', 'Desk'), ('bank', 'Bank')], max_length=6),
        ),
        migrations.AlterField(
            model_name='told',
            name='provider',
            field=models.CharField(choices=[('vipps', 'Vipps'), ('card', 'Card'), ('desk', 'Desk'), ('bank', 'Bank')], max_length=6),
        ),
    ]
