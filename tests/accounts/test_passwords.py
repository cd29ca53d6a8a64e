"""Links for choosing a password."""

from datetime import timedelta

import pytest
import time_machine

from blikk.accounts import services
from blikk.accounts.errors import LinkIsDead
from blikk.accounts.models import User
from blikk.audit.models import Entry
from tests.builders import NOW, PASSWORD, a_clinic, a_member

NEW = "Hav-og-himmel-2027"

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return a_member(a_clinic()).user


def choose(key, password=NEW):
    return services.choose_password(key, password, where="192.0.2.1", now=NOW)


def test_the_link_sets_the_password_once(user):
    key = services.password_key(user)
    assert choose(key).check_password(NEW)
    with pytest.raises(LinkIsDead):
        choose(key, "En-annen-2028-igjen")
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_link_is_dead_after_three_days(user):
    with time_machine.travel(NOW, tick=False):
        key = services.password_key(user)
    with time_machine.travel(NOW + timedelta(days=3, seconds=1), tick=False), pytest.raises(LinkIsDead):
        choose(key)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        assert choose(key)


@pytest.mark.parametrize("key", ["", ".", "x", "x.y", "æøå.12-34"])
def test_what_is_no_key_opens_nothing(user, key):
    with pytest.raises(LinkIsDead):
        choose(key)


def test_one_persons_key_does_not_set_anothers_password(user):
    other = a_member(a_clinic()).user
    token = services.password_key(user).partition(".")[2]
    with pytest.raises(LinkIsDead):
        choose(f"{other.public_id}.{token}")
    assert User.objects.get(pk=other.pk).check_password(PASSWORD)


def test_a_closed_account_has_no_link(user):
    key = services.password_key(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(LinkIsDead):
        choose(key)


def test_choosing_is_recorded_without_the_password(user):
    choose(services.password_key(user))
    entry = Entry.objects.get(act="account.password_chosen")
    assert entry.actor_id == user.public_id
    assert NEW not in entry.details


def test_secrets_of_second_factors_are_sealed():
    sealed = services.seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert services.unseal(sealed) == "JBSWY3DPEHPK3PXP"
