from django.db import migrations, models


class Migration(migrations.Migration):
    """When somebody said that the patient did not come."""

    dependencies = [("scheduling", "0006_in_writing")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="missed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
