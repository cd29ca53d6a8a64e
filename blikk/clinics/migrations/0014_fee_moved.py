from django.db import migrations


class Migration(migrations.Migration):
    """What a late cancellation costs stands with the other fees."""

    dependencies = [("clinics", "0013_keeping"), ("payments", "0003_missed_fees")]

    operations = [migrations.RemoveField(model_name="clinic", name="late_cancel_fee")]
