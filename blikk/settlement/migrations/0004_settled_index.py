from django.db import migrations, models


class Migration(migrations.Migration):
    """What was settled in a period is found by its day."""

    dependencies = [("settlement", "0003_invoices")]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["clinic", "settled_at"], name="bill_settled"),
        ),
    ]
