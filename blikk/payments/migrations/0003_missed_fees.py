from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def bring_over(apps, schema_editor):
    """What a late cancellation costs stood with the messages, in kroner; both fees stand together from now on."""
    clinics = apps.get_model("clinics", "Clinic")
    rules = apps.get_model("payments", "PaymentRules")
    for clinic in clinics.objects.filter(late_cancel_fee__gt=0):
        ore = clinic.late_cancel_fee * 100
        if not rules.objects.filter(clinic=clinic).update(late_ore=ore):
            rules.objects.create(clinic=clinic, late_ore=ore, changed_at=timezone.now())
    rules.objects.filter(missed_ore__gt=0).update(missed_since=F("changed_at"))


def bring_back(apps, schema_editor):
    """Whole kroner, as it was; more than could be kept there is cut."""
    clinics = apps.get_model("clinics", "Clinic")
    for one in apps.get_model("payments", "PaymentRules").objects.filter(late_ore__gt=0):
        clinics.objects.filter(pk=one.clinic_id).update(late_cancel_fee=min(one.late_ore // 100, 32767))


class Migration(migrations.Migration):
    """The fees for an hour that nobody came to, in one place."""

    dependencies = [("payments", "0002_claims"), ("clinics", "0013_keeping")]

    operations = [
        migrations.AddField(
            model_name="paymentrules",
            name="late_ore",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="paymentrules",
            name="missed_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(bring_over, bring_back),
    ]
