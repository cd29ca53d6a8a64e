"""KID, account and organisation numbers against an independent library and the published definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.no import kontonr, orgnr

from blikk.kernel.check_digits import is_org_number, mod11
from blikk.settlement.numbers import (
    LONGEST_KID,
    Full,
    KidRules,
    digits_of,
    is_account,
    is_kid,
    kid_of,
    mod10,
)

digits = st.text("0123456789", min_size=1, max_size=24)


def agreements(check: str) -> st.SearchStrategy[KidRules]:
    return st.builds(
        KidRules,
        st.integers(8, LONGEST_KID),
        st.just(check),
        st.text("0123456789", max_size=2),
    )


def fits_mod11(kid: str) -> bool:
    """The definition: the digits weighed 1, 2, 3, 4, 5, 6, 7, 2, 3 … from the right sum to a multiple of eleven."""
    weights = [1, *(2 + place % 6 for place in range(len(kid) - 1))]
    return sum(int(sign) * weight for sign, weight in zip(reversed(kid), weights, strict=True)) % 11 == 0


@given(digits)
def test_mod10_is_the_check_of_luhn(body):
    assert luhn.is_valid(body + mod10(body))
    assert luhn.calc_check_digit(body) == mod10(body)


@given(digits)
def test_mod11_is_as_it_was_published_and_has_no_digit_for_ten(body):
    fitting = [str(digit) for digit in range(10) if fits_mod11(body + str(digit))]
    assert [mod11(body)] == (fitting or [""])


@pytest.mark.parametrize("check", ["mod10", "mod11"])
@given(data=st.data())
def test_every_number_has_a_kid_of_the_agreed_length_that_the_bank_takes(check, data):
    rules = data.draw(agreements(check))
    number = data.draw(st.integers(1, 10**rules.room - 1))
    kid = kid_of(number, rules)
    assert len(kid) == rules.length
    assert kid.isdecimal()
    assert kid.startswith(rules.prefix)
    assert luhn.is_valid(kid) if check == "mod10" else fits_mod11(kid)
    assert is_kid(kid)
    assert int(kid[len(rules.prefix) : -1][-rules.room :]) == number


@pytest.mark.parametrize("check", ["mod10", "mod11"])
def test_a_thousand_numbers_in_a_row_have_a_thousand_kids(check):
    rules = KidRules(9, check, "4")
    kids = {kid_of(number, rules) for number in range(1, 1001)}
    assert len(kids) == 1000
    # With mod11 some of them would have ended in a hyphen: those have the spare one.
    assert any(kid.startswith("41") for kid in kids) == (check == "mod11")


@pytest.mark.parametrize("check", ["mod10", "mod11"])
def test_a_number_too_long_for_the_agreement_is_refused_and_the_last_that_fits_is_not(check):
    rules = KidRules(7, check, "12")
    largest = 10**rules.room - 1
    assert len(kid_of(largest, rules)) == 7
    with pytest.raises(Full):
        kid_of(largest + 1, rules)


@given(st.text("0123456789", min_size=11, max_size=11))
def test_accounts_are_those_of_the_library_with_mod11(number):
    # The library knows an older kind of account, checked by mod10, which no bank gives out.
    if number.startswith("0000"):
        return
    assert is_account(number) == kontonr.is_valid(number)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_organisation_numbers_are_those_of_the_library_that_begin_as_they_do(number):
    assert is_org_number(number) == (orgnr.is_valid(number) and number[0] in "89")


def test_a_wrong_digit_is_found_and_spaces_are_not_minded():
    assert is_account(digits_of("8601 11 17947"))
    assert not is_account("86011117948")
    assert is_org_number(digits_of("974 760 673"))
    assert not is_org_number("974760674")
    assert is_kid("12344")
    assert is_kid("12343")
    assert not is_kid("12345")
