"""A short walk of what `make soak` does for hours, with seeds that are always the same."""

import pytest

from tests.soak.lives import Town


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_order_of_acts_breaks_what_must_be_true(seed):
    town = Town(seed)
    for number in range(400):
        town.step()
        if number % 8 == 0:
            town.look()
    town.look_closely()
    assert {"admit", "end", "close_out", "cancel"} <= set(town.done), town.done
    assert "intrude: not_found" in town.refused
