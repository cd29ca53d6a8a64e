"""The code of a consultation's form: by what it was really held."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.consultations.channels import Stretch
from blikk.documentation.forms import FORM, Form, form_of
from tests.builders import NOW


def held(*parts):
    """By which channel, and for how many minutes, one after the other."""
    found, at = [], NOW
    for channel, minutes in parts:
        until = at + timedelta(minutes=minutes)
        found.append(Stretch(channel, "by_hand", at, until))
        at = until
    return found


@pytest.mark.parametrize(
    ("planned", "parts", "form"),
    [
        ("video", [("video", 1), ("phone", 20)], Form.PHONE),
        ("video", [("video", 12), ("sound", 3)], Form.VIDEO),
        ("video", [("video", 4), ("phone", 6), ("video", 4)], Form.VIDEO),
        ("video", [("phone", 5), ("video", 5)], Form.VIDEO),
        ("video", [], Form.VIDEO),
        ("text", [], Form.TEXT),
        ("in_person", [], Form.IN_PERSON),
        ("text", [("phone", 2)], Form.PHONE),
    ],
)
def test_a_consultation_has_the_form_that_lasted_longest_and_what_was_booked_only_where_none_is_known(
    planned, parts, form
):
    assert form_of(planned, held(*parts)) == form


CHANNELS = st.sampled_from(["video", "sound", "phone"])


@given(st.lists(st.tuples(CHANNELS, st.integers(0, 90)), min_size=1))
def test_no_form_lasted_longer_and_none_that_lasted_as_long_shows_more(parts):
    spent = {}
    for channel, minutes in parts:
        spent[channel] = spent.get(channel, 0) + minutes
    form = form_of("video", held(*parts))
    for other, minutes in spent.items():
        assert minutes <= spent[form]
        assert minutes < spent[form] or FORM.index(form) <= FORM.index(other)
