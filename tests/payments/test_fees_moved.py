"""What a late cancellation costs has moved to the other fees, and nobody's amount was lost on the way."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone


def places():
    """Where it was, and where it is: the migrations by what they do, for their numbers may change."""
    loader = MigrationExecutor(connection).loader
    after = [
        next(node for node in loader.graph.nodes if node[0] == app and node[1].endswith(ending))
        for app, ending in (("payments", "_missed_fees"), ("clinics", "_fee_moved"))
    ]
    return loader.get_migration(*after[0]).dependencies, after


def to(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_both_amounts_are_kept_there_and_back():
    before, after = places()
    everything = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = to(before)
        clinic, rules = apps.get_model("clinics", "Clinic"), apps.get_model("payments", "PaymentRules")
        both = clinic.objects.create(name="Begge", slug="begge", sender_label="Legen", late_cancel_fee=300)
        rules.objects.create(clinic=both, is_on=True, missed_ore=21_200, changed_at=timezone.now())
        late = clinic.objects.create(name="Sen", slug="sen", sender_label="Legen", late_cancel_fee=150)
        clinic.objects.create(name="Ingen", slug="ingen", sender_label="Legen")
        kept = to(after).get_model("payments", "PaymentRules").objects.order_by("clinic__slug")
        assert [(one.missed_ore, one.late_ore, one.is_on) for one in kept] == [
            (21_200, 30_000, True),
            (0, 15_000, False),
        ]
        assert kept[0].missed_since is not None
        back = to(before).get_model("clinics", "Clinic").objects
        assert [back.get(pk=one.pk).late_cancel_fee for one in (both, late)] == [300, 150]
    finally:
        rules = to(before).get_model("payments", "PaymentRules")
        rules.objects.all().delete()
        to(before).get_model("clinics", "Clinic").objects.all().delete()
        to(everything)
