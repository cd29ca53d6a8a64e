"""A clinic cannot be promised what the installation has not."""

import pytest

from blikk.clinics.services import change_settings
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid
from tests.builders import NOW, a_clinic

pytestmark = pytest.mark.django_db


def test_addresses_are_hidden_only_where_there_is_a_relay(settings):
    clinic = a_clinic()
    settings.BLIKK_TURN_URLS = []
    with pytest.raises(Invalid) as refusal:
        change_settings(clinic, {"relay_only": True}, actor=SYSTEM, now=NOW)
    assert refusal.value.fields == {"relay_only": "no_relay"}
    settings.BLIKK_TURN_URLS = ["turn:relay.example.no:3478"]
    assert change_settings(clinic, {"relay_only": True}, actor=SYSTEM, now=NOW).relay_only
