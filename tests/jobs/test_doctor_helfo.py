"""What the doctor says of Helfo: nothing to ask, all well, or what is wrong and where to mend it."""

import pytest

from blikk.jobs.doctor_helfo import helfo as look
from blikk.payments.models import PaymentRules
from tests.payments.test_deliveries import Sending

pytestmark = pytest.mark.django_db


def test_where_nobody_is_asked_that_is_said(settings):
    settings.BLIKK_PROVIDERS = {}
    assert [(one.is_well, one.how) for one in look()] == [(True, "not used: BLIKK_HELFO is empty")]


def test_each_clinic_that_sends_is_looked_at_in_both_interfaces(helfo):
    Sending(helfo)
    found = {one.what: one for one in look()}
    assert all(one.is_well for one in found.values() if "clock" not in one.what)
    assert found["Helfo: claims of 889640782"].how == "practice 1000005649 is ready"
    assert found["Helfo: exemption cards for 889640782"].how == "the register would answer"
    helfo.has_contract = False
    PaymentRules.objects.update(practice_id="2000000001")
    found = {one.what: one for one in look()}
    assert found["Helfo: claims of 889640782"].how == "practice 2000000001 is not known there"
    assert found["Helfo: exemption cards for 889640782"].how == "helfoAvtale"
