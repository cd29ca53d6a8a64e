"""An amount is one thing wherever it is read, and is never broken over two lines."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from blikk.web.presenters.amounts import kroner


@pytest.mark.parametrize(
    ("ore", "short", "whole", "english"),
    [
        (0, "0 kr", "0,00 kr", "NOK 0"),
        (16000, "160 kr", "160,00 kr", "NOK 160"),
        (123450, "1 234,50 kr", "1 234,50 kr", "NOK 1 234.50"),
        (-105, "−1,05 kr", "−1,05 kr", "−NOK 1.05"),
    ],
)
def test_an_amount_is_written_as_people_write_it(ore, short, whole, english):
    with translation.override("nb"):
        assert kroner(ore) == short.replace(" ", "\u00a0")
        assert kroner(ore, to_the_ore=True) == whole.replace(" ", "\u00a0")
    with translation.override("en"):
        assert kroner(ore) == english.replace(" ", "\u00a0")


def test_what_is_not_known_is_said():
    with translation.override("nb"):
        assert kroner(None) == "ukjent"


@given(st.integers(-(10**9), 10**9))
def test_no_ore_is_lost_in_writing(ore):
    with translation.override("nb"):
        digits = kroner(ore, to_the_ore=True).removesuffix("\u00a0kr").replace("\u00a0", "").replace(",", "")
    assert int(digits.replace("−", "-")) == ore
