"""Secrets, codes and wall times."""

from collections import Counter
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.kernel.errors import Invalid
from blikk.kernel.ids import CROCKFORD, new_id, new_secret, new_typed_code, normal_code
from blikk.kernel.limits import may_try
from blikk.kernel.secrets import EncryptedTextField
from blikk.kernel.times import day_bounds, wall_time
from tests.builders import NOW

OSLO = "Europe/Oslo"


def test_a_hundred_thousand_secrets_are_long_different_and_even():
    secrets = [new_secret() for _ in range(100_000)]
    assert {len(secret) for secret in secrets} == {43}
    assert len(set(secrets)) == len(secrets)
    # The last sign carries four bits only; of the others each of 64 is as likely as any.
    seen = Counter("".join(secret[:42] for secret in secrets))
    expected = 42 * len(secrets) / 64
    chi_square = sum((count - expected) ** 2 / expected for count in seen.values())
    assert len(seen) == 64
    assert chi_square < 103.4, "63 degrees of freedom, p = 0.001"


def test_an_id_has_128_bits_and_a_code_has_ten_signs():
    assert len(new_id()) == 22
    assert len(new_typed_code()) == 10
    assert set(new_typed_code()) <= set(CROCKFORD)


@given(st.text(alphabet=CROCKFORD, min_size=10, max_size=10))
def test_a_code_is_read_however_it_is_typed(code):
    typed = f" {code[:5].lower()}-{code[5:]} ".replace("0", "o").replace("1", "l")
    assert normal_code(typed) == code


@pytest.mark.parametrize("typed", ["", "123", "U" * 10, "A" * 11, "ÆØÅÆØÅÆØÅÆ"])
def test_what_cannot_be_a_code_is_none(typed):
    assert normal_code(typed) is None


def test_the_hour_that_does_not_exist_is_refused():
    with pytest.raises(Invalid) as refusal:
        wall_time(date(2027, 3, 28), time(2, 30), OSLO)
    assert refusal.value.fields == {"starts_at": "no_such_hour"}
    assert wall_time(date(2027, 3, 28), time(3, 0), OSLO) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_the_first():
    assert wall_time(date(2026, 10, 25), time(2, 30), OSLO) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_days_are_as_long_as_they_are():
    def hours(day: date) -> float:
        start, end = day_bounds(day, OSLO)
        return (end - start).total_seconds() / 3600

    assert hours(date(2026, 11, 24)) == 24
    assert hours(date(2027, 3, 28)) == 23
    assert hours(date(2026, 10, 25)) == 25


def test_a_limit_stops_at_its_number():
    tries = [may_try("test", "somebody", times=3, seconds=60, now=NOW) for _ in range(5)]
    assert tries == [True, True, True, False, False]
    assert may_try("test", "another", times=3, seconds=60, now=NOW)


def test_an_encrypted_column_cannot_be_searched():
    with pytest.raises(TypeError):
        EncryptedTextField().get_lookup("exact")
    assert EncryptedTextField().get_lookup("isnull") is not None
